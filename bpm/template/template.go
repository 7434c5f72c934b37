// Package template holds the processes that designers begin with: one for each type, checked, and drawn.
package template

import (
	"embed"

	"provost/bpm"
)

// Template is a process to begin with.
type Template struct {
	Kind   bpm.Kind
	Name   string // for people, as the process is called
	Source []byte // BPMN 2.0 with diagram
}

//go:embed *.bpmn
var files embed.FS

// kinds are in the order in which designers choose.
var kinds = []bpm.Kind{bpm.UserManagement, bpm.PermissionsManagement, bpm.PermissionsRequest, bpm.AccountReservation, bpm.Delegation}

// All lists the templates, one for each kind.
func All() []Template {
	all := make([]Template, 0, len(kinds))
	for _, kind := range kinds {
		source, err := files.ReadFile(string(kind) + ".bpmn")
		if err != nil {
			continue // a test proves that every kind has one
		}
		definition, _ := bpm.Parse(source)
		all = append(all, Template{Kind: kind, Name: definition.Name, Source: source})
	}
	return all
}

// Of gives the template of a kind; ok is false when there is no such kind.
func Of(kind bpm.Kind) (template Template, ok bool) {
	for _, t := range All() {
		if t.Kind == kind {
			return t, true
		}
	}
	return Template{}, false
}
