package entitlement

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/object"
)

// GrantRequest asks for a role for a user or for an account; with several scopes the role is granted once for each.
type GrantRequest struct {
	UserID    *uuid.UUID `json:"userId"`
	AccountID *uuid.UUID `json:"accountId"`
	RoleID    uuid.UUID  `json:"roleId"`
	Scopes    []Scope    `json:"scopes"`
	HolderID  *uuid.UUID `json:"holderGroupId"`
	StartAt   *time.Time `json:"startAt"`
	EndAt     *time.Time `json:"endAt"`
	// Attributes are the custom attributes of the grants.
	Attributes object.Attributes `json:"attributes"`
}

// Desk grants and revokes roles on request.
type Desk struct {
	grants *Grants
	rules  *grantRules
}

// NewDesk gives the desk over the use cases of grants.
func NewDesk(grants *Grants) *Desk {
	rules, _ := grants.Rules.(*grantRules)
	return &Desk{grants: grants, rules: rules}
}

// Grant grants a role. A user without an account in the role's system gets one, where the system's policy allows it; of several
// suitable ones the caller has to choose, and the fault names them. All scopes are granted or none.
func (d *Desk) Grant(ctx context.Context, req GrantRequest) ([]Grant, error) {
	if _, err := authz.Check(ctx, authz.GrantCreate); err != nil {
		return nil, err
	}
	if (req.UserID == nil) == (req.AccountID == nil) {
		return nil, fault.InvalidField("userId", "Name either the user or the account that shall hold the role.")
	}
	var out []Grant
	err := d.grants.Tx.Do(ctx, func(ctx context.Context) error {
		account, err := d.account(ctx, req)
		if err != nil {
			return err
		}
		edits := d.edits(req, account)
		if err := d.grants.Apply(ctx, edits, true); err != nil {
			return err
		}
		out = make([]Grant, len(edits))
		for i, e := range edits {
			out[i] = *e.After
		}
		return nil
	})
	return out, err
}

func (d *Desk) edits(req GrantRequest, account uuid.UUID) []*object.Edit[Grant] {
	scopes := req.Scopes
	if len(scopes) == 0 {
		scopes = []Scope{{}}
	}
	edits := make([]*object.Edit[Grant], len(scopes))
	for i, scope := range scopes {
		edits[i] = &object.Edit[Grant]{After: &Grant{
			AccountID: account, RoleID: req.RoleID, Scope: scope, HolderGroupID: req.HolderID,
			StartAt: req.StartAt, EndAt: req.EndAt, Attributes: req.Attributes,
		}}
	}
	return edits
}

// account resolves who shall hold the role.
func (d *Desk) account(ctx context.Context, req GrantRequest) (uuid.UUID, error) {
	if req.AccountID != nil {
		return *req.AccountID, nil
	}
	facts, err := d.rules.shelf.facts(ctx, []uuid.UUID{req.RoleID})
	if err != nil {
		return uuid.Nil, err
	}
	role := facts[req.RoleID]
	if role == nil {
		return uuid.Nil, fault.InvalidField("roleId", "There is no such role.")
	}
	return d.rules.chooseAccount(ctx, *req.UserID, role.SystemID, role.Name)
}

// chooseAccount gives the account of a user in a system, opening one if there is none. Several of them are a Conflict that names them.
func (r *grantRules) chooseAccount(ctx context.Context, user, system uuid.UUID, role string) (uuid.UUID, error) {
	found, err := r.ledger.AccountsIn(ctx, user, system)
	if err != nil {
		return uuid.Nil, fmt.Errorf("find accounts of user: %w", err)
	}
	switch len(found) {
	case 0:
		return r.opener.OpenAccount(identity.AsPlatform(ctx), user, system)
	case 1:
		return found[0].ID, nil
	}
	names := make([]string, len(found))
	fields := make([]fault.Field, len(found))
	for i, a := range found {
		names[i] = a.Name
		fields[i] = fault.Field{Location: "accountId", Message: a.ID.String() + " " + a.Name}
	}
	return uuid.Nil, &fault.Error{
		Code: fault.Conflict, Fields: fields,
		Message: fmt.Sprintf("%s has %d accounts in %s: %s. Choose the one that shall hold the role %s.",
			found[0].User, len(found), found[0].System, strings.Join(names, ", "), role),
	}
}

// Revoke takes grants away; all or none. Only direct grants have an id: roles inherited from groups or other roles end with their source.
func (d *Desk) Revoke(ctx context.Context, ids ...uuid.UUID) error {
	edits := make([]*object.Edit[Grant], len(ids))
	for i, id := range ids {
		edits[i] = &object.Edit[Grant]{ID: id}
	}
	return d.grants.Apply(ctx, edits, true)
}
