// Package cli is the command line of both binaries: one tree of commands, of which the lean binary has everything but the embedded
// Temporal server. The functions main are ten lines; everything else is here and can be called by tests.
//
// Exit codes: 0 done, 1 refused or failed, 2 wrong usage, which includes a setting that is missing. Errors are one sentence on the error
// output; results for programs are JSON on the standard output with --json.
package cli
