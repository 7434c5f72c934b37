package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/dop251/goja"

	"provost/internal/script/wire"
)

// maxCallDepth bounds recursion of script functions.
const maxCallDepth = 1000

// limit is the value a world is interrupted with.
type limit string

// world is the JavaScript world of one call. Everything in it is thrown away afterwards.
type world struct {
	vm     *goja.Runtime
	server *server
	call   wire.Call
	run    *wire.Run
	watch  *stopwatch
	output strings.Builder
	// slept moves the script's clock.
	slept  time.Duration
	timers timers
	// imports are the classes the script names by their short name.
	imports []string
	kit     kit
}

// evaluate runs one call from nothing to its result.
func (s *server) evaluate(run *wire.Run, call wire.Call) *wire.Result {
	if call.Script < 0 || call.Script >= len(run.Scripts) {
		return &wire.Result{Index: call.Index, Failure: &wire.Failure{Kind: kindSyntax, Message: "no such script"}}
	}
	w := &world{vm: goja.New(), server: s, call: call, run: run}
	w.watch = newStopwatch(run.Limits.Wall, func() { w.vm.Interrupt(limit(kindTime)) })
	w.watch.start()
	defer w.watch.stop()
	c := s.cache.get(run.Scripts[call.Script])
	if c.program == nil {
		return &wire.Result{Index: call.Index, Failure: &c.failures[0]}
	}
	w.imports = c.imports
	result := &wire.Result{Index: call.Index}
	err := w.perform(c, result)
	if err != nil {
		result.Value, result.Bindings = nil, nil
		result.Failure = w.failure(err)
	}
	result.Output = w.output.String()
	return result
}

func (w *world) perform(c *compiled, result *wire.Result) error {
	if err := w.build(); err != nil {
		return err
	}
	bindings, err := w.bind()
	if err != nil {
		return err
	}
	value, err := w.vm.RunProgram(c.program)
	if err != nil {
		return err
	}
	if value, err = w.settle(value); err != nil {
		return err
	}
	if err := w.timers.run(w); err != nil {
		return err
	}
	return w.guard(func() error { return w.collect(value, bindings, result) })
}

// settle replaces a promise by what became of it: goja has run its jobs when the program returns.
func (w *world) settle(value goja.Value) (goja.Value, error) {
	object, ok := value.(*goja.Object)
	if !ok || object.ExportType() != promiseType {
		return value, nil
	}
	promise, ok := object.Export().(*goja.Promise)
	if !ok {
		return value, nil
	}
	switch promise.State() {
	case goja.PromiseStateFulfilled:
		return promise.Result(), nil
	case goja.PromiseStateRejected:
		return nil, &thrown{value: promise.Result()}
	default:
		return goja.Null(), nil
	}
}

var promiseType = reflect.TypeFor[*goja.Promise]()

// thrown is an exception that left no stack: a rejected promise.
type thrown struct{ value goja.Value }

// Error has no text of its own: failure asks the value.
func (t *thrown) Error() string { return "rejected" }

// collect exports the value and the changed bindings, in time and in size.
func (w *world) collect(value goja.Value, bound []binding, result *wire.Result) error {
	raw, err := w.encodeResult(value)
	if err != nil {
		return err
	}
	result.Value = raw
	if !w.call.Capture {
		return nil
	}
	changed := make(map[string]any)
	size := len(raw)
	for _, b := range bound {
		v, err := w.export(w.variable(b.name))
		if err != nil {
			return fmt.Errorf("variable %s: %w", b.name, err)
		}
		now, err := wire.Encode(v)
		if err != nil {
			return fmt.Errorf("variable %s: %w", b.name, err)
		}
		if string(now) == string(b.before) {
			continue
		}
		changed[b.name] = v
		if size += len(now); size > w.run.Limits.Output {
			return errOutput
		}
	}
	result.Bindings, err = wire.Encode(changed)
	return err
}

func (w *world) encodeResult(value goja.Value) (json.RawMessage, error) {
	v, err := w.export(value)
	if err != nil {
		return nil, err
	}
	raw, err := wire.Encode(v)
	if err != nil {
		return nil, err
	}
	if len(raw) > w.run.Limits.Output {
		return nil, errOutput
	}
	return raw, nil
}

// errOutput is a result over the output limit.
var errOutput = errors.New("output limit")

// guard runs work that may throw or be interrupted inside the world.
func (w *world) guard(work func() error) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case error:
			err = p
		default:
			err = fmt.Errorf("%v", p)
		}
	}()
	if exception := w.vm.Try(func() { err = work() }); exception != nil {
		return exception
	}
	return err
}

// failure turns what ended the script into a kind, a message and a place.
func (w *world) failure(err error) *wire.Failure {
	var interrupted *goja.InterruptedError
	var overflow *goja.StackOverflowError
	var exception *goja.Exception
	var rejected *thrown
	switch {
	case errors.Is(err, errOutput):
		return &wire.Failure{Kind: kindOutput, Message: "the result is larger than allowed"}
	case errors.As(err, &interrupted):
		return w.interruption(interrupted)
	case errors.As(err, &overflow):
		f := &wire.Failure{Kind: kindRuntime, Message: "functions call each other too deeply"}
		w.place(f, overflow.Stack())
		return f
	case errors.As(err, &exception):
		f := w.describe(exception.Value())
		w.place(f, exception.Stack())
		return f
	case errors.As(err, &rejected):
		return w.describe(rejected.value)
	default:
		return &wire.Failure{Kind: kindRuntime, Message: err.Error()}
	}
}

func (w *world) interruption(e *goja.InterruptedError) *wire.Failure {
	f := &wire.Failure{Kind: kindTime, Message: "ran longer than allowed"}
	if reason, ok := e.Value().(limit); ok && reason == kindOutput {
		f.Kind, f.Message = kindOutput, "wrote more than allowed"
	}
	w.place(f, e.Stack())
	return f
}

// describe asks a thrown value for its text, which may run script code and is therefore still on the clock.
func (w *world) describe(value goja.Value) *wire.Failure {
	f := &wire.Failure{Kind: kindRuntime, Message: "an exception without a text"}
	err := w.guard(func() error {
		object, ok := value.(*goja.Object)
		if !ok {
			f.Message = value.String()
			return nil
		}
		if kind := object.GetSymbol(w.kit.kind); kind != nil && !goja.IsUndefined(kind) {
			f.Kind = kind.String()
			f.Message = object.Get("message").String()
			return nil
		}
		f.Message = object.String()
		return nil
	})
	if interrupted, ok := errors.AsType[*goja.InterruptedError](err); ok {
		return w.interruption(interrupted)
	}
	f.Message = cut(f.Message, 2000)
	return f
}

// place finds the innermost frame in the user's own text.
func (w *world) place(f *wire.Failure, stack []goja.StackFrame) {
	name := w.run.Scripts[w.call.Script].Name
	for _, frame := range stack {
		if frame.SrcName() != name {
			continue
		}
		p := frame.Position()
		f.Line, f.Column = p.Line, p.Column
		return
	}
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + " …"
}

// random is the generator of one call: its own sequence from the batch's seed.
func (w *world) random() goja.RandSource {
	source := rand.New(rand.NewPCG(uint64(w.run.Seed), uint64(w.call.Index))) //nolint:gosec // reproducible by design
	return source.Float64
}

// stopwatch counts the time a script runs, not the time it waits for host calls.
type stopwatch struct {
	mu      sync.Mutex
	left    time.Duration
	started time.Time
	timer   *time.Timer
	expire  func()
}

func newStopwatch(limit time.Duration, expire func()) *stopwatch {
	return &stopwatch{left: limit, expire: expire}
}

func (s *stopwatch) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.started = time.Now()
	s.timer = time.AfterFunc(max(s.left, 0), s.expire)
}

func (s *stopwatch) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timer.Stop()
	s.left -= time.Since(s.started)
}

// remaining is the time the script may still run.
func (s *stopwatch) remaining() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.left - time.Since(s.started)
}
