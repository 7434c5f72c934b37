package agent_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/agent"
	"provost/internal/connector"
	"provost/internal/mapping"
	"provost/internal/mapscript"
	"provost/internal/script"
	"provost/internal/script/scripttest"
	"provost/internal/synctask"
)

func runner(t *testing.T) agent.Triggers {
	t.Helper()
	return &mapscript.Runner{Host: scripttest.New(t, script.Options{}), Language: script.JavaScript}
}

func withTrigger(kind mapping.TriggerKind, text string) func(*account.System) {
	return func(s *account.System) {
		s.Mappings[0].Triggers = append(s.Mappings[0].Triggers, mapping.Trigger{Kind: kind, Script: text})
	}
}

// Triggers around every operation (guide page 045, Triggers): a falsy result refuses it, newObject is what is written.
func TestTriggers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		kind    mapping.TriggerKind
		script  string
		outcome string
		class   connector.ErrorClass
		full    any // of anna afterwards
	}{
		{name: "insert refused", kind: mapping.TriggerPreInsert, script: `false`, outcome: synctask.Vetoed},
		{name: "insert changed", kind: mapping.TriggerPreInsert, script: `newObject.put("full", newObject.get("full") + "!"); true`, outcome: synctask.Created, full: "New!"},
		{name: "insert fails", kind: mapping.TriggerPreInsert, script: `throw new Error("no")`, outcome: synctask.Errored, class: connector.ClassData},
		{name: "update refused", kind: mapping.TriggerPreUpdate, script: `oldObject.get("full") != "Old"`, outcome: synctask.Vetoed, full: "Old"},
		{name: "update changed", kind: mapping.TriggerPreUpdate, script: `newObject["full"] = "Other"; true`, outcome: synctask.Updated, full: "Other"},
		{name: "delete refused", kind: mapping.TriggerPreDelete, script: `0`, outcome: synctask.Vetoed, full: "Old"},
		{name: "after insert fails", kind: mapping.TriggerPostInsert, script: `throw new Error("no")`, outcome: synctask.Errored, class: connector.ClassData, full: "New"},
		{name: "knows our object", kind: mapping.TriggerPreInsert, script: `source.get("userName") == "anna"`, outcome: synctask.Created, full: "New"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, runner(t), withTrigger(c.kind, c.script))
			id := uuid.New()
			if c.kind == mapping.TriggerPreUpdate || c.kind == mapping.TriggerPreDelete {
				b.put(connector.Attributes{"name": "anna", "full": "Old"})
			}
			b.want(id, person("anna", "New"))
			b.targets[id].Origin = map[string]any{"userName": "anna"}
			if c.kind == mapping.TriggerPreDelete {
				b.want(id, nil)
				b.targets[id].Key = connector.Key{Name: "anna"}
			}
			r := b.one(id)
			require.Equal(t, c.outcome, r.Outcome, r.Message)
			require.Equal(t, c.class, r.ErrorClass)
			if c.full == nil {
				require.Nil(t, b.there("anna"))
				return
			}
			require.Equal(t, c.full, b.there("anna")["full"])
		})
	}
}
