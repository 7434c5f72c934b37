package account

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/object"
)

// Effects of a policy on a user.
const (
	PolicyGain = "gain" // an account would be created
	PolicyBack = "back" // a disabled account would be enabled again
	PolicyLose = "lose" // an enabled account would be disabled
)

// PolicyChange is what a draft policy of a system means for one user.
type PolicyChange struct {
	UserID   uuid.UUID `json:"userId"`
	User     string    `json:"user"`
	FullName string    `json:"fullName"`
	Account  string    `json:"account"` // the account concerned, or the name a new one would have
	Effect   string    `json:"effect"`
}

// PolicyPreview is the effect of a draft policy: how many people get or lose an account, and the first of them.
type PolicyPreview struct {
	Gain    int            `json:"gain"`
	Back    int            `json:"back"`
	Lose    int            `json:"lose"`
	Changes []PolicyChange `json:"changes"`
}

// previewed is the number of changes that a preview lists.
const previewed = 200

// PreviewPolicy says who would get or lose an account if the draft were saved (guide page 045, Agents account management). It needs the
// permission to change systems and writes nothing.
func PreviewPolicy(ctx context.Context, l Landscape, namer *Namer, draft System) (PolicyPreview, error) {
	preview := PolicyPreview{Changes: []PolicyChange{}}
	if _, err := authz.Check(ctx, authz.SystemUpdate); err != nil {
		return preview, err
	}
	if err := object.Resolve(ctx, l, []*object.Edit[System]{{After: &draft}}, object.Reference[System]{
		Location: "namingRule", Type: "namingRule",
		Optional: func(s *System) **uuid.UUID { return &s.NamingRuleID }, Name: func(s *System) *string { return &s.NamingRule },
	}); err != nil {
		return preview, err
	}
	defaults(&draft)
	changes, err := l.PolicyEffect(ctx, &draft)
	if err != nil {
		return preview, fmt.Errorf("preview policy of %s: %w", draft.Name, err)
	}
	changes, err = withNames(ctx, namer, &draft, changes)
	if err != nil {
		return preview, err
	}
	for _, c := range changes {
		switch c.Effect {
		case PolicyGain:
			preview.Gain++
		case PolicyBack:
			preview.Back++
		case PolicyLose:
			preview.Lose++
		}
	}
	preview.Changes = changes[:min(len(changes), previewed)]
	return preview, nil
}

// withNames gives new accounts their name by the naming rule, and leaves out users to whom the rule gives none.
func withNames(ctx context.Context, namer *Namer, draft *System, changes []PolicyChange) ([]PolicyChange, error) {
	var users []uuid.UUID
	for _, c := range changes {
		if c.Effect == PolicyGain {
			users = append(users, c.UserID)
		}
	}
	if len(users) == 0 {
		return changes, nil
	}
	names, err := namer.Names(ctx, *draft.NamingRuleID, draft, users)
	if err != nil {
		return nil, fmt.Errorf("name accounts of %s: %w", draft.Name, err)
	}
	byUser := make(map[uuid.UUID]Name, len(names))
	for _, n := range names {
		byUser[n.UserID] = n
	}
	named := make([]PolicyChange, 0, len(changes))
	for _, c := range changes {
		if c.Effect == PolicyGain {
			if c.Account = byUser[c.UserID].Name; c.Account == "" {
				continue
			}
		}
		named = append(named, c)
	}
	return named, nil
}

// touch notes whom a change of the system concerns: those whom the policy gives or takes an account, and, when mappings or what is
// sent changed, everybody who has one.
func (r *systemRules) touch(ctx context.Context, e *object.Edit[System]) error {
	s := e.After
	if !s.Serviced() || s.ReadOnly || s.Paused {
		return nil
	}
	if e.Created() || policyChanged(e.Before, s) {
		changes, err := r.landscape.PolicyEffect(ctx, s)
		if err != nil {
			return fmt.Errorf("find whom the policy of %s concerns: %w", s.Name, err)
		}
		for _, c := range changes {
			r.landscape.Touch(ctx, change.User, c.UserID)
		}
	}
	if e.Created() || !sentChanged(e.Before, s) {
		return nil
	}
	accounts, err := r.landscape.AccountsOf(ctx, e.ID)
	if err != nil {
		return fmt.Errorf("find accounts of %s: %w", s.Name, err)
	}
	for _, ids := range accounts {
		r.landscape.Touch(ctx, change.Account, ids...)
	}
	return nil
}

func policyChanged(b, a *System) bool {
	return !slices.Equal(b.UserTypeIDs, a.UserTypeIDs) || !slices.Equal(b.GroupIDs, a.GroupIDs) || b.RoleBased != a.RoleBased ||
		b.ManualAccountCreation != a.ManualAccountCreation || !reflect.DeepEqual(b.NamingRuleID, a.NamingRuleID) ||
		!b.Serviced() || b.ReadOnly
}

func sentChanged(b, a *System) bool {
	return !reflect.DeepEqual(b.Mappings, a.Mappings) || b.RemoveRolesFromDisabled != a.RemoveRolesFromDisabled ||
		b.Removal != a.Removal || b.Connector != a.Connector || !b.Serviced() || b.ReadOnly
}
