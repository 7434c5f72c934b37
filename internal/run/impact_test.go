package run_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/connector"
	"provost/internal/identity"
	"provost/internal/run"
	"provost/internal/testenv/enginetest"
)

// What provisioning would do in a system: per account and attribute, without anything being written.
func TestImpactListsWhatProvisioningWouldDo(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha", func(s *account.System) { s.Mappings[0].Properties["removeDisabledAccounts"] = "true" })
	leaver := b.User("leaver")
	b.User("same")
	edited := b.User("edited")
	b.Settle()
	b.Mode("readonly")
	b.User("new")
	b.Edit(edited, func(u *identity.User) { u.LastName = "Berg" })
	b.Edit(leaver, func(u *identity.User) { u.Active = false })

	id := b.Run(s, run.Impact)
	require.Equal(t, []string{"update edited proposed", "delete leaver proposed", "create new proposed"}, withoutAdmin(b.Changes(id)))
	require.Equal(t, []string{"full: Sample edited > Sample Berg"}, b.Texts(
		`select (c->>'attribute') || ': ' || (c->>'before') || ' > ' || (c->>'after') from run_changes, jsonb_array_elements(changes) c
		where run_id = $1 and object_key = 'edited'`, id))
	require.Zero(t, b.Count("select count(*) from accounts where name = 'new'"))
	require.Equal(t, account.Enabled, b.Account("alpha", "leaver").Status)
	require.Equal(t, []string{"edited", "leaver", "same"}, b.Keys("alpha", enginetest.Person))
	require.Empty(t, b.Open())
}

func withoutAdmin(changes []string) []string {
	out := []string{}
	for _, c := range changes {
		if c != "create admin proposed" {
			out = append(out, c)
		}
	}
	return out
}

// provisionAll brings our state of everybody into a system.
func provisionAll(t *testing.T, b *enginetest.Bench, s account.System) uuid.UUID {
	t.Helper()
	r := b.Start(s, run.Provision)
	for after, done := uuid.Nil, false; !done; {
		var err error
		after, done, err = b.Runs.ProvisionNext(t.Context(), r.ID, after)
		require.NoError(t, err)
	}
	require.ErrorIs(t, b.Runs.ProvisionProgress(t.Context(), r.ID), run.ErrTasksOpen)
	b.Settle()
	require.NoError(t, b.Runs.ProvisionProgress(t.Context(), r.ID))
	require.NoError(t, b.Runs.Finish(t.Context(), r.ID, run.Completed, ""))
	return r.ID
}

func TestProvisionAllWritesOurStateBack(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	b.Mode("manual")
	s := b.System("alpha")
	for _, name := range []string{"anna", "bert"} {
		b.User(name)
	}
	b.Settle()
	require.Empty(t, b.Keys("alpha", enginetest.Person))
	provisionAll(t, b, s)
	require.Subset(t, b.Keys("alpha", enginetest.Person), []string{"anna", "bert"}, "asked for by a person, so in the manual mode too")
	b.Put("alpha", enginetest.Person, connector.Attributes{"name": "anna", "full": "Edited there"})
	provisionAll(t, b, s)
	require.Equal(t, "Sample anna", connector.Text(b.Objects("alpha", enginetest.Person)["anna"].Attributes["full"]),
		"what did not change on our side is written all the same")
}

func TestProvisioningReportsWhatFailed(t *testing.T) {
	t.Parallel()
	b := enginetest.New(t)
	s := b.System("alpha")
	b.Systems["alpha"].Before(func(op string, key connector.Key) error {
		if op == "create" && key.Name == "bert" {
			return connector.Errorf(connector.ClassData, op, "refused")
		}
		return nil
	})
	b.Mode("manual")
	b.User("anna")
	b.User("bert")
	id := provisionAll(t, b, s)
	require.Equal(t, []string{"1"}, b.Texts("select counters->>'failed' from runs where id = $1", id))
}
