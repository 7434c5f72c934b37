// Package store keeps everything in PostgreSQL. Every access is a transaction of one tenant: it opens with the tenant's search path, so
// that no query carries a tenant column and none can forget it; no pool handle leaves this package. A transaction that touched objects
// (package change) ends with effective roles recomputed and synchronisation tasks and outbox rows written, so there is no change
// without its task and no task without its change.
//
// Object rows go through one generic table type (table.go) driven by the db tags of the domain structs; everything else is SQL in
// queries/*.sql, typed by sqlc into package db.
package store
