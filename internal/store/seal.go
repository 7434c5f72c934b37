package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/internal/audit/chain"
	"provost/internal/store/db"
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

// auditRows is not a query of sqlc's: a trail has millions of rows, which are streamed, and sqlc would gather them in a list. The order
// names the table's column: a bare xid would be the text beside it, by which 1000 comes before 999.
const auditRows = `select id, xid::text, at, actor_id, actor, origin, origin_id, action, object_type, object_id, object_name,
	before::text, after::text, remote from audit_entries t where t.xid >= $1::text::xid8 and t.xid < $2::text::xid8 order by t.xid, t.id`

// Seal chains the rows of all transactions that ended before every one still running: a row committed late, with an older id, is never
// missed, and nobody's transaction waits.
func (s *Seals) Seal(ctx context.Context) error {
	var sealed *chain.Block
	err := s.exec(ctx, func(ctx context.Context, u *unit) error {
		sealed = nil
		mine, err := u.q.TrySealing(ctx)
		if err != nil || !mine {
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
		sealed = &block
		return u.q.InsertAuditBlock(ctx, db.InsertAuditBlockParams{
			Seq: block.Seq, SealedAt: block.SealedAt, BelowXid: xid(block.BelowXid), Rows: block.Rows, FirstID: block.FirstID,
			LastID: block.LastID, Hash: block.Hash, Mac: block.MAC,
		})
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
	horizon, err := u.q.SealHorizon(ctx)
	if err != nil {
		return chain.Block{}, fmt.Errorf("read horizon: %w", err)
	}
	below, err := strconv.ParseUint(horizon.Below, 10, 64)
	if err != nil {
		return chain.Block{}, fmt.Errorf("read horizon: %w", err)
	}
	return s.chain.Seal(previous, below, horizon.At, rowsOf(ctx, u.tx, previous.BelowXid, below))
}

// last gives the newest block, or the zero one.
func (s *Seals) last(ctx context.Context, u *unit) (chain.Block, error) {
	row, err := u.q.LastAuditBlock(ctx)
	if errors.Is(err, pgx.ErrNoRows) {
		return chain.Block{}, nil
	}
	if err != nil {
		return chain.Block{}, fmt.Errorf("read last block: %w", err)
	}
	return sealedBlock(db.AuditBlocksRow(row))
}

// Verify walks the whole chain and says whether any sealed row was edited, removed or inserted.
func (s *Seals) Verify(ctx context.Context) (chain.Report, error) {
	var report chain.Report
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		blocks, err := u.q.AuditBlocks(ctx)
		if err != nil {
			return fmt.Errorf("read blocks: %w", err)
		}
		report, err = s.chain.Verify(sealedBlocks(blocks), rowsOf(ctx, u.tx, 0, 1<<63))
		return err
	})
	return report, err
}

func sealedBlocks(rows []db.AuditBlocksRow) iter.Seq2[chain.Block, error] {
	return func(yield func(chain.Block, error) bool) {
		for _, row := range rows {
			if !yield(sealedBlock(row)) {
				return
			}
		}
	}
}

func sealedBlock(r db.AuditBlocksRow) (chain.Block, error) {
	below, err := strconv.ParseUint(r.BelowXid, 10, 64)
	if err != nil {
		return chain.Block{}, fmt.Errorf("read block: %w", err)
	}
	return chain.Block{
		Seq: r.Seq, SealedAt: r.SealedAt, BelowXid: below, Rows: r.Rows, FirstID: r.FirstID, LastID: r.LastID, Hash: r.Hash, MAC: r.Mac,
	}, nil
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

func nullable(id *uuid.UUID) uuid.NullUUID {
	if id == nil {
		return uuid.NullUUID{}
	}
	return uuid.NullUUID{UUID: *id, Valid: true}
}

func xid(n uint64) string { return strconv.FormatUint(n, 10) }
