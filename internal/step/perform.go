package step

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/process"
)

// Perform does the work of a step and gives the values that it changes. A *bpm.Fault is the failure of the step itself.
func (s *Service) Perform(ctx context.Context, w process.Work) (bpm.Values, error) {
	sc, err := s.scene(ctx, w.Process, w.Version, w.Now)
	if err != nil {
		return nil, err
	}
	switch w.Type {
	case bpm.Script:
		return s.script(ctx, sc, w)
	case bpm.Apply:
		return s.apply(ctx, sc, w)
	case bpm.Mail:
		return nil, s.mail(ctx, sc, w)
	case bpm.Noop:
		return nil, nil
	case bpm.Screen, bpm.Approval, bpm.Match, bpm.Invoke: // people do the first three, an agent the last
	}
	return nil, &bpm.Fault{Code: faultStep, Message: fmt.Sprintf("A step of type %s cannot be carried out here.", w.Type)}
}

// End takes back what still waits for a process that ends, however it ends.
func (s *Service) End(ctx context.Context, id uuid.UUID) error {
	if err := s.Grants.Settle(ctx, id); err != nil {
		return err
	}
	return s.Contents.Settle(ctx, id)
}

// script runs the script of a script task.
func (s *Service) script(ctx context.Context, sc *scene, w process.Work) (bpm.Values, error) {
	step := sc.step(w.Node)
	text, known := sc.library.Scripts[w.Script]
	if !known {
		return nil, &bpm.Fault{Code: faultStep, Message: step.Name + " has no script."}
	}
	results, err := s.run(ctx, sc, []run{{name: step.Name, text: text, values: w.Values, capture: true}})
	if err != nil {
		return nil, err
	}
	if results[0].Fault != nil {
		return nil, results[0].Fault
	}
	return results[0].Changed, nil
}

// apply carries out what was decided, all or nothing.
func (s *Service) apply(ctx context.Context, sc *scene, w process.Work) (bpm.Values, error) {
	of := sc.step(w.Node).Apply
	if of == nil {
		return nil, &bpm.Fault{Code: faultStep, Message: "The step does not say what is to be applied."}
	}
	effect := process.Effect{Process: w.Process, Element: w.Node, Visit: w.Visit}
	changed, err := s.Ledger.Once(acting(ctx, w.Process), effect, func(ctx context.Context) (bpm.Values, error) {
		return s.applyAll(ctx, sc, of, w.Values)
	})
	if f, ok := errors.AsType[*bpm.Fault](err); ok {
		return nil, f
	}
	if err != nil {
		return nil, asFault(err)
	}
	return changed, nil
}

// applyAll carries out every kind of change that a step names.
func (s *Service) applyAll(ctx context.Context, sc *scene, of *bpm.ApplyOf, values bpm.Values) (changed bpm.Values, err error) {
	if of.UserChanges {
		if changed, err = s.applyUser(ctx, values); err != nil {
			return nil, err
		}
	}
	if of.Entitlements {
		if err := s.applyGrants(ctx, sc, values); err != nil {
			return nil, err
		}
	}
	if of.Account {
		if err := s.applyAccount(ctx, sc, values); err != nil {
			return nil, err
		}
	}
	if of.Delegation {
		return changed, s.applyDelegation(ctx, sc, values)
	}
	return changed, nil
}
