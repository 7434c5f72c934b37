package monitor

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/fault"
	"provost/internal/mapping"
	"provost/internal/synctask"
)

func TestPasswordsAreHidden(t *testing.T) {
	t.Parallel()
	for name, kept := range map[string]bool{
		"userPassword": false, "USERPASSWORD": false, "unicodePwd": false, "sambaNTPassword": false, "client_secret": false, "krbPrincipalKey": false,
		"passwd": false, "mail": true, "pwdLastSet": true, "passwordExpires": true, "secretary": true, "key": true,
	} {
		if kept {
			require.Equal(t, "value", hide(name, "value"), name)
		} else {
			require.Equal(t, account.Mask, hide(name, "value"), name)
			require.Equal(t, account.Mask, hide(name, []any{"one", "two"}), name)
		}
		require.Nil(t, hide(name, nil), "what is empty may be known: %s", name)
		require.Nil(t, hide(name, ""), name)
	}
	require.Equal(t, map[string]any{"mail": "a", "password": account.Mask}, hideAll(map[string]any{"mail": "a", "password": "b"}))
}

func TestSelectionsNameTasksInOneWay(t *testing.T) {
	t.Parallel()
	source := uuid.New()
	ids := []uuid.UUID{source}
	for _, test := range []struct {
		sel    Selection
		action string
		ok     bool
	}{
		{Selection{IDs: ids}, ActionCancel, true},
		{Selection{AllHeld: true}, ActionRelease, true},
		{Selection{SourceID: &source}, ActionCancel, true},
		{Selection{IDs: ids}, ActionPrioritise, true},
		{Selection{}, ActionCancel, false},
		{Selection{IDs: ids, AllHeld: true}, ActionCancel, false},
		{Selection{AllHeld: true, SourceID: &source}, ActionRelease, false},
		{Selection{SourceID: &source}, ActionPrioritise, false},
	} {
		err := test.sel.check(test.action)
		require.Equal(t, test.ok, err == nil, "%+v %s", test.sel, test.action)
		if !test.ok {
			require.True(t, fault.Is(err, fault.Invalid))
		}
	}
}

func TestOnlyOpenTasksAreSteered(t *testing.T) {
	t.Parallel()
	for _, action := range []string{ActionCancel, ActionRelease, ActionPrioritise} {
		plan, ok := steeringOf(action)
		require.True(t, ok)
		for _, status := range plan.from {
			task := SyncTask{Status: status}
			require.True(t, task.Open(), "%s %s", action, status)
		}
		require.NotContains(t, plan.from, synctask.Done)
		require.NotContains(t, plan.from, synctask.Cancelled)
	}
	_, ok := steeringOf("explode")
	require.False(t, ok)
}

func TestImportsAreComparedByClass(t *testing.T) {
	t.Parallel()
	row := mapping.Row{System: "a", Direction: mapping.DirectionOut, Provost: "b"}
	user := mapping.ObjectMapping{SystemObject: "person", ObjectType: mapping.TypeUser, Rows: []mapping.Row{row}}
	again := user
	again.Condition = "active"
	group := mapping.ObjectMapping{SystemObject: "team", ObjectType: mapping.TypeGroup, Properties: map[string]string{}}
	bare := group
	bare.Properties, bare.Rows = nil, []mapping.Row{}

	d := difference([]mapping.ObjectMapping{user, again, group}, []mapping.ObjectMapping{again, bare})
	require.Equal(t, []MappingLine{{"person", "user", 1}}, d.Changed, "the first of its type is another now")
	require.Equal(t, []MappingLine{{"person", "user", 1}}, d.Deleted, "the second is gone")
	require.Equal(t, []MappingLine{{"team", "group", 0}}, d.Unchanged, "nothing and an empty list are the same")
	require.Empty(t, d.Added)
	d = difference(nil, []mapping.ObjectMapping{user})
	require.Len(t, d.Added, 1)
	require.NotNil(t, d.Deleted)
}

func TestSentencesAndFilters(t *testing.T) {
	t.Parallel()
	require.Equal(t, "no route to host.", sentence(errors.New("no route to host")))
	require.Equal(t, "Really?", sentence(errors.New("Really?")))
	require.Equal(t, `"a \"quoted\" \\ name"`, quoted(`a "quoted" \ name`), "a name cannot leave its literal")
}

func TestMentionedAttributes(t *testing.T) {
	t.Parallel()
	rows := []mapping.Row{{System: "mail"}, {System: `names{"first"}`}, {System: "uid"}}
	require.Equal(t, []string{"mail", "names", "uid"}, mentionedBy(&mapping.ObjectMapping{Rows: rows}))
	rows = append(rows, mapping.Row{System: "mail.toLowerCase() + 1", Direction: mapping.DirectionIn, Provost: "emailAddress"})
	require.Nil(t, mentionedBy(&mapping.ObjectMapping{Rows: rows}), "a script may read any attribute: all are asked for")
}
