package synctask

import (
	"context"

	"github.com/google/uuid"

	"provost/internal/mapping"
	"provost/internal/provision"
)

// roles wants the state of roles in their own systems. A role that was deleted must not be in any of those that know it.
func (p *planner) roles(ctx context.Context, ids []uuid.UUID) error {
	subjects, err := p.service.Store.RoleSubjects(ctx, ids, p.reads(mapping.TypeRole))
	if err != nil {
		return err
	}
	exist := make(map[uuid.UUID]bool, len(subjects))
	for i := range subjects {
		exist[subjects[i].ID] = true
	}
	items := func(t *target) []item {
		var out []item
		for i := range subjects {
			if subjects[i].SystemID == t.ID {
				out = append(out, item{object: subjects[i].ID, document: provision.RoleDocument(&subjects[i]), absent: never})
			}
		}
		return out
	}
	return p.held(ctx, mapping.TypeRole, without(ids, exist), items)
}

// groups wants the state of groups in every system that maps them. A group that was deleted must not be in any of those that know it.
func (p *planner) groups(ctx context.Context, ids []uuid.UUID) error {
	subjects, err := p.service.Store.GroupSubjects(ctx, ids, p.reads(mapping.TypeGroup))
	if err != nil {
		return err
	}
	exist := make(map[uuid.UUID]bool, len(subjects))
	documents := make([]item, len(subjects))
	for i := range subjects {
		exist[subjects[i].ID] = true
		documents[i] = item{object: subjects[i].ID, document: provision.GroupDocument(&subjects[i]), absent: never}
	}
	return p.held(ctx, mapping.TypeGroup, without(ids, exist), func(*target) []item { return documents })
}

// held wants the state of roles or groups in every system that maps them, and those that are gone out of it.
func (p *planner) held(ctx context.Context, kind mapping.ObjectType, gone []uuid.UUID, items func(*target) []item) error {
	for i := range p.systems {
		t := &p.systems[i]
		classes := t.mapped(kind)
		if t.ReadOnly || len(classes) == 0 {
			continue
		}
		if err := p.want(ctx, t, string(kind), classes, items(t)); err != nil {
			return err
		}
		if len(gone) == 0 || p.preview {
			continue
		}
		var wants []Want
		for _, c := range classes {
			for _, id := range gone {
				wants = append(wants, Want{System: t.ID, Object: id, Class: c.name})
			}
		}
		if err := p.compare(ctx, t, string(kind), wants); err != nil {
			return err
		}
	}
	return nil
}

func never(class) bool { return false }

func without(ids []uuid.UUID, exist map[uuid.UUID]bool) []uuid.UUID {
	var out []uuid.UUID
	for _, id := range ids {
		if !exist[id] {
			out = append(out, id)
		}
	}
	return out
}

// reads tells which attributes the mappings of a type read, in any system that is planned for.
func (p *planner) reads(kinds ...mapping.ObjectType) provision.Reads {
	return func(attribute string) bool {
		for i := range p.systems {
			for _, c := range p.systems[i].mapped(kinds...) {
				if c.mentions(attribute) {
					return true
				}
			}
		}
		return false
	}
}

// addRoleObjects gives grants the roles they grant, if a mapping reads them.
func (p *planner) addRoleObjects(ctx context.Context, held [][]provision.Role, kinds ...mapping.ObjectType) error {
	if !p.reads(kinds...).Any("grantedRoleObject", "ownerAccountObject", "ownerUserObject") {
		return nil
	}
	var ids []uuid.UUID
	for _, roles := range held {
		for i := range roles {
			ids = append(ids, roles[i].ID)
		}
	}
	objects, err := p.service.Store.RoleObjects(ctx, ids)
	if err != nil {
		return err
	}
	for _, roles := range held {
		for i := range roles {
			roles[i].Object = objects[roles[i].ID]
		}
	}
	return nil
}
