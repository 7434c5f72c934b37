// Package bpm is the process language: BPMN 2.0 with an extension for identity governance, read, checked, compiled and run, without a
// database, a clock or Temporal.
//
// A definition goes through it like this:
//
//	XML ─ Parse ─► Definition ─ Check ─► findings
//	                   │
//	                   └─ Compile ─► Plan (small, versioned, what a running process needs) and Library (scripts, forms, mails)
//
// A running process is a State. Step takes the plan, the state and an event, and gives the commands that the engine performs: evaluate
// these scripts, open this task, start this timer. What they come to returns as the next event:
//
//	state + event ─ Step ─► state + commands
//
// An Evaluate is answered before anything else happens; all other answers may come late, twice or never. What goes wrong in a definition is an
// Alarm: the token waits for an operator, and the others go on.
//
// Everything here is a pure function of its input. The state is JSON: it can be written down after any step and read again, and nothing
// changes by it.
package bpm
