package entitlement

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/object"
)

// checkRevoke keeps the built-in administrator's own grant, and everybody from revoking what is decided elsewhere.
func (r *grantRules) checkRevoke(ctx context.Context, e *object.Edit[Grant], b *batch) error {
	var err error
	switch {
	case e.ID == AdminGrant:
		e.Err = fault.New(fault.Conflict, "The built-in administrator keeps %s.", e.Before.Role)
	default:
		if e.Err = guardAdmin(ctx, e.Before.RoleID); e.Err == nil {
			e.Err, err = r.decidedElsewhere(ctx, e, b)
		}
		if role := b.roles[e.Before.RoleID]; e.Err == nil && err == nil && role != nil && asks(ctx, role) {
			marked := *e.Before
			marked.State = GrantRemovalPending
			e.After, e.Deferred = &marked, true
		}
	}
	return err
}

// guardAdmin lets only those who may change every authorisation decide who holds SOFFID_ADMIN: whoever else may grant roles would
// otherwise make themselves administrators.
func guardAdmin(ctx context.Context, role uuid.UUID) error {
	who, _ := authz.From(ctx)
	if role != AdminRole || who.Scope(authz.AuthorizationUpdate).All {
		return nil
	}
	return fault.New(fault.Denied, "Only an administrator decides who holds SOFFID_ADMIN.")
}

// decidedElsewhere refuses to change by hand what a rule gave, and what a process decides about.
func (r *grantRules) decidedElsewhere(ctx context.Context, e *object.Edit[Grant], b *batch) (refusal, err error) {
	if !byHand(ctx) {
		return nil, nil
	}
	if refusal := pendingGrant(e.Before); refusal != nil {
		return refusal, nil
	}
	if role := b.roles[e.Before.RoleID]; role != nil && e.After != nil && asks(ctx, role) {
		return fault.New(fault.Conflict, "Who holds roles of %s is approved: a grant is not changed there. Revoke %s and grant it anew.",
			role.application.Name, role.Name), nil
	}
	if e.Before.Origin != OriginRule {
		return nil, nil
	}
	name := ""
	if e.Before.OriginID != nil {
		if name, err = r.ledger.GrantSource(ctx, *e.Before.OriginID); err != nil {
			return nil, fmt.Errorf("find source of grant: %w", err)
		}
	}
	return fault.New(fault.Conflict, "%s was granted by %s. Change the rule, or what it looks at in the user.", e.Before.Role, ruleNamed(name)), nil
}

func ruleNamed(name string) string {
	if name == "" {
		return "a role assignment rule"
	}
	return "the rule " + name
}
