package task_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/process/processtest"
	"provost/internal/query"
	"provost/internal/task"
)

// titles lists somebody's tasks.
func (b *bench) titles(user uuid.UUID, view task.View, l query.List) []string {
	b.T.Helper()
	page, err := b.Tasks.List(b.As(user), view, l)
	require.NoError(b.T, err)
	out := []string{}
	for i := range page.Items {
		out = append(out, page.Items[i].Title)
	}
	require.Equal(b.T, len(out) < l.Bounded().Size, len(out) == page.Total, "the total of what fits on a page is its length")
	return out
}

// Whoever a task is for sees it, however they come to it, and nobody else.
func TestInboxesFollowGroupsRolesAndScopes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	north := b.Group("North", "world")
	b.Group("Harbour", "North")
	b.Group("South", "world")
	groups := entitlement.GroupsScope
	cashier := b.Role("cashier", &groups)
	users := map[string]uuid.UUID{}
	for _, name := range []string{"starter", "named", "northern", "harbour", "southern", "cashier", "stranger"} {
		users[name] = b.User(name)
	}
	b.Member("northern", "North")
	b.Member("harbour", "Harbour")
	b.Member("southern", "South")
	b.Give(users["cashier"], cashier.ID, entitlement.Scope{ScopeGroupID: &north})
	p := b.Started(users["starter"], processtest.Sample{ID: "leave"})
	for i, to := range []string{"named", "group:North", "group:Harbour", "role:cashier@soffid", "role:cashier/North@soffid", "role:cashier/Harbour@soffid", "role:cashier/South@soffid", "*"} {
		o := b.Opening(int64(i+1), to)
		o.Title = to
		b.Opened(p.ID, o)
	}
	for name, want := range map[string][]string{
		"named":    {"*", "named"},
		"northern": {"*", "group:North"},
		"harbour":  {"*", "group:Harbour", "group:North"},
		"southern": {"*"},
		"cashier":  {"*", "role:cashier/Harbour@soffid", "role:cashier/North@soffid", "role:cashier@soffid"},
		"stranger": {"*"},
	} {
		require.Equal(t, want, b.titles(users[name], task.Inbox, query.List{}), name)
		require.ElementsMatch(t, want, b.titles(users[name], task.Available, query.List{Sort: "title"}), name)
		counts, err := b.Tasks.Counts(b.As(users[name]))
		require.NoError(t, err)
		require.EqualValues(t, len(want), counts.Available, name)
	}
	b.Exec("update group_memberships set end_at = now() - interval '1 hour' where user_id = $1", users["northern"])
	b.Exec("update groups set disabled = true where name = 'Harbour'")
	require.Equal(t, []string{"*"}, b.titles(users["northern"], task.Inbox, query.List{}), "a membership that is over counts no more")
	require.Equal(t, []string{"*"}, b.titles(users["harbour"], task.Inbox, query.List{}), "a disabled group passes nothing on")
}

func TestListsAreFilteredSortedAndPaged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna := b.User("anna")
	p := b.Started(anna, processtest.Sample{ID: "leave"})
	for i, title := range []string{"one", "two", "three", "four", "five"} {
		o := b.Opening(int64(i+1), "anna", "group:world", "*")
		o.Title = title
		due := time.Now().Add(time.Duration(i-1) * time.Hour)
		o.Due = &due
		b.Opened(p.ID, o)
	}
	require.Equal(t, []string{"five", "four", "three", "two", "one"}, b.titles(anna, task.Inbox, query.List{}), "several hats, and each task once")
	require.Equal(t, []string{"three", "two"}, b.titles(anna, task.Inbox, query.List{Size: 2, Page: 2}))
	require.Equal(t, []string{"one", "two"}, b.titles(anna, task.Inbox, query.List{Sort: "dueAt", Size: 2}))
	require.Equal(t, []string{"two"}, b.titles(anna, task.Inbox, query.List{Filter: `title eq "two" and status eq "open"`}))
	require.Equal(t, []string{"three"}, b.titles(anna, task.Inbox, query.List{Q: "THREE sample"}))
	_, err := b.Tasks.List(b.As(anna), "later", query.List{})
	processtest.Refused(t, err, fault.Invalid, "later")
	var titles []string
	require.NoError(t, b.Tasks.Each(b.As(anna), task.Inbox, query.List{Sort: "title"}, func(x task.Task) error {
		titles = append(titles, x.Title)
		return nil
	}))
	require.Equal(t, []string{"five", "four", "one", "three", "two"}, titles)
	mine := uuid.MustParse(b.Texts("select id::text from process_tasks where title = 'one'")[0])
	_, err = b.Tasks.Claim(b.As(anna), mine)
	require.NoError(t, err)
	counts, err := b.Tasks.Counts(b.As(anna))
	require.NoError(t, err)
	require.Equal(t, task.Counts{Available: 4, Mine: 1, Overdue: 1}, counts)
	require.Equal(t, []string{"five", "four", "three", "two", "one"}, b.titles(anna, task.Inbox, query.List{}))
	require.Equal(t, []string{"one"}, b.titles(anna, task.Mine, query.List{}))
	require.Empty(t, b.titles(anna, task.Done, query.List{}))
	require.NoError(t, b.completes(anna, mine, task.Completion{Outcome: "yes"}))
	require.Equal(t, []string{"one"}, b.titles(anna, task.Done, query.List{}))
	require.Len(t, b.titles(anna, task.Inbox, query.List{}), 4)
}

func TestTakingAndGivingBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, anna, bert, boss, stranger := b.User("starter"), b.User("anna"), b.User("bert"), b.User("boss"), b.User("stranger")
	p := b.Started(starter, processtest.Sample{ID: "leave", Managers: "boss"})
	id := b.Opened(p.ID, b.Opening(1, "anna", "bert"))

	taken, err := b.Tasks.Claim(b.As(anna), id)
	require.NoError(t, err)
	require.Equal(t, task.Claimed, taken.Status)
	require.Equal(t, "anna", taken.Assignee)
	again, err := b.Tasks.Claim(b.As(anna), id)
	require.NoError(t, err)
	require.Equal(t, taken.Version, again.Version, "nothing is written twice")
	require.Empty(t, b.titles(bert, task.Inbox, query.List{}))
	_, err = b.Tasks.Claim(b.As(bert), id)
	processtest.Refused(t, err, fault.Conflict, "taken by anna")
	_, err = b.Tasks.Release(b.As(bert), id)
	processtest.Refused(t, err, fault.Conflict, "taken by anna")
	processtest.Refused(t, b.completes(bert, id, task.Completion{Outcome: "yes"}), fault.Conflict, "taken by anna")
	_, err = b.Tasks.Claim(b.As(stranger), id)
	processtest.Refused(t, err, fault.NotFound)
	_, err = b.Tasks.Claim(b.As(starter), id)
	processtest.Refused(t, err, fault.Denied, "for others")
	_, err = b.Tasks.Claim(b.As(boss), id)
	require.NoError(t, err, "a manager takes over")
	released, err := b.Tasks.Release(b.As(boss), id)
	require.NoError(t, err)
	require.Equal(t, task.Open, released.Status)
	require.Nil(t, released.AssigneeID)
	require.Len(t, b.titles(bert, task.Inbox, query.List{}), 1)
	_, err = b.Tasks.Release(b.As(boss), id)
	processtest.Refused(t, err, fault.Conflict, "Nobody has taken")
	require.Equal(t, []string{"anna claim", "boss claim", "boss release"}, b.Texts("select actor || ' ' || kind from process_log where kind in ('claim', 'release') order by id"))
	require.Equal(t, []string{"claim", "claim", "release"}, b.Texts("select action from audit_entries where object_type = 'task' order by id"))

	at := time.Date(2031, 1, 2, 3, 4, 5, 0, time.UTC)
	scheduled, err := b.Tasks.Schedule(b.As(bert), id, &at)
	require.NoError(t, err)
	require.True(t, at.Equal(*scheduled.ScheduledFor))
	_, err = b.Tasks.Schedule(b.As(starter), id, nil)
	processtest.Refused(t, err, fault.Denied)
	_, err = b.Tasks.Get(b.As(stranger), id)
	processtest.Refused(t, err, fault.NotFound)
	_, err = b.Tasks.Claim(t.Context(), id)
	require.ErrorIs(t, err, authz.ErrNoPrincipal)
}

func TestDelegation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, anna, bert, carla := b.User("starter"), b.User("anna"), b.User("bert"), b.User("carla")
	p := b.Started(starter, processtest.Sample{ID: "leave", Approval: `<idm:approval mode="displayPending" quorum="one" approveFlow="yes" denyFlow="no"/>`})
	o := b.Opening(1, "anna")
	o.Lines = []process.Line{{Key: "1", Title: "cashier for carla", Subject: &carla}}
	id := b.Opened(p.ID, o)

	for to, words := range map[string]string{"nobody": "no active user", "": "no active user", "starter": "own request", "carla": "own request"} {
		_, err := b.Tasks.Delegate(b.As(anna), id, to, "")
		processtest.Refused(t, err, fault.Invalid, words)
	}
	_, err := b.Tasks.Delegate(b.As(bert), id, "bert", "")
	processtest.Refused(t, err, fault.NotFound)
	given, err := b.Tasks.Delegate(b.As(anna), id, "bert", "I am away.")
	require.NoError(t, err)
	require.Equal(t, "bert/anna", given.Assignee+"/"+given.Owner)
	require.Len(t, b.titles(bert, task.Inbox, query.List{}), 1)
	require.Empty(t, b.titles(anna, task.Inbox, query.List{}))
	processtest.Refused(t, b.completes(anna, id, task.Completion{Outcome: "yes"}), fault.Conflict, "taken by bert")
	_, err = b.Tasks.Delegate(b.As(bert), id, "bert", "")
	processtest.Refused(t, err, fault.Invalid, "has the task already")

	back, err := b.Tasks.Release(b.As(bert), id)
	require.NoError(t, err)
	require.Equal(t, "anna/", back.Assignee+"/"+back.Owner, "who delegated it gets it back")
	_, err = b.Tasks.Delegate(b.As(anna), id, bert.String(), "")
	require.NoError(t, err)
	_, err = b.Tasks.Recall(b.As(bert), id)
	processtest.Refused(t, err, fault.Conflict, "not delegated")
	got, err := b.Tasks.Get(b.As(anna), id)
	require.NoError(t, err)
	require.Equal(t, []string{"recall"}, got.May)
	recalled, err := b.Tasks.Recall(b.As(anna), id)
	require.NoError(t, err)
	require.Equal(t, "anna/", recalled.Assignee+"/"+recalled.Owner)
	require.NoError(t, b.completes(anna, id, task.Completion{Outcome: "yes"}))
	_, err = b.Tasks.Delegate(b.As(anna), id, "bert", "")
	processtest.Refused(t, err, fault.Conflict, "completed by anna")
	require.Equal(t, []string{"to bert. I am away."}, b.Texts("select text from process_log where kind = 'delegate' order by id limit 1"))
	seen, err := b.Tasks.Get(b.As(bert), id)
	require.NoError(t, err, "whoever had it may look at it later")
	require.Empty(t, seen.May)
}

func TestDrafts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna, bert := b.User("anna"), b.User("bert")
	p := b.Started(anna, processtest.Sample{
		ID: "leave", Attributes: `<idm:attribute name="days" label="Days" type="number"/><idm:attribute name="why" type="string" size="5"/>`,
		TaskForm: `<idm:form><idm:field name="days" required="true"/><idm:field name="why"/></idm:form>`,
	})
	id := b.Opened(p.ID, b.Opening(1, "anna", "bert"))
	_, err := b.Tasks.SaveDraft(b.As(anna), id, 0, bpm.Values{"days": json.RawMessage(`"many"`), "why": json.RawMessage(`"no reason"`), "x": json.RawMessage(`1`)})
	processtest.Refused(t, err, fault.Invalid, "values.days", "a number", "values.why", "at most 5", "values.x")
	saved, err := b.Tasks.SaveDraft(b.As(anna), id, 1, bpm.Values{"why": json.RawMessage(`"sun"`)})
	require.NoError(t, err)
	require.EqualValues(t, 2, saved.Version)
	_, err = b.Tasks.SaveDraft(b.As(bert), id, 1, nil)
	processtest.Refused(t, err, fault.Stale)
	got, err := b.Tasks.Get(b.As(bert), id)
	require.NoError(t, err)
	require.JSONEq(t, `"sun"`, string(got.Values["why"]))
	processtest.Refused(t, b.completes(bert, id, task.Completion{Outcome: "yes"}), fault.Invalid, "values.days", "Days is required")
	processtest.Refused(t, b.completes(bert, id, task.Completion{Outcome: "yes", Version: 1, Values: bpm.Values{"days": json.RawMessage(`2`)}}), fault.Stale)
	require.NoError(t, b.completes(bert, id, task.Completion{Outcome: "yes", Version: 2, Values: bpm.Values{"days": json.RawMessage(`2`)}}))
	require.Equal(t, []string{`{"why": "sun", "days": 2}`}, b.Texts("select payload::text from process_tasks where draft is null"), "what was saved counts")
	_, err = b.Tasks.SaveDraft(b.As(anna), id, 0, nil)
	processtest.Refused(t, err, fault.Conflict, "completed by bert")
}
