package step_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/process"
)

// drawn is what was opened, a word for each task: part.stage people: keys of lines.
func drawn(openings []process.Opening) string {
	words := make([]string, len(openings))
	for i, o := range openings {
		var people, keys []string
		for _, p := range o.Candidates {
			people = append(people, p.Name)
		}
		for _, l := range o.Lines {
			keys = append(keys, l.Key)
		}
		words[i] = strings.TrimSuffix(fmt.Sprintf("%d.%d %s: %s", o.Part, o.Stage, strings.Join(people, "+"), strings.Join(keys, "+")), ": ")
	}
	return strings.Join(words, ", ")
}

func request(key, role string, more ...string) string {
	return fmt.Sprintf(`{"key":%q,"user":"ada","role":%q%s}`, key, role, strings.Join(more, ""))
}

func list(requests ...string) string { return "[" + strings.Join(requests, ",") + "]" }

func TestApprovalIsAskedOfTheOwners(t *testing.T) {
	t.Parallel()
	const owners = "#{application.owner}"
	for name, c := range map[string]struct {
		actors string
		stages []string
		grants string
		opens  string
		fault  string // code and a part of the message
	}{
		"one owner, several lines":   {owners, nil, list(request("1", "reader@shop"), request("2", "writer@shop")), "0.0 bob: 1+2", ""},
		"lines of different owners":  {owners, nil, list(request("1", "reader@shop"), request("2", "teller@shop"), request("3", "writer@shop")), "0.0 bob: 1+3, 1.0 carla: 2", ""},
		"the same set in any order":  {"#{roleName == 'reader' ? 'bob,carla' : 'carla, bob'}", nil, list(request("1", "reader@shop"), request("2", "writer@shop")), "0.0 bob+carla: 1+2", ""},
		"further stages":             {owners, []string{"dora", "erik, dora"}, list(request("1", "reader@shop"), request("2", "teller@shop")), "0.0 bob: 1, 1.0 carla: 2, 0.1 dora, 0.2 erik+dora, 1.1 dora, 1.2 erik+dora", ""},
		"decided lines are left out": {owners, nil, list(request("1", "reader@shop", `,"decision":"approved"`), request("2", "teller@shop")), "0.0 carla: 2", ""},
		"all are decided":            {owners, nil, list(request("1", "reader@shop", `,"decision":"denied"`)), "", ""},
		"nothing is asked for":       {owners, nil, `[]`, "", ""},
		"lines without keys":         {owners, nil, list(request("", "reader@shop"), request("", "writer@shop")), "0.0 bob: 1+2", ""},
		"a role in other letters":    {owners, nil, list(request("1", "Teller@SHOP")), "", "missing: no role Teller@SHOP"},
		"nobody owns it":             {owners, nil, list(request("1", "guest@shop")), "", "no-actor: Nobody can do Decide. It names no actors."},
		"an owner who is gone":       {"nobody", nil, list(request("1", "reader@shop")), "", "no-actor: Nobody goes by nobody."},
		"a stage of nobody":          {owners, []string{"nora"}, list(request("1", "reader@shop")), "", "no-actor: Nobody goes by nora."},
		"no such role":               {owners, nil, list(request("1", "king@shop")), "", "missing: There is no role king@shop, which request 1"},
		"no such person":             {owners, nil, list(`{"key":"9","user":"zoe","role":"reader@shop"}`), "", "missing: There is no user zoe, for whom request 9"},
		"no list":                    {owners, nil, `{"a":1}`, "", "approval: no list of requests"},
		"no request":                 {owners, nil, `[1]`, "", "approval: The request 1"},
		"actors that cannot be run":  {"#{nothing.there}", nil, list(request("1", "reader@shop")), "", "script-runtime: actors of Decide"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, map[string]*bpm.Step{"ask": {
				Name: "Decide", Actors: &bpm.Assignment{Expression: c.actors}, Approval: &bpm.ApprovalOf{Mode: "displayPending", Stages: c.stages},
			}})
			opened := b.asks(t, grants(c.grants))
			require.Equal(t, c.opens, drawn(b.book.opened))
			if c.fault != "" {
				code, message, _ := strings.Cut(c.fault, ": ")
				require.NotNil(t, opened.Fault)
				require.Equal(t, code, opened.Fault.Code)
				require.Contains(t, opened.Fault.Message, message)
				return
			}
			require.Nil(t, opened.Fault)
			require.Equal(t, c.opens == "", opened.Done, "a step with nothing to decide is done")
		})
	}
}

// However many lines there are, their scripts run in one batch, and roles, people, information systems and owners are each looked up once.
func TestAnApprovalAsksNoMoreForManyLines(t *testing.T) {
	t.Parallel()
	for _, lines := range []int{1, 200} {
		b := setup(t, map[string]*bpm.Step{"ask": {
			Name: "Decide", Actors: &bpm.Assignment{Expression: "#{application.owner}"}, Approval: &bpm.ApprovalOf{Mode: "displayPending", Stages: []string{"dora", "erik"}},
		}})
		requests := make([]string, lines)
		for i := range requests {
			requests[i] = request(strconv.Itoa(i), []string{"reader@shop", "teller@shop"}[i%2])
		}
		opened := b.asks(t, grants(list(requests...)))
		require.Nil(t, opened.Fault)
		decided := 0
		for _, o := range b.book.opened {
			decided += len(o.Lines)
		}
		require.Equal(t, lines, decided)
		require.Equal(t, asked{lookups: 2, roles: 1, users: 1, applications: 1, batches: 1}, b.book.asked, "owners and stages are looked up once each")
	}
}

func TestLinesSayWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	b := setup(t, map[string]*bpm.Step{"ask": {Name: "Decide", Actors: &bpm.Assignment{Lane: []string{"bob"}}, Approval: &bpm.ApprovalOf{Mode: "displayPending"}}})
	b.asks(t, grants(list(request("1", "reader@shop"), request("2", "teller@shop", `,"action":"revoke"`))))
	require.Len(t, b.book.opened, 1)
	lines := b.book.opened[0].Lines
	require.Equal(t, []string{"Grant reader@shop to Ada Sample", "Revoke teller@shop to Ada Sample"}, []string{lines[0].Title, lines[1].Title})
	require.Equal(t, id("ada"), *lines[0].Subject)
	require.JSONEq(t, request("2", "teller@shop", `,"action":"revoke"`), string(lines[1].Content))
}

func TestDatesOfATask(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		due, remind string
		at, before  time.Time
		fault       string
	}{
		"none":                  {},
		"days from now":         {due: "P7D", at: now().AddDate(0, 0, 7)},
		"a date":                {due: "2026-05-01T09:00:00Z", at: time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)},
		"of a variable":         {due: "#{limit}", at: now().Add(36 * time.Hour)},
		"with a reminder":       {due: "P7D", remind: "P2D", at: now().AddDate(0, 0, 7), before: now().AddDate(0, 0, 5)},
		"a reminder of hours":   {due: "PT8H", remind: "PT30M", at: now().Add(8 * time.Hour), before: now().Add(450 * time.Minute)},
		"no date":               {due: "soon", fault: `The due date of Decide, "soon", is neither a date nor a duration`},
		"a reminder that is no": {due: "P7D", remind: "often", fault: `The time of the reminder, "often", is no duration`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, map[string]*bpm.Step{"ask": {
				Name: "Decide", Title: "For #{requesterName}", Due: c.due, Actors: &bpm.Assignment{Lane: []string{"bob"}}, Approval: &bpm.ApprovalOf{Mode: "displayPending"}, Deadline: &bpm.DeadlineOf{Remind: c.remind},
			}})
			values := grants(list(request("1", "reader@shop")))
			values["limit"] = json.RawMessage(`"PT36H"`)
			opened := b.asks(t, values)
			if c.fault != "" {
				require.NotNil(t, opened.Fault)
				require.Equal(t, "due", opened.Fault.Code)
				require.Contains(t, opened.Fault.Message, c.fault)
				return
			}
			require.Nil(t, opened.Fault)
			require.Len(t, b.book.opened, 1)
			o := b.book.opened[0]
			require.Equal(t, "For Ada Sample", o.Title)
			require.Equal(t, c.at, moment(o.Due))
			require.Equal(t, c.before, moment(o.Remind))
		})
	}
}

func moment(at *time.Time) time.Time {
	if at == nil {
		return time.Time{}
	}
	return at.UTC()
}

func TestPeopleWhoMayBeTheSame(t *testing.T) {
	t.Parallel()
	name := bpm.Query{Type: "scim", Text: `#{'lastName eq "' + lastName + '"'}`, Weight: 3}
	mail := bpm.Query{Type: "scim", Text: `email eq "b@example.org"`, Weight: 4}
	text := bpm.Query{Type: "text", Text: "carla", Weight: 1}
	empty := bpm.Query{Type: "scim", Text: "#{nickname}", Weight: 9}
	for title, c := range map[string]struct {
		threshold int
		queries   []bpm.Query
		found     string
	}{
		"the likeliest first":          {3, []bpm.Query{name, mail, text}, "bob 7, carla 4, ada 3"},
		"weights add up":               {4, []bpm.Query{name, mail, text}, "bob 7, carla 4"},
		"nothing reaches it":           {8, []bpm.Query{name, mail, text}, ""},
		"what is not known counts not": {9, []bpm.Query{empty, mail}, ""},
		"equal weights by name":        {1, []bpm.Query{name}, "ada 3, bob 3, carla 3"},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			b := setup(t, map[string]*bpm.Step{"ask": {
				Name: "Same?", Actors: &bpm.Assignment{Lane: []string{"dora"}}, Match: &bpm.MatchOf{Threshold: c.threshold, Queries: c.queries},
			}})
			opened := b.asks(t, bpm.Values{"lastName": json.RawMessage(`"Sample"`), "nickname": json.RawMessage("null")})
			require.Nil(t, opened.Fault)
			require.Equal(t, c.found == "", opened.Done, "nobody is asked about nobody")
			var words []string
			for _, o := range b.book.opened {
				var candidates []struct {
					UserName string `json:"userName"`
					Weight   int    `json:"weight"`
				}
				require.NoError(t, json.Unmarshal(o.Values["candidates"], &candidates))
				for _, one := range candidates {
					words = append(words, fmt.Sprintf("%s %d", one.UserName, one.Weight))
				}
			}
			require.Equal(t, c.found, strings.Join(words, ", "))
		})
	}
}
