// Package api is the HTTP interface of the platform: the REST resources under /api/v1 described by /openapi.json, the console's files, and
// the read-only window on Temporal. Handlers translate between HTTP and the domain services and hold no rules of their own: what may be
// done, by whom and to what is decided by the services, so that REST, imports, scripts and activities cannot differ.
package api
