package script

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"provost/internal/script/wire"
)

// watchPeriod is how often the memory of a running child is looked at.
const watchPeriod = 10 * time.Millisecond

// readLimit is the time a child may take to read a batch, before the first call's own time begins.
const readLimit = 30 * time.Second

// maxPortion bounds the bindings of one frame in bytes, and the texts of a request.
const maxPortion = 16 << 20

// Evaluate runs the calls of a batch in order in one process and returns a result for each.
//
// What goes wrong with a call is in its Result.Err and leaves the others alone: a call that breaks a limit loses its
// process, the rest goes on in a fresh one; a call whose process dies without its fault being plain is tried once
// more if it had made no host call yet. The error is for the batch as a whole: ErrBadRequest (an index or a binding
// that is none), a *LimitError of KindTime when BatchLimit is over, ErrNested, ctx's error, ErrClosed, or that no
// process could be started; the results are nil then. Services may call Evaluate with the context they are given: such a
// batch never waits for the process that waits for it.
func (h *Host) Evaluate(ctx context.Context, request Request) ([]Result, error) {
	calls, err := encodeCalls(request)
	if err != nil {
		return nil, err
	}
	b := &batch{host: h, request: request, size: len(calls), results: make([]Result, len(calls))}
	b.frame = func(next int) *wire.Message {
		return &wire.Message{Kind: wire.KindRun, Run: h.wireRun(request, portion(calls[next:]))}
	}
	b.script = func(i int) Source { return request.Scripts[calls[i].Script] }
	b.fail = func(i int, e *Error) { b.results[i] = Result{Err: e} }
	if err := b.run(ctx); err != nil {
		return nil, err
	}
	return b.results, nil
}

// Run evaluates a request of one call. The call's own failure is returned as *Error, around a *LimitError if a limit
// ended it; Result.Output is set in either case.
func (h *Host) Run(ctx context.Context, request Request) (Result, error) {
	if len(request.Calls) != 1 {
		return Result{}, fmt.Errorf("%d calls instead of one: %w", len(request.Calls), ErrBadRequest)
	}
	results, err := h.Evaluate(ctx, request)
	if err != nil {
		return Result{}, err
	}
	if results[0].Err != nil {
		return results[0], results[0].Err
	}
	return results[0], nil
}

// Check translates and compiles without running, for the moment of upload. The error is as with Evaluate.
func (h *Host) Check(ctx context.Context, sources []Source) ([]Report, error) {
	if textSize(sources) > maxPortion {
		return nil, fmt.Errorf("%w: scripts are larger than 16 MiB", ErrBadRequest)
	}
	reports := make([]Report, len(sources))
	b := &batch{host: h, size: len(sources), reports: reports}
	b.frame = func(next int) *wire.Message {
		run := h.wireRun(Request{Scripts: sources[next:]}, nil)
		return &wire.Message{Kind: wire.KindCheck, Run: run}
	}
	b.script = func(i int) Source { return sources[i] }
	b.fail = func(i int, e *Error) { reports[i] = Report{Language: sources[i].Language, Findings: []*Error{e}} }
	if err := b.run(ctx); err != nil {
		return nil, err
	}
	return reports, nil
}

func encodeCalls(request Request) ([]wire.Call, error) {
	size := textSize(request.Scripts)
	for name, text := range request.Resources {
		size += len(name) + len(text)
	}
	if size > maxPortion {
		return nil, fmt.Errorf("%w: scripts and their resources are larger than 16 MiB", ErrBadRequest)
	}
	calls := make([]wire.Call, len(request.Calls))
	for i, c := range request.Calls {
		if c.Script < 0 || c.Script >= len(request.Scripts) {
			return nil, fmt.Errorf("call %d names script %d of %d: %w", i, c.Script, len(request.Scripts), ErrBadRequest)
		}
		bindings, err := wire.Encode(c.Bindings)
		if err != nil {
			return nil, fmt.Errorf("%w: bindings of call %d: %w", ErrBadRequest, i, err)
		}
		if len(bindings) > maxPortion {
			return nil, fmt.Errorf("%w: bindings of call %d are larger than 16 MiB", ErrBadRequest, i)
		}
		calls[i] = wire.Call{Index: i, Script: c.Script, Bindings: bindings, Capture: c.Capture}
	}
	return calls, nil
}

func textSize(sources []Source) int {
	size := 0
	for _, s := range sources {
		size += len(s.Text) + len(s.Name)
	}
	return size
}

// portion is the beginning of the calls that fits a frame comfortably, at least one.
func portion(calls []wire.Call) []wire.Call {
	size := 0
	for i, c := range calls {
		if size += len(c.Bindings); size > maxPortion && i > 0 {
			return calls[:i]
		}
	}
	return calls
}

func (h *Host) wireRun(request Request, calls []wire.Call) *wire.Run {
	now := request.Now
	if now.IsZero() {
		now = time.Now()
	}
	scripts := make([]wire.Script, len(request.Scripts))
	for i, s := range request.Scripts {
		scripts[i] = wire.Script{Name: s.Name, Text: s.Text, Language: string(s.Language)}
	}
	return &wire.Run{
		Scripts: scripts, Calls: calls, Resources: request.Resources,
		Principal: request.Authority.Publisher, Now: now.UTC(), Seed: request.Seed,
		Limits: wire.Limits{Wall: h.options.WallLimit, Output: h.options.OutputLimit},
	}
}

// batch is one Evaluate or Check under way. Item next is the one the child works at.
type batch struct {
	host    *Host
	request Request
	size    int
	results []Result
	reports []Report
	frame   func(next int) *wire.Message
	script  func(i int) Source
	fail    func(i int, e *Error)

	next int
	// spoke is set once the current item has made a host call: it may have changed something.
	spoke bool
	// retried is the item that had its second try, plus one.
	retried int
}

func (b *batch) run(ctx context.Context) error {
	if nestingOf(ctx) >= maxNesting {
		return ErrNested
	}
	if err := b.host.enter(); err != nil {
		return err
	}
	defer b.host.busy.Done()
	ctx, cancel := context.WithTimeoutCause(ctx, b.host.options.BatchLimit, errBatchLimit)
	defer cancel()
	for b.next < b.size {
		if err := b.session(ctx); err != nil {
			return b.explain(err)
		}
	}
	return nil
}

// explain names the script at work when the batch as a whole ran out of time.
func (b *batch) explain(err error) error {
	if errors.Is(err, errBatchLimit) {
		return &LimitError{Kind: KindTime, Script: b.script(b.next).Name}
	}
	return err
}

// session hands the remaining items to one child and follows it until all are done or the child is lost.
func (b *batch) session(ctx context.Context) error {
	c, extra, err := b.host.take(ctx)
	if err != nil {
		return err
	}
	finished := false
	defer func() {
		if !finished || extra {
			c.kill() // also when Services panics: the child still waits for its reply
		}
		if !extra {
			b.host.release(c)
		}
	}()
	c.send(b.frame(b.next))
	wall := time.NewTimer(readLimit)
	defer wall.Stop()
	watch := time.NewTicker(watchPeriod)
	defer watch.Stop()
	for {
		select {
		case m, ok := <-c.frames:
			if !ok {
				c.kill()
				<-c.exited
				b.lost(c)
				return nil
			}
			if finished = b.accept(ctx, c, m, wall); finished {
				return nil
			}
		case <-wall.C:
			c.kill()
			b.convict(KindTime)
			return nil
		case <-watch.C:
			if c.resident() > b.host.options.MemoryLimit {
				c.kill()
				b.convict(KindMemory)
				return nil
			}
		case <-ctx.Done():
			c.kill()
			return context.Cause(ctx)
		case <-b.host.ctx.Done():
			c.kill()
			return ErrClosed
		}
	}
}

// accept takes one frame; done is true after the last.
func (b *batch) accept(ctx context.Context, c *child, m *wire.Message, wall *time.Timer) (done bool) {
	switch m.Kind {
	case wire.KindBegin:
		wall.Reset(b.host.options.WallLimit + wallGrace)
		return false
	case wire.KindResult:
		b.results[b.next] = b.readResult(m.Result)
	case wire.KindReport:
		b.reports[b.next] = b.readReport(m.Report)
	case wire.KindHost:
		wall.Stop()
		b.spoke = true
		c.send(&wire.Message{Kind: wire.KindReply, Reply: b.serve(ctx, m.Host)})
		wall.Reset(b.host.options.WallLimit + wallGrace)
		return false
	case wire.KindDone:
		return true
	default:
		c.kill()
		return false
	}
	b.next++
	b.spoke = false
	wall.Reset(b.host.options.WallLimit + wallGrace)
	return false
}

// lost deals with a child that died by itself.
func (b *batch) lost(c *child) {
	if b.next >= b.size {
		return
	}
	if !b.spoke && b.retried != b.next+1 && c.crashKind() == KindCrash {
		b.retried = b.next + 1
		b.host.options.Logger.Warn("script process died, trying again", "script", b.script(b.next).Name)
		return
	}
	b.convict(c.crashKind())
}

// convict fails the current item and moves on to the next.
func (b *batch) convict(kind Kind) {
	source := b.script(b.next)
	b.host.options.Logger.Warn("script process lost", "script", source.Name, "kind", string(kind))
	limit := &LimitError{Kind: kind, Script: source.Name}
	b.fail(b.next, &Error{Message: limit.Error(), Script: source.Name, Kind: kind})
	b.next++
	b.spoke = false
}

// serve answers one host call of the current item.
func (b *batch) serve(ctx context.Context, call *wire.HostCall) *wire.Reply {
	if b.request.Services == nil {
		return &wire.Reply{Error: "this script may not call services"}
	}
	args, err := decodeArgs(call)
	if err != nil {
		return &wire.Reply{Error: err.Error()}
	}
	authority := b.request.Authority
	digest := sha256.Sum256([]byte(b.script(b.next).Text))
	authority.ScriptHash = hex.EncodeToString(digest[:])
	ctx = context.WithValue(ctx, nestingKey{}, nestingOf(ctx)+1)
	value, err := b.request.Services.Call(ctx, authority, call.Service, call.Method, args)
	switch {
	case errors.Is(err, ErrUnknownService):
		return &wire.Reply{Error: "there is no service " + call.Service}
	case errors.Is(err, ErrUnknownMethod):
		return &wire.Reply{Error: "service " + call.Service + " has no method " + call.Method}
	case err != nil:
		return &wire.Reply{Error: err.Error()}
	}
	raw, err := wire.Encode(value)
	if err != nil {
		return &wire.Reply{Error: fmt.Sprintf("answer of %s.%s: %s", call.Service, call.Method, err)}
	}
	if len(raw) > wire.MaxFrame/2 {
		return &wire.Reply{Error: fmt.Sprintf("answer of %s.%s is too large: ask for pages", call.Service, call.Method)}
	}
	return &wire.Reply{Value: raw}
}

func decodeArgs(call *wire.HostCall) ([]any, error) {
	v, err := wire.Decode(call.Args)
	if err != nil {
		return nil, fmt.Errorf("arguments of %s.%s: %w", call.Service, call.Method, err)
	}
	args, _ := v.([]any)
	return args, nil
}

func (b *batch) readResult(r *wire.Result) Result {
	name := b.script(b.next).Name
	result := Result{Output: r.Output}
	if r.Failure != nil {
		result.Err = readFailure(name, *r.Failure)
		return result
	}
	var err error
	if result.Value, err = wire.Decode(r.Value); err == nil {
		result.Bindings, err = wire.DecodeMap(r.Bindings)
	}
	if err != nil {
		return Result{Output: r.Output, Err: &Error{Message: err.Error(), Script: name, Kind: KindCrash}}
	}
	return result
}

func (b *batch) readReport(r *wire.Report) Report {
	report := Report{Language: Language(r.Language), Translated: r.Translated, Pure: r.Pure}
	for _, f := range r.Failures {
		report.Findings = append(report.Findings, readFailure(b.script(b.next).Name, f))
	}
	return report
}

func readFailure(name string, f wire.Failure) *Error {
	return &Error{Message: f.Message, Line: f.Line, Column: f.Column, Script: name, Kind: Kind(f.Kind)}
}
