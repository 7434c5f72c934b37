package process_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/notice"
	"provost/internal/process/processtest"
)

// People are told of everything until they choose otherwise, each for themselves; what was written before and waits counts too.
func TestPeopleChooseWhatTheyAreToldOf(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mailed()
	anna, bert := b.User("anna"), b.User("bert")
	b.Exec("update users set email = user_name || '@example.org' where first_name = 'Sample'")
	p := b.Started(anna, processtest.Sample{ID: "leave"})
	b.Opened(p.ID, b.Opening(1, "anna", "bert"))
	for _, address := range []string{"Anna@example.org", "list@example.org"} {
		b.Exec(`insert into mails (id, key, kind, address, facts) values (gen_random_uuid(), $1, 'digest', $1, '{"system": "crm"}')`, address)
	}

	all := notice.Wanted{Assignment: true, Reminder: true, Outcome: true, Digest: true}
	mine, err := b.NoticeChoices.Mine(b.As(anna))
	require.NoError(t, err)
	require.Equal(t, all, mine)
	for _, choice := range []notice.Wanted{{Outcome: true}, {Reminder: true, Outcome: true}, {Reminder: true, Outcome: true}} {
		require.NoError(t, b.NoticeChoices.Choose(b.As(anna), choice))
		mine, err = b.NoticeChoices.Mine(b.As(anna))
		require.NoError(t, err)
		require.Equal(t, choice, mine)
	}
	mine, err = b.NoticeChoices.Mine(b.As(bert))
	require.NoError(t, err)
	require.Equal(t, all, mine, "each chooses for themselves")
	require.Equal(t, []string{"anna update", "anna update"}, b.Texts("select actor || ' ' || action from audit_entries where object_type = 'noticeChoice' order by id"), "what changes nothing is not noted")

	mails, err := b.tenant().ClaimMails(t.Context(), 10)
	require.NoError(t, err)
	declined := map[string][]string{}
	for _, m := range mails {
		declined[string(m.Kind)+" "+m.Address] = m.Declined
	}
	require.Equal(t, map[string][]string{
		"task anna@example.org": {"assignment", "digest"}, "task bert@example.org": {},
		"digest Anna@example.org": {"assignment", "digest"}, "digest list@example.org": {},
	}, declined)
	for _, ctx := range []context.Context{t.Context(), authz.With(t.Context(), authz.Principal{Origin: authz.OriginScript})} {
		_, err = b.NoticeChoices.Mine(ctx)
		require.ErrorIs(t, err, authz.ErrNoPrincipal)
		require.ErrorIs(t, b.NoticeChoices.Choose(ctx, all), authz.ErrNoPrincipal)
	}
}
