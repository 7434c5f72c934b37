package monitor

import (
	"context"
	"time"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/audit"
	"provost/internal/connector"
	"provost/internal/fault"
)

// ConnectionDraft is the parameters of an agent as somebody is editing them.
type ConnectionDraft struct {
	Parameters map[string]string `json:"parameters" doc:"All parameters, in place of those saved; a secret that is *** keeps its saved value, as in an update"`
}

// TestDraft is TestConnection with parameters that are not saved. Nothing is kept of them but an entry in the trail: whoever may change
// the host of an agent may have its saved password sent there, and that shall not go unseen. It returns fault.Invalid for parameters
// that the connector refuses, located as in a System.
func (s *Service) TestDraft(ctx context.Context, system uuid.UUID, draft ConnectionDraft) (ConnectionTest, error) {
	found, err := s.configured(ctx, system)
	if err != nil {
		return ConnectionTest{}, err
	}
	if s.Pool == nil {
		return ConnectionTest{}, noConnections()
	}
	kind, err := s.Connectors.Kind(found.Connector)
	if err != nil {
		return ConnectionTest{}, fault.Wrap(fault.Conflict, err, "The connector %q of %s is not installed.", found.Connector, found.Name)
	}
	if err := checkDraft(&kind, settled(&kind, found.Parameters, draft.Parameters)); err != nil {
		return ConnectionTest{}, err
	}
	if err := s.recordDraft(ctx, &found, &kind, draft.Parameters); err != nil {
		return ConnectionTest{}, err
	}
	ctx, cancel := limited(ctx, &found)
	defer cancel()
	start := time.Now()
	opened, err := s.Pool.Try(ctx, system, func(stored map[string]string) map[string]string {
		return settled(&kind, stored, draft.Parameters)
	})
	if err == nil {
		err = opened.Test(ctx)
		_ = opened.Close()
	}
	return tested(start, err)
}

// settled gives the parameters that a draft means: kept secrets as they are stored, nothing for what is empty.
func settled(kind *connector.Kind, stored, draft map[string]string) map[string]string {
	out := make(map[string]string, len(draft))
	for name, value := range draft {
		if value == account.Mask && kind.Secret(name) {
			value = stored[name]
		}
		if value != "" {
			out[name] = value
		}
	}
	return out
}

func checkDraft(kind *connector.Kind, parameters map[string]string) error {
	var c fault.Collector
	for _, f := range connector.Validate(*kind, parameters) {
		c.Add("parameters."+f.Parameter, "%s", f.Message)
	}
	return c.Err()
}

// recordDraft writes what was tried into the trail, secrets masked; what is as saved says nothing.
func (s *Service) recordDraft(ctx context.Context, system *account.System, kind *connector.Kind, draft map[string]string) error {
	tried := make(map[string]string, len(draft))
	for name, value := range draft {
		if value == system.Parameters[name] {
			continue
		}
		if value != "" && kind.Secret(name) {
			value = account.Mask
		}
		tried[name] = value
	}
	return s.Store.Do(ctx, func(ctx context.Context) error {
		return s.Store.Record(ctx, audit.Entry{
			Action: audit.Test, ObjectType: "system", ObjectID: &system.ID, ObjectName: system.Name, After: document(map[string]any{"parameters": tried}),
		})
	})
}
