package script

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"provost/internal/script/sandbox"
)

// ServeHost is the child's side: it answers the frames on stdin with frames on stdout until stdin ends, then returns
// nil. It sets the time zone of the whole process to UTC. The command line calls it for `provost script-host`.
func ServeHost(ctx context.Context, stdin io.Reader, stdout io.Writer) error {
	time.Local = time.UTC
	if err := sandbox.Serve(ctx, stdin, stdout); err != nil {
		return fmt.Errorf("serve scripts: %w", err)
	}
	return nil
}

// Options of a Host; every zero value stands for the default named.
type Options struct {
	// Command is the argument vector that runs ServeHost, for instance {"/usr/bin/provost", "script-host"}. Required.
	Command []string
	// Size is the number of child processes: as many batches run at a time. Default: the number of CPUs, at most 4.
	Size int
	// MemoryLimit in bytes is the resident memory at which a child is killed. Default 256 MiB, at least 64 MiB.
	MemoryLimit int64
	// WallLimit is the time one call may run, host calls not counted. Default 2 s.
	WallLimit time.Duration
	// BatchLimit is the time one Evaluate may take, host calls counted. Default 60 s.
	BatchLimit time.Duration
	// OutputLimit in bytes bounds what one call may write, and what it may return. Default 1 MiB.
	OutputLimit int
	// Logger is told of killed and crashed children; never of values. Default: discards.
	Logger *slog.Logger
}

const (
	defaultMemory = 256 << 20
	leastMemory   = 64 << 20
	defaultWall   = 2 * time.Second
	defaultBatch  = time.Minute
	defaultOutput = 1 << 20
	// wallGrace is how much later than the child's own clock the parent kills.
	wallGrace = 300 * time.Millisecond
)

func (o Options) withDefaults() Options {
	o.Size = max(cmp.Or(o.Size, min(runtime.NumCPU(), 4)), 1)
	o.MemoryLimit = max(cmp.Or(o.MemoryLimit, defaultMemory), leastMemory)
	o.WallLimit = cmp.Or(o.WallLimit, defaultWall)
	o.BatchLimit = cmp.Or(o.BatchLimit, defaultBatch)
	o.OutputLimit = cmp.Or(o.OutputLimit, defaultOutput)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Host is a pool of script processes. It is safe for concurrent use.
type Host struct {
	options Options
	spawner *spawner
	// slots holds Size entries at rest: an idle child, or the reason why there is none.
	slots  chan slot
	ctx    context.Context //nolint:containedctx // the life of the pool, not of a call
	cancel context.CancelFunc

	mu     sync.Mutex
	closed bool
	busy   sync.WaitGroup
	// children counts the processes that are not yet gone.
	children sync.WaitGroup
}

type slot struct {
	child *child
	err   error
}

// NewHost starts a pool; its processes come up in the background. Close it to end them. The error wraps
// ErrBadRequest when Options.Command is missing.
func NewHost(options Options) (*Host, error) {
	if len(options.Command) == 0 {
		return nil, fmt.Errorf("script host needs the command that runs its processes: %w", ErrBadRequest)
	}
	options = options.withDefaults()
	ctx, cancel := context.WithCancel(context.Background())
	h := &Host{
		options: options,
		spawner: newSpawner(),
		slots:   make(chan slot, options.Size),
		ctx:     ctx,
		cancel:  cancel,
	}
	for range options.Size {
		h.refill()
	}
	return h, nil
}

// Close kills the processes, fails the running calls with ErrClosed and waits for both. It may be called twice.
func (h *Host) Close() {
	h.mu.Lock()
	first := !h.closed
	h.closed = true
	h.mu.Unlock()
	h.cancel()
	h.busy.Wait()
	if !first {
		return
	}
	for {
		select {
		case s := <-h.slots:
			if s.child != nil {
				s.child.kill()
			}
		default:
			h.children.Wait()
			h.spawner.close()
			return
		}
	}
}

// enter counts the caller as busy; it fails once the host is closed.
func (h *Host) enter() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return ErrClosed
	}
	h.busy.Add(1)
	return nil
}

// refill starts a child for an empty slot, ahead of its use.
func (h *Host) refill() {
	if h.enter() != nil {
		return
	}
	go func() {
		defer h.busy.Done()
		c, err := h.start(h.ctx)
		h.slots <- slot{child: c, err: err}
	}()
}

// acquire takes an idle child out of its slot, waiting for one if need be.
func (h *Host) acquire(ctx context.Context) (*child, error) {
	for {
		select {
		case s := <-h.slots:
			if s.err != nil {
				h.refill()
				return nil, fmt.Errorf("start script process: %w", s.err)
			}
			if s.child.alive() {
				return s.child, nil
			}
			h.refill()
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-h.ctx.Done():
			return nil, ErrClosed
		}
	}
}

// maxNesting is how many batches may wait for each other: a script that changes a user whose attribute has a validation script makes two.
const maxNesting = 4

// nestingKey carries, in the context of a host call, how many batches wait for its answer.
type nestingKey struct{}

func nestingOf(ctx context.Context) int {
	n, _ := ctx.Value(nestingKey{}).(int)
	return n
}

// take gives a child for a batch. A batch that a host call of another one asks for must not wait for a slot, because its asker holds
// one: where none is idle it gets a child beside the pool, which is extra and ends with the batch.
func (h *Host) take(ctx context.Context) (c *child, extra bool, err error) {
	if nestingOf(ctx) == 0 {
		c, err = h.acquire(ctx)
		return c, false, err
	}
	select {
	case s := <-h.slots:
		if s.err == nil && s.child.alive() {
			return s.child, false, nil
		}
		h.refill()
	default:
	}
	if c, err = h.start(ctx); err != nil {
		return nil, false, fmt.Errorf("start script process: %w", err)
	}
	return c, true, nil
}

// release puts a child back, or a fresh one in its place if it is dead or has grown fat.
func (h *Host) release(c *child) {
	if c.alive() && c.resident() < h.options.MemoryLimit/2 {
		h.slots <- slot{child: c}
		return
	}
	c.kill()
	h.refill()
}

// errBatchLimit tells the batch's own deadline from the caller's.
var errBatchLimit = errors.New("batch limit of the script host")
