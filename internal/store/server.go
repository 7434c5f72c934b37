package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"provost/internal/store/db"
)

// Server is what a worker process reports of itself.
type Server struct {
	Name    string
	Kind    string // worker, agent or serve
	Version string
	Started time.Time
	Details map[string]any
}

// Served is an agent that a server has to serve.
type Served struct {
	ID            uuid.UUID
	Key           string
	Name          string
	Threads       int
	SharedThreads bool
	Version       int64
}

// ReportServer notes that a server lives.
func (t *Tenant) ReportServer(ctx context.Context, s Server) error {
	details, err := json.Marshal(s.Details)
	if err != nil {
		return fmt.Errorf("encode server details: %w", err)
	}
	return t.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.ReportServer(ctx, db.ReportServerParams{
			Name: s.Name, Kind: s.Kind, Version: s.Version, StartedAt: s.Started, Details: details,
		})
	})
}

// ServedSystems gives the agents that the server has to serve at this moment.
func (t *Tenant) ServedSystems(ctx context.Context, server string) ([]Served, error) {
	var out []Served
	err := t.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.ServedSystems(ctx, server)
		if err != nil {
			return fmt.Errorf("read served agents: %w", err)
		}
		for _, r := range rows {
			out = append(out, Served{
				ID: r.ID, Key: r.Key, Name: r.Name, Threads: int(r.Threads), SharedThreads: r.SharedThreads, Version: r.Version,
			})
		}
		return nil
	})
	return out, err
}
