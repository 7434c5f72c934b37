package process_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/process/processtest"
)

const twoCandidates = `{"firstName": "Anna", "email": "anna@sample.test", "phone": null, "candidates": [
	{"userName": "anna", "fullName": "Anna Sample", "weight": 3, "values": {"firstName": "Anna", "email": "a@sample.test"}},
	{"userName": "hanna", "fullName": "Hanna Sample", "weight": 1, "values": {"firstName": "Hanna", "email": "anna@sample.test", "phone": ""}}]}`

func TestCandidatesAreComparedWithTheNewPerson(t *testing.T) {
	t.Parallel()
	library := &bpm.Library{Kind: bpm.UserManagement, Attributes: []bpm.Attribute{{Name: "email", Label: "Mail", Type: "email"}}}
	view, err := process.MatchOf(library, valuesOf(t, twoCandidates))
	require.NoError(t, err)
	require.Len(t, view.Attributes, 3)
	require.Equal(t, process.Compared{Name: "email", Label: "Mail", Value: []byte(`"anna@sample.test"`)}, view.Attributes[0])
	require.Equal(t, []string{"email"}, view.Candidates[0].Differs)
	require.Equal(t, []string{"firstName", "phone"}, view.Candidates[1].Differs)
	none, err := process.MatchOf(library, bpm.Values{})
	require.NoError(t, err)
	require.Empty(t, none.Candidates)
	_, err = process.MatchOf(library, valuesOf(t, `{"candidates": "x"}`))
	processtest.Refused(t, err, fault.Invalid, "no list of users")
}

func TestWhoIsTheSamePersonIsChangedInsteadOfCreated(t *testing.T) {
	t.Parallel()
	values := valuesOf(t, twoCandidates)
	of := func(kind bpm.Kind, chosen string) (bpm.Values, error) {
		return process.Identified(&bpm.Library{Kind: kind}, values, chosen)
	}
	same, err := of(bpm.UserManagement, "hanna")
	require.NoError(t, err)
	require.Equal(t, valuesOf(t, `{"user": "hanna", "action": "M"}`), same)
	same, err = of(bpm.PermissionsRequest, "anna")
	require.NoError(t, err)
	require.Equal(t, valuesOf(t, `{"user": "anna"}`), same, "such a process has no action")
	fresh, err := of(bpm.UserManagement, "")
	require.NoError(t, err)
	require.Empty(t, fresh)
	_, err = of(bpm.UserManagement, "admin")
	processtest.Refused(t, err, fault.Invalid, "none of those")
}
