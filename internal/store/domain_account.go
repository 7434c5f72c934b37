package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/internal/account"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/secret"
	"provost/internal/store/db"
)

// SystemKeys implements account.Landscape.
func (t *Tenant) SystemKeys(ctx context.Context, keys []string) (map[string]bool, error) {
	out := map[string]bool{}
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		taken, err := u.q.SystemKeys(ctx, keys)
		for _, key := range taken {
			out[key] = true
		}
		return err
	})
	return out, err
}

// SetSystemPolicy implements account.Landscape.
func (t *Tenant) SetSystemPolicy(ctx context.Context, system uuid.UUID, userTypes, groups []uuid.UUID) error {
	return t.exec(ctx, func(ctx context.Context, u *unit) error {
		if err := u.q.ClearSystemPolicy(ctx, system); err != nil {
			return fmt.Errorf("clear policy: %w", err)
		}
		return u.q.InsertSystemPolicy(ctx, db.InsertSystemPolicyParams{SystemID: system, UserTypes: userTypes, Groups: groups})
	})
}

// CloseSystemTasks implements account.Landscape.
func (t *Tenant) CloseSystemTasks(ctx context.Context, system uuid.UUID) error {
	return t.exec(ctx, func(ctx context.Context, u *unit) error { return u.q.CloseSystemTasks(ctx, system) })
}

// PolicyEffect implements account.Landscape.
func (t *Tenant) PolicyEffect(ctx context.Context, draft *account.System) ([]account.PolicyChange, error) {
	var out []account.PolicyChange
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.PolicyEffect(ctx, db.PolicyEffectParams{
			SystemID: draft.ID, Groups: listed(draft.GroupIDs), UserTypes: listed(draft.UserTypeIDs),
			RoleBased: draft.RoleBased, ManualCreation: draft.ManualAccountCreation,
		})
		for _, r := range rows {
			out = append(out, account.PolicyChange{UserID: r.ID, User: r.UserName, FullName: r.FullName, Account: r.Account, Effect: r.Effect})
		}
		return err
	})
	return out, err
}

// listed gives an empty list for nil, which PostgreSQL would take for null.
func listed(ids []uuid.UUID) []uuid.UUID {
	if ids == nil {
		return []uuid.UUID{}
	}
	return ids
}

// AccountsOf implements account.Landscape.
func (t *Tenant) AccountsOf(ctx context.Context, system uuid.UUID) (map[uuid.UUID][]uuid.UUID, error) {
	out := map[uuid.UUID][]uuid.UUID{}
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.AccountsOfSystem(ctx, system)
		for _, r := range rows {
			owner := uuid.Nil
			if r.UserID != nil {
				owner = *r.UserID
			}
			out[owner] = append(out[owner], r.ID)
		}
		return err
	})
	return out, err
}

// HoldersInSystem implements account.Landscape.
func (t *Tenant) HoldersInSystem(ctx context.Context, system uuid.UUID) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := t.query(ctx, func(ctx context.Context, u *unit) (err error) {
		out, err = u.q.HoldersInSystem(ctx, system)
		return err
	})
	return out, err
}

// RemoveAccounts implements account.Landscape.
func (t *Tenant) RemoveAccounts(ctx context.Context, ids []uuid.UUID) error {
	return t.exec(ctx, func(ctx context.Context, u *unit) error { return u.q.RemoveAccounts(ctx, ids) })
}

// AdoptGrants implements account.Landscape.
func (t *Tenant) AdoptGrants(ctx context.Context, accounts []uuid.UUID) error {
	return t.exec(ctx, func(ctx context.Context, u *unit) error { return u.q.AdoptGrants(ctx, accounts) })
}

// AccountsOfUsers gives the ids of the accounts of users that are not gone.
func (t *Tenant) AccountsOfUsers(ctx context.Context, users []uuid.UUID) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := t.query(ctx, func(ctx context.Context, u *unit) (err error) {
		out, err = u.q.SingleAccountsOfUsers(ctx, users)
		return err
	})
	return out, err
}

// Vault keeps the secrets of a tenant, sealed with the master key.
type Vault struct {
	tenant *Tenant
	box    *secret.Box
}

// Vault gives the tenant's vault.
func (t *Tenant) Vault(box *secret.Box) *Vault { return &Vault{tenant: t, box: box} }

// Put seals a secret under a new id.
func (v *Vault) Put(ctx context.Context, id uuid.UUID, plaintext string) error {
	ciphertext, err := v.box.Seal(id, []byte(plaintext))
	if err != nil {
		return fmt.Errorf("seal secret: %w", err)
	}
	return v.tenant.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.PutSecret(ctx, db.PutSecretParams{ID: id, Ciphertext: ciphertext})
	})
}

// Drop removes secrets.
func (v *Vault) Drop(ctx context.Context, ids ...uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	return v.tenant.exec(ctx, func(ctx context.Context, u *unit) error { return u.q.DropSecrets(ctx, ids) })
}

// Reveal opens a secret; it returns fault.NotFound for an unknown id and an error that wraps secret.ErrNotOpened for a wrong master key.
func (v *Vault) Reveal(ctx context.Context, id uuid.UUID) (secret.Value, error) {
	var ciphertext []byte
	err := v.tenant.query(ctx, func(ctx context.Context, u *unit) (err error) {
		ciphertext, err = u.q.GetSecret(ctx, id)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return secret.Value{}, fault.New(fault.NotFound, "There is no such secret.")
	}
	if err != nil {
		return secret.Value{}, fmt.Errorf("read secret: %w", err)
	}
	plaintext, err := v.box.Open(id, ciphertext)
	if err != nil {
		return secret.Value{}, fmt.Errorf("open secret: %w", err)
	}
	return secret.New(string(plaintext)), nil
}

// HoldPermissions implements account.MergeDesk.
func (t *Tenant) HoldPermissions(ctx context.Context, users []uuid.UUID) (bool, error) {
	var hold bool
	err := t.query(ctx, func(ctx context.Context, u *unit) (err error) {
		hold, err = u.q.HoldPermissions(ctx, db.HoldPermissionsParams{Users: users, AdminRole: entitlement.AdminRole})
		return err
	})
	return hold, err
}

// SingleRoleClashes implements account.MergeDesk.
func (t *Tenant) SingleRoleClashes(ctx context.Context, users []uuid.UUID) ([]string, error) {
	var names []string
	err := t.query(ctx, func(ctx context.Context, u *unit) (err error) {
		names, err = u.q.SingleRoleClashes(ctx, users)
		return err
	})
	return names, err
}

var (
	_ account.MergeDesk = (*Tenant)(nil)
	_ account.Landscape = (*Tenant)(nil)
)
