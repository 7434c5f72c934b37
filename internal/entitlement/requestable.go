package entitlement

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"provost/internal/fault"
)

// Requestable tells why a role cannot be asked for in processes, to be granted or revoked: nil where the role and its information system are
// both open to processes (guide pages 017 and 018, BPM enabled).
func Requestable(role *Role, of *InformationSystem) error {
	switch {
	case of == nil || !of.BPMEnabled:
		return fault.New(fault.Denied, "%s cannot be asked for: its information system %s is not available in processes.", role.Title(), role.InformationSystem)
	case !role.BPMEnabled:
		return fault.New(fault.Denied, "%s cannot be asked for: the role is not available in processes.", role.Title())
	}
	return nil
}

// Refusals says in a sentence why roles, named name@system, cannot be asked for in processes. Those that can be are left out.
func (d *Desk) Refusals(ctx context.Context, roles []string) (map[string]string, error) {
	keys := make([]string, len(roles))
	for i, name := range roles {
		at := strings.LastIndex(name, "@")
		keys[i] = name[at+1:] + `\` + name[:max(at, 0)]
	}
	shelf := d.rules.shelf
	found, err := shelf.roles.Named(ctx, keys...)
	if err != nil {
		return nil, fmt.Errorf("look roles up: %w", err)
	}
	known := make(map[string]*Role, len(found))
	for i := range found {
		known[strings.ToLower(found[i].Title())] = &found[i]
	}
	applications, err := shelf.applicationsOf(ctx, maps.Values(known))
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, name := range roles {
		role := known[strings.ToLower(name)]
		if role == nil {
			out[name] = fmt.Sprintf("There is no role %q.", name)
		} else if err := Requestable(role, applications[role.InformationSystemID]); err != nil {
			out[name] = err.Error()
		}
	}
	return out, nil
}
