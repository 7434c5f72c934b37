package entitlement

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/fault"
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

// errTakeBack ends a transaction that only looked.
var errTakeBack = errors.New("take back")

// PreviewContents says who would get or lose which role if the contents of a role were the draft: the staged edits of the page are
// applied, looked at and taken back (guide page 018, Preview changes). It must not be called within a transaction.
func PreviewContents(ctx context.Context, p Previewer, contents *Contents, stored object.Store[Content], role uuid.UUID, draft []Content) ([]HoldingChange, error) {
	if _, err := authz.Check(ctx, authz.RoleUpdate); err != nil {
		return nil, err
	}
	var changes []HoldingChange
	err := contents.Tx.Do(ctx, func(ctx context.Context) error {
		edits, err := EditsTo(ctx, stored, role, draft)
		if err != nil {
			return err
		}
		if err := contents.Apply(ctx, edits, true); err != nil {
			return err
		}
		users, accounts, err := p.HoldersOfRoles(ctx, []uuid.UUID{role})
		if err != nil {
			return fmt.Errorf("find holders of role: %w", err)
		}
		if changes, err = p.PreviewHoldings(ctx, users, accounts); err != nil {
			return err
		}
		return errTakeBack
	})
	if !errors.Is(err, errTakeBack) {
		return nil, err
	}
	if changes == nil {
		changes = []HoldingChange{}
	}
	return changes, nil
}

// EditsTo gives the edits that turn the contents of a role into a draft: drafts with an id are updated, those without are added, and
// what the draft does not name is removed.
func EditsTo(ctx context.Context, stored object.Store[Content], role uuid.UUID, draft []Content) ([]*object.Edit[Content], error) {
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
