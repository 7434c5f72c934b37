// Package relay is the only way from the database to Temporal: it delivers the outbox. Every start, signal and schedule of the platform
// goes through it, so nothing is started that was not committed, and nothing committed is forgotten.
package relay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"provost/internal/change"
	"provost/internal/store"
	"provost/workflows/messages"
)

// How the relay works: rows claimed at a time, deliveries at a time, and the pause between two looks when nobody wakes it.
const (
	claimed     = 200
	concurrency = 16
	idle        = time.Second
	patience    = 10 * time.Second // with one delivery, within the half minute of its claim
)

// Search attributes: few, and for operators. The namespace has them from its registration on.
var (
	attributeKind    = temporal.NewSearchAttributeKeyKeyword("ProvostKind")
	attributeSubject = temporal.NewSearchAttributeKeyKeyword("ProvostSubject")
	attributeTenant  = temporal.NewSearchAttributeKeyKeyword("ProvostTenant")
)

// Relay delivers the outbox of one tenant.
type Relay struct {
	Database *store.Database
	Tenant   *store.Tenant
	Temporal client.Client
	Logger   zerolog.Logger
}

// Run delivers until ctx ends. It is woken by the database and looks once a second all the same.
func (r *Relay) Run(ctx context.Context) {
	wake := make(chan struct{}, 1)
	go r.listen(ctx, wake)
	for ctx.Err() == nil {
		delivered, err := r.Deliver(ctx)
		if err != nil && ctx.Err() == nil {
			r.Logger.Warn().Err(err).Msg("the outbox could not be read; it is tried again")
		}
		if delivered > 0 {
			continue // of each key only the oldest row was claimed
		}
		select {
		case <-ctx.Done():
		case <-wake:
		case <-time.After(idle):
		}
	}
}

// listen turns notices of the database into wake-ups and connects again when the connection breaks.
func (r *Relay) listen(ctx context.Context, wake chan<- struct{}) {
	for ctx.Err() == nil {
		err := r.Database.Listen(ctx, func(tenant string) {
			if tenant != r.Tenant.Key() {
				return
			}
			select {
			case wake <- struct{}{}:
			default: // a wake-up waits already
			}
		})
		if ctx.Err() != nil {
			return
		}
		r.Logger.Warn().Err(err).Msg("the notice connection broke; it is opened again")
		select {
		case <-ctx.Done():
		case <-time.After(idle):
		}
	}
}

// Deliver delivers what can be claimed now, and gives how many rows that were.
func (r *Relay) Deliver(ctx context.Context) (int, error) {
	rows, err := r.Tenant.ClaimOutbox(ctx, claimed)
	if err != nil {
		return 0, fmt.Errorf("claim outbox: %w", err)
	}
	var mu sync.Mutex
	var done []int64
	var group sync.WaitGroup
	slots := make(chan struct{}, concurrency)
	for _, row := range rows {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			if err := r.send(ctx, row); err != nil {
				r.Logger.Warn().Err(err).Str("kind", row.Kind).Str("key", row.Key).Msg("an outbox row could not be delivered; it is tried again")
				if err := r.Tenant.Postpone(ctx, row.ID, err.Error()); err != nil {
					r.Logger.Warn().Err(err).Msg("an outbox row could not be given back; its claim runs out")
				}
				return
			}
			mu.Lock()
			defer mu.Unlock()
			done = append(done, row.ID)
		})
	}
	group.Wait()
	if len(done) == 0 {
		return len(rows), nil
	}
	if err := r.Tenant.Delivered(ctx, done...); err != nil {
		return len(rows), fmt.Errorf("remove delivered rows: %w", err) // they are delivered again: every message only says "look"
	}
	return len(rows), nil
}

func (r *Relay) send(ctx context.Context, row store.Delivery) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	switch row.Kind {
	case store.KindSyncObject:
		return decoded(row, func(p store.SyncObject) error {
			in := messages.SyncObject{Kind: change.Kind(p.Type), ID: p.ID}
			return r.look(ctx, in.WorkflowID(), messages.TypeSyncObject, in, "synchronise "+p.Type+" "+p.Name, p.Name, 3)
		})
	case store.KindSyncBatch:
		return decoded(row, func(p store.SyncBatch) error {
			in := messages.SyncBatch{Source: p.Source}
			return r.look(ctx, in.WorkflowID(), messages.TypeSyncBatch, in, "synchronise in bulk", "", 5)
		})
	case store.KindAgentProbe:
		return decoded(row, func(p store.AgentProbe) error {
			in := messages.AgentProbe{System: p.System, Key: p.Key, Name: p.Name}
			return r.look(ctx, in.WorkflowID(), messages.TypeAgentProbe, in, "wait for "+p.Name+" to answer", p.Name, 3)
		})
	case store.KindRunStart:
		return decoded(row, func(p store.RunStart) error { return r.startRun(ctx, p) })
	case store.KindRunSignal:
		return decoded(row, func(p store.RunSignal) error {
			return r.decide(ctx, p)
		})
	case store.KindGrantsDue:
		in := messages.GrantsDue{}
		return r.look(ctx, in.WorkflowID(), messages.TypeGrantsDue, in, "dates of memberships, groups, grants and approvals", "", 3)
	case store.KindNotices:
		in := messages.Notices{}
		return r.look(ctx, in.WorkflowID(), messages.TypeNotices, in, "deadlines of tasks, and mails", "", 3)
	case store.KindProcessStart:
		return decoded(row, func(p store.ProcessStart) error { return r.startProcess(ctx, p) })
	case store.KindProcessDecide:
		return decoded(row, func(p store.ProcessDecide) error { return r.decideTask(ctx, p) })
	case store.KindProcessControl:
		return decoded(row, func(p store.ProcessControl) error { return r.steer(ctx, p) })
	case store.KindProcessIndex:
		in := messages.ProcessIndex{}
		return r.look(ctx, in.WorkflowID(), messages.TypeProcessIndex, in, "rebuild the search index of processes", "", 5)
	default:
		return fmt.Errorf("outbox row %d has the unknown kind %q", row.ID, row.Kind)
	}
}

func decoded[T any](row store.Delivery, send func(T) error) error {
	var payload T
	if err := json.Unmarshal(row.Payload, &payload); err != nil {
		return fmt.Errorf("read payload of outbox row %d: %w", row.ID, err)
	}
	return send(payload)
}

// look wakes the one workflow with this id, or starts it.
func (r *Relay) look(ctx context.Context, id, kind string, in any, summary, subject string, priority int) error {
	_, err := r.Temporal.SignalWithStartWorkflow(ctx, id, messages.Look, nil, r.options(id, kind, summary, subject, priority), kind, in)
	if err != nil {
		return fmt.Errorf("signal %s: %w", id, err)
	}
	return nil
}

func (r *Relay) startRun(ctx context.Context, p store.RunStart) error {
	in := messages.Run{ID: p.Run, Number: p.Number, Kind: p.Kind, System: p.System, Key: p.Key, Name: p.Name}
	options := r.options(in.WorkflowID(), messages.TypeRun, fmt.Sprintf("run %d · %s %s", p.Number, p.Kind, p.Name), p.Name, 5)
	options.WorkflowIDReusePolicy = enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE
	options.WorkflowIDConflictPolicy = enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	_, err := r.Temporal.ExecuteWorkflow(ctx, options, messages.TypeRun, in)
	if err != nil && !temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return fmt.Errorf("start run %d: %w", p.Number, err)
	}
	return nil
}

// decide tells a run what its reviewer decided. A run that has ended in the meantime has nothing to be told.
func (r *Relay) decide(ctx context.Context, p store.RunSignal) error {
	decision := messages.Decision{Decision: p.Decision, By: p.By, Total: p.Total}
	err := r.Temporal.SignalWorkflow(ctx, messages.Run{ID: p.Run}.WorkflowID(), "", messages.Decide, decision)
	var ended *serviceerror.NotFound
	if err != nil && !errors.As(err, &ended) {
		return fmt.Errorf("signal run: %w", err)
	}
	return nil
}

func (r *Relay) options(id, kind, summary, subject string, priority int) client.StartWorkflowOptions {
	attributes := []temporal.SearchAttributeUpdate{
		attributeKind.ValueSet(kind), attributeTenant.ValueSet(r.Tenant.Key()),
	}
	if subject != "" {
		attributes = append(attributes, attributeSubject.ValueSet(subject))
	}
	return client.StartWorkflowOptions{
		ID: id, TaskQueue: messages.CoreQueue, StaticSummary: summary,
		TypedSearchAttributes: temporal.NewSearchAttributes(attributes...),
		Priority:              temporal.Priority{PriorityKey: priority},
	}
}
