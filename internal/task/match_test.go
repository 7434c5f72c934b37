package task_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/metadata"
	"provost/internal/process/processtest"
	"provost/internal/task"
)

func TestWhoTheSamePersonIsIsDecidedWithATask(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna := b.User("anna")
	p := b.Started(b.User("starter"), processtest.Sample{ID: "match", Approval: `<idm:match><idm:query type="scim">userName eq "x"</idm:query></idm:match>`})
	o := b.Opening(1, "anna")
	o.Values = values(t, `{"candidates": [{"userName": "hanna", "fullName": "Hanna", "weight": 2, "values": {"firstName": "Hanna"}}]}`)
	id := b.Opened(p.ID, o)
	shown, err := b.Tasks.Get(b.As(anna), id)
	require.NoError(t, err)
	require.Equal(t, "hanna", shown.Match.Candidates[0].UserName)
	require.Equal(t, []string{"firstName"}, shown.Match.Candidates[0].Differs)
	stranger, same := "admin", "hanna"
	processtest.Refused(t, b.completes(anna, id, task.Completion{Outcome: "yes", Same: &stranger}), fault.Invalid, "same", "none of those")
	require.NoError(t, b.completes(anna, id, task.Completion{Outcome: "yes", Same: &same}))
	require.Equal(t, []string{`{"user": "hanna"}`}, b.Texts("select payload::text from process_tasks"))

	plain := b.Opened(b.Started(anna, processtest.Sample{ID: "plain"}).ID, b.Opening(2, "anna"))
	processtest.Refused(t, b.completes(anna, plain, task.Completion{Outcome: "yes", Same: &same}), fault.Invalid, "does not ask")
}

// Whoever looks at people who may be the same sees of them what they see of users elsewhere, and of themselves what users do.
func TestOfWhoMayBeTheSamePersonEachSeesWhatTheyMay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for code, options := range map[string]metadata.Options{
		"salary": {UserVisibility: metadata.Hidden}, "grade": {OperatorVisibility: metadata.Hidden, UserVisibility: metadata.Hidden},
		"badge": {OperatorVisibility: metadata.Hidden},
	} {
		_, err := b.Metadata.Create(b.Ctx, metadata.Attribute{ObjectType: "user", Code: code, DataType: metadata.String, Options: options})
		require.NoError(t, err)
	}
	anna, hanna := b.User("anna"), b.User("hanna", authz.UserQuery)
	p := b.Started(b.User("starter"), processtest.Sample{ID: "match", Approval: `<idm:match><idm:query type="scim">userName eq "x"</idm:query></idm:match>`})
	o := b.Opening(1, "anna", "hanna")
	o.Values = values(t, `{"firstName": "Anna", "salary": "1", "grade": "1", "badge": "1", "candidates": [
		{"userName": "hanna", "fullName": "Hanna", "weight": 2, "values": {"firstName": "Hanna", "salary": "2", "grade": "2", "badge": "2"}},
		{"userName": "hans", "fullName": "Hans", "weight": 1, "values": {"firstName": "Hans", "salary": "3", "grade": "3", "badge": "3"}}]}`)
	id := b.Opened(p.ID, o)
	for name, c := range map[string]struct {
		who                   uuid.UUID
		compared, hanna, hans string
	}{
		"a user":                       {anna, "badge firstName", "badge=2 firstName=Hanna", "badge=3 firstName=Hans"},
		"an operator, also of herself": {hanna, "badge firstName salary", "badge=2 firstName=Hanna", "firstName=Hans salary=3"},
		"an administrator":             {identity.Administrator, "badge firstName grade salary", "badge=2 firstName=Hanna grade=2 salary=2", "badge=3 firstName=Hans grade=3 salary=3"},
	} {
		shown, err := b.Tasks.Get(b.As(c.who), id)
		require.NoError(t, err, name)
		var compared []string
		for _, a := range shown.Match.Attributes {
			compared = append(compared, a.Name)
		}
		require.Equal(t, c.compared, strings.Join(compared, " "), name)
		for i, want := range []string{c.hanna, c.hans} {
			var seen, names []string
			one := shown.Match.Candidates[i]
			for _, attribute := range slices.Sorted(maps.Keys(one.Values)) {
				seen, names = append(seen, attribute+"="+strings.Trim(string(one.Values[attribute]), `"`)), append(names, attribute)
			}
			require.Equal(t, want, strings.Join(seen, " "), name)
			require.Equal(t, names, one.Differs, "%s: all that is seen differs, and nothing is told of what is not", name)
		}
	}
}
