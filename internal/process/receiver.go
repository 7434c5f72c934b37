package process

import (
	"context"
	"slices"

	"provost/bpm"
	"provost/internal/authz"
)

// Receiver is an enabled definition that messages start.
type Receiver struct {
	CatalogueEntry
	Messages   []string        // names
	Attributes []bpm.Attribute // of its processes
}

// StartMessage is a message that starts a process.
type StartMessage struct {
	CatalogueEntry
	Message string      `json:"message" doc:"Its name"`
	Fields  []FieldView `json:"fields" doc:"What it may carry: the attributes of the process, none of which has to be there"`
}

// StartMessages gives the messages that start processes, by the folder and name of their definitions. It needs process:start, and no place among the
// initiators: a process that a message starts has none.
func (s *Processes) StartMessages(ctx context.Context) ([]StartMessage, error) {
	if _, err := authz.Check(ctx, authz.ProcessStart); err != nil {
		return nil, err
	}
	receivers, err := s.Store.Receivers(ctx)
	if err != nil {
		return nil, err
	}
	out := []StartMessage{}
	for i := range receivers {
		r := &receivers[i]
		fields := carriedBy(r.Attributes)
		for _, name := range r.Messages {
			out = append(out, StartMessage{CatalogueEntry: r.CatalogueEntry, Message: name, Fields: fields})
		}
	}
	return out, nil
}

// carriedBy describes the attributes that a message may set.
func carriedBy(attributes []bpm.Attribute) []FieldView {
	fields := []FieldView{}
	for i := range attributes {
		a := &attributes[i]
		if !slices.Contains(askers, a.Name) {
			fields = append(fields, viewOf(&bpm.Field{Name: a.Name}, a))
		}
	}
	return fields
}
