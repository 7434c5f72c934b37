package sandbox

import (
	"encoding/json"
	"testing"
	"time"

	"provost/internal/script/wire"
)

func BenchmarkCall(b *testing.B) {
	s := &server{cache: newCache()}
	run := &wire.Run{
		Scripts: []wire.Script{{Name: "name", Text: `return firstName.toLowerCase() + attributes.get("floor");`}},
		Limits:  wire.Limits{Wall: time.Minute, Output: 1 << 20},
	}
	call := wire.Call{Bindings: json.RawMessage(`{"firstName":"Jane","attributes":{"floor":3,"company":"Example"}}`)}
	for b.Loop() {
		if r := s.evaluate(run, call); r.Failure != nil {
			b.Fatal(r.Failure.Message)
		}
	}
}
