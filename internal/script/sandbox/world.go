package sandbox

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"

	"provost/internal/script/wire"
)

//go:embed js/base.js
var baseSource string

//go:embed js/java.js
var javaSource string

// The two preludes, compiled once per process. Their frames are never shown as the place of an error.
var (
	basePrelude = sync.OnceValue(func() *goja.Program { return goja.MustCompile("(engine)", baseSource, true) })
	javaPrelude = sync.OnceValue(func() *goja.Program { return goja.MustCompile("(engine)", javaSource, true) })
)

// kit is what the base prelude hands back: the shapes Go needs to build values.
type kit struct {
	// mapPrototype gives objects their Java-style methods, fieldPrototype those of a form's input field.
	mapPrototype, fieldPrototype *goja.Object
	date, bytes, failure         goja.Value
	// class marks a data object with its short class name, kind marks an error with a failure kind.
	class, kind *goja.Symbol
}

// build fills the fresh world: clock, random numbers, the preludes and the host objects.
func (w *world) build() error {
	w.vm.SetParserOptions(parser.WithDisableSourceMaps) // eval and Function, see parse
	w.vm.SetMaxCallStackSize(maxCallDepth)
	w.vm.SetTimeSource(w.now)
	w.vm.SetRandSource(w.random())
	value, err := w.vm.RunProgram(basePrelude())
	if err != nil {
		return fmt.Errorf("load prelude: %w", err)
	}
	install, ok := goja.AssertFunction(value)
	if !ok {
		return fmt.Errorf("prelude is %T instead of a function", value)
	}
	made, err := install(goja.Undefined(), w.natives())
	if err != nil {
		return fmt.Errorf("install prelude: %w", err)
	}
	shapes := made.ToObject(w.vm)
	w.kit = kit{
		mapPrototype:   shapes.Get("mapPrototype").ToObject(w.vm),
		fieldPrototype: shapes.Get("fieldPrototype").ToObject(w.vm),
		date:           shapes.Get("date"),
		bytes:          shapes.Get("bytes"),
		failure:        shapes.Get("failure"),
	}
	w.kit.class, _ = shapes.Get("classMark").(*goja.Symbol)
	w.kit.kind, _ = shapes.Get("kindMark").(*goja.Symbol)
	return nil
}

func (w *world) now() time.Time { return w.run.Now.Add(w.slept) }

// natives are the only Go functions of the world. The prelude wraps each before scripts see it.
func (w *world) natives() goja.Value {
	host := w.vm.NewObject()
	functions := map[string]func(goja.FunctionCall) goja.Value{
		"call":     w.nativeCall,
		"write":    w.nativeWrite,
		"sleep":    w.nativeSleep,
		"later":    w.nativeLater,
		"resource": w.nativeResource,
		"load":     w.nativeLoad,
		"cancel":   w.nativeCancel,
		"refusal":  w.nativeRefusal,
		"data":     w.nativeDataClass,
		"constant": w.nativeConstants,
		"java":     w.nativeJava,
		"hash":     w.nativeHash,
		"verify":   w.nativeVerify,
		"derive":   w.nativeDerive,
		"salt":     w.nativeSalt,
		"utf8":     w.nativeBytes,
	}
	for name, function := range functions {
		_ = host.Set(name, function)
	}
	_ = host.Set("principal", w.run.Principal)
	imports := make([]any, len(w.imports))
	for i, name := range w.imports {
		imports[i] = name
	}
	_ = host.Set("imports", w.vm.NewArray(imports...))
	return host
}

// binding is a variable the caller gave, with its encoded value before the script ran.
type binding struct {
	name   string
	before json.RawMessage
}

// replaceable are names of the world that an attribute of the same name takes over.
var replaceable = map[string]bool{"principal": true, "org": true}

// bind makes the call's bindings variables and THIS. Other names that exist already stay what they are.
func (w *world) bind() ([]binding, error) {
	values, err := wire.DecodeMap(w.call.Bindings)
	if err != nil {
		return nil, fmt.Errorf("bindings: %w", err)
	}
	this := w.vm.CreateObject(w.kit.mapPrototype)
	global := w.vm.GlobalObject()
	var bound []binding
	for _, name := range sortedKeys(values) {
		v := w.hydrate(values[name])
		define(this, name, v)
		if !replaceable[name] && global.Get(name) != nil {
			continue
		}
		define(global, name, v)
		if w.call.Capture {
			before, err := wire.Encode(values[name])
			if err != nil {
				return nil, fmt.Errorf("variable %s: %w", name, err)
			}
			bound = append(bound, binding{name: name, before: before})
		}
	}
	if _, given := values["THIS"]; !given {
		define(global, "THIS", this)
	}
	return bound, nil
}

// variable reads a global of the script.
func (w *world) variable(name string) goja.Value {
	return w.vm.GlobalObject().Get(name)
}

// nativeCall is call(service, method, arguments): the way to the parent.
func (w *world) nativeCall(c goja.FunctionCall) goja.Value {
	args, err := w.exportArguments(c.Argument(2))
	if err != nil {
		w.fail(kindRuntime, err.Error())
	}
	raw, err := wire.Encode(args)
	if err != nil {
		w.fail(kindRuntime, err.Error())
	}
	w.watch.stop()
	reply, err := w.server.ask(&wire.HostCall{
		Index: w.call.Index, Service: c.Argument(0).String(), Method: c.Argument(1).String(), Args: raw,
	})
	w.watch.start()
	switch {
	case err != nil:
		w.fail(kindService, err.Error())
	case reply.Error != "":
		w.fail(kindService, reply.Error)
	}
	value, err := wire.Decode(reply.Value)
	if err != nil {
		w.fail(kindService, err.Error())
	}
	return w.hydrate(value)
}

// fail throws a JavaScript Error that carries its kind. It does not return.
func (w *world) fail(kind, message string) {
	object, err := w.vm.New(w.kit.failure, w.vm.ToValue(message), w.vm.ToValue(kind))
	if err != nil {
		panic(w.vm.NewTypeError(message))
	}
	panic(object)
}

// nativeWrite is write(text): the output of the call, up to its limit.
func (w *world) nativeWrite(c goja.FunctionCall) goja.Value {
	text := c.Argument(0).String()
	if room := w.run.Limits.Output - w.output.Len(); len(text) > room {
		w.output.WriteString(strings.ToValidUTF8(text[:max(room, 0)], ""))
		w.vm.Interrupt(limit(kindOutput))
		return goja.Undefined()
	}
	w.output.WriteString(text)
	return goja.Undefined()
}

// nativeRefusal is refusal(className): why the class is out of reach, or "".
func (w *world) nativeRefusal(c goja.FunctionCall) goja.Value {
	return w.vm.ToValue(refusal(c.Argument(0).String()))
}

// nativeDataClass is data(className): the short name of a data object's class, or "".
func (w *world) nativeDataClass(c goja.FunctionCall) goja.Value {
	short, ok := dataClass(c.Argument(0).String())
	if !ok {
		short = ""
	}
	return w.vm.ToValue(short)
}

// nativeConstants is constant(shortName): the constants of an enumeration, or null.
func (w *world) nativeConstants(c goja.FunctionCall) goja.Value {
	constants, ok := enumerations[c.Argument(0).String()]
	if !ok {
		return goja.Null()
	}
	return w.hydrate(constants)
}

// nativeJava is java(): the classes of the second prelude, loaded when a script first names one.
func (w *world) nativeJava(goja.FunctionCall) goja.Value {
	value, err := w.vm.RunProgram(javaPrelude())
	if err != nil {
		w.fail(kindRuntime, err.Error())
	}
	return value
}

// nativeSleep is sleep(milliseconds): a real pause that counts as running time and moves the script's clock.
func (w *world) nativeSleep(c goja.FunctionCall) goja.Value {
	w.pause(milliseconds(c.Argument(0)))
	return goja.Undefined()
}

func milliseconds(v goja.Value) time.Duration {
	return time.Duration(min(max(v.ToInteger(), 0), int64(time.Hour/time.Millisecond))) * time.Millisecond
}

// pause waits for d, or throws at once if the script may not run that long.
func (w *world) pause(d time.Duration) {
	if d >= w.watch.remaining() {
		w.fail(kindTime, fmt.Sprintf("a pause of %s does not fit the time this script may run", d))
	}
	time.Sleep(d)
	w.slept += d
}

// timers are what setTimeout left to do after the script's own run.
type timers struct {
	next    int64
	pending []timer
}

type timer struct {
	id       int64
	due      time.Duration
	callback goja.Callable
}

// nativeLater is later(function, milliseconds): setTimeout without arguments; it answers an id.
func (w *world) nativeLater(c goja.FunctionCall) goja.Value {
	callback, ok := goja.AssertFunction(c.Argument(0))
	if !ok {
		w.fail(kindRuntime, "setTimeout wants a function")
	}
	if len(w.timers.pending) >= 1000 {
		w.fail(kindRuntime, "more than 1000 timers are waiting")
	}
	w.timers.next++
	due := w.slept + milliseconds(c.Argument(1))
	w.timers.pending = append(w.timers.pending, timer{id: w.timers.next, due: due, callback: callback})
	return w.vm.ToValue(w.timers.next)
}

// nativeCancel is cancel(id): clearTimeout.
func (w *world) nativeCancel(c goja.FunctionCall) goja.Value {
	id := c.Argument(0).ToInteger()
	for i, t := range w.timers.pending {
		if t.id == id {
			w.timers.pending = append(w.timers.pending[:i], w.timers.pending[i+1:]...)
			break
		}
	}
	return goja.Undefined()
}

// run calls what is pending, the earliest first, in the order given for equal times.
func (t *timers) run(w *world) error {
	for len(t.pending) > 0 {
		first := 0
		for i := range t.pending {
			if t.pending[i].due < t.pending[first].due {
				first = i
			}
		}
		head := t.pending[first]
		t.pending = append(t.pending[:first], t.pending[first+1:]...)
		err := w.guard(func() error {
			if wait := head.due - w.slept; wait > 0 {
				w.pause(wait)
			}
			_, err := head.callback(goja.Undefined())
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
