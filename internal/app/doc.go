// Package app builds a process of the platform from its settings and ends it in order: database, tenant, secrets, scripts, use cases,
// workflow engine, API, relay and worker. It is the one place that knows how the pieces fit; commands and end-to-end tests use it.
package app

// Tenant is the key of the tenant of an installation that has only one.
const Tenant = "master"
