// Package process is the use cases around processes: definitions and their versions, starting, watching and steering processes, and the
// ledger by which the workflow of a process reads and writes the database. What people do with their tasks is in package task.
//
// The database says what is decided, the workflow where a process stands. A use case writes rows and an outbox row in one transaction; the
// workflow takes what was written, goes on, and records where it came to through the [Ledger].
package process
