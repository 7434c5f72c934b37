package worker_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/fault"
)

// outcome is what a demand came to, as it is found everywhere: in the tables, in the engine, in the post and in what people were told.
type outcome struct {
	Holder    string
	Status    string   // of the process
	Engine    string   // how its workflow ended
	Deciders  []string // whose decision stands
	Expired   int      // tasks whose time ran out
	Orphans   int      // tasks that are open still
	Jobs      int
	Incidents int
	Undone    int // messages to the process that were not delivered
	Grants    int // that the holder has
	Granted   int // how often it was granted, by the audit trail
	Effects   int
	Log       map[string]int // lines, by kind and element
	Letters   map[string]int // by Message-ID
	Accepted  []string       // people who were told that their decision is kept
	Unclear   []string       // people who were refused without being told why
	Denied    bool           // the decision that stands is a denial
}

// verdict is the oracle: exactly one thing was decided, it was done exactly once, everybody was told the truth, and nothing is left.
func verdict(o *outcome) []string {
	var findings []string
	say := func(format string, args ...any) { findings = append(findings, fmt.Sprintf(format, args...)) }
	once := func(what string, times, wanted int) {
		switch {
		case times == 0 && wanted == 1:
			say("%s of %s is lost", what, o.Holder)
		case times != wanted:
			say("%s of %s is there %d times", what, o.Holder, times)
		}
	}
	if o.Status != string(bpm.Completed) || o.Engine != "Completed" {
		say("the process of %s is %s, its workflow %s", o.Holder, o.Status, o.Engine)
	}
	if left := o.Orphans + o.Jobs + o.Incidents + o.Undone; left > 0 {
		say("%d tasks, %d jobs, %d incidents and %d messages of %s are left", o.Orphans, o.Jobs, o.Incidents, o.Undone, o.Holder)
	}
	once("the decision", len(o.Deciders)+o.Expired, 1)
	if !slices.Equal(slices.Sorted(slices.Values(o.Accepted)), slices.Sorted(slices.Values(o.Deciders))) {
		say("%v were told that their decision is kept, those of %v are", o.Accepted, o.Deciders)
	}
	if len(o.Unclear) > 0 {
		say("%s", strings.Join(o.Unclear, "; "))
	}
	decided := len(o.Deciders)
	wanted := decided
	if o.Denied {
		wanted = 0
	}
	once("the grant", o.Grants, wanted)
	once("the granting", o.Granted, wanted)
	once("the effect", o.Effects, min(decided, 1))
	once("the log of the decision", o.Log["complete approve"], min(decided, 1))
	for _, line := range slices.Sorted(maps.Keys(o.Log)) {
		if o.Log[line] > 1 {
			say("the log line %q of %s is there %d times", line, o.Holder, o.Log[line])
		}
	}
	once("the letter", len(o.Letters), 1)
	return findings
}

// outcome looks what a demand came to.
func (o *office) outcome(d *demand) *outcome {
	o.t.Helper()
	id := d.process.ID
	out := &outcome{
		Holder: d.holder, Status: o.Texts("select status from processes where id = $1", id)[0], Engine: o.closed(d), Log: map[string]int{},
		Deciders:  o.Texts("select closed_by from process_tasks where process_id = $1 and status = 'completed'", id),
		Expired:   o.Count("select count(*) from process_tasks where process_id = $1 and status = 'expired'", id),
		Orphans:   o.Count("select count(*) from process_tasks where process_id = $1 and closed_at is null", id),
		Jobs:      o.Count("select count(*) from process_jobs where process_id = $1", id),
		Incidents: o.Count("select count(*) from process_incidents where process_id = $1", id),
		Undone:    o.Count("select count(*) from outbox where payload ->> 'process' = $1", id.String()),
		Grants:    o.Count("select count(*) from grants g join accounts a on a.id = g.account_id where a.name = $1", d.holder),
		Granted:   o.Count("select count(*) from audit_entries where origin = 'process' and origin_id = $1 and object_type = 'roleAccount' and action = 'create'", id),
		Effects:   o.Count("select count(*) from process_effects where process_id = $1", id),
		Denied:    o.Count("select count(*) from process_lines where process_id = $1 and decision = 'denied'", id) > 0,
		Letters:   o.post.of(id),
	}
	for _, line := range o.Texts("select kind || ' ' || element from process_log where process_id = $1", id) {
		out.Log[line]++
	}
	for _, who := range slices.Sorted(maps.Keys(d.said)) {
		switch err := d.said[who]; {
		case err == nil:
			out.Accepted = append(out.Accepted, who)
		case !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "completed by") && !strings.Contains(err.Error(), "ran out"):
			out.Unclear = append(out.Unclear, who+" was told: "+err.Error())
		}
	}
	return out
}

// ends waits until the demands came to their end, and asks the oracle about each.
func (o *office) ends(demands []*demand, limit time.Duration) []string {
	o.t.Helper()
	var findings []string
	end := time.Now().Add(limit)
	for _, d := range demands {
		within(time.Until(end), func() bool { return len(verdict(o.outcome(d))) == 0 })
		found := o.outcome(d)
		for _, finding := range verdict(found) {
			findings = append(findings, finding)
			o.t.Logf("process %d: %s: %+v", d.process.Number, finding, *found)
		}
	}
	return findings
}

// The oracle must notice every kind of fault, or the tests prove nothing.
func TestOracleOfProcessesNotices(t *testing.T) {
	t.Parallel()
	granted := func() *outcome {
		return &outcome{
			Holder: "ada", Status: "completed", Engine: "Completed", Deciders: []string{"bob"}, Accepted: []string{"bob"}, Grants: 1, Granted: 1, Effects: 1,
			Log: map[string]int{"enter approve": 1, "complete approve": 1, "finish ": 1}, Letters: map[string]int{"a@process.provost": 1},
		}
	}
	require.Empty(t, verdict(granted()))
	denied := granted()
	denied.Denied, denied.Grants, denied.Granted = true, 0, 0
	require.Empty(t, verdict(denied))
	late := &outcome{Holder: "ada", Status: "completed", Engine: "Completed", Expired: 1, Log: map[string]int{}, Letters: map[string]int{"a@process.provost": 1}}
	require.Empty(t, verdict(late))
	for says, plant := range map[string]func(o *outcome){
		"the grant of ada is lost":                        func(o *outcome) { o.Grants = 0 },
		"the grant of ada is there 2 times":               func(o *outcome) { o.Grants = 2 },
		"the granting of ada is there 2 times":            func(o *outcome) { o.Granted = 2 },
		"the effect of ada is there 2 times":              func(o *outcome) { o.Effects = 2 },
		"the decision of ada is there 2 times":            func(o *outcome) { o.Deciders, o.Accepted = []string{"bob", "carla"}, []string{"carla", "bob"} },
		"the letter of ada is there 2 times":              func(o *outcome) { o.Letters["b@process.provost"] = 1 },
		"the letter of ada is lost":                       func(o *outcome) { o.Letters = nil },
		`the log line "finish " of ada is there 2 times`:  func(o *outcome) { o.Log["finish "] = 2 },
		"the log of the decision of ada is lost":          func(o *outcome) { o.Log = nil },
		"the process of ada is running, its workflow ":    func(o *outcome) { o.Status, o.Engine = "running", "" },
		"1 tasks, 0 jobs, 0 incidents and 0 messages of ": func(o *outcome) { o.Orphans = 1 },
		"[] were told that their decision is kept, those": func(o *outcome) { o.Accepted = nil },
		"carla was told: broken":                          func(o *outcome) { o.Unclear = []string{"carla was told: broken"} },
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			o := granted()
			plant(o)
			findings := verdict(o)
			require.True(t, slices.ContainsFunc(findings, func(f string) bool { return strings.HasPrefix(f, says) }), "%v", findings)
		})
	}
}

// And it must see what happens in the tables, in the post and in the answers of a true process.
func TestOracleNoticesADoubledEffect(t *testing.T) { //nolint:paralleltest // one core queue
	o := newOffice(t)
	o.worker()
	d := o.ask("access", 1)[0]
	o.press(d, "bob", "approve")
	require.Empty(t, o.ends([]*demand{d}, 30*time.Second))

	id := d.process.ID
	for says, plant := range map[string]func(){
		"the effect of": func() { o.Exec("insert into process_effects (process_id, element, visit) values ($1, 'apply', 2)", id) },
		"the log of the decision of": func() {
			o.Exec("insert into process_log (process_id, kind, element) values ($1, 'complete', 'approve')", id)
		},
		"the granting of":               func() { o.Exec(granting, id) },
		"the letter of":                 func() { o.post.letters["second."+id.String()]++ },
		"[bob carla] were told that":    func() { d.said["carla"] = nil },
		"carla was told: it went wrong": func() { d.said["carla"] = errors.New("it went wrong") },
	} {
		seen := func() bool {
			return slices.ContainsFunc(verdict(o.outcome(d)), func(f string) bool { return strings.HasPrefix(f, says) })
		}
		require.False(t, seen(), says)
		plant()
		require.True(t, seen(), says)
	}
}

const granting = "insert into audit_entries (origin, origin_id, action, object_type) values ('process', $1, 'create', 'roleAccount')"
