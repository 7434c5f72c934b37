package reservation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/process"
	"provost/internal/query"
)

// Person is whose accounts are asked for, with the hats they wear (see the function hats_of of the database).
type Person struct {
	ID   uuid.UUID
	Hats []uuid.UUID
}

// Store is what is asked of the database. Methods join the transaction of the context.
type Store interface {
	object.Transactor
	Hats(ctx context.Context, user uuid.UUID) ([]uuid.UUID, error)
	List(ctx context.Context, of Person, l query.List) (query.Page[Use], error)
	Each(ctx context.Context, of Person, l query.List, yield func(Use) error) error
	// Get gives an account that somebody may use or reserve, locked, or fault.NotFound.
	Get(ctx context.Context, of Person, account uuid.UUID) (Use, error)
	// Door gives the code of the process that decides about a reservation: the one that the access list names, else all that could.
	Door(ctx context.Context, of Person, account uuid.UUID) (codes []string, err error)
}

// Door starts the process that decides about a reservation.
type Door interface {
	Reserve(ctx context.Context, code string, r process.Reservation) (process.Process, error)
}

// Service is the use cases of those who use accounts. None asks for a permission: everybody has the accounts that are theirs, and those whose
// access list names them.
type Service struct {
	Store      Store
	Door       Door
	Access     *account.AccessEntries
	AccessRows object.Store[account.Access]
	Now        func() time.Time
}

func (s *Service) me(ctx context.Context) (Person, error) {
	who, ok := authz.From(ctx)
	if !ok || who.UserID == uuid.Nil {
		return Person{}, authz.ErrNoPrincipal
	}
	hats, err := s.Store.Hats(ctx, who.UserID)
	return Person{ID: who.UserID, Hats: hats}, err
}

// List gives a page of the accounts that the caller may use or reserve.
func (s *Service) List(ctx context.Context, l query.List) (query.Page[Use], error) {
	me, err := s.me(ctx)
	if err != nil {
		return query.Page[Use]{}, err
	}
	page, err := s.Store.List(ctx, me, l)
	for i := range page.Items {
		page.Items[i].May = may(&page.Items[i])
	}
	return page, err
}

// Each streams them.
func (s *Service) Each(ctx context.Context, l query.List, yield func(Use) error) error {
	me, err := s.me(ctx)
	if err != nil {
		return err
	}
	return s.Store.Each(ctx, me, l, func(u Use) error {
		u.May = may(&u)
		return yield(u)
	})
}

// may lists what somebody may do with an account now.
func may(u *Use) []string {
	out := []string{}
	if reservable(u) == nil {
		out = append(out, ActionReserve)
	}
	if u.Access == SSO && u.Until != nil {
		out = append(out, ActionRelease)
	}
	return out
}

// reservable tells why an account cannot be reserved, or nil.
func reservable(u *Use) error {
	switch {
	case u.Access != Reserve:
		return fault.New(fault.Conflict, "You may use %s already: there is nothing to reserve.", u.Title())
	case u.Type != account.Privileged:
		return fault.New(fault.Conflict, "%s is no privileged account any more, and cannot be reserved.", u.Title())
	case !account.Usable(u.Status):
		return fault.New(fault.Conflict, "%s cannot be used now: the account is %s.", u.Title(), u.Status)
	case u.ProcessID != nil:
		return fault.New(fault.Conflict, "You have asked for %s already: process %d decides about it.", u.Title(), *u.ProcessNumber)
	case u.InUseBy != "":
		return fault.New(fault.Conflict, "%s is in use by %s. Ask again when it is given back.", u.Title(), u.InUseBy)
	}
	return nil
}

// Reserve starts the process that decides whether the caller may use an account for a while. It returns fault.NotFound for an account that the
// caller may neither use nor reserve, and fault.Conflict, saying why, for one that cannot be reserved now.
func (s *Service) Reserve(ctx context.Context, id uuid.UUID, r Request) (process.Process, error) {
	me, err := s.me(ctx)
	if err != nil {
		return process.Process{}, err
	}
	if !r.Until.After(s.Now()) {
		return process.Process{}, fault.InvalidField("until", "Say until when you need the account: a moment that is still to come.")
	}
	var out process.Process
	err = s.Store.Do(ctx, func(ctx context.Context) error {
		use, err := s.Store.Get(ctx, me, id)
		if err != nil {
			return err
		}
		if err := reservable(&use); err != nil {
			return err
		}
		code, err := s.door(ctx, me, &use)
		if err != nil {
			return err
		}
		login := use.LoginName
		if login == "" {
			login = use.Name
		}
		out, err = s.Door.Reserve(ctx, code, process.Reservation{
			Account: use.Title(), System: use.System, LoginName: login, Until: r.Until, Comments: strings.TrimSpace(r.Comments),
		})
		return err
	})
	return out, err
}

// door gives the process that decides about a reservation.
func (s *Service) door(ctx context.Context, me Person, u *Use) (string, error) {
	codes, err := s.Store.Door(ctx, me, u.ID)
	switch {
	case err != nil:
		return "", err
	case len(codes) == 0:
		return "", fault.New(fault.Conflict, "%s cannot be reserved: no process of the type account reservation is enabled. Ask an administrator to deploy one.", u.Title())
	case len(codes) > 1:
		return "", fault.New(fault.Conflict, "%s cannot be reserved: several processes could decide (%s). Ask an administrator to name one in the access list of the account.",
			u.Title(), strings.Join(codes, ", "))
	}
	return codes[0], nil
}

// Release gives an account back before the reservation ends. It returns fault.Conflict when the caller has not reserved it.
func (s *Service) Release(ctx context.Context, id uuid.UUID) error {
	me, err := s.me(ctx)
	if err != nil {
		return err
	}
	return s.Store.Do(ctx, func(ctx context.Context) error {
		use, err := s.Store.Get(ctx, me, id)
		if err != nil {
			return err
		}
		if !slices.Contains(may(&use), ActionRelease) {
			return fault.New(fault.Conflict, "You have not reserved %s, or the reservation is over.", use.Title())
		}
		filter := fmt.Sprintf("accountId eq %q and userId eq %q and level eq %q and endAt pr", id, me.ID, SSO)
		page, err := s.AccessRows.List(ctx, authz.Scope{All: true}, query.List{Filter: filter}.Bounded())
		if err != nil {
			return fmt.Errorf("look access up: %w", err)
		}
		edits := make([]*object.Edit[account.Access], len(page.Items))
		for i := range page.Items {
			edits[i] = &object.Edit[account.Access]{ID: page.Items[i].ID}
		}
		return s.Access.Apply(identity.AsPlatform(ctx), edits, true)
	})
}
