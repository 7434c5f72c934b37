package monitor

import (
	"context"
	"reflect"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/mapping"
	"provost/internal/synctask"
)

// MappingImport is what an import of mappings does: it replaces all, so what is deleted is shown first (guide page 045).
type MappingImport struct {
	DryRun    bool          `json:"dryRun" doc:"Nothing was written"`
	Deleted   []MappingLine `json:"deleted" doc:"Mappings of the system that the file does not hold"`
	Added     []MappingLine `json:"added"`
	Changed   []MappingLine `json:"changed" doc:"Mappings that both hold, with different content"`
	Unchanged []MappingLine `json:"unchanged"`
	Version   int64         `json:"version" doc:"Version of the system afterwards"`
}

// MappingLine names a mapping.
type MappingLine struct {
	SystemObject string `json:"systemObject"`
	ObjectType   string `json:"objectType"`
	Rows         int    `json:"rows"`
}

// ExportMappings gives the mappings of a system as XML, with the system's name.
func (s *Service) ExportMappings(ctx context.Context, system uuid.UUID) (xml []byte, name string, err error) {
	found, err := s.Systems.Get(ctx, system)
	if err != nil {
		return nil, "", err
	}
	return mapping.Export(found.Mappings), found.Key, nil
}

// ImportMappings replaces the mappings of a system by those of an export, or says with dryRun what that would delete, add and change.
// version is the one that the caller saw; zero: whatever there is.
func (s *Service) ImportMappings(ctx context.Context, system uuid.UUID, version int64, xml []byte, dryRun bool) (MappingImport, error) {
	found, err := reach(ctx, s.Systems, authz.SystemUpdate, system)
	if err != nil {
		return MappingImport{}, err
	}
	mappings, err := mapping.Import(xml)
	if err != nil {
		return MappingImport{}, fault.Wrap(fault.Invalid, err, "The file cannot be used: %s", sentence(err))
	}
	out := difference(found.Mappings, mappings)
	out.DryRun, out.Version = dryRun, found.Version
	if dryRun {
		return out, nil
	}
	if version == 0 {
		version = found.Version
	}
	found.Mappings = mappings
	saved, err := s.Systems.Update(ctx, system, version, found)
	out.Version = saved.Version
	return out, err
}

// difference tells mappings apart by the names that their target states are kept by.
func difference(before, after []mapping.ObjectMapping) MappingImport {
	out := MappingImport{Deleted: []MappingLine{}, Added: []MappingLine{}, Changed: []MappingLine{}, Unchanged: []MappingLine{}}
	old, names := byClass(before)
	now, order := byClass(after)
	for _, name := range order {
		m, known := now[name], old[name]
		switch {
		case known == nil:
			out.Added = append(out.Added, line(m))
		case reflect.DeepEqual(normal(*known), normal(*m)):
			out.Unchanged = append(out.Unchanged, line(m))
		default:
			out.Changed = append(out.Changed, line(m))
		}
	}
	for _, name := range names {
		if now[name] == nil {
			out.Deleted = append(out.Deleted, line(old[name]))
		}
	}
	return out
}

// byClass gives mappings by the name of their class, and the names in order.
func byClass(mappings []mapping.ObjectMapping) (known map[string]*mapping.ObjectMapping, names []string) {
	names = synctask.ClassNames(mappings)
	known = make(map[string]*mapping.ObjectMapping, len(names))
	for i := range mappings {
		known[names[i]] = &mappings[i]
	}
	return known, names
}

func line(m *mapping.ObjectMapping) MappingLine {
	return MappingLine{SystemObject: m.SystemObject, ObjectType: string(m.ObjectType), Rows: len(m.Rows)}
}

// normal makes nothing and an empty list the same.
func normal(m mapping.ObjectMapping) mapping.ObjectMapping {
	if len(m.Properties) == 0 {
		m.Properties = nil
	}
	if len(m.Rows) == 0 {
		m.Rows = nil
	}
	if len(m.Triggers) == 0 {
		m.Triggers = nil
	}
	return m
}
