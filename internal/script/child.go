package script

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"provost/internal/script/wire"
)

// startLimit is how long a new process may take until it says that it is ready.
const startLimit = 15 * time.Second

// stderrLimit is how much of a child's last words is kept.
const stderrLimit = 16 << 10

var errNotReady = errors.New("script process ended before it was ready")

// child is one script process as its parent sees it.
type child struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stderr *lastWords
	// frames carries what the child says and is closed when it stops talking.
	frames chan *wire.Message
	// dying is closed when the child is to be killed, exited when it is gone and its pipes are closed.
	dying  chan struct{}
	exited chan struct{}
	once   sync.Once
}

// start runs a process and waits until it is ready and bounded.
func (h *Host) start(ctx context.Context) (*child, error) {
	c, err := h.launch()
	if err != nil {
		return nil, err
	}
	patience := time.NewTimer(startLimit)
	defer patience.Stop()
	select {
	case m, ok := <-c.frames:
		if !ok || m.Kind != wire.KindReady {
			c.kill()
			<-c.exited
			return nil, fmt.Errorf("%w: %s", errNotReady, c.stderr.text())
		}
	case <-patience.C:
		c.kill()
		return nil, errNotReady
	case <-ctx.Done():
		c.kill()
		<-c.exited
		return nil, ctx.Err()
	}
	if err := c.bound(h.options.MemoryLimit); err != nil {
		c.kill()
		return nil, err
	}
	return c, nil
}

// launch forks the process with nothing but pipes and an empty environment. The collector works rarely while there is
// room (worlds are short-lived garbage) and hard towards the limit.
func (h *Host) launch() (*child, error) {
	argv := h.options.Command
	cmd := exec.Command(argv[0], argv[1:]...) //nolint:gosec,noctx // our own command; its life is that of the pool
	cmd.Env = []string{
		"TZ=UTC", "GOMAXPROCS=2", "GOGC=400", "GOMEMLIMIT=" + strconv.FormatInt(h.options.MemoryLimit/5*3, 10),
	}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("open pipe: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("open pipe: %w", err)
	}
	c := &child{
		cmd: cmd, stdin: stdin, stderr: &lastWords{},
		frames: make(chan *wire.Message), dying: make(chan struct{}), exited: make(chan struct{}),
	}
	cmd.Stderr = c.stderr
	if err := h.spawner.start(cmd); err != nil {
		return nil, fmt.Errorf("run %s: %w", argv[0], err)
	}
	h.children.Go(func() { c.listen(stdout) })
	return c, nil
}

// listen hands frames on until the pipe ends or says nonsense, then sees the process off.
func (c *child) listen(stdout io.Reader) {
	in := bufio.NewReaderSize(stdout, 64<<10)
	c.relay(in)
	close(c.frames)
	_ = c.cmd.Process.Kill()
	_ = c.stdin.Close()
	_ = c.cmd.Wait() // how it ended is told by what it said, not by its exit code
	close(c.exited)
}

func (c *child) relay(in io.Reader) {
	for {
		m, err := wire.Read(in)
		if err != nil {
			return
		}
		select {
		case c.frames <- m:
		case <-c.dying:
			return
		}
	}
}

// send writes a frame without waiting for the child to read it. Errors show as the end of frames.
func (c *child) send(m *wire.Message) {
	go func() { _ = wire.Write(c.stdin, m) }()
}

func (c *child) kill() {
	c.once.Do(func() {
		close(c.dying)
		_ = c.cmd.Process.Kill()
	})
}

func (c *child) alive() bool {
	select {
	case <-c.dying:
		return false
	case <-c.exited:
		return false
	default:
		return true
	}
}

// memory reads the virtual and the resident size in bytes; both are 0 when the process is gone.
func (c *child) memory() (virtual, resident int64) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(c.cmd.Process.Pid) + "/statm")
	if err != nil {
		return 0, 0
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0, 0
	}
	page := int64(os.Getpagesize())
	v, _ := strconv.ParseInt(fields[0], 10, 64)
	r, _ := strconv.ParseInt(fields[1], 10, 64)
	return v * page, r * page
}

func (c *child) resident() int64 {
	_, resident := c.memory()
	return resident
}

// bound sets hard limits from outside: address space as the wall behind the watchdog, no core file, no file to grow,
// few descriptors. The Go runtime reserves address space ahead, hence the room above what it has now.
func (c *child) bound(memory int64) error {
	virtual, _ := c.memory()
	limits := map[int]uint64{
		unix.RLIMIT_AS:     uint64(virtual + 2*memory), //nolint:gosec // sizes are positive
		unix.RLIMIT_CORE:   0,
		unix.RLIMIT_FSIZE:  0,
		unix.RLIMIT_NOFILE: 32,
	}
	for resource, limit := range limits {
		if err := unix.Prlimit(c.cmd.Process.Pid, resource, &unix.Rlimit{Cur: limit, Max: limit}, nil); err != nil {
			return fmt.Errorf("limit script process: %w", err)
		}
	}
	return nil
}

// crashKind reads from the last words whether memory ran out.
func (c *child) crashKind() Kind {
	words := c.stderr.text()
	for _, sign := range []string{"out of memory", "cannot allocate memory", "exceeded address space"} {
		if strings.Contains(words, sign) {
			return KindMemory
		}
	}
	return KindCrash
}

// lastWords keeps the beginning of what a process writes to stderr: a Go crash names its reason first.
type lastWords struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write never fails; what exceeds the limit is dropped.
func (w *lastWords) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if room := stderrLimit - w.buf.Len(); room > 0 {
		w.buf.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (w *lastWords) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.String()
}

// spawner starts processes from one OS thread that lives as long as the pool: the death signal of a child follows
// the thread that forked it, not the process.
type spawner struct {
	orders chan order
	ended  chan struct{}
}

type order struct {
	cmd  *exec.Cmd
	done chan error
}

func newSpawner() *spawner {
	s := &spawner{orders: make(chan order), ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		for o := range s.orders {
			o.done <- o.cmd.Start()
		}
	}()
	return s
}

func (s *spawner) start(cmd *exec.Cmd) error {
	o := order{cmd: cmd, done: make(chan error, 1)}
	s.orders <- o
	return <-o.done
}

func (s *spawner) close() {
	close(s.orders)
	<-s.ended
}
