package process

import (
	"slices"
	"strings"

	"github.com/google/uuid"
)

// PrincipalKind says what a principal is.
type PrincipalKind string

// The kinds of principals.
const (
	UserPrincipal      PrincipalKind = "user"
	GroupPrincipal     PrincipalKind = "group"
	RolePrincipal      PrincipalKind = "role"
	EverybodyPrincipal PrincipalKind = "everybody"
	// HoldersPrincipal names the roles that give a permission. It only stands in references: what is found are those roles.
	HoldersPrincipal PrincipalKind = "auth"
)

// Words that stand for everybody and for no one where principals are named (guide page 052). The second word for everybody comes from
// definitions made elsewhere.
const (
	Everybody      = "*"
	everybodyAlias = "tothom"
	Nobody         = "-nobody-"
)

// Principal is somebody who may do something: a user, the members of a group and of the groups below it, the holders of a role, or everybody.
// It is kept as it is and not expanded, so that whoever joins a group later finds its tasks.
type Principal struct {
	Kind PrincipalKind `json:"kind"`
	// ID of the user, group or role; zero for everybody.
	ID uuid.UUID `json:"id"`
	// Scope limits a role to holders with this group, information system or scope value; nil for any holder.
	Scope *uuid.UUID `json:"scope,omitempty"`
	// Name is how people know it: anna, world, auditor@soffid, cashier/north@shop.
	Name string `json:"name"`
	// Hat is what the principal is compared by with the hats of a person; see the function hats_of of the database.
	Hat uuid.UUID `json:"-"`
}

// Reference is the text that names a principal, taken apart.
type Reference struct {
	Text   string        // as it was written
	Kind   PrincipalKind // empty when only the database knows: a user, else a group, else a role
	Name   string
	Scope  string // of a role
	System string // of a role; empty means the platform's own
}

// ParseReference reads how a principal is named: a user name or the name of a group, user:name, group:name, role:name@system,
// role/scope@system, auth:permission or auth:permission/scope for whoever holds a permission, or * for everybody. ok is false for text that names nobody: it is empty, or -nobody-.
func ParseReference(text string) (r Reference, ok bool) {
	text = strings.TrimSpace(text)
	r.Text, r.Name = text, text
	switch text {
	case "", Nobody:
		return r, false
	case Everybody, everybodyAlias:
		r.Kind = EverybodyPrincipal
		return r, true
	}
	if prefix, rest, found := strings.Cut(text, ":"); found {
		switch kind := PrincipalKind(prefix); kind {
		case UserPrincipal, GroupPrincipal, RolePrincipal:
			r.Kind, r.Name = kind, strings.TrimSpace(rest)
		case HoldersPrincipal:
			r.Kind = kind
			r.Name, r.Scope, _ = strings.Cut(strings.TrimSpace(rest), "/")
			return r, r.Name != ""
		case EverybodyPrincipal:
		}
	}
	at := strings.LastIndex(r.Name, "@")
	if r.Kind == "" && at > 0 {
		r.Kind = RolePrincipal
	}
	if r.Kind != RolePrincipal {
		return r, r.Name != ""
	}
	if at > 0 {
		r.Name, r.System = r.Name[:at], r.Name[at+1:]
	}
	if name, scope, found := strings.Cut(r.Name, "/"); found {
		r.Name, r.Scope = name, scope
	}
	return r, r.Name != ""
}

// References takes lists of principals apart, as definitions write them: separated by commas. Repeated ones count once.
func References(lists ...string) []Reference {
	var out []Reference
	seen := map[string]bool{}
	for _, list := range lists {
		for part := range strings.SplitSeq(list, ",") {
			if r, ok := ParseReference(part); ok && !seen[r.Text] {
				seen[r.Text] = true
				out = append(out, r)
			}
		}
	}
	return out
}

// Among picks, from what references were resolved to by their texts, those that lists name, in their order. unknown are the texts that stand
// for nobody.
func Among(known map[string][]Principal, lists ...string) (found []Principal, unknown []string) {
	for _, r := range References(lists...) {
		if len(known[r.Text]) == 0 {
			unknown = append(unknown, r.Text)
		}
		for _, p := range known[r.Text] {
			// Several permissions may come with one role.
			if r.Kind != HoldersPrincipal || !slices.ContainsFunc(found, func(o Principal) bool { return o.Kind == p.Kind && o.Hat == p.Hat }) {
				found = append(found, p)
			}
		}
	}
	return found, unknown
}
