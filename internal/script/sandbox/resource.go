package sandbox

import (
	"fmt"
	"strings"

	"github.com/dop251/goja"

	"provost/internal/script/wire"
)

// resource gives the text of a file that the caller handed over, or throws.
func (w *world) resource(name string) string {
	text, known := w.run.Resources[name]
	if known {
		return text
	}
	if len(w.run.Resources) == 0 {
		w.fail(kindRuntime, fmt.Sprintf("there is no resource %q: this script has none", name))
	}
	w.fail(kindRuntime, fmt.Sprintf("there is no resource %q: there are %s", name, strings.Join(sortedKeys(w.run.Resources), ", ")))
	return ""
}

// nativeResource is resource(name): the text of a file.
func (w *world) nativeResource(c goja.FunctionCall) goja.Value {
	return w.vm.ToValue(w.resource(c.Argument(0).String()))
}

// nativeLoad is load(name): it runs a file in the world of the script, which sees what the file declares, and answers its last value.
func (w *world) nativeLoad(c goja.FunctionCall) goja.Value {
	name := c.Argument(0).String()
	library := w.server.cache.get(wire.Script{Name: name, Text: w.resource(name), Language: languageJavaScript})
	if library.program == nil {
		f := library.failures[0]
		w.fail(kindSyntax, fmt.Sprintf("the resource %s, line %d: %s", name, f.Line, f.Message))
	}
	value, err := w.vm.RunProgram(library.program)
	if err != nil {
		panic(err)
	}
	return value
}
