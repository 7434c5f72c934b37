package bpm

import _ "embed"

//go:embed idm.json
var moddle []byte

// Moddle gives the descriptor of the extension for designers that are built on moddle (bpmn-js): JSON, with the elements, their attributes, which
// of them are required and what they can be chosen from. It says the same as what Parse accepts.
func Moddle() []byte { return moddle }
