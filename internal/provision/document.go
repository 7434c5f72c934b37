package provision

import (
	"strings"
	"time"

	"provost/internal/account"
	"provost/internal/identity"
)

// Document is an object as mappings and scripts see it, under the attribute names of the guide (page 086).
type Document = map[string]any

// UserDocument is the user object for one account of a user.
func UserDocument(s *Subject, a *account.Account) Document {
	doc := person(&s.User)
	groups := make([]any, 0, len(s.Groups))
	for i := range s.Groups {
		g := &s.Groups[i]
		if g.Primary {
			doc["primaryGroupObject"] = groupObject(&g.Group)
		}
		if g.Direct {
			groups = append(groups, groupObject(&g.Group))
		}
	}
	doc["secondaryGroups"] = groups
	addAccount(doc, a)
	addRoles(doc, rolesOf(s.Roles, a), a, &s.User, s.directGroupNames(), s.groupNames())
	return doc
}

// person is what a user object says of the user alone.
func person(u *identity.User) Document {
	short, domain, _ := strings.Cut(u.Email, "@")
	return Document{
		"id": u.ID.String(), "userName": u.UserName, "firstName": u.FirstName, "lastName": u.LastName, "lastName2": u.MiddleName,
		"middleName": u.MiddleName, "fullName": u.FullName, "active": u.Active, "userType": u.UserType, "primaryGroup": u.PrimaryGroup,
		"emailAddress": u.Email, "shortName": short, "mailDomain": domain, "mailAlias": u.MailAlias, "mailServer": u.MailServer,
		"homeServer": u.HomeServer, "profileServer": u.ProfileServer, "phone": u.Phone, "comments": u.Comments,
		"multiSession": u.MultiSession, "createdOn": u.CreatedAt, "createdBy": u.CreatedBy, "modifiedOn": u.UpdatedAt,
		"modifiedBy": u.UpdatedBy, "attributes": u.Attributes.Readable(), "userAttributes": u.Attributes.Readable(),
	}
}

// AccountDocument is the account object for an account without user.
func AccountDocument(h *Holder) Document {
	doc := Document{"attributes": h.Account.Attributes.Readable()}
	addAccount(doc, &h.Account)
	addRoles(doc, h.Roles, &h.Account, nil, nil, nil)
	principals := map[string][]any{}
	for i := range h.Access {
		for suffix, name := range map[string]string{"Users": h.Access[i].User, "Groups": h.Access[i].Group, "Roles": h.Access[i].Role} {
			if level := accessNames[h.Access[i].Level]; name != "" && level != "" {
				principals[level+suffix] = append(principals[level+suffix], name)
			}
		}
	}
	for name, list := range principals {
		doc[name] = list
	}
	return doc
}

// accessNames are the guide's words for the levels of access. Who may only reserve an account has no access to it.
var accessNames = map[string]string{"owner": "owner", "manager": "manager", "sso": "grantee"}

// accountTypes are the guide's letters for the types of account.
var accountTypes = map[string]string{account.Single: "U", account.Shared: "S", account.Privileged: "P", account.Unmanaged: "I"}

func addAccount(doc Document, a *account.Account) {
	doc["accountId"] = a.ID.String()
	doc["accountName"] = a.Name
	doc["system"] = a.System
	doc["loginName"] = a.LoginName
	doc["accountDescription"] = a.Description
	doc["accountDisabled"] = !account.Usable(a.Status)
	doc["accountStatus"] = a.Status
	doc["accountAttributes"] = a.Attributes.Readable()
	doc["passwordPolicy"] = a.UserType
	doc["type"] = accountTypes[a.Type]
	doc["lastLogin"] = moment(a.LastLogin)
	doc["lastUpdate"] = a.UpdatedAt
	doc["lastPasswordUpdate"] = moment(a.LastPasswordSet)
	doc["passwordExpiration"] = moment(a.PasswordExpires)
}

func moment(t *time.Time) any {
	if t == nil {
		return nil
	}
	return *t
}

func addRoles(doc Document, roles []Role, a *account.Account, u *identity.User, directGroups, groups []any) {
	direct, all := []any{}, []any{}
	granted, allGranted := append([]any{}, directGroups...), append([]any{}, groups...)
	for i := range roles {
		r := &roles[i]
		grant := grantObject(r, a, u)
		all, allGranted = append(all, grant), append(allGranted, r.Name)
		if r.Direct {
			direct, granted = append(direct, grant), append(granted, r.Name)
		}
	}
	doc["grantedRoles"], doc["allGrantedRoles"] = direct, all
	doc["granted"], doc["allGranted"] = granted, allGranted
}

// grantObject is the grant by which an account, of a user or of nobody, holds a role. The objects it joins are given where a mapping
// reads the role's: they say of themselves only, so that no object contains itself.
func grantObject(r *Role, a *account.Account, u *identity.User) Document {
	grant := Document{
		"id": r.GrantID, "grantedRole": r.Name, "grantedRoleId": r.ID.String(), "grantedRoleSystem": r.System, "domainValue": r.Scope,
		"holderGroup": r.Holder, "ownerAccount": a.Name, "ownerSystem": a.System, "ownerGroup": r.OwnerGroup,
	}
	if u != nil {
		grant["ownerUser"] = u.UserName
	}
	if r.OwnerRoleID != nil {
		grant["ownerRoleId"], grant["ownerRoleName"], grant["ownerSystem"] = r.OwnerRoleID.String(), r.OwnerRole, r.OwnerRoleSystem
	}
	if r.Object == nil {
		return grant
	}
	grant["grantedRoleObject"], grant["ownerAccountObject"] = roleObject(r.Object), accountObject(a, u)
	if u != nil {
		grant["ownerUserObject"] = person(u)
	}
	return grant
}

// accountObject is an account with its user, without what it holds.
func accountObject(a *account.Account, u *identity.User) Document {
	doc := Document{"attributes": a.Attributes.Readable()}
	if u != nil {
		doc = person(u)
	}
	addAccount(doc, a)
	return doc
}

func rolesOf(roles []Role, a *account.Account) []Role {
	var out []Role
	for _, r := range roles {
		if r.SystemID == a.SystemID && (r.AccountID == nil || *r.AccountID == a.ID) {
			out = append(out, r)
		}
	}
	return out
}

func (s *Subject) directGroupNames() []any {
	var out []any
	for i := range s.Groups {
		if s.Groups[i].Direct {
			out = append(out, s.Groups[i].Name)
		}
	}
	return out
}

func (s *Subject) groupNames() []any {
	var out []any
	for i := range s.Groups {
		out = append(out, s.Groups[i].Name)
	}
	return out
}
