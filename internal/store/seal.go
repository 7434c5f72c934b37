package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/internal/audit/chain"
)

// Seals seals and verifies the audit trail: it implements activities.Sealer.
type Seals struct {
	*Tenant
	chain *chain.Chain
	// head is told of every new block, so that it is in the log sink too.
	head func(chain.Head)
}

// Seals gives the seals of the tenant's audit trail; the keys lie outside the database. head may be nil.
func (t *Tenant) Seals(keys chain.Keys, head func(chain.Head)) *Seals {
	return &Seals{Tenant: t, chain: chain.New(t.key, keys), head: head}
}

const (
	auditRows = `select id, xid::text, at, actor_id, actor, origin, origin_id, action, object_type, object_id, object_name,
		before::text, after::text, remote from audit_entries e where xid >= $1::text::xid8 and xid < $2::text::xid8
		order by e.xid, e.id` // a bare xid would be the text that is selected, and "10" comes before "9"
	auditBlocks = "select seq, sealed_at, below_xid::text, rows, first_id, last_id, hash, mac from audit_blocks"
	// sealOnce lets one process seal at a time; the others leave it to that one.
	sealOnce = "select pg_try_advisory_xact_lock(hashtext('provost/seal/' || current_schema()))"
)

// Seal chains the rows of all transactions that ended before every one still running: a row committed late, with an older id, is never
// missed, and nobody's transaction waits.
func (s *Seals) Seal(ctx context.Context) error {
	var sealed *chain.Block
	err := s.exec(ctx, func(ctx context.Context, u *unit) error {
		sealed = nil
		var mine bool
		if err := u.tx.QueryRow(ctx, sealOnce).Scan(&mine); err != nil || !mine {
			return err
		}
		previous, err := s.last(ctx, u)
		if err != nil {
			return err
		}
		block, err := s.next(ctx, u, previous)
		if errors.Is(err, chain.ErrNothingToSeal) {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = u.tx.Exec(ctx, `insert into audit_blocks (seq, sealed_at, below_xid, rows, first_id, last_id, hash, mac)
			values ($1, $2, $3::text::xid8, $4, $5, $6, $7, $8)`,
			block.Seq, block.SealedAt, xid(block.BelowXid), block.Rows, block.FirstID, block.LastID, block.Hash, block.MAC)
		sealed = &block
		return err
	})
	if err != nil {
		return fmt.Errorf("seal audit trail: %w", err)
	}
	if sealed != nil && s.head != nil {
		s.head(sealed.Head())
	}
	return nil
}

func (s *Seals) next(ctx context.Context, u *unit, previous chain.Block) (chain.Block, error) {
	var horizon string
	now := "select pg_snapshot_xmin(pg_current_snapshot())::text"
	if err := u.tx.QueryRow(ctx, now).Scan(&horizon); err != nil {
		return chain.Block{}, fmt.Errorf("read horizon: %w", err)
	}
	below, err := strconv.ParseUint(horizon, 10, 64)
	if err != nil {
		return chain.Block{}, fmt.Errorf("read horizon: %w", err)
	}
	var at time.Time
	if err := u.tx.QueryRow(ctx, "select clock_timestamp()").Scan(&at); err != nil {
		return chain.Block{}, fmt.Errorf("read clock: %w", err)
	}
	return s.chain.Seal(previous, below, at, rowsOf(ctx, u.tx, previous.BelowXid, below))
}

// last gives the newest block, or the zero one.
func (s *Seals) last(ctx context.Context, u *unit) (chain.Block, error) {
	rows, err := u.tx.Query(ctx, auditBlocks+" order by seq desc limit 1")
	if err != nil {
		return chain.Block{}, fmt.Errorf("read last block: %w", err)
	}
	block, err := pgx.CollectExactlyOneRow(rows, scanBlock)
	if errors.Is(err, pgx.ErrNoRows) {
		return chain.Block{}, nil
	}
	return block, err
}

// Verify walks the whole chain and says whether any sealed row was edited, removed or inserted.
func (s *Seals) Verify(ctx context.Context) (chain.Report, error) {
	var report chain.Report
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.tx.Query(ctx, auditBlocks+" order by seq")
		if err != nil {
			return fmt.Errorf("read blocks: %w", err)
		}
		blocks, err := pgx.CollectRows(rows, scanBlock)
		if err != nil {
			return fmt.Errorf("read blocks: %w", err)
		}
		report, err = s.chain.Verify(withoutErrors(blocks), rowsOf(ctx, u.tx, 0, 1<<63))
		return err
	})
	return report, err
}

func withoutErrors(blocks []chain.Block) iter.Seq2[chain.Block, error] {
	return func(yield func(chain.Block, error) bool) {
		for b := range slices.Values(blocks) {
			if !yield(b, nil) {
				return
			}
		}
	}
}

// rowsOf streams the audit rows of the transactions from one up to another.
func rowsOf(ctx context.Context, tx pgx.Tx, from, below uint64) iter.Seq2[chain.Row, error] {
	return func(yield func(chain.Row, error) bool) {
		rows, err := tx.Query(ctx, auditRows, xid(from), xid(below))
		if err != nil {
			yield(chain.Row{}, fmt.Errorf("read audit rows: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			row, err := scanSealed(rows)
			if !yield(row, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(chain.Row{}, fmt.Errorf("read audit rows: %w", err))
		}
	}
}

func scanSealed(row pgx.CollectableRow) (chain.Row, error) {
	var r chain.Row
	var transaction string
	var actor, origin, subject *uuid.UUID
	err := row.Scan(&r.ID, &transaction, &r.At, &actor, &r.Actor, &r.Origin, &origin, &r.Action, &r.ObjectType, &subject, &r.ObjectName,
		&r.Before, &r.After, &r.Remote)
	if err != nil {
		return r, fmt.Errorf("read audit row: %w", err)
	}
	r.ActorID, r.OriginID, r.ObjectID = nullable(actor), nullable(origin), nullable(subject)
	r.Xid, err = strconv.ParseUint(transaction, 10, 64)
	return r, err
}

func scanBlock(row pgx.CollectableRow) (chain.Block, error) {
	var b chain.Block
	var below string
	if err := row.Scan(&b.Seq, &b.SealedAt, &below, &b.Rows, &b.FirstID, &b.LastID, &b.Hash, &b.MAC); err != nil {
		return b, err
	}
	var err error
	b.BelowXid, err = strconv.ParseUint(below, 10, 64)
	return b, err
}

func nullable(id *uuid.UUID) uuid.NullUUID {
	if id == nil {
		return uuid.NullUUID{}
	}
	return uuid.NullUUID{UUID: *id, Valid: true}
}

func xid(n uint64) string { return strconv.FormatUint(n, 10) }
