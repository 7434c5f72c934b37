package run

import (
	"strings"

	"provost/internal/identity"
)

// groupFields are the attributes of the guide's group object (page 086) that a load may bring, with where they go.
var groupFields = map[string]func(*identity.Group) *string{
	"name": func(g *identity.Group) *string { return &g.Name }, "description": func(g *identity.Group) *string { return &g.Description },
	"parent": func(g *identity.Group) *string { return &g.Parent }, "type": func(g *identity.Group) *string { return &g.GroupType },
	"server": func(g *identity.Group) *string { return &g.DriveServer }, "driveLetter": func(g *identity.Group) *string { return &g.DriveLetter },
}

// normaliseGroup makes the parent of a listed group a plain text, by which the tree is put in order. Sources write a root as its own
// parent, or with none; both hang below world here, the only root (guide 015).
func normaliseGroup(mapped map[string]any) {
	value, ok := mapped["parent"]
	if !ok {
		return
	}
	parent := text(value)
	if parent == "" || strings.EqualFold(parent, text(mapped["name"])) {
		parent = "world"
	}
	mapped["parent"] = parent
}

// mergeGroup writes mapped attributes over a group. Attributes that are not mapped keep their values.
func mergeGroup(g *identity.Group, mapped map[string]any) {
	for name, value := range mapped {
		if field := groupFields[name]; field != nil && (name != "parent" || g.ID != identity.World) {
			*field(g) = text(value)
		}
	}
	for _, name := range []string{"disabled", "obsolete"} {
		if value, ok := mapped[name]; ok {
			g.Disabled = truth(value)
		}
	}
	g.Attributes = mergeAttributes(g.Attributes, mapped)
}

// groupState is what is compared and shown of a group, under the guide's names.
func groupState(g *identity.Group) map[string]any {
	state := map[string]any{"disabled": g.Disabled}
	for name, field := range groupFields {
		state[name] = *field(g)
	}
	for name, value := range g.Attributes {
		state["attributes."+name] = value
	}
	return state
}

// newGroup is what a group is before its source says anything.
func newGroup() identity.Group { return identity.Group{Parent: "world"} }
