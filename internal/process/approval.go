package process

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/fault"
)

// Words of bpm.ApprovalOf: what a grant screen is for, how many have to consent, and who decides about their own request.
const (
	ModeDecide = "displayPending" // lines are approved or denied; in all other modes they are looked at or filled in
	QuorumOne  = "one"
	QuorumAll  = "all"
	SelfAllow  = "allow"
)

// Decisions about a line.
const (
	Approved = "approved"
	Denied   = "denied"
)

// Deciding reports whether people decide at a step about each line.
func Deciding(step *bpm.Step) bool {
	return step != nil && step.Approval != nil && (step.Approval.Mode == "" || step.Approval.Mode == ModeDecide)
}

// Seats deals out who decides: each seat is a task. Where one consent is enough there is one seat for all candidates. Where all have to
// consent, and where a number of them has to, each candidate has a seat; when there are fewer candidates than consents (two members of one
// group), each consent has a seat for all of them. Whoever decided once takes no other seat. More consents than people are refused.
func Seats(step *bpm.Step, candidates []Principal) ([][]Principal, error) {
	if !Deciding(step) {
		return [][]Principal{candidates}, nil
	}
	n, err := quorum(step.Approval.Quorum, len(candidates))
	if err != nil {
		return nil, err
	}
	switch {
	case n == 1 && step.Approval.Quorum != QuorumAll:
		return [][]Principal{candidates}, nil
	case n > len(candidates) && !slices.ContainsFunc(candidates, plural):
		return nil, fault.New(fault.Invalid, "%d people have to consent, and there are only %d: name more, or ask fewer.", n, len(candidates))
	case n > len(candidates):
		seats := make([][]Principal, n)
		for i := range seats {
			seats[i] = candidates
		}
		return seats, nil
	}
	seats := make([][]Principal, len(candidates))
	for i, c := range candidates {
		seats[i] = []Principal{c}
	}
	return seats, nil
}

// plural tells whether several people may stand behind a principal.
func plural(p Principal) bool { return p.Kind != UserPrincipal }

// quorum gives the number of consents that are needed.
func quorum(text string, all int) (int, error) {
	switch text {
	case "", QuorumOne:
		return 1, nil
	case QuorumAll:
		return all, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fault.New(fault.Invalid, "The quorum of an approval is one, all, or a number, not %q.", text)
	}
	return n, nil
}

// Tally says what the votes about a line come to: approved when enough seats consent, denied when too few are left that could, and empty as
// long as neither is certain.
func Tally(step *bpm.Step, seats, approvals, denials int) (string, error) {
	needed, err := quorum(step.Approval.Quorum, seats)
	switch {
	case err != nil:
		return "", err
	case approvals >= needed:
		return Approved, nil
	case seats-denials < needed:
		return Denied, nil
	default:
		return "", nil
	}
}

// DecidedLine is a line with what was decided about it.
type DecidedLine struct {
	ID        uuid.UUID       `json:"id"`
	Part      int             `json:"-"`
	Key       string          `json:"key"`
	Title     string          `json:"title"`
	Subject   *uuid.UUID      `json:"subjectId"`
	Content   json.RawMessage `json:"content"`
	Decision  string          `json:"decision" enum:",approved,denied"`
	Stage     int             `json:"-"`
	DecidedBy string          `json:"decidedBy"`
	Comment   string          `json:"comment"`
}

// Conclude says what the people of a node came to: the way out of it, and the values they changed. The payloads are those of its tasks in the
// order of their completion, the outcome is that of the last.
func Conclude(step *bpm.Step, outcome string, payloads []bpm.Values, lines []DecidedLine) (string, bpm.Values, error) {
	values := bpm.Values{}
	for _, p := range payloads {
		maps.Copy(values, p)
	}
	if !Deciding(step) {
		return outcome, values, nil
	}
	outcome = step.Approval.DenyFlow
	told := make([]json.RawMessage, len(lines))
	for i := range lines {
		if lines[i].Decision == Approved {
			outcome = step.Approval.ApproveFlow
		}
		var err error
		if told[i], err = lines[i].told(); err != nil {
			return "", nil, err
		}
	}
	text, err := json.Marshal(told)
	if err != nil {
		return "", nil, fmt.Errorf("encode lines: %w", err)
	}
	values[LinesVariable] = text
	return outcome, values, nil
}

// told gives a line as the process held it, with the decision.
func (l *DecidedLine) told() (json.RawMessage, error) {
	members := map[string]any{}
	if err := json.Unmarshal(l.Content, &members); err != nil {
		return nil, fmt.Errorf("read line %s: %w", l.Key, err)
	}
	if members == nil {
		members = map[string]any{}
	}
	members["decision"], members["decidedBy"], members["comment"] = l.Decision, l.DecidedBy, l.Comment
	return json.Marshal(members)
}
