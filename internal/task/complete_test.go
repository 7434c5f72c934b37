package task_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/process/processtest"
	"provost/internal/query"
	"provost/internal/task"
)

// state lists everything that a refused completion must leave as it was.
func (b *bench) state() []string {
	b.T.Helper()
	return b.Texts(`select 'task ' || id || status || version || payload || coalesce(outcome, '') from process_tasks
		union all select 'line ' || id || decision || stage from process_lines union all select 'vote ' || line_id || approved from process_votes
		union all select 'log ' || id from process_log union all select 'outbox ' || id from outbox union all select 'audit ' || id from audit_entries
		union all select 'access ' || hat || part from process_access order by 1`)
}

func TestWhatCompletionAsksFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, anna, manager, updater, reader, stranger := b.User("starter"), b.User("anna"), b.User("boss"),
		b.User("updater", authz.ProcessUpdate), b.User("reader", authz.ProcessQuery), b.User("stranger")
	p := b.Started(starter, processtest.Sample{
		ID: "leave", Managers: "boss", Observers: "watcher",
		Attributes: `<idm:attribute name="days" label="Days" type="number"/><idm:attribute name="kind" label="Kind" type="string"><idm:value code="trip"/><idm:value code="rest"/></idm:attribute>
			<idm:attribute name="seen" label="Seen" type="string" default="yes"/>`,
		TaskForm: `<idm:form><idm:field name="days" required="true"/><idm:field name="kind"/><idm:field name="seen" readOnly="true"/></idm:form>`,
	})
	good := bpm.Values{"days": json.RawMessage(`3`)}
	with := func(name, value string) bpm.Values {
		out := maps.Clone(good)
		out[name] = json.RawMessage(value)
		return out
	}
	id := b.Opened(p.ID, b.Opening(1, "anna"))
	before := b.state()
	for name, test := range map[string]struct {
		who  uuid.UUID
		in   task.Completion
		code fault.Code
		word string
	}{
		"a stranger":            {stranger, task.Completion{Outcome: "yes", Values: good}, fault.NotFound, "no such task"},
		"somebody who looks on": {reader, task.Completion{Outcome: "yes", Values: good}, fault.Denied, "for others"},
		"the initiator":         {starter, task.Completion{Outcome: "yes", Values: good}, fault.Denied, "for others"},
		"no decision":           {anna, task.Completion{Values: good}, fault.Invalid, "Approve, Refuse"},
		"another decision":      {anna, task.Completion{Outcome: "f1", Values: good}, fault.Invalid, "outcome"},
		"nothing filled in":     {anna, task.Completion{Outcome: "yes"}, fault.Invalid, "Days is required"},
		"an empty field":        {anna, task.Completion{Outcome: "yes", Values: with("days", "null")}, fault.Invalid, "values.days"},
		"a wrong type":          {anna, task.Completion{Outcome: "yes", Values: with("days", `"three"`)}, fault.Invalid, "a number"},
		"no choice":             {anna, task.Completion{Outcome: "yes", Values: with("kind", `"work"`)}, fault.Invalid, "Kind"},
		"a read-only field":     {anna, task.Completion{Outcome: "yes", Values: with("seen", `"no"`)}, fault.Invalid, "Seen cannot be changed"},
		"an unknown field":      {anna, task.Completion{Outcome: "yes", Values: with("requester", `"boss"`)}, fault.Invalid, "values.requester"},
		"a large value":         {anna, task.Completion{Outcome: "yes", Values: with("kind", `"`+largeText()+`"`)}, fault.Invalid, "32 kB"},
		"lines":                 {anna, task.Completion{Outcome: "yes", Values: good, Lines: []task.Line{{ID: uuid.New()}}}, fault.Invalid, "no lines"},
		"another version":       {anna, task.Completion{Outcome: "yes", Values: good, Version: 9}, fault.Stale, "changed in the meantime"},
		"a long comment":        {anna, task.Completion{Outcome: "yes", Values: good, Comment: largeText()}, fault.Invalid, "comment"},
	} {
		processtest.Refused(t, b.completes(test.who, id, test.in), test.code, test.word)
		require.Equal(t, before, b.state(), name)
	}
	require.NoError(t, b.completes(anna, id, task.Completion{Outcome: "APPROVE", Values: with("seen", `"yes"`), Comment: " fine ", Version: 1}))
	require.Equal(t, []string{`yes fine anna t {"days": 3}`}, b.Texts(
		"select outcome || ' ' || comment || ' ' || closed_by || ' ' || substr(finishes::text, 1, 1) || ' ' || payload from process_tasks where work = 1"))
	for work, who := range map[int64]uuid.UUID{2: manager, 3: updater} {
		id := b.Opened(p.ID, b.Opening(work, "anna"))
		_, err := b.Tasks.Claim(b.As(anna), id)
		require.NoError(t, err)
		require.NoError(t, b.completes(who, id, task.Completion{Outcome: "no", Values: good}), "managers do what others have taken")
	}
	processtest.Refused(t, b.completes(anna, uuid.New(), task.Completion{}), fault.NotFound)
	_, err := b.Tasks.Complete(t.Context(), id, task.Completion{})
	require.ErrorIs(t, err, authz.ErrNoPrincipal)
}

func largeText() string { return string(slices.Repeat([]byte("a"), 40_000)) }

// approval gives an opening with lines by their titles.
func (b *bench) approval(work int64, candidates []string, titles ...string) process.Opening {
	o := b.Opening(work, candidates...)
	for _, title := range titles {
		o.Lines = append(o.Lines, process.Line{Key: title, Title: title, Content: json.RawMessage(`{"role":"` + title + `"}`)})
	}
	return o
}

// says decides about lines by their titles.
func (b *bench) says(work int64, said map[string]bool) []task.Line {
	b.T.Helper()
	var out []task.Line
	for _, title := range slices.Sorted(maps.Keys(said)) {
		id := uuid.MustParse(b.Texts("select id::text from process_lines where work = $1 and title = $2", work, title)[0])
		out = append(out, task.Line{ID: id, Approve: said[title], Comment: "about " + title})
	}
	return out
}

const approvals = `<idm:approval mode="displayPending" quorum="%" self="refuse" approveFlow="yes" denyFlow="no"><idm:stage actors="*"/></idm:approval>`

func TestLinesAreDecidedOneByOne(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, anna, bert := b.User("starter"), b.User("anna"), b.User("bert")
	p := b.Started(starter, processtest.Sample{ID: "leave", Approval: `<idm:approval mode="displayPending" quorum="one" approveFlow="yes" denyFlow="no"/>`})
	first, second := b.approval(1, []string{"anna"}, "cashier", "auditor"), b.approval(1, []string{"bert"}, "teller")
	second.Part = 1
	require.NoError(t, b.Ledger.Open(t.Context(), p.ID, []process.Opening{first, second}))
	ids := b.Texts("select id::text from process_tasks order by part")
	annas, berts := uuid.MustParse(ids[0]), uuid.MustParse(ids[1])
	got, err := b.Tasks.Get(b.As(anna), annas)
	require.NoError(t, err)
	require.True(t, got.Deciding)
	require.Empty(t, got.Decisions)
	require.Len(t, got.Lines, 2, "of each owner's part alone")

	before := b.state()
	processtest.Refused(t, b.completes(anna, annas, task.Completion{Lines: b.says(1, map[string]bool{"cashier": true})}), fault.Invalid, "Nothing is said about auditor")
	processtest.Refused(t, b.completes(anna, annas, task.Completion{Outcome: "yes", Lines: b.says(1, map[string]bool{"teller": true})}), fault.Invalid, "lines[0].id")
	twice := b.says(1, map[string]bool{"cashier": true})
	processtest.Refused(t, b.completes(anna, annas, task.Completion{Outcome: "yes", Lines: append(twice, twice...)}), fault.Invalid, "twice")
	processtest.Refused(t, b.completes(anna, annas, task.Completion{Outcome: "f1"}), fault.Invalid, "outcome")
	require.Equal(t, before, b.state())

	require.NoError(t, b.completes(anna, annas, task.Completion{Lines: b.says(1, map[string]bool{"cashier": true, "auditor": false})}))
	decisions, err := b.Ledger.Decided(t.Context(), p.ID, []uuid.UUID{annas})
	require.NoError(t, err)
	require.Equal(t, []process.Decision{{Task: annas, Work: 1, Actor: "anna"}}, decisions, "bert has not decided yet")
	require.NoError(t, b.completes(bert, berts, task.Completion{Outcome: "Refuse", Comment: "not now"}))
	decisions, err = b.Ledger.Decided(t.Context(), p.ID, []uuid.UUID{berts, annas})
	require.NoError(t, err)
	require.True(t, decisions[0].Finished)
	require.False(t, decisions[1].Finished)
	require.Equal(t, "yes", decisions[0].Outcome)
	require.JSONEq(t, `[
		{"role":"auditor","decision":"denied","decidedBy":"anna","comment":"about auditor"},
		{"role":"cashier","decision":"approved","decidedBy":"anna","comment":"about cashier"},
		{"role":"teller","decision":"denied","decidedBy":"bert","comment":"not now"}]`, string(decisions[0].Values[process.LinesVariable]))
}

// An approval without flows of its own for consent and refusal is decided as a whole by words that hold everywhere.
func TestLinesAreDecidedAtOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ outcome, want string }{{task.ApproveAll, "approved"}, {"DENY", "denied"}} {
		t.Run(c.outcome, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			starter, anna := b.User("starter"), b.User("anna")
			p := b.Started(starter, processtest.Sample{ID: "leave", Approval: `<idm:approval mode="displayPending"/>`})
			id := b.Opened(p.ID, b.approval(1, []string{"anna"}, "cashier", "auditor"))
			processtest.Refused(t, b.completes(anna, id, task.Completion{Outcome: "consent"}), fault.Invalid, "no decision")
			results, err := b.Tasks.Decide(b.As(anna), []uuid.UUID{id}, task.Completion{Outcome: c.outcome})
			require.NoError(t, err)
			require.NoError(t, results[0].Err)
			require.Equal(t, []string{c.want, c.want}, b.Texts("select decision from process_lines"))
		})
	}
}

func TestQuorumAndStages(t *testing.T) {
	t.Parallel()
	type vote struct {
		who  string
		said map[string]bool // nil: denies all
		want fault.Code
	}
	yes := map[string]bool{"cashier": true, "auditor": true}
	half := map[string]bool{"cashier": true, "auditor": false}
	for name, test := range map[string]struct {
		quorum string
		votes  []vote
		lines  []string // title, decision and stages passed
		tasks  []string // stage and status
		ends   string   // outcome, when the node is finished
	}{
		"one consents, then the next stage": {"one", []vote{{"anna", yes, ""}}, []string{"auditor  1", "cashier  1"}, []string{"0 completed", "1 open"}, ""},
		"both stages consent": {
			"one",
			[]vote{{"anna", yes, ""}, {"dora", yes, ""}},
			[]string{"auditor approved 2", "cashier approved 2"},
			[]string{"0 completed", "1 completed"},
			"yes",
		},
		"the next stage sees what is left": {
			"one",
			[]vote{{"anna", half, ""}, {"dora", map[string]bool{"cashier": false}, ""}},
			[]string{"auditor denied 0", "cashier denied 1"},
			[]string{"0 completed", "1 completed"},
			"no",
		},
		"all denied in the first stage": {"one", []vote{{"anna", nil, ""}}, []string{"auditor denied 0", "cashier denied 0"}, []string{"0 completed", "1 cancelled"}, "no"},
		"all have to consent":           {"all", []vote{{"anna", yes, ""}, {"bert", yes, ""}}, []string{"auditor  0", "cashier  0"}, []string{"0 completed", "0 completed", "0 open", "1 waiting", "1 waiting"}, ""},
		"one denial is enough where all have to consent": {
			"all",
			[]vote{{"anna", nil, ""}},
			[]string{"auditor denied 0", "cashier denied 0"},
			[]string{"0 cancelled", "0 cancelled", "0 completed", "1 cancelled", "1 cancelled"},
			"no",
		},
		"two of three": {
			"2",
			[]vote{{"anna", yes, ""}, {"bert", half, ""}, {"carla", map[string]bool{"auditor": false}, ""}},
			[]string{"auditor denied 0", "cashier  1"},
			[]string{"0 completed", "0 completed", "0 completed", "1 open", "1 open"},
			"",
		},
		"two of three, the third is not asked": {
			"2",
			[]vote{{"anna", yes, ""}, {"bert", yes, ""}, {"carla", yes, fault.Conflict}},
			[]string{"auditor  1", "cashier  1"},
			[]string{"0 cancelled", "0 completed", "0 completed", "1 open", "1 open"},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			users := map[string]uuid.UUID{}
			for _, n := range []string{"starter", "anna", "bert", "carla", "dora", "emil"} {
				users[n] = b.User(n)
			}
			p := b.Started(users["starter"], processtest.Sample{ID: "leave", Approval: replace(approvals, test.quorum)})
			first, next := b.approval(1, []string{"anna", "bert", "carla"}, "cashier", "auditor"), b.approval(1, []string{"dora", "emil"})
			next.Stage = 1
			require.NoError(t, b.Ledger.Open(t.Context(), p.ID, []process.Opening{first, next}))
			for _, v := range test.votes {
				id := b.taskOf(users[v.who], v.who)
				in := task.Completion{Outcome: "no"}
				if v.said != nil {
					in = task.Completion{Lines: b.says(1, v.said)}
				}
				err := b.completes(users[v.who], id, in)
				if v.want != "" {
					processtest.Refused(t, err, v.want, "decided without it")
					continue
				}
				require.NoError(t, err, v.who)
			}
			require.Equal(t, test.lines, b.Texts("select title || ' ' || decision || ' ' || stage from process_lines order by title"))
			require.Equal(t, test.tasks, b.Texts("select stage || ' ' || status from process_tasks order by stage, status"))
			finishing := b.Texts("select id::text from process_tasks where finishes")
			if test.ends == "" {
				require.Empty(t, finishing)
				return
			}
			require.Len(t, finishing, 1)
			decisions, err := b.Ledger.Decided(t.Context(), p.ID, []uuid.UUID{uuid.MustParse(finishing[0])})
			require.NoError(t, err)
			require.Equal(t, test.ends, decisions[0].Outcome)
			require.Empty(t, b.Texts("select 'pending' from process_task_candidates where pending"))
		})
	}
}

func replace(text, quorum string) string { return strings.Replace(text, "%", quorum, 1) }

// taskOf finds the task of a seat by its candidate.
func (b *bench) taskOf(_ uuid.UUID, name string) uuid.UUID {
	b.T.Helper()
	return uuid.MustParse(b.Texts(`select t.id::text from process_tasks t join process_task_candidates c on c.task_id = t.id
		where c.name = $1 order by t.stage, t.id limit 1`, name)[0])
}

func TestOneVoteEach(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, anna, bert := b.User("starter"), b.User("anna"), b.User("bert")
	p := b.Started(starter, processtest.Sample{ID: "leave", Approval: `<idm:approval mode="displayPending" quorum="2" approveFlow="yes" denyFlow="no"/>`})
	require.NoError(t, b.Ledger.Open(t.Context(), p.ID, []process.Opening{b.approval(1, []string{"group:world"}, "cashier")}))
	ids := b.Texts("select id::text from process_tasks order by seat")
	require.Len(t, ids, 2, "two consents of one group are two seats")
	require.NoError(t, b.completes(anna, uuid.MustParse(ids[0]), task.Completion{Outcome: "yes"}))
	processtest.Refused(t, b.completes(anna, uuid.MustParse(ids[1]), task.Completion{Outcome: "yes"}), fault.Conflict, "You have decided")
	require.NoError(t, b.completes(bert, uuid.MustParse(ids[1]), task.Completion{Outcome: "yes"}))
	require.Equal(t, []string{"approved"}, b.Texts("select decision from process_lines"))
}

func TestNobodyDecidesAboutTheirOwnRequest(t *testing.T) {
	t.Parallel()
	for self, allowed := range map[string]bool{"": false, "refuse": false, "allow": true} {
		t.Run("self="+self, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			anna, bert, boss := b.User("anna"), b.User("bert"), b.User("boss")
			attribute := ""
			if self != "" {
				attribute = ` self="` + self + `"`
			}
			p := b.Started(anna, processtest.Sample{ID: "leave", Managers: "boss,anna", Approval: `<idm:approval mode="displayPending" approveFlow="yes" denyFlow="no"` + attribute + `/>`})
			for work, who := range map[int64]uuid.UUID{1: anna, 2: bert} {
				o := b.approval(work, []string{"*"}, "cashier")
				o.Lines[0].Subject = &bert
				err := b.completes(who, b.Opened(p.ID, o), task.Completion{Outcome: "yes"})
				if allowed {
					require.NoError(t, err)
					continue
				}
				processtest.Refused(t, err, fault.Denied, "your own request")
			}
			require.NoError(t, b.completes(boss, b.Opened(p.ID, b.approval(3, []string{"anna"}, "cashier")), task.Completion{Outcome: "yes"}))
		})
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, anna := b.User("starter"), b.User("anna")
	p := b.Started(starter, processtest.Sample{ID: "leave"})
	mine, other, over := b.Opened(p.ID, b.Opening(1, "anna")), b.Opened(p.ID, b.Opening(2, "starter")), b.Opened(p.ID, b.Opening(3, "*"))
	require.NoError(t, b.completes(starter, over, task.Completion{Outcome: "no"}))
	results, err := b.Tasks.Decide(b.As(anna), []uuid.UUID{mine, other, over, mine, uuid.New()}, task.Completion{Outcome: "Approve", Comment: "all fine"})
	require.NoError(t, err)
	var codes []fault.Code
	for _, r := range results {
		codes = append(codes, fault.CodeOf(r.Err))
	}
	require.Equal(t, []fault.Code{"", fault.Denied, fault.Conflict, fault.Conflict, fault.NotFound}, codes)
	require.Equal(t, []string{"completed yes all fine", "open  ", "completed no "}, b.Texts("select status || ' ' || outcome || ' ' || comment from process_tasks order by work"))
	_, err = b.Tasks.Decide(b.As(anna), nil, task.Completion{})
	processtest.Refused(t, err, fault.Invalid, "ids")
	_, err = b.Tasks.Decide(b.As(anna), make([]uuid.UUID, task.MaxBulk+1), task.Completion{})
	processtest.Refused(t, err, fault.Invalid, "ids")
	_, err = b.Tasks.Decide(t.Context(), []uuid.UUID{mine}, task.Completion{})
	require.ErrorIs(t, err, authz.ErrNoPrincipal)
	_, err = b.Tasks.List(t.Context(), task.Inbox, query.List{})
	require.ErrorIs(t, err, authz.ErrNoPrincipal)
}

func TestCommentsAndDocumentsOfTasks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	starter, anna, stranger := b.User("starter"), b.User("anna"), b.User("stranger")
	p := b.Started(starter, processtest.Sample{ID: "leave", Task: `<idm:task title="Decide about it" uploads="true"/>`})
	id := b.Opened(p.ID, b.Opening(1, "anna"))
	made, err := b.Tasks.Attach(b.As(anna), id, `C:\files\plan.txt`, "text/plain", []byte("a sample"))
	require.NoError(t, err)
	require.Equal(t, "plan.txt", made.Name)
	require.Equal(t, &id, made.TaskID)
	_, err = b.Tasks.Attach(b.As(starter), id, "a", "", []byte("x"))
	processtest.Refused(t, err, fault.Denied)
	_, err = b.Tasks.Attach(b.As(stranger), id, "a", "", []byte("x"))
	processtest.Refused(t, err, fault.NotFound)
	comment, err := b.Tasks.Comment(b.As(starter), id, "Please hurry.")
	require.NoError(t, err)
	require.Equal(t, "starter", comment.Author)
	_, err = b.Tasks.Comment(b.As(stranger), id, "Hm.")
	processtest.Refused(t, err, fault.NotFound)
	require.NoError(t, b.completes(anna, id, task.Completion{Outcome: "yes"}))
	_, err = b.Tasks.Attach(b.As(anna), id, "late.txt", "", []byte("x"))
	processtest.Refused(t, err, fault.Conflict)

	closed := b.Started(starter, processtest.Sample{ID: "other"})
	_, err = b.Tasks.Attach(b.As(anna), b.Opened(closed.ID, b.Opening(9, "anna")), "a", "", []byte("x"))
	processtest.Refused(t, err, fault.Conflict, "takes no documents")
}
