package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// ListenEvents calls tell for every notice that an object of a topic changed, in whatever process, until ctx ends or the connection
// breaks. The zero id stands for several objects.
func (t *Tenant) ListenEvents(ctx context.Context, tell func(topic string, id uuid.UUID)) error {
	conn, err := pgx.ConnectConfig(ctx, t.pool.Config().ConnConfig.Copy())
	if err != nil {
		return fmt.Errorf("connect to listen: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "listen provost_events"); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	for {
		notice, err := conn.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("wait for notice: %w", err)
		}
		if topic, id, ok := t.event(notice.Payload); ok {
			tell(topic, id)
		}
	}
}

// event reads a notice of this tenant: "t_master sync-tasks 00000000-…".
func (t *Tenant) event(payload string) (topic string, id uuid.UUID, ok bool) {
	parts := strings.Split(payload, " ")
	if len(parts) != 3 || parts[0] != "t_"+t.key {
		return "", uuid.Nil, false
	}
	id, err := uuid.Parse(parts[2])
	return parts[1], id, err == nil
}
