// Package player plays a process definition through the real workflow, in an environment that skips time: scripts run, people are played
// by the acts that the caller gives, and what would change the world is written down instead. It links the test environment of the
// engine's library, so only the full binary has it.
package player
