package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/dop251/goja"
)

// classKey is the entry by which a data object names its short class on the wire.
const classKey = "@class"

// maxNesting bounds exported values; a value that contains itself runs into it.
const maxNesting = 100

var errNesting = errors.New("a value nests deeper than 100 levels or contains itself")

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// define sets an own property, whatever the prototypes say about the name.
func define(o *goja.Object, name string, v goja.Value) {
	_ = o.DefineDataProperty(name, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
}

// hydrate turns a decoded value into one of this world: maps become objects with Java-style methods and sorted keys,
// lists become arrays, times become Dates, bytes a Uint8Array. An entry hides the method of its name: of a map with an
// entry "size", m.size is the entry and m.get("size") too.
func (w *world) hydrate(v any) goja.Value {
	switch x := v.(type) {
	case nil:
		return goja.Null()
	case map[string]any:
		return w.hydrateMap(x)
	case []any:
		items := make([]any, len(x))
		for i, item := range x {
			items[i] = w.hydrate(item)
		}
		return w.vm.NewArray(items...)
	case time.Time:
		return w.construct(w.kit.date, w.vm.ToValue(x.UnixMilli()))
	case []byte:
		return w.construct(w.kit.bytes, w.vm.ToValue(w.vm.NewArrayBuffer(x)))
	case string, bool, int64, float64:
		return w.vm.ToValue(x)
	default:
		return goja.Null() // the decoder makes nothing else
	}
}

func (w *world) construct(class, arg goja.Value) goja.Value {
	object, err := w.vm.New(class, arg)
	if err != nil {
		panic(err)
	}
	return object
}

func (w *world) hydrateMap(m map[string]any) goja.Value {
	class, _ := m[classKey].(string)
	prototype := w.kit.mapPrototype
	if class == "InputField" {
		prototype = w.kit.fieldPrototype
	}
	object := w.vm.CreateObject(prototype)
	for _, k := range sortedKeys(m) {
		if k != classKey {
			define(object, k, w.hydrate(m[k]))
		}
	}
	if class != "" {
		w.mark(object, class)
	}
	return object
}

// mark names the class of a data object where scripts and lists of keys do not see it.
func (w *world) mark(o *goja.Object, class string) {
	_ = o.DefineDataPropertySymbol(w.kit.class, w.vm.ToValue(class), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

// export turns a script's value into nil, string, bool, int64, float64, time.Time, []byte, []any or map[string]any.
// Functions and symbols are left out of maps and are nil elsewhere; whole numbers are int64.
func (w *world) export(v goja.Value) (any, error) {
	e := exporter{world: w}
	return e.value(v, 0)
}

// exportArguments is export for the arguments of a host call: data objects carry their class.
func (w *world) exportArguments(v goja.Value) (any, error) {
	e := exporter{world: w, classes: true}
	return e.value(v, 0)
}

type exporter struct {
	world   *world
	classes bool
}

func (e *exporter) value(v goja.Value, depth int) (any, error) {
	if depth > maxNesting {
		return nil, errNesting
	}
	switch x := v.(type) {
	case nil:
		return nil, nil
	case *goja.Symbol:
		return nil, nil
	case goja.String:
		return x.String(), nil
	case *goja.Object:
		return e.object(x, depth)
	}
	if goja.IsUndefined(v) || goja.IsNull(v) {
		return nil, nil
	}
	return primitive(v.Export()), nil
}

// primitive settles numbers: whole ones are int64 as long as a double holds them exactly.
func primitive(v any) any {
	const exact = 1 << 53
	switch x := v.(type) {
	case float64:
		if x == math.Trunc(x) && math.Abs(x) < exact {
			return int64(x)
		}
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
		return x
	case bool, int64, string:
		return x
	default:
		return fmt.Sprint(x) // a BigInt
	}
}

func (e *exporter) object(o *goja.Object, depth int) (any, error) {
	switch o.ClassName() {
	case "Function":
		return nil, nil
	case "Date":
		if t, ok := o.Export().(time.Time); ok {
			return t.UTC(), nil
		}
		return nil, nil
	case "Boolean", "Number", "String":
		return primitive(o.Export()), nil
	case "Array":
		return e.list(o, depth)
	case "Error":
		return o.String(), nil
	}
	switch o.ExportType() {
	case promiseType:
		return nil, nil
	case setType, mapType:
		return e.collection(o, depth)
	}
	if b, ok := e.bytes(o); ok {
		return b, nil
	}
	if unwrap, ok := goja.AssertFunction(o.Get("toWire")); ok {
		plain, err := unwrap(o)
		if err != nil {
			return nil, err
		}
		return e.value(plain, depth+1)
	}
	return e.entries(o, depth)
}

// A JavaScript Set and Map have no class name of their own in goja, but are told by what they export as.
var (
	setType = reflect.TypeFor[[]any]()
	mapType = reflect.TypeFor[[][2]any]()
)

// bytes recognises the world's own byte arrays.
func (e *exporter) bytes(o *goja.Object) ([]byte, bool) {
	class, ok := e.world.kit.bytes.(*goja.Object)
	if !ok || !e.world.vm.InstanceOf(o, class) {
		return nil, false
	}
	b, ok := o.Export().([]byte)
	return slices.Clone(b), ok
}

func (e *exporter) list(o *goja.Object, depth int) (any, error) {
	n := int(o.Get("length").ToInteger())
	if n > e.world.run.Limits.Output {
		return nil, errOutput
	}
	list := make([]any, 0, min(n, 1024))
	for i := range n {
		item, err := e.value(o.Get(strconv.Itoa(i)), depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, nil
}

// collection turns a JavaScript Set into a list and a Map into a map by its keys' text.
func (e *exporter) collection(o *goja.Object, depth int) (any, error) {
	var items []any
	var failed error
	e.world.vm.ForOf(o, func(item goja.Value) bool {
		var v any
		v, failed = e.value(item, depth+1)
		items = append(items, v)
		return failed == nil
	})
	if failed != nil || o.ExportType() == setType {
		return items, failed
	}
	m := make(map[string]any, len(items))
	for _, item := range items {
		if pair, ok := item.([]any); ok && len(pair) == 2 {
			m[fmt.Sprint(pair[0])] = pair[1]
		}
	}
	return m, nil
}

func (e *exporter) entries(o *goja.Object, depth int) (any, error) {
	keys := o.Keys()
	m := make(map[string]any, len(keys))
	for _, k := range keys {
		v := o.Get(k)
		if _, callable := goja.AssertFunction(v); callable {
			continue
		}
		item, err := e.value(v, depth+1)
		if err != nil {
			return nil, err
		}
		m[k] = item
	}
	if e.classes {
		if class := o.GetSymbol(e.world.kit.class); class != nil && !goja.IsUndefined(class) {
			m[classKey] = class.String()
		}
	}
	return m, nil
}
