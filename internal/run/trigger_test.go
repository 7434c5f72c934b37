package run_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/connector"
	"provost/internal/mapping"
	"provost/internal/metadata"
	"provost/internal/run"
	"provost/internal/script"
	"provost/internal/script/scripttest"
	"provost/internal/testenv/enginetest"
)

func trigger(objectType, event, script string) account.LoadTrigger {
	return account.LoadTrigger{ObjectType: objectType, Event: event, Script: script}
}

// Every kind of object the guide names has its triggers (045, "Load triggers"): a veto keeps the object as it is and is listed with its
// reason; one that breaks fails only its object.
func TestLoadTriggersOfEveryKindOfObject(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		objectType, event, script string
		kind                      string
		changes                   []string
	}{
		{"user", "preInsert", `newObject.get("userName") != "bert"`, run.Load, []string{"create anna applied", "create bert skipped"}},
		{"user", "preInsert", `if (newObject.get("userName") == "bert") throw "no"; true`, run.Load, []string{"create anna applied", "create bert failed"}},
		{"group", "preInsert", `newObject.get("name") != "b" && newObject.get("parent") == "world"`, run.Load, []string{"create a applied", "create b skipped"}},
		{"group", "preInsert", `if (newObject.get("name") == "b") throw "no"; true`, run.Load, []string{"create a applied", "create b failed"}},
		{"account", "preInsert", `newObject.get("accountName") != "robot"`, run.Reconcile, []string{"create backup applied", "create robot skipped"}},
		{"role", "preInsert", `newObject.get("name") != "doors"`, run.Reconcile, []string{"create doors skipped", "create pumps applied"}},
		{
			"grant", "preInsert", `newObject.get("ownerAccount") != "robot" || newObject.get("grantedRole") != "pumps"`, run.Reconcile,
			[]string{"grant backup holds pumps applied", "grant robot holds pumps skipped"},
		},
		{
			"grant", "preInsert", `if (newObject.get("ownerAccount") == "robot") throw "no"; true`, run.Reconcile,
			[]string{"grant backup holds pumps applied", "grant robot holds pumps failed"},
		},
	} {
		t.Run(c.objectType+" "+c.script, func(t *testing.T) {
			t.Parallel()
			b := enginetest.New(t, enginetest.WithScripts(scripttest.New(t, script.Options{})))
			var s account.System
			if c.kind == run.Load {
				s = organisation(b, "alpha", func(s *account.System) {
					s.LoadTriggers = []account.LoadTrigger{trigger(c.objectType, c.event, c.script)}
				})
				units{"a": "", "b": ""}.put(b, "alpha")
				b.Put("alpha", enginetest.Person, member("anna", "a"))
				b.Put("alpha", enginetest.Person, member("bert", "a"))
			} else {
				s = b.System("alpha", teams(false), func(s *account.System) {
					s.LoadTriggers = []account.LoadTrigger{trigger(c.objectType, c.event, c.script)}
				})
				b.Put("alpha", enginetest.Person, seen("backup", "Backup"))
				b.Put("alpha", enginetest.Person, seen("robot", "Robot"))
				b.Put("alpha", team, crew("pumps", "backup", "robot"))
				b.Put("alpha", team, crew("doors"))
			}
			changes := b.Changes(b.Run(s, c.kind))
			require.Subset(t, changes, c.changes)
		})
	}
}

// A removal is asked about as one, even where it only disables; whoever is kept stays as he is.
func TestRemovalsAskTheirTrigger(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t, enginetest.WithScripts(scripttest.New(t, script.Options{})))
	s := organisation(b, "alpha", func(s *account.System) {
		s.LoadTriggers = []account.LoadTrigger{
			trigger("user", "preDelete", `oldObject.get("userName") != "bert"`), trigger("group", "preDelete", `oldObject.get("name") != "b"`),
		}
	})
	units{"a": "", "b": "", "c": ""}.put(b, "alpha")
	for _, name := range []string{"anna", "bert", "carl"} {
		b.Put("alpha", enginetest.Person, member(name, "a"))
	}
	b.Run(s, run.Load)
	for _, name := range []string{"bert", "carl"} {
		b.Drop("alpha", enginetest.Person, name)
	}
	for _, name := range []string{"b", "c"} {
		b.Drop("alpha", unit, name)
	}
	id := b.Run(s, run.Load)
	require.Equal(t, []string{"disable b skipped", "disable bert skipped", "disable c applied", "disable carl applied"}, b.Changes(id))
	require.Equal(t, []string{"The load trigger preDelete refused the change."},
		b.Texts("select distinct message from run_changes where run_id = $1 and status = 'skipped'", id))
	require.True(t, user(b, "bert").Active)
	require.False(t, group(b, "b").Disabled)
}

func TestTriggersOfRevocationsAndRemovedAccounts(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t, enginetest.WithScripts(scripttest.New(t, script.Options{})))
	s := b.System("alpha", teams(false), func(s *account.System) {
		s.LoadTriggers = []account.LoadTrigger{
			trigger("grant", "preDelete", `oldObject.get("ownerAccount") != "robot"`), trigger("account", "preDelete", `false`),
			trigger("role", "preUpdate", `newObject.put("category", "from " + oldObject.get("name")); true`),
		}
	})
	for _, name := range []string{"backup", "robot", "spare"} {
		b.Put("alpha", enginetest.Person, seen(name, name))
	}
	b.Put("alpha", team, crew("pumps", "backup", "robot", "spare"))
	b.Run(s, run.Reconcile)
	b.Drop("alpha", enginetest.Person, "spare")
	b.Put("alpha", team, connector.Attributes{"name": "pumps", "text": "Other", "members": []any{"spare"}})
	id := b.Run(s, run.Reconcile)
	require.Subset(t, b.Changes(id), []string{
		"revoke backup holds pumps applied", "revoke robot holds pumps skipped", "delete spare skipped", "update pumps applied",
	})
	require.Equal(t, account.Enabled, b.Account("alpha", "spare").Status)
	require.Equal(t, []string{"from pumps"}, b.Texts("select category from roles where name = 'pumps'"), "what a trigger changes is written")
}

// Triggers after the write see what was stored. One that fails cannot take it back: the change counts as an error.
func TestTriggersAfterTheWrite(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t, enginetest.WithScripts(scripttest.New(t, script.Options{})))
	s := b.Source("alpha", func(s *account.System) {
		s.LoadTriggers = []account.LoadTrigger{
			trigger("user", "postInsert", `if (newObject.get("primaryGroup") != "world") throw "not stored"; if (newObject.get("userName") == "bert") throw "no"; false`),
			trigger("user", "postUpdate", `throw oldObject.get("lastName") + " became " + newObject.get("lastName")`),
			trigger("user", "postDelete", `throw "gone"`),
		}
	})
	b.Put("alpha", enginetest.Person, listed("anna", "Berg"))
	b.Put("alpha", enginetest.Person, listed("bert", "Berg"))
	id := b.Run(s, run.Load)
	require.Equal(t, []string{"create anna applied", "create bert failed"}, b.Changes(id), "a falsy result after the write says nothing")
	message := b.Texts("select message from run_changes where run_id = $1 and object_key = 'bert'", id)[0]
	require.Contains(t, message, "The change was written, but the load trigger postInsert failed afterwards")
	require.True(t, user(b, "bert").Active)
	require.Equal(t, []string{"1 1"}, b.Texts("select (counters->>'applied') || ' ' || (counters->>'failed') from runs where id = $1", id))

	b.Put("alpha", enginetest.Person, listed("anna", "Stein"))
	b.Drop("alpha", enginetest.Person, "bert")
	id = b.Run(s, run.Load)
	require.Equal(t, []string{"update anna failed", "disable bert failed"}, b.Changes(id))
	require.Contains(t, b.Texts("select message from run_changes where run_id = $1 and object_key = 'anna'", id)[0], "Berg became Stein")
	require.Equal(t, "Stein", user(b, "anna").LastName)
	require.False(t, user(b, "bert").Active)
}

// Triggers see the guide's objects: custom attributes in a map of their own, which they may change.
func TestTriggersSeeTheGuidesObjects(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t, enginetest.WithScripts(scripttest.New(t, script.Options{})))
	_, err := b.Metadata.Create(b.Ctx, metadata.Attribute{ObjectType: "user", Code: "badge", DataType: metadata.String})
	require.NoError(t, err)
	s := b.Source("alpha", func(s *account.System) {
		s.Mappings[0].Rows = append(s.Mappings[0].Rows, mapping.Row{System: "badge", Direction: mapping.DirectionIn, Provost: `attributes{"badge"}`})
		s.LoadTriggers = []account.LoadTrigger{
			trigger("user", "preInsert", `var a = newObject.get("attributes"); a.put("badge", a.get("badge") + "-1"); true`),
		}
	})
	person := listed("anna", "Berg")
	person["badge"] = "B7"
	b.Put("alpha", enginetest.Person, person)
	b.Run(s, run.Load)
	require.Equal(t, "B7-1", user(b, "anna").Attributes["badge"])
}

// Several triggers of one kind run in their order, each on what the one before left, and none on what one before refused.
func TestTwoTriggersRunInTheirOrder(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t, enginetest.WithScripts(scripttest.New(t, script.Options{})))
	s := b.Source("alpha", func(s *account.System) {
		s.LoadTriggers = []account.LoadTrigger{
			trigger("user", "preInsert", `newObject.put("comments", "one"); true`),
			trigger("user", "preInsert", `newObject.put("comments", newObject.get("comments") + " two"); newObject.get("userName") != "bert"`),
			trigger("user", "preInsert", `if (newObject.get("userName") == "bert") throw "a vetoed object is not asked about again"; true`),
		}
	})
	b.Put("alpha", enginetest.Person, listed("anna", "Berg"))
	b.Put("alpha", enginetest.Person, listed("bert", "Berg"))
	require.Equal(t, []string{"create anna applied", "create bert skipped"}, b.Changes(b.Run(s, run.Load)))
	require.Equal(t, "one two", user(b, "anna").Comments)
}
