package identity

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/fault"
	"provost/internal/object"
	"provost/internal/secret"
)

// Users is the use cases of users.
type Users = object.Service[User, *User]

// People is what the rules of users, groups and memberships ask of the store, besides rows.
type People interface {
	object.Directory
	change.Tracker
	UseCounter
	// MailDomains gives the registered mail domains among these names, lower case, each with whether it is obsolete.
	MailDomainStates(ctx context.Context, names []string) (map[string]bool, error)
	// NameFormat is the parameter soffid.nameformat: how a full name is made of %1$s first, %2$s middle and %3$s last name.
	NameFormat(ctx context.Context) (string, error)
	// UsersOfType gives the ids of the users of a type.
	UsersOfType(ctx context.Context, userType uuid.UUID) ([]uuid.UUID, error)
	// FollowUserTypes gives the single accounts of users the password policy of the user's type.
	FollowUserTypes(ctx context.Context, users []uuid.UUID) error
	// GroupsAbove gives, per group, the ids of all groups above it, the nearest first.
	GroupsAbove(ctx context.Context, groups []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error)
	// BelowGroups gives everybody in the trees below groups, and the groups below them.
	BelowGroups(ctx context.Context, groups []uuid.UUID) (users, below []uuid.UUID, err error)
	// GroupsWithUsers gives the groups to which users belong now, and all above these.
	GroupsWithUsers(ctx context.Context, users []uuid.UUID) ([]uuid.UUID, error)
	// Names gives the names of the objects of a type by id; unknown ids are left out.
	Names(ctx context.Context, objectType string, ids []uuid.UUID) (map[uuid.UUID]string, error)
}

// Follower is told of what happens to users and groups, in the same transaction, because entitlements depend on it.
type Follower interface {
	// Joined says that users became members of groups: the optional roles of these are granted to them.
	Joined(ctx context.Context, joins []Join) error
	// Left says that users may have left groups: grants held for such a group end.
	Left(ctx context.Context, users []uuid.UUID) error
	// Leaving says that users are about to be deleted: what they hold and how they are known in systems is removed first.
	Leaving(ctx context.Context, users []uuid.UUID) error
}

// Join is a user's becoming a member of a group.
type Join struct{ UserID, GroupID uuid.UUID }

// Checker validates custom attributes as the metadata describes them, and normalises their values in place.
type Checker interface {
	Check(ctx context.Context, objectType string, items []*AttributeCheck) error
}

// AttributeCheck is the attributes of one object to be checked; Err receives the finding.
type AttributeCheck struct {
	ID            uuid.UUID
	Before, After object.Attributes
	// Old and New are pointers to the whole object, for the attributes that are its fields; Old is nil for a new object.
	Old, New any
	Created  bool
	Err      error
	// Sealed receives the new values of password attributes by the ids that After names.
	Sealed map[uuid.UUID]secret.Value
}

// NewUsers gives the use cases of users.
func NewUsers(base Users, people People, attributes Checker, follower Follower) *Users {
	base.Type, base.Label = "user", "user"
	base.Permissions = object.Permissions{
		Query: authz.UserQuery, Create: authz.UserCreate, Update: authz.UserUpdate, Delete: authz.UserDelete,
	}
	base.Rules = &userRules{people: people, attributes: attributes, follower: follower}
	return &base
}

type userRules struct {
	people     People
	attributes Checker
	follower   Follower
}

// Key implements object.Rules.
func (*userRules) Key(u *User) string { return u.UserName }

// Prepare resolves type and primary group, derives the full name and checks e-mail domains and custom attributes.
func (r *userRules) Prepare(ctx context.Context, edits []*object.Edit[User]) error {
	err := object.Resolve(ctx, r.people, edits,
		object.Reference[User]{
			Location: "userType", Type: "userType", Required: true,
			ID: func(u *User) *uuid.UUID { return &u.UserTypeID }, Name: func(u *User) *string { return &u.UserType },
		},
		object.Reference[User]{
			Location: "primaryGroup", Type: "group", Required: true,
			ID: func(u *User) *uuid.UUID { return &u.PrimaryGroupID }, Name: func(u *User) *string { return &u.PrimaryGroup },
		})
	if err != nil {
		return err
	}
	format, err := r.people.NameFormat(ctx)
	if err != nil {
		return err
	}
	if leaving := deleted(edits); len(leaving) > 0 {
		if err := touchGroupsOf(ctx, r.people, leaving); err != nil {
			return err
		}
		if err := r.follower.Leaving(ctx, leaving); err != nil {
			return fmt.Errorf("release what users hold: %w", err)
		}
	}
	for _, e := range edits {
		if e.After == nil {
			continue
		}
		u := e.After
		u.UserName, u.Email = strings.TrimSpace(u.UserName), strings.TrimSpace(u.Email)
		u.FullName = FullName(format, u)
		u.Builtin = e.Before != nil && e.Before.Builtin
		KeepBuiltinName(e, "userName", func(u *User) string { return u.UserName })
		if u.Builtin && !u.Active && e.Err == nil {
			e.Err = fault.InvalidField("active", "%s is built in and stays enabled: it is the way back in.", u.UserName)
		}
	}
	if err := r.checkMail(ctx, edits); err != nil {
		return err
	}
	return CheckAttributes(ctx, r.attributes, "user", edits, func(u *User) *object.Attributes { return &u.Attributes })
}

// FullName makes the full name as the format says: %1$s first, %2$s middle, %3$s last name; the default is first, last, middle.
func FullName(format string, u *User) string {
	if format == "" {
		format = "%1$s %3$s %2$s"
	}
	name := strings.NewReplacer("%1$s", u.FirstName, "%2$s", u.MiddleName, "%3$s", u.LastName).Replace(format)
	return strings.Trim(strings.Join(strings.Fields(name), " "), " ,")
}

// checkMail rejects new or changed addresses whose domain is not registered or obsolete. While no domain is registered at all,
// every domain is accepted: an installation that does not keep mail domains is not held up by them.
func (r *userRules) checkMail(ctx context.Context, edits []*object.Edit[User]) error {
	domains := map[string]bool{}
	for _, e := range edits {
		if domain := changedDomain(e); domain != "" {
			domains[domain] = true
		}
	}
	if len(domains) == 0 {
		return nil
	}
	names := make([]string, 0, len(domains))
	for name := range domains {
		names = append(names, name)
	}
	known, err := r.people.MailDomainStates(ctx, names)
	if err != nil {
		return fmt.Errorf("look up mail domains: %w", err)
	}
	if known == nil {
		return nil
	}
	for _, e := range edits {
		domain := changedDomain(e)
		if domain == "" || e.Err != nil {
			continue
		}
		switch obsolete, registered := known[domain]; {
		case !registered:
			e.Err = fault.InvalidField("email", "The mail domain %s is not registered. Register it under Settings, Mail domains.", domain)
		case obsolete:
			e.Err = fault.InvalidField("email", "The mail domain %s is obsolete. Use another address.", domain)
		}
	}
	return nil
}

func changedDomain(e *object.Edit[User]) string {
	if e.After == nil || e.After.Email == "" || (e.Before != nil && e.Before.Email == e.After.Email) {
		return ""
	}
	_, domain, _ := strings.Cut(e.After.Email, "@")
	return strings.ToLower(domain)
}

// Written touches what changed. A change of primary group changes what the user holds.
func (r *userRules) Written(ctx context.Context, edits []*object.Edit[User]) error {
	var joins []Join
	var moved, retyped, renamed, groups []uuid.UUID
	for _, e := range edits {
		if e.Deleted() {
			continue
		}
		r.people.Touch(ctx, change.User, e.ID)
		if !e.Created() && e.Before.UserName != e.After.UserName {
			renamed = append(renamed, e.ID)
		}
		if !e.Created() && e.Before.UserTypeID != e.After.UserTypeID {
			retyped = append(retyped, e.ID)
		}
		if !e.Created() && e.Before.PrimaryGroupID == e.After.PrimaryGroupID {
			continue
		}
		r.people.Regrant(ctx, change.User, e.ID)
		joins, groups = append(joins, Join{UserID: e.ID, GroupID: e.After.PrimaryGroupID}), append(groups, e.After.PrimaryGroupID)
		if !e.Created() {
			moved, groups = append(moved, e.ID), append(groups, e.Before.PrimaryGroupID)
		}
	}
	if err := touchGroupsOf(ctx, r.people, renamed); err != nil {
		return err
	}
	if err := touchUp(ctx, r.people, groups); err != nil {
		return err
	}
	if len(retyped) > 0 {
		if err := r.people.FollowUserTypes(ctx, retyped); err != nil {
			return fmt.Errorf("change password policy of accounts: %w", err)
		}
	}
	return follow(ctx, r.follower, joins, moved)
}

// follow tells the follower of joins first, so that leaving one group for another of the same optional role keeps the role.
func follow(ctx context.Context, f Follower, joins []Join, moved []uuid.UUID) error {
	if len(joins) > 0 {
		if err := f.Joined(ctx, joins); err != nil {
			return fmt.Errorf("grant roles of groups: %w", err)
		}
	}
	if len(moved) > 0 {
		if err := f.Left(ctx, moved); err != nil {
			return fmt.Errorf("end grants of groups: %w", err)
		}
	}
	return nil
}

func deleted[T any](edits []*object.Edit[T]) []uuid.UUID {
	var ids []uuid.UUID
	for _, e := range edits {
		if e.Deleted() && e.Err == nil {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// CheckAttributes runs the checker over the attributes of a batch. It comes last in Prepare: names are ids by then.
func CheckAttributes[T any](ctx context.Context, c Checker, objectType string, edits []*object.Edit[T], of func(*T) *object.Attributes) error {
	items := make([]*AttributeCheck, 0, len(edits))
	owners := make([]*object.Edit[T], 0, len(edits))
	for _, e := range edits {
		if e.After == nil || e.Err != nil {
			continue
		}
		item := &AttributeCheck{ID: e.ID, After: of(e.After).Clone(), New: e.After, Created: e.Before == nil}
		if e.Before != nil {
			item.Before, item.Old = *of(e.Before), e.Before
		}
		items, owners = append(items, item), append(owners, e)
	}
	if err := c.Check(ctx, objectType, items); err != nil {
		return fmt.Errorf("check attributes of %s: %w", objectType, err)
	}
	for i, item := range items {
		*of(owners[i].After) = item.After
		owners[i].Err, owners[i].Sealed = item.Err, item.Sealed
	}
	return nil
}
