package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/internal/account"
	"provost/internal/agent"
	"provost/internal/connector"
	"provost/internal/fault"
	"provost/internal/store/db"
	"provost/internal/synctask"
)

// Agents keeps what is known and seen of agents: it implements agent.Source and activities.Agents.
type Agents struct {
	*Tenant
	server  string
	secrets Secrets
}

// Secrets opens stored secrets.
type Secrets interface {
	Reveal(ctx context.Context, id uuid.UUID) (string, error)
}

// Agents gives the store of agents for the worker process called server.
func (t *Tenant) Agents(server string, secrets Secrets) *Agents {
	return &Agents{Tenant: t, server: server, secrets: secrets}
}

// Version implements agent.Source.
func (a *Agents) Version(ctx context.Context, id uuid.UUID) (int64, error) {
	var version int64
	err := a.query(ctx, func(ctx context.Context, u *unit) error {
		err := u.tx.QueryRow(ctx, "select version from systems where id = $1", id).Scan(&version)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound, "The agent was removed.")
		}
		return err
	})
	return version, err
}

// System implements agent.Source: secrets are opened here, on the way to the connector, and nowhere else.
func (a *Agents) System(ctx context.Context, id uuid.UUID) (account.System, error) {
	found, err := a.Systems().Get(ctx, everything, id)
	if err != nil {
		return account.System{}, err
	}
	if len(found) == 0 {
		return account.System{}, fault.New(fault.NotFound, "The agent was removed.")
	}
	system := found[0]
	system.Parameters = maps.Clone(system.Parameters)
	for name, value := range system.Parameters {
		reference, ok := strings.CutPrefix(value, account.SecretPrefix)
		if !ok {
			continue
		}
		secret, err := uuid.Parse(reference)
		if err != nil {
			return account.System{}, fmt.Errorf("parameter %s of %s names no secret: %w", name, system.Name, err)
		}
		if system.Parameters[name], err = a.secrets.Reveal(ctx, secret); err != nil {
			return account.System{}, fmt.Errorf("open parameter %s of %s: %w", name, system.Name, err)
		}
	}
	return system, nil
}

// Targets implements agent.Source.
func (a *Agents) Targets(ctx context.Context, system uuid.UUID, targets []synctask.Target) ([]agent.Target, error) {
	p := db.LoadTargetsParams{SystemID: system}
	for _, t := range targets {
		p.Types = append(p.Types, t.Type)
		p.Objects = append(p.Objects, t.Object)
		p.Classes = append(p.Classes, t.Class)
	}
	out := make([]agent.Target, len(targets))
	err := a.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.LoadTargets(ctx, p)
		if err != nil {
			return fmt.Errorf("read targets: %w", err)
		}
		for _, row := range rows {
			t := &out[row.Position-1]
			t.DesiredVersion, t.AppliedVersion = row.DesiredVersion, row.AppliedVersion
			t.Key = connector.Key{ID: row.ExternalID, Name: row.AppliedKey}
			if err := errors.Join(decodeObject(row.Desired, &t.Desired), decodeObject(row.Source, &t.Origin)); err != nil {
				return fmt.Errorf("read wanted state of %s: %w", targets[row.Position-1].Object, err)
			}
		}
		return nil
	})
	return out, err
}

// decodeObject reads an object; none stays nil.
func decodeObject(text json.RawMessage, into *map[string]any) error {
	if text == nil {
		return nil
	}
	return json.Unmarshal(text, into)
}

// Connected implements activities.Agents.
func (a *Agents) Connected(ctx context.Context, system uuid.UUID) error {
	return a.exec(ctx, func(ctx context.Context, u *unit) error {
		fresh, err := u.q.ConnectedLately(ctx, db.ConnectedLatelyParams{SystemID: system, Server: a.server})
		if err != nil {
			return fmt.Errorf("read agent status: %w", err)
		}
		if fresh {
			return nil
		}
		if err := u.q.NoteConnected(ctx, db.NoteConnectedParams{SystemID: system, Server: a.server}); err != nil {
			return fmt.Errorf("note connected agent: %w", err)
		}
		if err := u.q.SolveDisconnectedIssue(ctx, system); err != nil {
			return fmt.Errorf("solve issue: %w", err)
		}
		return nil
	})
}

// Disconnected implements activities.Agents: the first time it opens an issue and a probe.
func (a *Agents) Disconnected(ctx context.Context, system uuid.UUID, message string) error {
	return a.exec(ctx, func(ctx context.Context, u *unit) error {
		if _, err := u.q.NoteDisconnected(ctx, db.NoteDisconnectedParams{SystemID: system, Server: a.server, Message: message}); err != nil {
			return fmt.Errorf("note disconnected agent: %w", err)
		}
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make issue id: %w", err)
		}
		issue := db.OpenDisconnectedIssueParams{ID: id, SystemID: &system, Description: message}
		if err := u.q.OpenDisconnectedIssue(ctx, issue); err != nil {
			return fmt.Errorf("open issue: %w", err)
		}
		return u.postProbe(ctx, system)
	})
}

// postProbe has somebody ask the agent whether it answers, and send what waits for it when it does.
func (u *unit) postProbe(ctx context.Context, system uuid.UUID) error {
	var probe AgentProbe
	if err := u.tx.QueryRow(ctx, "select id, key, name from systems where id = $1", system).Scan(&probe.System, &probe.Key, &probe.Name); err != nil {
		return fmt.Errorf("read agent: %w", err)
	}
	payload, err := json.Marshal(probe)
	if err != nil {
		return fmt.Errorf("encode outbox payload: %w", err)
	}
	return u.post(ctx, KindAgentProbe, []string{"probe/" + probe.Key}, []json.RawMessage{payload})
}

// Known implements activities.Agents.
func (a *Agents) Known(ctx context.Context, system uuid.UUID) (bool, error) {
	_, err := a.Version(ctx, system)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// Wake implements activities.Agents.
func (a *Agents) Wake(ctx context.Context, system uuid.UUID) error {
	return a.exec(ctx, func(ctx context.Context, u *unit) error { return u.wake(ctx, system) })
}

// wake sends what waited for a system, in one batch.
func (u *unit) wake(ctx context.Context, system uuid.UUID) error {
	source := uuid.New()
	woken, err := u.q.WakeSystem(ctx, db.WakeSystemParams{SystemID: system, SourceID: source})
	if err != nil {
		return fmt.Errorf("wake tasks: %w", err)
	}
	if len(woken) == 0 {
		return nil
	}
	return u.postBatch(ctx, source)
}
