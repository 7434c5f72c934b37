package process_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/process"
	"provost/internal/process/processtest"
)

// renamed is a version of a sample with other ids for its task and its refusal.
func renamed(b *bench, s processtest.Sample) process.Version {
	b.T.Helper()
	source := strings.NewReplacer(`"decide"`, `"consent"`, `id="no"`, `id="refuse"`, `expireFlow="no"`, `expireFlow="refuse"`).Replace(string(s.Source()))
	v, err := b.ProcessDefinitions.Deploy(b.Ctx, "leave.bpmn", []byte(source))
	require.NoError(b.T, err)
	return v
}

// An open task expires by the way of the version that its process was put on; what that version does not have is taken back.
func TestOpenTasksTakeOverDeadlines(t *testing.T) {
	t.Parallel()
	b := setup(t)
	boss := b.User("boss")
	late := `<idm:task title="Decide" due="P1D" remind="PT1H" escalate="boss" expire="PT0S" expireFlow="no"/>`
	p := b.Started(boss, processtest.Sample{ID: "leave", Task: late})
	o := b.Opening(1, "boss")
	o.Due, o.Remind, o.Expire, o.ExpireFlow = new(at(20)), new(at(19)), new(at(20)), "no"
	o.Escalation = &process.Escalation{To: b.Principals("boss")}
	b.Opened(p.ID, o)
	stands := func() string {
		return b.Texts(`select element || ' ' || expire_flow || ' ' || concat_ws(',', case when due_at is not null then 'due' end,
			case when remind_at is not null then 'remind' end, case when escalation is not null then 'escalate' end, case when expire_at is not null then 'expire' end)
			from process_tasks`)[0]
	}
	require.Equal(t, "decide no due,remind,escalate,expire", stands())
	same, none := renamed(b, processtest.Sample{ID: "leave", Task: late}), renamed(b, processtest.Sample{ID: "leave"})
	e := entry(p.ID, 1)
	e.Version, e.Renamed = &same.ID, map[string]string{"decide": "consent"}
	require.NoError(t, b.Ledger.Record(t.Context(), e))
	require.Equal(t, "consent refuse due,remind,escalate,expire", stands(), "by the way that the version names, at the time that was said")
	e = entry(p.ID, 2)
	e.Version = &none.ID
	require.NoError(t, b.Ledger.Record(t.Context(), e))
	require.Equal(t, "consent  due", stands(), "the version says nothing about late tasks")
}

// What is kept about elements goes along with them: jobs, incidents, and what steps have changed already.
func TestWhatBelongsToElementsGoesAlong(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.Started(b.User("anna"), processtest.Sample{ID: "leave"})
	version := b.Deploy(processtest.Sample{ID: "leave", Name: "Another leave"})
	e := entry(p.ID, 1)
	e.Traces = []bpm.Trace{{Node: "known", Enter: true}}
	e.Timers = []process.Job{{Kind: process.TimerJob, Key: 7, Element: "late", Name: "Late"}}
	e.Incidents = []bpm.Alarm{{Incident: 3, Node: "apply"}}
	require.NoError(t, b.Ledger.Record(t.Context(), e))
	done := 0
	once := func(element string) string {
		values, err := b.Ledger.Once(t.Context(), process.Effect{Process: p.ID, Element: element, Visit: 1}, func(context.Context) (bpm.Values, error) {
			done++
			return valuesOf(t, `{"by": "`+element+`"}`), nil
		})
		require.NoError(t, err)
		return string(values["by"])
	}
	for _, element := range []string{"apply", "call", "one", "two"} {
		once(element)
	}
	e = entry(p.ID, 2)
	e.Version = &version.ID
	e.Renamed = map[string]string{"late": "later", "apply": "change", "call": "known", "one": "both", "two": "both"}
	e.Timers = []process.Job{{Kind: process.TimerJob, Key: 7, Element: "later", Name: "Later"}}
	require.NoError(t, b.Ledger.Record(t.Context(), e))
	require.Equal(t, []string{"later Later"}, b.Texts("select element || ' ' || name from process_jobs"))
	require.Equal(t, []string{"change"}, b.Texts("select element from process_incidents"))
	require.Equal(t, `"apply"`, once("change"), "it is done under its old name")
	require.Equal(t, `"apply"`, once("apply"), "whatever runs still has the old one")
	require.Equal(t, 4, done)
	require.Equal(t, `"known"`, once("known"), "a visit of its own is not one of another")
	require.Equal(t, `"both"`, once("both"), "nor is it that of one of several")
}
