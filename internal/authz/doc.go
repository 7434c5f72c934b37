// Package authz says who may do what: the catalogue of permissions, the grants a
// principal holds, and the question "may they, and on which objects?".
//
// Permissions are given to roles and roles to people, never permissions to people
// directly (guide page 053). A permission may imply others, and a grant of it may be
// limited to groups or to information systems. The domain services ask here before they
// open their transaction; lists turn the answer of [Principal.Scope] into an SQL
// predicate, so that a limit never becomes a filter over rows already read.
//
// The package is pure: it reads no database, and the grants of a principal are loaded
// afresh for every request, so that a change is effective at once.
package authz
