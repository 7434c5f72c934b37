package entitlement

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/object"
)

// Grants is the use cases of grants: a role held by an account (guide pages 014 and 018).
type Grants = object.Service[Grant, *Grant]

// Stores are the rows that entitlements are made of.
type Stores struct {
	Roles              object.Store[Role]
	InformationSystems object.Store[InformationSystem]
	ScopeDomains       object.Store[ScopeDomain]
	ScopeValues        object.Store[ScopeValue]
	Contents           object.Store[Content]
	GroupRoles         object.Store[GroupRole]
	Grants             object.Store[Grant]
}

func (s Stores) shelf() shelf {
	return shelf{roles: s.Roles, informationSystems: s.InformationSystems, domains: s.ScopeDomains, values: s.ScopeValues}
}

// AccountFact is what has to be known of an account to grant it a role.
type AccountFact struct {
	ID       uuid.UUID
	Name     string
	SystemID uuid.UUID
	System   string
	Type     string
	Status   string
	UserID   *uuid.UUID
	User     string
}

// gone reports whether the account no longer exists in its system.
func (a *AccountFact) gone() bool { return a.Status == "removed" || a.Status == "archived" }

// GrantKey is what makes a grant unique: account, role, scope and holder; absent ones are zero.
type GrantKey struct {
	Account, Role, ScopeGroup, ScopeInformationSystem, ScopeValue, Holder uuid.UUID
}

// Held is a grant that has a key.
type Held struct {
	ID      uuid.UUID
	Process int64 // number of the process that decides about it; zero for none
}

// KeyOfGrant gives the key of a grant.
func KeyOfGrant(g *Grant) GrantKey {
	return GrantKey{
		Account: g.AccountID, Role: g.RoleID, ScopeGroup: value(g.ScopeGroupID),
		ScopeInformationSystem: value(g.ScopeInformationSystemID), ScopeValue: value(g.ScopeValueID), Holder: value(g.HolderGroupID),
	}
}

func value(id *uuid.UUID) uuid.UUID {
	if id == nil {
		return uuid.Nil
	}
	return *id
}

// HolderGroup is a group of a user that may be the holder of a grant, or may not.
type HolderGroup struct {
	ID         uuid.UUID
	Name       string
	RoleHolder bool
}

// Ledger is what the rules of grants ask of the store, besides rows.
type Ledger interface {
	Catalogue
	// AccountFacts gives what has to be known of accounts.
	AccountFacts(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*AccountFact, error)
	// AccountsForRole gives the single accounts of a user in a system that are not gone.
	AccountsIn(ctx context.Context, user, system uuid.UUID) ([]AccountFact, error)
	// HeldKeys gives the grants of accounts by key.
	HeldKeys(ctx context.Context, accounts []uuid.UUID) (map[GrantKey]Held, error)
	// HolderGroups gives the groups of users as of now, primary and secondary.
	HolderGroups(ctx context.Context, users []uuid.UUID) (map[uuid.UUID][]HolderGroup, error)
	// GrantsBelow gives the ids of the grants that came with these as optional contents, over all steps.
	GrantsBelow(ctx context.Context, ids []uuid.UUID) ([]uuid.UUID, error)
	// Siblings gives the ids of the grants of other roles of an information system, held by the same account or user.
	Siblings(ctx context.Context, account, role, informationSystem uuid.UUID) ([]uuid.UUID, error)
	// OptionalContents gives the ids of the optional contents of roles.
	OptionalContents(ctx context.Context, roles []uuid.UUID) ([]uuid.UUID, error)
	// OptionalGroupRoles gives, per group, the ids of the optional roles of the group and the groups above it.
	OptionalGroupRoles(ctx context.Context, groups []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error)
	// EndedByLeaving gives the ids of the grants of users that are held for a group, or came with one, to which they belong no more.
	EndedByLeaving(ctx context.Context, users []uuid.UUID) ([]uuid.UUID, error)
	// GrantsOfUsers gives the ids of all grants of the accounts of users.
	GrantsOfUsers(ctx context.Context, users []uuid.UUID) ([]uuid.UUID, error)
	// RuleName gives the name of what yielded a grant of origin rule.
	GrantSource(ctx context.Context, origin uuid.UUID) (string, error)
	// GroupHolder is the parameter soffid.entitlement.group.holder: none, optional or always.
	GroupHolder(ctx context.Context) (string, error)
}

// Opener opens an account for a user in a system, as the system's policy says.
type Opener interface {
	OpenAccount(ctx context.Context, user, system uuid.UUID) (uuid.UUID, error)
}

// NewGrants gives the use cases of grants.
func NewGrants(base Grants, ledger Ledger, s Stores, opener Opener, approver Approver, attributes identity.Checker, now func() time.Time) *Grants {
	base.Type, base.Label = "roleAccount", "grant"
	base.Permissions = object.Permissions{
		Query: authz.GrantQuery, Create: authz.GrantCreate, Update: authz.GrantUpdate, Delete: authz.GrantRevoke,
	}
	rules := &grantRules{ledger: ledger, stores: s, shelf: s.shelf(), opener: opener, approver: approver, attributes: attributes, now: now}
	base.Rules = rules
	rules.grants = &base
	return &base
}

type grantRules struct {
	ledger     Ledger
	stores     Stores
	shelf      shelf
	opener     Opener
	approver   Approver
	attributes identity.Checker
	grants     *Grants
	now        func() time.Time
}

// Key implements object.Rules: grants have a key of ids, which Prepare checks.
func (*grantRules) Key(*Grant) string { return "" }

// consequence marks changes that follow from another one: optional contents, siblings, groups left. They keep the origin their draft
// names and are not asked to go through an approval process.
type consequence struct{}

func asConsequence(ctx context.Context) context.Context {
	return context.WithValue(identity.AsPlatform(ctx), consequence{}, true)
}

// byHand tells whether a change is made by a person rather than by a load, a rule, a process or as a consequence.
func byHand(ctx context.Context) bool {
	if ctx.Value(consequence{}) != nil {
		return false
	}
	switch change.OriginOf(ctx).Kind {
	case change.Person, change.Token, change.Import, change.Script:
		return true
	}
	return false
}

// originOf is the origin that a new grant keeps.
func originOf(ctx context.Context) string {
	switch kind := change.OriginOf(ctx).Kind; kind {
	case change.Token, change.Load, change.Reconciliation, change.Rule, change.Process, change.Script:
		return kind
	default:
		return OriginPerson
	}
}

// batch is what has to be known to judge a batch of grants.
type batch struct {
	accounts map[uuid.UUID]*AccountFact
	roles    map[uuid.UUID]*roleFact
	values   map[uuid.UUID]*ScopeValue
	holders  map[uuid.UUID][]HolderGroup
	held     map[GrantKey]Held
	policy   string // soffid.entitlement.group.holder
}

// Prepare checks grants and revocations.
func (r *grantRules) Prepare(ctx context.Context, edits []*object.Edit[Grant]) error {
	if err := object.Resolve(ctx, r.ledger, edits, object.Reference[Grant]{
		Location: "role", Type: "role", Required: true,
		ID: func(g *Grant) *uuid.UUID { return &g.RoleID }, Name: func(g *Grant) *string { return &g.Role },
	}, object.Reference[Grant]{
		Location: "holderGroup", Type: "group",
		Optional: func(g *Grant) **uuid.UUID { return &g.HolderGroupID }, Name: func(g *Grant) *string { return &g.HolderGroup },
	}); err != nil {
		return err
	}
	b, err := r.look(ctx, edits)
	if err != nil {
		return err
	}
	for _, e := range edits {
		switch {
		case e.Err != nil:
		case e.After == nil:
			err = r.checkRevoke(ctx, e, b)
		case e.Before == nil:
			e.Err = r.checkGrant(ctx, e, b)
		default:
			e.Err, err = r.checkUpdate(ctx, e, b)
		}
		if err != nil {
			return err
		}
	}
	if err := r.noteBelow(ctx, edits); err != nil {
		return err
	}
	if err := r.hold(ctx, edits, b); err != nil {
		return err
	}
	return identity.CheckAttributes(ctx, r.attributes, "roleAccount", edits, func(g *Grant) *object.Attributes { return &g.Attributes })
}

// look reads everything the batch needs, each kind once.
func (r *grantRules) look(ctx context.Context, edits []*object.Edit[Grant]) (*batch, error) {
	var accounts, roles []uuid.UUID
	var scopes []Scope
	for _, e := range edits {
		for _, g := range []*Grant{e.Before, e.After} {
			if g != nil {
				accounts, roles, scopes = append(accounts, g.AccountID), append(roles, g.RoleID), append(scopes, g.Scope)
			}
		}
	}
	b := &batch{}
	var err error
	if b.accounts, err = r.ledger.AccountFacts(ctx, accounts); err != nil {
		return nil, fmt.Errorf("read accounts of grants: %w", err)
	}
	if b.roles, err = r.shelf.facts(ctx, roles); err != nil {
		return nil, err
	}
	if b.values, err = r.shelf.valuesOf(ctx, scopes); err != nil {
		return nil, err
	}
	if b.held, err = r.ledger.HeldKeys(ctx, accounts); err != nil {
		return nil, fmt.Errorf("read grants of accounts: %w", err)
	}
	if b.policy, err = r.ledger.GroupHolder(ctx); err != nil {
		return nil, err
	}
	var users []uuid.UUID
	for _, a := range b.accounts {
		if a.UserID != nil {
			users = append(users, *a.UserID)
		}
	}
	if b.holders, err = r.ledger.HolderGroups(ctx, users); err != nil {
		return nil, fmt.Errorf("read groups of holders: %w", err)
	}
	return b, nil
}

// checkGrant tells what is wrong with a new grant, or nil.
func (r *grantRules) checkGrant(ctx context.Context, e *object.Edit[Grant], b *batch) error {
	g := e.After
	a, role := b.accounts[g.AccountID], b.roles[g.RoleID]
	switch {
	case a == nil:
		return fault.InvalidField("accountId", "There is no such account.")
	case role == nil:
		return fault.InvalidField("role", "There is no such role.")
	case a.gone():
		return fault.New(fault.Conflict, "The account %s was removed from %s. Take it back before granting roles.", a.Name, a.System)
	case a.SystemID != role.SystemID:
		return fault.InvalidField("role", "The role %s is one of %s, the account %s one of %s.", role.Name, role.System, a.Name, a.System)
	case role.ApprovalEnd != nil && !r.now().Before(*role.ApprovalEnd):
		return fault.New(fault.Conflict, "The approval of the role %s ended on %s.", role.Name, role.ApprovalEnd.Format(time.DateOnly))
	}
	if err := guardAdmin(ctx, role.ID); err != nil {
		return err
	}
	if ctx.Value(consequence{}) == nil {
		g.Origin, g.OriginID, g.ParentGrantID = originOf(ctx), nil, nil
		if id := change.OriginOf(ctx).ID; id != uuid.Nil {
			g.OriginID = &id
		}
	}
	if g.State == "" || byHand(ctx) {
		g.State, g.ProcessID = GrantActive, nil
	}
	if asks(ctx, role) {
		g.State = GrantApprovalPending
	}
	g.Account, g.Role, g.System, g.UserID, g.User = a.Name, role.Name, role.System, a.UserID, a.User
	g.ApprovalProcess = role.application.ApprovalProcess
	return r.checkRest(g, b, e.ID)
}

// checkRest checks dates, scope, holder and uniqueness, of new and of changed grants.
func (r *grantRules) checkRest(g *Grant, b *batch, id uuid.UUID) error {
	if g.StartAt != nil && g.EndAt != nil && !g.StartAt.Before(*g.EndAt) {
		return fault.InvalidField("endAt", "The grant must end later than it starts.")
	}
	if err := checkScope(b.roles[g.RoleID], g.Scope, b.values, "scope"); err != nil {
		return err
	}
	key := KeyOfGrant(g)
	other, held := b.held[key]
	if !held || other.ID != id { // a holder that was accepted stays, whatever the parameter says today
		if err := checkHolder(g, b); err != nil {
			return err
		}
	}
	if held && other.ID != id && other.Process != 0 {
		return fault.New(fault.Conflict, "The role %s with the same scope and holder waits for %s already: process %d decides about it.", g.Role, g.Account, other.Process)
	}
	if held && other.ID != id {
		return fault.New(fault.Conflict, "%s holds the role %s with the same scope and holder already.", g.Account, g.Role)
	}
	b.held[key] = Held{ID: id}
	return nil
}

// checkHolder applies the parameter soffid.entitlement.group.holder (guide page 038). Accounts without a user have no groups.
func checkHolder(g *Grant, b *batch) error {
	if g.HolderGroupID == nil {
		if b.policy == "always" && g.UserID != nil && g.Origin != OriginLoad && g.Origin != OriginReconciliation {
			return fault.InvalidField("holderGroup", "Every grant names the group for which it is held: choose one of the user's groups.")
		}
		return nil
	}
	if b.policy == "none" {
		return fault.InvalidField("holderGroup", "Holder groups are switched off (parameter soffid.entitlement.group.holder).")
	}
	if g.UserID == nil {
		return fault.InvalidField("holderGroup", "%s belongs to nobody, so no group holds for it.", g.Account)
	}
	for _, group := range b.holders[*g.UserID] {
		if group.ID != *g.HolderGroupID {
			continue
		}
		if !group.RoleHolder {
			return fault.InvalidField("holderGroup", "%s cannot hold roles: its group type is not a role holder.", group.Name)
		}
		g.HolderGroup = group.Name
		return nil
	}
	return fault.InvalidField("holderGroup", "The user does not belong to this group.")
}

// checkUpdate allows changes of dates, scope, holder, state and attributes; account and role stay.
func (r *grantRules) checkUpdate(ctx context.Context, e *object.Edit[Grant], b *batch) (refusal, err error) {
	g := e.After
	if g.AccountID != e.Before.AccountID || g.RoleID != e.Before.RoleID {
		return fault.InvalidField("role", "A grant stays with its account and role. Revoke it and grant the other role."), nil
	}
	if b.accounts[g.AccountID] == nil || b.roles[g.RoleID] == nil {
		return fault.New(fault.NotFound, "The account or the role of this grant does not exist any more."), nil
	}
	if refusal, err := r.decidedElsewhere(ctx, e, b); refusal != nil || err != nil {
		return refusal, err
	}
	g.ApprovalProcess, g.Process, g.ProcessNumber = e.Before.ApprovalProcess, e.Before.Process, e.Before.ProcessNumber
	g.Origin, g.OriginID, g.ParentGrantID = e.Before.Origin, e.Before.OriginID, e.Before.ParentGrantID
	if g.State == "" || byHand(ctx) {
		g.State, g.ProcessID = e.Before.State, e.Before.ProcessID
	}
	if e.Before.State == GrantApprovalPending && g.State == GrantActive {
		if a := b.accounts[g.AccountID]; a.gone() {
			return fault.New(fault.Conflict, "The account %s was removed from %s in the meantime.", a.Name, a.System), nil
		}
		if id := change.OriginOf(ctx).ID; id != uuid.Nil {
			g.Origin, g.OriginID = originOf(ctx), &id
		}
	}
	return r.checkRest(g, b, e.ID), nil
}

// noteBelow notes who loses the optional contents that fall with revoked grants: the rows go with their parent.
func (r *grantRules) noteBelow(ctx context.Context, edits []*object.Edit[Grant]) error {
	var ids []uuid.UUID
	for _, e := range edits {
		if e.Deleted() && e.Err == nil {
			ids = append(ids, e.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	below, err := r.ledger.GrantsBelow(ctx, ids)
	if err != nil {
		return fmt.Errorf("find grants below: %w", err)
	}
	children, err := r.stores.Grants.Get(ctx, everything, below...)
	if err != nil {
		return fmt.Errorf("read grants below: %w", err)
	}
	for i := range children {
		r.ledger.Regrant(ctx, change.Account, children[i].AccountID)
	}
	return nil
}
