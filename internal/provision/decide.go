package provision

import (
	"slices"

	"github.com/google/uuid"

	"provost/internal/account"
)

// Verdict says what should happen to a user's presence in one system.
type Verdict string

// The verdicts.
const (
	Keep    Verdict = "keep"
	Create  Verdict = "create"
	Enable  Verdict = "enable"
	Disable Verdict = "disable"
)

// Decision is the verdict about one account, or about a missing one (Account nil).
type Decision struct {
	Verdict Verdict
	Account *account.Account
	// Reason says which rule forbids the account; empty when it is allowed.
	Reason string
}

// Allowed reports whether the user may have an account in the system, and if not, by which rule (guide 045, "Agents account
// management"): active, of an allowed user type, inside an allowed business unit, holding a role there if the agent is role-based.
func Allowed(s *Subject, system *account.System) (bool, string) {
	switch {
	case s.User.Builtin:
		return false, "the user belongs to the platform itself"
	case !s.User.Active:
		return false, "the user is not active"
	case len(system.UserTypeIDs) > 0 && !slices.Contains(system.UserTypeIDs, s.User.UserTypeID):
		return false, "the user type is not allowed"
	case len(system.GroupIDs) > 0 && !s.within(system.GroupIDs):
		return false, "the user is in none of the allowed business units"
	case system.RoleBased && !s.holdsRoleOf(system.ID):
		return false, "the user holds no role in the system"
	}
	return true, ""
}

func (s *Subject) within(groups []uuid.UUID) bool {
	return slices.ContainsFunc(s.Groups, func(g Group) bool { return slices.Contains(groups, g.ID) })
}

func (s *Subject) holdsRoleOf(system uuid.UUID) bool {
	return slices.ContainsFunc(s.Roles, func(r Role) bool { return r.SystemID == system })
}

// Decide gives one decision per account the user has in the system, or one about creating it. Forced states are kept; locked accounts
// are left to whoever locked them. Accounts of a read-only system are as the system says they are: a state that nobody would bring there
// is not noted here either, and the next reconciliation would only take it back (guide 045, "Synchronization").
func Decide(s *Subject, system *account.System) []Decision {
	allowed, reason := Allowed(s, system)
	var decisions []Decision
	for i := range s.Accounts {
		a := &s.Accounts[i]
		if a.SystemID != system.ID || a.Type != account.Single || account.Gone(a.Status) {
			continue
		}
		d := Decision{Verdict: Keep, Account: a, Reason: reason}
		switch {
		case system.ReadOnly:
		case allowed && a.Status == account.Disabled:
			d.Verdict = Enable
		case !allowed && a.Status == account.Enabled:
			d.Verdict = Disable
		}
		decisions = append(decisions, d)
	}
	if len(decisions) == 0 && allowed && !system.ManualAccountCreation && !system.ReadOnly {
		decisions = append(decisions, Decision{Verdict: Create})
	}
	return decisions
}
