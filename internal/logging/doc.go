// Package logging sets up the log of a process: one JSON object a line, or a form for
// people, with secrets taken out before anything is written.
//
// Redaction is the last net, not the first: secrets are held as [secret.Value], which
// prints as a mask. The net catches what a library logs on its own.
package logging
