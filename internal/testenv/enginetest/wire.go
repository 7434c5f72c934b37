package enginetest

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/object"
	"provost/internal/provision"
	"provost/internal/store"
	"provost/internal/synctask"
)

// reveal opens the secrets of agents.
type reveal struct{ vault *store.Vault }

// Reveal implements store.Secrets.
func (r reveal) Reveal(ctx context.Context, id uuid.UUID) (string, error) {
	value, err := r.vault.Reveal(ctx, id)
	return value.Reveal(), err
}

// accounts lets the planner write accounts.
type accounts struct {
	*account.Accounts
	rows object.Store[account.Account]
}

// Named implements synctask.Accounts.
func (a accounts) Named(ctx context.Context, keys []string) (map[string]account.Account, error) {
	out := map[string]account.Account{}
	if len(keys) == 0 {
		return out, nil
	}
	found, err := a.rows.Named(ctx, keys...)
	for _, f := range found {
		out[strings.ToLower(f.System+`\`+f.Name)] = f
	}
	return out, err
}

// namer names accounts by their naming rules.
type namer struct{ *account.Namer }

// Names implements synctask.Namer.
func (n namer) Names(ctx context.Context, system *account.System, subjects []*provision.Subject) ([]synctask.Name, error) {
	ids := make([]uuid.UUID, len(subjects))
	place := map[uuid.UUID]int{}
	for i, s := range subjects {
		ids[i], place[s.User.ID] = s.User.ID, i
	}
	named, err := n.Namer.Names(ctx, *system.NamingRuleID, system, ids)
	out := make([]synctask.Name, len(subjects))
	for _, name := range named {
		answer := synctask.Name{Name: name.Name}
		if name.Err != nil {
			answer.Reason, answer.Failed = name.Err.Error(), true
		}
		out[place[name.UserID]] = answer
	}
	return out, err
}
