package process

import (
	"context"
	"maps"
	"slices"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/fault"
)

// Incoming is a message that starts a process.
type Incoming struct {
	Definition string // code
	Name       string // of the message
	// Key is what the sender knows the message by: the same message again starts nothing.
	Key    string
	Values bpm.Values
}

// Receive begins a process by its message start event, or gives the one that the message has begun already. It needs process:start. It returns
// fault.NotFound for a definition that there is not or that does not start by the message, and fault.Invalid for values that are no attributes of
// the process or do not fit.
func (s *Processes) Receive(ctx context.Context, in Incoming) (Process, error) {
	who, err := me(ctx)
	if err != nil {
		return Process{}, err
	}
	if _, err := authz.Check(ctx, authz.ProcessStart); err != nil {
		return Process{}, err
	}
	if in.Key == "" {
		return Process{}, fault.InvalidField("key", "A message needs a key: by it the same message is known when it comes again.")
	}
	var out Process
	err = s.Store.Do(ctx, func(ctx context.Context) error {
		id, known, err := s.Store.Begun(ctx, in.Definition, in.Name, in.Key)
		if err != nil {
			return err
		}
		if !known {
			if out, err = s.receive(ctx, who, in); err != nil {
				return err
			}
			return nil
		}
		out, err = s.Store.Get(ctx, id)
		return err
	})
	return out, err
}

func (s *Processes) receive(ctx context.Context, who authz.Principal, in Incoming) (Process, error) {
	library, err := s.Store.StartableLibrary(ctx, in.Definition)
	if err != nil {
		return Process{}, err
	}
	if !slices.Contains(library.Messages, in.Name) {
		return Process{}, fault.New(fault.NotFound, "The process %s does not start by a message %q.", in.Definition, in.Name)
	}
	values := defaults(library)
	if err := carried(library, in.Values); err != nil {
		return Process{}, err
	}
	maps.Copy(values, in.Values)
	initiator, _, err := s.Store.Person(ctx, who.UserID.String())
	if err != nil {
		return Process{}, err
	}
	if err := introduce(values, initiator); err != nil {
		return Process{}, err
	}
	subject, err := s.subject(ctx, library, values, initiator)
	if err != nil {
		return Process{}, err
	}
	id, err := s.Store.Begin(ctx, New{Code: in.Definition, Initiator: initiator, Subject: subject, Values: values, Given: in.Values, Message: in.Name, Key: in.Key})
	if err != nil {
		return Process{}, err
	}
	out, err := s.Store.Get(ctx, id)
	if err != nil {
		return out, err
	}
	after := map[string]any{"number": out.Number, "definition": in.Definition, "message": in.Name, "key": in.Key, "subject": subject.UserName}
	return out, record(ctx, s.Audit, "start", AuditProcess, id, out.Name, nil, after)
}

// carried checks the values of a message: they have to be variables of the process, and to fit them.
func carried(library *bpm.Library, values bpm.Values) error {
	known := attributesByName(library)
	var c fault.Collector
	for _, name := range sortedNames(values) {
		a := known[name]
		if a == nil || slices.Contains(askers, name) {
			c.Add("values."+name, "The process has no attribute %s that a message may set.", name)
			continue
		}
		if problem := fits(a, values[name]); problem != "" {
			c.Add("values."+name, "%s: %s", viewOf(&bpm.Field{Name: name}, a).Label, problem)
		}
	}
	return c.Err()
}
