package process_test

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/fault"
	"provost/internal/process"
)

func approvalOf(quorum string) *bpm.Step {
	return &bpm.Step{Approval: &bpm.ApprovalOf{Mode: process.ModeDecide, Quorum: quorum, ApproveFlow: "yes", DenyFlow: "no"}}
}

func people(names ...string) []process.Principal {
	out := make([]process.Principal, len(names))
	for i, n := range names {
		out[i] = process.Principal{Kind: process.UserPrincipal, ID: uuid.New(), Name: n}
	}
	return out
}

func TestSeats(t *testing.T) {
	t.Parallel()
	three, one := people("anna", "bert", "carla"), people("auditors")
	one[0].Kind = process.GroupPrincipal
	some := append(people("anna"), one...)
	for name, test := range map[string]struct {
		step       *bpm.Step
		candidates []process.Principal
		want       []int // candidates of each seat
	}{
		"a screen":                          {&bpm.Step{}, three, []int{3}},
		"no step":                           {nil, three, []int{3}},
		"one consent":                       {approvalOf("one"), three, []int{3}},
		"nothing said":                      {approvalOf(""), three, []int{3}},
		"the number one":                    {approvalOf("1"), three, []int{3}},
		"two of three":                      {approvalOf("2"), three, []int{1, 1, 1}},
		"all":                               {approvalOf("all"), three, []int{1, 1, 1}},
		"all of one":                        {approvalOf("all"), one, []int{1}},
		"two of a group":                    {approvalOf("2"), one, []int{1, 1}},
		"three of a group and a person":     {approvalOf("3"), some, []int{2, 2, 2}},
		"a quorum where nothing is decided": {&bpm.Step{Approval: &bpm.ApprovalOf{Mode: "enter", Quorum: "all"}}, three, []int{3}},
	} {
		seats, err := process.Seats(test.step, test.candidates)
		require.NoError(t, err, name)
		var got []int
		for _, s := range seats {
			got = append(got, len(s))
		}
		require.Equal(t, test.want, got, name)
	}
	_, err := process.Seats(approvalOf("4"), three)
	require.True(t, fault.Is(err, fault.Invalid), "four of three people will never be")
	require.ErrorContains(t, err, "only 3")
	for _, quorum := range []string{"most", "0", "-1", "1.5"} {
		_, err := process.Seats(approvalOf(quorum), three)
		require.True(t, fault.Is(err, fault.Invalid), quorum)
		_, err = process.Tally(approvalOf(quorum), 3, 1, 1)
		require.True(t, fault.Is(err, fault.Invalid), quorum)
	}
}

func TestTally(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		quorum                    string
		seats, approvals, denials int
		want                      string
	}{
		{"one", 1, 0, 0, ""},
		{"one", 1, 1, 0, process.Approved},
		{"one", 1, 0, 1, process.Denied},
		{"all", 3, 2, 0, ""},
		{"all", 3, 3, 0, process.Approved},
		{"all", 3, 2, 1, process.Denied},
		{"all", 3, 0, 1, process.Denied},
		{"2", 3, 1, 1, ""},
		{"2", 3, 2, 1, process.Approved},
		{"2", 3, 1, 2, process.Denied},
		{"2", 2, 1, 1, process.Denied},
		{"2", 2, 1, 0, ""},
	} {
		got, err := process.Tally(approvalOf(test.quorum), test.seats, test.approvals, test.denials)
		require.NoError(t, err)
		require.Equal(t, test.want, got, "%+v", test)
	}
}

// Whatever the order of the votes, a line is decided when every seat has voted.
func TestEveryLineIsDecidedInTheEnd(t *testing.T) {
	t.Parallel()
	for _, quorum := range []string{"all", "1", "2", "3"} {
		for seats := 1; seats <= 5; seats++ {
			for approvals := 0; approvals <= seats; approvals++ {
				if quorum != "all" && quorum > string(rune('0'+seats)) {
					continue // there are never fewer seats than consents
				}
				got, err := process.Tally(approvalOf(quorum), seats, approvals, seats-approvals)
				require.NoError(t, err)
				require.NotEmpty(t, got, "%s of %d with %d", quorum, seats, approvals)
			}
		}
	}
}

func TestConclude(t *testing.T) {
	t.Parallel()
	screen := &bpm.Step{}
	out, values, err := process.Conclude(screen, "go", []bpm.Values{{"a": []byte(`1`), "b": []byte(`1`)}, {"b": []byte(`2`)}}, nil)
	require.NoError(t, err)
	require.Equal(t, "go", out)
	require.Equal(t, bpm.Values{"a": []byte(`1`), "b": []byte(`2`)}, values)

	lines := []process.DecidedLine{
		{Key: "1", Content: json.RawMessage(`{"role":"cashier"}`), Decision: process.Approved, DecidedBy: "anna"},
		{Key: "2", Content: json.RawMessage(`{"role":"auditor","comment":"old"}`), Decision: process.Denied, DecidedBy: "bert", Comment: "too much"},
	}
	out, values, err = process.Conclude(approvalOf("one"), "", nil, lines)
	require.NoError(t, err)
	require.Equal(t, "yes", out, "one approved line is enough")
	require.JSONEq(t, `[{"role":"cashier","decision":"approved","decidedBy":"anna","comment":""},
		{"role":"auditor","decision":"denied","decidedBy":"bert","comment":"too much"}]`, string(values[process.LinesVariable]))

	out, _, err = process.Conclude(approvalOf("one"), "", nil, lines[1:])
	require.NoError(t, err)
	require.Equal(t, "no", out)
	out, values, err = process.Conclude(approvalOf("one"), "yes", nil, nil)
	require.NoError(t, err)
	require.Equal(t, "no", out, "nothing to approve is no approval")
	require.JSONEq(t, `[]`, string(values[process.LinesVariable]))
	_, _, err = process.Conclude(approvalOf("one"), "", nil, []process.DecidedLine{{Key: "x", Content: json.RawMessage(`[]`)}})
	require.ErrorContains(t, err, "line x")
}
