package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/internal/store/db"
)

// Kinds of outbox rows: what the relay does with them.
const (
	KindSyncObject = "sync.object" // SignalWithStart of the object's workflow
	KindSyncBatch  = "sync.batch"  // start of a batch for a source
	KindAgentProbe = "agent.probe" // start, or wake, of the probe of an agent
	KindRunStart   = "run.start"
	KindRunSignal  = "run.signal"
	KindGrantsDue  = "grants.due" // start, or wake, of the workflow that honours dates; written by the trigger follow_dates

	KindNotices = "notices" // start, or wake, of the workflow of deadlines and mails; written by follow_notices and follow_deadlines

	KindProcessStart   = "process.start"   // start of the workflow of a process
	KindProcessDecide  = "process.decide"  // Update of a process: a task was completed
	KindProcessControl = "process.control" // Update of a process: somebody steers it
	KindProcessIndex   = "process.index"   // start, or wake, of the workflow that rebuilds the search index
)

// SyncObject is the payload of KindSyncObject.
type SyncObject struct {
	Type string    `json:"type"`
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"` // for people who read the run
}

// SyncBatch is the payload of KindSyncBatch.
type SyncBatch struct {
	Source uuid.UUID `json:"source"`
}

// AgentProbe is the payload of KindAgentProbe.
type AgentProbe struct {
	System uuid.UUID `json:"system"`
	Key    string    `json:"key"`
	Name   string    `json:"name"`
}

// RunStart is the payload of KindRunStart.
type RunStart struct {
	Run    uuid.UUID `json:"run"`
	Number int64     `json:"number"`
	Kind   string    `json:"kind"`
	System uuid.UUID `json:"system"`
	Key    string    `json:"key"`
	Name   string    `json:"name"`
}

// RunSignal is the payload of KindRunSignal: what a reviewer decided.
type RunSignal struct {
	Run      uuid.UUID `json:"run"`
	Decision string    `json:"decision"`
	By       string    `json:"by"`
	Total    int64     `json:"total"` // length of the change list that was decided about
}

// ProcessStart is the payload of KindProcessStart. Everything else is in the database (process.Ledger).
type ProcessStart struct {
	Process    uuid.UUID `json:"process"`
	Number     int64     `json:"number"`
	Name       string    `json:"name"`
	Definition string    `json:"definition"` // code
	Version    uuid.UUID `json:"version"`
	Initiator  string    `json:"initiator"` // user name
}

// ProcessDecide is the payload of KindProcessDecide.
type ProcessDecide struct {
	Process uuid.UUID `json:"process"`
	Task    uuid.UUID `json:"task"`
}

// ProcessControl is the payload of KindProcessControl: what somebody wants a process to do (process.Control).
type ProcessControl struct {
	Process uuid.UUID       `json:"process"`
	Action  string          `json:"action"`
	By      string          `json:"by"` // user name
	Payload json.RawMessage `json:"payload"`
}

// Delivery is one outbox row that the caller has claimed.
type Delivery struct {
	ID      int64
	Key     string
	Kind    string
	Payload json.RawMessage
}

// ClaimOutbox claims the oldest undelivered row of up to limit keys for half a minute: whoever claims it delivers it.
func (t *Tenant) ClaimOutbox(ctx context.Context, limit int) ([]Delivery, error) {
	var out []Delivery
	err := t.exec(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.ClaimOutbox(ctx, int32(limit)) //nolint:gosec // a page size
		if err != nil {
			return fmt.Errorf("claim outbox: %w", err)
		}
		out = make([]Delivery, 0, len(rows))
		for _, r := range rows {
			out = append(out, Delivery{ID: r.ID, Key: r.Key, Kind: r.Kind, Payload: r.Payload})
		}
		return nil
	})
	return out, err
}

// Delivered removes delivered rows.
func (t *Tenant) Delivered(ctx context.Context, ids ...int64) error {
	return t.exec(ctx, func(ctx context.Context, u *unit) error { return u.q.DeleteOutbox(ctx, ids) })
}

// Postpone gives a row back that could not be delivered; it is tried again after a growing pause.
func (t *Tenant) Postpone(ctx context.Context, id int64, reason string) error {
	return t.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.PostponeOutbox(ctx, db.PostponeOutboxParams{ID: id, LastError: reason})
	})
}

// Listen calls wake for every notice that an outbox has something for the relay, until ctx ends or the connection breaks.
func (d *Database) Listen(ctx context.Context, wake func(tenant string)) error {
	conn, err := pgx.ConnectConfig(ctx, d.pool.Config().ConnConfig.Copy())
	if err != nil {
		return fmt.Errorf("connect to listen: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "listen provost_outbox"); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	for {
		notice, err := conn.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("wait for notice: %w", err)
		}
		wake(notice.Payload)
	}
}
