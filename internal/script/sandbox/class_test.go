package sandbox

import (
	"slices"
	"testing"
	"time"

	"github.com/dop251/goja"
	"github.com/stretchr/testify/require"

	"provost/internal/script/wire"
)

// newWorld builds a world without a server, for what needs no host call.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{vm: goja.New(), run: &wire.Run{Limits: wire.Limits{Output: 1 << 20}}}
	w.watch = newStopwatch(time.Minute, func() {})
	w.watch.start()
	t.Cleanup(w.watch.stop)
	require.NoError(t, w.build())
	return w
}

func TestEveryKnownClassExistsAndNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.True(t, slices.IsSorted(knownClasses))
	for _, name := range knownClasses {
		v, err := w.vm.RunString("Java.type('" + name + "')")
		require.NoError(t, err, name)
		require.False(t, goja.IsUndefined(v), name)
	}
	install, err := w.vm.RunProgram(javaPrelude())
	require.NoError(t, err)
	require.NotNil(t, install)
}

func TestNoGoNameOrValueShows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.bind()
	require.NoError(t, err)
	v, err := w.vm.RunString(`
var seen = new Set(), found = [];
function walk(path, value, depth) {
  if (value === null || typeof value !== "object" && typeof value !== "function" || seen.has(value) || depth > 4) return;
  seen.add(value);
  if (typeof value === "function" && /provost|sandbox|goja|-fm$/.test(value.name)) found.push(path + " " + value.name);
  Object.getOwnPropertyNames(value).forEach(function (key) {
    var d = Object.getOwnPropertyDescriptor(value, key);
    if (d.get) return;
    walk(path + "." + key, d.value, depth + 1);
  });
  walk(path + ".__proto__", Object.getPrototypeOf(value), depth + 1);
}
walk("global", globalThis, 0);
walk("locator", serviceLocator.getUserService().findUsers, 0);
found.join("; ")`)
	require.NoError(t, err)
	require.Empty(t, v.String())
}

func TestRefusalsComeBeforeTheGeneralSentence(t *testing.T) {
	t.Parallel()
	require.Empty(t, refusal("java.util.HashMap"))
	require.Empty(t, refusal("es.caib.seycon.ng.comu.Usuari"))
	require.Contains(t, refusal("java.lang.ProcessBuilder"), "commands of the host")
	require.Contains(t, refusal("com.soffid.iam.service.impl.Thing"), "not among the classes")
	require.Contains(t, refusal("com.soffid.iam.api.lower"), "not among the classes")
	_, ok := dataClass("Plain")
	require.False(t, ok)
}

func TestCacheForgetsWhenFull(t *testing.T) {
	t.Parallel()
	c := newCache()
	first := c.get(wire.Script{Text: "1"})
	require.Same(t, first, c.get(wire.Script{Text: "1"}))
	for i := range cacheSize {
		c.get(wire.Script{Name: string(rune(i)), Text: "2"})
	}
	require.NotSame(t, first, c.get(wire.Script{Text: "1"}))
}
