package provision

import (
	"provost/internal/entitlement"
	"provost/internal/identity"
)

// RoleDocument is the role object with what belongs to it (guide page 086). Its grants are given as in a grantedRole mapping: the role
// that is granted, and the one that it is granted to.
func RoleDocument(s *RoleSubject) Document {
	doc := roleObject(&s.Role)
	direct, all := []any{}, []any{}
	directNames, allNames := []any{}, []any{}
	for i := range s.Holders {
		h := &s.Holders[i]
		var holder []any
		if h.Account != nil {
			holder = []any{accountObject(h.Account, h.User)}
		}
		all, allNames = append(all, holder...), append(allNames, h.Name)
		if h.Direct {
			direct, directNames = append(direct, holder...), append(directNames, h.Name)
		}
	}
	doc["grantedAccounts"], doc["allGrantedAccounts"] = direct, all
	doc["grantedAccountNames"], doc["allGrantedAccountNames"] = directNames, allNames
	doc["ownedRoles"], doc["ownerRoles"] = contents(s.Contained), contents(s.Containing)
	groups := []any{}
	for i := range s.Groups {
		groups = append(groups, groupObject(&s.Groups[i]))
	}
	doc["ownerGroups"] = groups
	return doc
}

func roleObject(r *entitlement.Role) Document {
	return Document{
		"roleId": r.ID.String(), "name": r.Name, "system": r.System, "application": r.InformationSystem, "category": r.Category,
		"description": r.Description, "passwordProtected": r.PasswordProtected, "wfmanaged": r.BPMEnabled, "domain": r.ScopeDomain,
		"attributes": r.Attributes.Readable(),
	}
}

func contents(links []RoleLink) []any {
	out := []any{}
	for i := range links {
		link := linkObject(&links[i])
		link["ownerRoleId"], link["ownerRoleName"], link["ownerSystem"] = links[i].OwnerID.String(), links[i].Owner, links[i].OwnerSystem
		out = append(out, link)
	}
	return out
}

func linkObject(l *RoleLink) Document {
	return Document{
		"id": l.ID.String(), "grantedRole": l.Role, "grantedRoleId": l.RoleID.String(), "grantedRoleSystem": l.System,
		"domainValue": l.Scope, "mandatory": l.Mandatory,
	}
}

// GroupDocument is the group object with what belongs to it (guide page 086).
func GroupDocument(s *GroupSubject) Document {
	doc := groupObject(&s.Group)
	direct, all := []any{}, []any{}
	directNames, allNames := []any{}, []any{}
	for i := range s.Members {
		m := &s.Members[i]
		var member []any
		if m.User != nil {
			member = []any{person(m.User)}
		}
		all, allNames = append(all, member...), append(allNames, m.Name)
		if m.Direct {
			direct, directNames = append(direct, member...), append(directNames, m.Name)
		}
	}
	doc["users"], doc["allUsers"], doc["userNames"], doc["allUserNames"] = direct, all, directNames, allNames
	roles, names := []any{}, []any{}
	for i := range s.Roles {
		link := linkObject(&s.Roles[i])
		link["ownerGroup"] = s.Name
		roles, names = append(roles, link), append(names, s.Roles[i].Role)
	}
	doc["grantedRoles"], doc["grantedRoleNames"] = roles, names
	return doc
}

// groupObject is what a group object says of the group alone. Accounting information is a custom attribute of that name.
func groupObject(g *identity.Group) Document {
	accounting, _ := g.Attributes["accountingGroup"].(string)
	return Document{
		"groupId": g.ID.String(), "name": g.Name, "description": g.Description, "parent": g.Parent, "type": g.GroupType,
		"server": g.DriveServer, "driveLetter": g.DriveLetter, "disabled": g.Disabled, "accountingGroup": accounting,
		"attributes": g.Attributes.Readable(),
	}
}
