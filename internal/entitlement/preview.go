package entitlement

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/query"
)

// HoldingChange is one line of a preview: somebody would get or lose a role.
type HoldingChange struct {
	Action    string     `json:"action"` // grant or revoke
	UserID    *uuid.UUID `json:"userId"`
	User      string     `json:"user"`
	Account   string     `json:"account"`
	RoleID    uuid.UUID  `json:"roleId"`
	Role      string     `json:"role"`
	ScopeName string     `json:"scopeName"`
}

// Previewer computes holdings without keeping them.
type Previewer interface {
	Catalogue
	// PreviewHoldings says what would change for users and accounts if effective roles were computed now.
	PreviewHoldings(ctx context.Context, users, accounts []uuid.UUID) ([]HoldingChange, error)
}

// ContentsPreview says who would get or lose which role if the contents of a role were a draft.
type ContentsPreview struct {
	Gained  int             // roles that somebody would get
	Lost    int             // roles that somebody would lose
	Hidden  int             // of these, how many are not listed: they concern people and roles outside the caller's grant:query
	Changes []HoldingChange // the others, by user
}

// Composer changes what a role contains as a whole, after a look at what that does to people. Who changes a role must see it.
type Composer struct {
	Roles    *Roles
	Contents *Contents
	Users    object.Store[identity.User]
	Holdings Previewer
}

// errTakeBack ends a transaction that only looked.
var errTakeBack = errors.New("take back")

// Preview says who would get or lose which role if the contents of a role were the draft: the staged edits of the page are applied,
// looked at and taken back (guide page 018, Preview changes). It must not be called within a transaction. It returns fault.NotFound for
// a role that the caller may not see, and whatever Set would refuse.
func (c *Composer) Preview(ctx context.Context, role uuid.UUID, draft []Content) (ContentsPreview, error) {
	var changes []HoldingChange
	err := c.Contents.Tx.Do(ctx, func(ctx context.Context) error {
		if err := c.Set(context.WithValue(ctx, preview{}, true), role, draft); err != nil {
			return err
		}
		users, accounts, err := c.Holdings.HoldersOfRoles(ctx, []uuid.UUID{role})
		if err != nil {
			return fmt.Errorf("find holders of role: %w", err)
		}
		if changes, err = c.Holdings.PreviewHoldings(ctx, users, accounts); err != nil {
			return err
		}
		return errTakeBack
	})
	if !errors.Is(err, errTakeBack) {
		return ContentsPreview{}, err
	}
	var found ContentsPreview
	for i := range changes {
		if changes[i].Action == "grant" {
			found.Gained++
		} else {
			found.Lost++
		}
	}
	if found.Changes, err = c.visible(ctx, changes); err != nil {
		return ContentsPreview{}, err
	}
	found.Hidden = len(changes) - len(found.Changes)
	return found, nil
}

// Set makes the contents of a role what a draft says: what the draft does not name is removed. All or nothing.
func (c *Composer) Set(ctx context.Context, role uuid.UUID, draft []Content) error {
	return c.Contents.Tx.Do(ctx, func(ctx context.Context) error {
		if _, err := authz.Check(ctx, authz.RoleUpdate); err != nil {
			return err
		}
		if _, err := c.Roles.Get(ctx, role); err != nil {
			return err
		}
		edits, err := editsTo(ctx, c.Contents.Store, role, draft)
		if err != nil {
			return err
		}
		return c.Contents.Apply(ctx, edits, true)
	})
}

// visible keeps the changes that the caller could see as grants: of the people, or of the roles, that grant:query is limited to.
func (c *Composer) visible(ctx context.Context, changes []HoldingChange) ([]HoldingChange, error) {
	who, _ := authz.From(ctx)
	scope := who.Scope(authz.GrantQuery)
	if scope.All {
		return changes, nil
	}
	var users, roles []uuid.UUID
	for i := range changes {
		roles = append(roles, changes[i].RoleID)
		if changes[i].UserID != nil {
			users = append(users, *changes[i].UserID)
		}
	}
	strangers, err := c.Users.Outside(ctx, authz.Scope{Groups: scope.Groups}, users...)
	if err != nil {
		return nil, fmt.Errorf("find people outside the caller's limits: %w", err)
	}
	foreign, err := c.Roles.Store.Outside(ctx, authz.Scope{InformationSystems: scope.InformationSystems}, roles...)
	if err != nil {
		return nil, fmt.Errorf("find roles outside the caller's limits: %w", err)
	}
	var shown []HoldingChange
	for i := range changes {
		stranger := changes[i].UserID == nil || slices.Contains(strangers, *changes[i].UserID)
		if !stranger || !slices.Contains(foreign, changes[i].RoleID) {
			shown = append(shown, changes[i])
		}
	}
	return shown, nil
}

// editsTo gives the edits that turn the contents of a role into a draft: drafts with an id are updated, those without are added, and
// what the draft does not name is removed.
func editsTo(ctx context.Context, stored object.Store[Content], role uuid.UUID, draft []Content) ([]*object.Edit[Content], error) {
	current := map[uuid.UUID]*Content{}
	condition := query.List{Filter: `roleId eq "` + role.String() + `"`}
	err := stored.Each(ctx, everything, condition, func(c Content) error {
		current[c.ID] = &c
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read contents of role: %w", err)
	}
	var edits []*object.Edit[Content]
	kept := map[uuid.UUID]bool{}
	for i := range draft {
		c := draft[i]
		c.RoleID = role
		if c.ID != uuid.Nil && current[c.ID] == nil {
			return nil, fault.InvalidField(fmt.Sprintf("contents[%d]", i), "The role does not contain this any more. Load it again.")
		}
		kept[c.ID] = true
		edits = append(edits, &object.Edit[Content]{ID: c.ID, Version: c.Version, After: &c})
	}
	for id := range current {
		if !kept[id] {
			edits = append(edits, &object.Edit[Content]{ID: id})
		}
	}
	return edits, nil
}
