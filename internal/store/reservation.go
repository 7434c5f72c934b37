package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/query"
	"provost/internal/reservation"
	"provost/internal/store/db"
)

// Reservations keeps the accounts that people may use: it implements reservation.Store.
type Reservations struct{ *Ledger }

// Reservations gives the store of the accounts that people may use.
func (t *Tenant) Reservations() *Reservations { return &Reservations{t.Ledger()} }

// entitled is the condition that an entry of an access list, with this alias, is in force for somebody. The ids come from the database and not
// from a request, so they stand in the statement as they are.
func entitled(of reservation.Person, alias string) string {
	hats := idArray(of.Hats)
	return fmt.Sprintf("coalesce(%[1]s.end_at > now(), true) and (%[1]s.user_id = '%[2]s' or %[1]s.group_id = any (%[3]s) or %[1]s.role_id = any (%[3]s))",
		alias, of.ID, hats)
}

// table gives the accounts of somebody: their own, and those whose access list names them. Accounts of agents that are switched off are left
// out (guide page 012).
func (s *Reservations) table(of reservation.Person) *table[reservation.Use] {
	me := "'" + of.ID.String() + "'::uuid"
	return newTable(table[reservation.Use]{
		tenant: s.Tenant, name: "accounts",
		from: `accounts t join systems s on s.id = t.system_id
			left join lateral (select x.level, x.end_at from account_access x where x.account_id = t.id and t.user_id is distinct from ` + me + ` and ` + entitled(of, "x") + `
				order by array_position(array['owner', 'manager', 'sso', 'reserve'], x.level), x.end_at desc nulls first limit 1) m on true
			left join lateral (select u.full_name from account_access x join users u on u.id = x.user_id
				where x.account_id = t.id and x.level = 'sso' and x.end_at > now() and x.user_id <> ` + me + ` order by x.end_at desc limit 1) o on true
			left join lateral (select p.id, p.number from processes p join process_definitions d on d.id = p.definition_id
				where d.kind = 'reservation' and p.initiator_id = ` + me + ` and p.status in ('starting', 'running')
				and p.variables ->> 'account' = t.name || '@' || s.name order by p.id desc limit 1) w on true`,
		rows: `t.id in (select x.id from accounts x where x.user_id = ` + me + ` union all select x.account_id from account_access x where ` + entitled(of, "x") + `)
			and t.status not in ('removed', 'archived') and (s.connector = 'internal' or s.server <> '')`,
		search: "provost.fold(t.name || ' ' || t.login_name || ' ' || t.description || ' ' || s.name)", order: "lower(s.name), lower(t.name), t.id",
		list: newAttributes[reservation.Use]("use", "account", false),
	})
}

// List implements reservation.Store.
func (s *Reservations) List(ctx context.Context, of reservation.Person, l query.List) (query.Page[reservation.Use], error) {
	return s.table(of).List(ctx, authz.Scope{All: true}, l.Bounded())
}

// Each implements reservation.Store.
func (s *Reservations) Each(ctx context.Context, of reservation.Person, l query.List, yield func(reservation.Use) error) error {
	return s.table(of).Each(ctx, authz.Scope{All: true}, l, yield)
}

// Get implements reservation.Store.
func (s *Reservations) Get(ctx context.Context, of reservation.Person, id uuid.UUID) (reservation.Use, error) {
	if _, err := s.Accounts().Lock(ctx, id); err != nil {
		return reservation.Use{}, err
	}
	page, err := s.List(ctx, of, query.List{Filter: fmt.Sprintf("id eq %q", id), Page: 1, Size: 1})
	return one(page.Items, err)("account")
}

// Door implements reservation.Store.
func (s *Reservations) Door(ctx context.Context, of reservation.Person, id uuid.UUID) ([]string, error) {
	var out []string
	err := s.query(ctx, func(ctx context.Context, u *unit) (err error) {
		out, err = u.q.ReservationDoors(ctx, db.ReservationDoorsParams{AccountID: id, UserID: &of.ID, Hats: of.Hats})
		return err
	})
	return out, err
}

var _ reservation.Store = (*Reservations)(nil)
