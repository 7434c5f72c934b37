package platform_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/bpm/template"
	"provost/internal/account"
	"provost/internal/fault"
	"provost/internal/query"
	"provost/internal/reservation"
)

// privileged makes the privileged account root in the system dir.
func (b *bench) privileged() account.Account {
	b.t.Helper()
	dir := b.system("dir")
	a, err := b.Accounts.Create(b.ctx, account.Account{SystemID: dir.ID, Name: "root", LoginName: "toor", Type: account.Privileged, UserType: "I"})
	require.NoError(b.t, err)
	return a
}

func (b *bench) template(kind bpm.Kind) {
	b.t.Helper()
	for _, t := range template.All() {
		if t.Kind == kind {
			b.deploy(string(kind), string(t.Source))
		}
	}
}

func (b *bench) access(a account.Access) account.Access {
	b.t.Helper()
	made, err := b.AccountAccess.Create(b.ctx, a)
	require.NoError(b.t, err)
	return made
}

// uses gives what somebody may do with which accounts.
func (b *bench) uses(ctx context.Context, q string) map[string]string {
	b.t.Helper()
	page, err := b.Reservations.List(ctx, query.List{Q: q})
	require.NoError(b.t, err)
	out := map[string]string{}
	for _, u := range page.Items {
		out[u.Title()] = u.Access
		for _, action := range u.May {
			out[u.Title()] += ", may " + action
		}
	}
	require.Len(b.t, page.Items, page.Total)
	return out
}

func tomorrow() reservation.Request {
	return reservation.Request{Until: time.Now().Add(24 * time.Hour), Comments: "backup"}
}

func TestMyAccountsAreMineAndThoseIMayUse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	root := b.privileged()
	b.application("app")
	reader := b.role("reader", "dir", "app")
	b.group("team", "")
	u, stranger := b.user("u1"), b.user("u2")
	b.grant(u, reader)
	me := b.as(u.ID)
	require.Equal(t, map[string]string{"u1@dir": "own"}, b.uses(me, ""))
	require.Empty(t, b.uses(b.as(stranger.ID), ""))

	b.access(account.Access{AccountID: root.ID, Level: "reserve", Role: "reader@dir"})
	require.Equal(t, map[string]string{"u1@dir": "own", "root@dir": "reserve, may reserve"}, b.uses(me, ""))
	require.Equal(t, map[string]string{"root@dir": "reserve, may reserve"}, b.uses(me, "toor"), "it is looked for by the login name too")
	b.member("u1", "team")
	b.access(account.Access{AccountID: root.ID, Level: "manager", Group: "team"})
	require.Equal(t, "manager", b.uses(me, "root")["root@dir"], "the highest level counts, and leaves nothing to reserve")
	require.Empty(t, b.uses(b.as(stranger.ID), ""))

	_, err := b.raw.Exec(t.Context(), "update systems set server = '' where name = 'dir'")
	require.NoError(t, err)
	require.Empty(t, b.uses(me, ""), "accounts of agents that are switched off are not shown")
	_, err = b.Reservations.List(t.Context(), query.List{})
	require.Error(t, err, "nobody has no accounts")
}

func TestReservationBeginsWithAUse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	root := b.privileged()
	u, stranger := b.user("u1"), b.user("u2")
	b.access(account.Access{AccountID: root.ID, Level: "reserve", UserID: &u.ID})
	me := b.as(u.ID)
	_, err := b.Reservations.Reserve(me, root.ID, tomorrow())
	refused(t, err, fault.Conflict, "no process of the type account reservation")
	b.template(bpm.AccountReservation)
	catalogue, err := b.Processes.Catalogue(me)
	require.NoError(t, err)
	require.Empty(t, catalogue, "nobody starts it from the catalogue")
	_, err = b.Processes.Start(me, "reservation", nil)
	refused(t, err, fault.NotFound, "may start")

	for name, c := range map[string]struct {
		ctx     context.Context
		account uuid.UUID
		request reservation.Request
		code    fault.Code
		say     string
	}{
		"a stranger":       {b.as(stranger.ID), root.ID, tomorrow(), fault.NotFound, "no such account"},
		"no such account":  {me, uuid.New(), tomorrow(), fault.NotFound, "no such account"},
		"in the past":      {me, root.ID, reservation.Request{Until: time.Now()}, fault.Invalid, "still to come"},
		"nothing was said": {me, root.ID, reservation.Request{}, fault.Invalid, "until"},
	} {
		_, err := b.Reservations.Reserve(c.ctx, c.account, c.request)
		require.Error(t, err, name)
		refused(t, err, c.code, c.say)
	}
	require.Equal(t, [2]string{"0", "0"}, b.processes())

	started, err := b.Reservations.Reserve(me, root.ID, tomorrow())
	require.NoError(t, err)
	require.Equal(t, [3]string{"reservation", "u1", "u1"}, [3]string{started.Definition, started.Initiator, started.Subject})
	require.Equal(t, []string{"root@dir dir toor u1 backup"}, b.query(`select concat_ws(' ', variables ->> 'account', variables ->> 'system',
		variables ->> 'loginName', variables ->> 'user', variables ->> 'comments') from processes`))
	require.Equal(t, [2]string{"1", "1"}, b.processes())
	require.Equal(t, map[string]string{"root@dir": "reserve"}, b.uses(me, ""), "it is asked for once")
	_, err = b.Reservations.Reserve(me, root.ID, tomorrow())
	refused(t, err, fault.Conflict, "process 1 decides")
	refused(t, b.Reservations.Release(me, root.ID), fault.Conflict, "have not reserved")
}

func TestReservedAccountIsUsedByOneAndGivenBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.template(bpm.AccountReservation)
	root := b.privileged()
	one, two := b.user("u1"), b.user("u2")
	for _, u := range []uuid.UUID{one.ID, two.ID} {
		b.access(account.Access{AccountID: root.ID, Level: "reserve", UserID: &u})
	}
	b.access(account.Access{AccountID: root.ID, Level: "sso", UserID: &one.ID, EndAt: at(time.Hour)})
	require.Equal(t, map[string]string{"root@dir": "sso, may release"}, b.uses(b.as(one.ID), ""))
	require.Equal(t, map[string]string{"root@dir": "reserve"}, b.uses(b.as(two.ID), ""))
	_, err := b.Reservations.Reserve(b.as(two.ID), root.ID, tomorrow())
	refused(t, err, fault.Conflict, "in use by "+one.FullName)
	_, err = b.Reservations.Reserve(b.as(one.ID), root.ID, tomorrow())
	refused(t, err, fault.Conflict, "may use root@dir already")
	refused(t, b.Reservations.Release(b.as(two.ID), root.ID), fault.Conflict, "have not reserved")

	require.NoError(t, b.Reservations.Release(b.as(one.ID), root.ID))
	require.Equal(t, map[string]string{"root@dir": "reserve, may reserve"}, b.uses(b.as(one.ID), ""))
	require.Equal(t, []string{"u1"}, b.query("select actor from audit_entries where object_type = 'accountAccess' and action = 'delete'"))
	require.Equal(t, map[string]string{"root@dir": "reserve, may reserve"}, b.uses(b.as(two.ID), ""))
	b.access(account.Access{AccountID: root.ID, Level: "sso", UserID: &two.ID})
	refused(t, b.Reservations.Release(b.as(two.ID), root.ID), fault.Conflict, "have not reserved")
}

func TestWhichProcessDecidesAboutAReservation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.template(bpm.AccountReservation)
	root := b.privileged()
	u := b.user("u1")
	b.deploy("errand", errand)
	for _, tm := range template.All() {
		if tm.Kind == bpm.AccountReservation {
			b.deploy("strict", strings.Replace(string(tm.Source), `<bpmn:process id="reservation"`, `<bpmn:process id="strict"`, 1))
		}
	}
	entry := b.access(account.Access{AccountID: root.ID, Level: "reserve", UserID: &u.ID})
	_, err := b.Reservations.Reserve(b.as(u.ID), root.ID, tomorrow())
	refused(t, err, fault.Conflict, "several processes could decide (reservation, strict)")
	for code, say := range map[string]string{"errand": "not one of account reservation", "ghost": "not deployed"} {
		entry.Process = code
		_, err = b.AccountAccess.Update(b.ctx, entry.ID, 0, entry)
		refused(t, err, fault.Invalid, "process", say)
	}
	entry.Process = "strict"
	_, err = b.AccountAccess.Update(b.ctx, entry.ID, 0, entry)
	require.NoError(t, err)
	started, err := b.Reservations.Reserve(b.as(u.ID), root.ID, tomorrow())
	require.NoError(t, err)
	require.Equal(t, "strict", started.Definition)
}

func TestOnlyPrivilegedAccountsAreReserved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	dir := b.system("dir")
	u := b.user("u1")
	shared, err := b.Accounts.Create(b.ctx, account.Account{SystemID: dir.ID, Name: "backup", Type: account.Shared, UserType: "I"})
	require.NoError(t, err)
	_, err = b.AccountAccess.Create(b.ctx, account.Access{AccountID: shared.ID, Level: "reserve", UserID: &u.ID})
	refused(t, err, fault.Invalid, "level", "only privileged accounts")
	_, err = b.AccountAccess.Create(b.ctx, account.Access{AccountID: shared.ID, Level: "sso", UserID: &u.ID, Process: "reservation"})
	refused(t, err, fault.Invalid, "process", "Only the level reserve")
}
