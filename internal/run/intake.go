package run

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"provost/internal/change"
	"provost/internal/entitlement"
	"provost/internal/object"
)

// Kinds of links between listed objects; also the object types under which a change list names them.
const (
	linkMembership = "membership" // a user belongs to a group
	linkGrant      = "grant"      // an account holds a role
)

// StagedLink is one membership or grant as the system listed it. Owner is a name, or the address of an account.
type StagedLink struct {
	Seq       int64
	Kind      string
	Owner     string
	Target    string
	Scope     string
	Effective bool // what is held through other roles is listed too
}

// Listing is what an export covered.
type Listing struct {
	// Types are the object types of which there were classes to list, and the kinds of links that the mappings bring.
	Types []string `json:"types,omitempty"`
	// AllLinks are the kinds of links of which every single one was listed as an object of its own.
	AllLinks []string `json:"allLinks,omitempty"`
	// Effective says that grants were listed with what is held through other roles and groups.
	Effective bool `json:"effective,omitempty"`
	// Partial says that only what changed since a token was listed: nothing may be taken for missing.
	Partial bool `json:"partial,omitempty"`
	// Tokens say where a later differential listing may go on, by what they are kept under.
	Tokens map[string]string `json:"tokens,omitempty"`
}

// Covers reports whether objects, or links, of a type were listed.
func (l Listing) Covers(objectType string) bool { return slices.Contains(l.Types, objectType) }

// covering gives the listing with a type added.
func (l Listing) covering(objectType string) Listing {
	if !l.Covers(objectType) {
		l.Types = append(l.Types, objectType)
	}
	return l
}

// All reports whether every link of a kind was listed as an object of its own, by a listing that was complete.
func (l Listing) All(kind string) bool { return !l.Partial && slices.Contains(l.AllLinks, kind) }

// Intake is what the inbound side asks of the staging tables.
type Intake interface {
	object.Directory
	AddLinks(ctx context.Context, id uuid.UUID, links []StagedLink) error
	// Arrange makes a complete listing ready to be compared: keys that occur twice are marked as unidentified, groups get their place in
	// the tree and circles a problem, owners of links are resolved, and roles that only links name are staged.
	Arrange(ctx context.Context, r Run) error
	KeepListing(ctx context.Context, id uuid.UUID, l Listing) error
	// Tokens gives where differential listings of a system go on; KeepTokens notes new ones beside them.
	Tokens(ctx context.Context, system uuid.UUID) (map[string]string, error)
	KeepTokens(ctx context.Context, system uuid.UUID, tokens map[string]string) error
	// Staged counts, per type the listing covers, what was listed, known and unidentified.
	Staged(ctx context.Context, r Run) ([]Extent, error)

	// MissingGroups gives the groups of a system's zone that its listing does not name, the deepest first.
	MissingGroups(ctx context.Context, r Run) ([]uuid.UUID, error)
	// NewMemberships gives the next listed memberships that we do not have, and EndedMemberships those of the system's zone that it no
	// longer lists.
	NewMemberships(ctx context.Context, r Run, after int64, limit int) ([]NewMembership, error)
	EndedMemberships(ctx context.Context, r Run, after uuid.UUID, limit int) ([]EndedMembership, error)

	// RolesAt gives the roles of a system by external id or name.
	RolesAt(ctx context.Context, system uuid.UUID, externalIDs, names []string) ([]entitlement.Role, error)
	// MissingRoles gives the roles of a system that its listing does not name, with whether people here use them.
	MissingRoles(ctx context.Context, r Run, follows bool) (map[uuid.UUID]bool, error)
	// AppliedRoles gives the states we applied to roles of a system, by role.
	AppliedRoles(ctx context.Context, system uuid.UUID, roles []uuid.UUID) (map[uuid.UUID][]Applied, error)
	// NewGrants gives the next listed grants that we do not know of.
	NewGrants(ctx context.Context, r Run, after int64, limit int) ([]NewGrant, error)
	// EndedGrants gives the next direct grants that the system, as far as it was listed, does not have, and EndedRoles what accounts hold
	// through roles and groups only. Where we write, grants that a task concerns are on their way and left out; a system that is followed
	// is never written.
	EndedGrants(ctx context.Context, r Run, follows bool, after uuid.UUID, limit int) ([]EndedGrant, error)
	EndedRoles(ctx context.Context, r Run, follows bool, after int64, limit int) ([]EndedRole, error)
	// Granted gives, for the next applied grants and revocations of a run, the objects that have to reach their systems. A last of zero
	// says that there are no more.
	Granted(ctx context.Context, r Run, after int64, limit int) (last int64, touched map[change.Kind][]uuid.UUID, err error)
}

// NewMembership is a listed membership that we do not have. Source is the system in charge of the user, if there is one.
type NewMembership struct {
	Seq                   int64
	User, Group           string
	UserKnown, GroupKnown bool
	Source                *uuid.UUID
}

// EndedMembership is a membership that its source no longer lists.
type EndedMembership struct {
	ID          uuid.UUID
	User, Group string
}

// NewGrant is a listed grant that we do not know of.
type NewGrant struct {
	Seq         int64
	Account     string
	AccountType string
	Role        string
	Scope       string
	// RoleKnown says that the role is ours already and not found by this run.
	RoleKnown bool
	// Problem says why the owner cannot be found.
	Problem string
	// Busy says that a task that concerns the grant is still on its way.
	Busy bool
}

// EndedGrant is a direct grant that the system does not list. Revocable ones depend on no rule, role or group.
type EndedGrant struct {
	ID          uuid.UUID
	Account     string
	AccountType string
	Role        string
	Scope       string
	Origin      string
	Revocable   bool
}

// EndedRole is a role that an account holds here through another role or a group, and that the system does not list.
type EndedRole struct {
	ID            int64
	Account, Role string
	Scope         string
	Via           string
}
