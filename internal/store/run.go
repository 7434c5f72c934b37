package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/internal/account"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/mapping"
	"provost/internal/query"
	"provost/internal/run"
	"provost/internal/store/db"
	"provost/internal/synctask"
)

// Runs keeps runs: it implements run.Store.
type Runs struct{ *Tenant }

// Runs gives the store of runs.
func (t *Tenant) Runs() *Runs { return &Runs{t} }

// Get implements run.Store.
func (s *Runs) Get(ctx context.Context, id uuid.UUID) (run.Run, error) {
	var out run.Run
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		row, err := u.q.GetRun(ctx, id)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound, "There is no such run.")
		}
		if err != nil {
			return fmt.Errorf("read run: %w", err)
		}
		out, err = runOf(&row)
		return err
	})
	return out, err
}

func runOf(row *db.GetRunRow) (run.Run, error) {
	r := run.Run{
		ID: row.ID, Number: row.Number, Kind: row.Kind, SystemID: row.SystemID, System: row.System, SystemKey: row.SystemKey,
		Status: row.Status, Phase: row.Phase, Message: row.Message, Author: row.Author, CreatedAt: row.CreatedAt,
		StartedAt: row.StartedAt, EndedAt: row.EndedAt, ReviewedBy: row.ReviewedBy,
	}
	err := errors.Join(json.Unmarshal(row.Options, &r.Options), json.Unmarshal(row.Counters, &r.Counters), json.Unmarshal(row.Listing, &r.Listing))
	if row.Guard != nil {
		err = errors.Join(err, json.Unmarshal(row.Guard, &r.Verdict))
	}
	if err != nil {
		return r, fmt.Errorf("read run %d: %w", row.Number, err)
	}
	return r, nil
}

// Create implements run.Store.
func (s *Runs) Create(ctx context.Context, r run.Run) (run.Run, error) {
	options, err := json.Marshal(r.Options)
	if err != nil {
		return r, fmt.Errorf("encode run options: %w", err)
	}
	err = s.exec(ctx, func(ctx context.Context, u *unit) error {
		row, err := u.q.InsertRun(ctx, db.InsertRunParams{ID: r.ID, Kind: r.Kind, SystemID: r.SystemID, Status: r.Status, Options: options})
		if err != nil {
			return fmt.Errorf("write run: %w", err)
		}
		r.Number, r.CreatedAt, r.Author = row.Number, row.CreatedAt, row.Author
		return nil
	})
	return r, err
}

// Send implements run.Store.
func (s *Runs) Send(ctx context.Context, r run.Run) error {
	return s.postOne(ctx, KindRunStart, "run/"+r.ID.String(),
		RunStart{Run: r.ID, Number: r.Number, Kind: r.Kind, System: *r.SystemID, Key: r.SystemKey, Name: r.System})
}

// Decide implements run.Store.
func (s *Runs) Decide(ctx context.Context, r run.Run, decision, by string) error {
	signal := RunSignal{Run: r.ID, Decision: decision, By: by}
	if r.Verdict != nil {
		signal.Total = r.Verdict.Total
	}
	return s.postOne(ctx, KindRunSignal, "run/"+r.ID.String(), signal)
}

func (s *Runs) postOne(ctx context.Context, kind, key string, payload any) error {
	text, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("encode outbox payload: %w", err)
	}
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.post(ctx, kind, []string{key}, []json.RawMessage{text})
	})
}

// Advance implements run.Store.
func (s *Runs) Advance(ctx context.Context, id uuid.UUID, status, phase string, counters map[string]int64) error {
	if counters == nil {
		counters = map[string]int64{}
	}
	text, err := json.Marshal(counters)
	if err != nil {
		return fmt.Errorf("encode counters: %w", err)
	}
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.AdvanceRun(ctx, db.AdvanceRunParams{ID: id, Status: status, Phase: phase, Counters: text})
	})
}

// Judged implements run.Store.
func (s *Runs) Judged(ctx context.Context, id uuid.UUID, v run.Verdict) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode verdict: %w", err)
	}
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.JudgeRun(ctx, db.JudgeRunParams{ID: id, Guard: text})
	})
}

// Reviewed implements run.Store.
func (s *Runs) Reviewed(ctx context.Context, id uuid.UUID, by string) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.ReviewRun(ctx, db.ReviewRunParams{ID: id, ReviewedBy: by})
	})
}

// Finish implements run.Store.
func (s *Runs) Finish(ctx context.Context, id uuid.UUID, status, message string) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.FinishRun(ctx, db.FinishRunParams{ID: id, Status: status, Message: message})
	})
}

// Log implements run.Store.
func (s *Runs) Log(ctx context.Context, id uuid.UUID, level, message string) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.InsertRunLog(ctx, db.InsertRunLogParams{RunID: id, Level: level, Message: message})
	})
}

// ClearObjects implements run.Store.
func (s *Runs) ClearObjects(ctx context.Context, id uuid.UUID) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		if err := u.q.ClearRunLinks(ctx, id); err != nil {
			return fmt.Errorf("clear staged links: %w", err)
		}
		return u.q.ClearRunObjects(ctx, id)
	})
}

// AddObjects implements run.Store.
func (s *Runs) AddObjects(ctx context.Context, id uuid.UUID, objects []run.Object) error {
	rows := make([][]any, len(objects))
	for i, o := range objects {
		rows[i] = []any{
			id, o.Seq, o.Class, string(o.Type), o.Key, o.Address, o.ExternalID, orEmpty(o.Mapped), orEmpty(o.Raw), o.Problem, o.Unidentified, o.Links,
		}
	}
	columns := []string{
		"run_id", "seq", "class", "object_type", "key", "address", "external_id", "mapped", "raw", "problem", "unidentified", "links",
	}
	return s.copyInto(ctx, "run_objects", columns, rows)
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

func (s *Runs) copyInto(ctx context.Context, table string, columns []string, rows [][]any) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error {
		if _, err := u.tx.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(rows)); err != nil {
			return fmt.Errorf("copy into %s: %w", table, err)
		}
		return nil
	})
}

// Objects implements run.Store.
func (s *Runs) Objects(ctx context.Context, id uuid.UUID, types []mapping.ObjectType, level int, after int64, limit int) ([]run.Object, error) {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = string(t)
	}
	var out []run.Object
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.RunObjects(ctx, db.RunObjectsParams{
			RunID: id, Types: names, AfterLevel: int32(level), After: after, HowMany: int32(limit), //nolint:gosec // a page size, a depth
		})
		if err != nil {
			return fmt.Errorf("read staged objects: %w", err)
		}
		for _, r := range rows {
			o, err := staged(db.RunObjectsAtRow(r))
			if err != nil {
				return err
			}
			out = append(out, o)
		}
		return nil
	})
	return out, err
}

// ObjectsAt implements run.Store.
func (s *Runs) ObjectsAt(ctx context.Context, id uuid.UUID, class string, addresses, externalIDs []string) ([]run.Object, error) {
	var out []run.Object
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.RunObjectsAt(ctx, db.RunObjectsAtParams{
			RunID: id, Class: class, Addresses: lower(addresses), ExternalIds: externalIDs,
		})
		if err != nil {
			return fmt.Errorf("read staged objects: %w", err)
		}
		for _, r := range rows {
			o, err := staged(r)
			if err != nil {
				return err
			}
			out = append(out, o)
		}
		return nil
	})
	return out, err
}

func lower(in []string) []string {
	out := make([]string, 0, len(in))
	for _, s := range in {
		if s != "" {
			out = append(out, strings.ToLower(s))
		}
	}
	return out
}

func staged(r db.RunObjectsAtRow) (run.Object, error) {
	o := run.Object{
		Seq: r.Seq, Class: r.Class, Type: mapping.ObjectType(r.ObjectType), Key: r.Key, Address: r.Address, ExternalID: r.ExternalID, Problem: r.Problem,
		Unidentified: r.Unidentified, Links: r.Links, Level: int(r.Level),
	}
	if err := json.Unmarshal(r.Mapped, &o.Mapped); err != nil {
		return o, fmt.Errorf("read staged object: %w", err)
	}
	if err := json.Unmarshal(r.Raw, &o.Raw); err != nil {
		return o, fmt.Errorf("read staged object: %w", err)
	}
	return o, nil
}

// MissingUsers implements run.Store.
func (s *Runs) MissingUsers(ctx context.Context, r run.Run) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		var err error
		out, err = u.q.MissingUsers(ctx, db.MissingUsersParams{RunID: r.ID, SystemID: r.SystemID})
		return err
	})
	return out, err
}

// MissingAccounts implements run.Store.
func (s *Runs) MissingAccounts(ctx context.Context, r run.Run, follows bool) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		var err error
		out, err = u.q.MissingAccounts(ctx, db.MissingAccountsParams{RunID: r.ID, SystemID: *r.SystemID, Follows: follows})
		return err
	})
	return out, err
}

// AccountsAt implements run.Store.
func (s *Runs) AccountsAt(ctx context.Context, system uuid.UUID, externalIDs, names []string) ([]account.Account, error) {
	var out []account.Account
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		ids, err := u.q.AccountsAt(ctx, db.AccountsAtParams{SystemID: system, ExternalIds: externalIDs, Names: lower(names)})
		if err != nil {
			return fmt.Errorf("find accounts: %w", err)
		}
		out, err = s.Accounts().Get(ctx, everything, ids...)
		return err
	})
	return out, err
}

// Applied implements run.Store.
func (s *Runs) Applied(ctx context.Context, system uuid.UUID, accounts []uuid.UUID) (map[uuid.UUID][]run.Applied, error) {
	return s.applied(ctx, "account", system, accounts)
}

// AppliedRoles implements run.Intake.
func (s *Runs) AppliedRoles(ctx context.Context, system uuid.UUID, roles []uuid.UUID) (map[uuid.UUID][]run.Applied, error) {
	return s.applied(ctx, "role", system, roles)
}

func (s *Runs) applied(ctx context.Context, objectType string, system uuid.UUID, objects []uuid.UUID) (map[uuid.UUID][]run.Applied, error) {
	out := map[uuid.UUID][]run.Applied{}
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.AppliedStates(ctx, db.AppliedStatesParams{SystemID: system, ObjectType: objectType, Objects: objects})
		if err != nil {
			return fmt.Errorf("read applied states: %w", err)
		}
		for _, r := range rows {
			a := run.Applied{Class: r.Class, Key: r.AppliedKey, ExternalID: r.ExternalID}
			if r.Desired != nil {
				if err := json.Unmarshal(r.Desired, &a.Desired); err != nil {
					return fmt.Errorf("read applied state: %w", err)
				}
			}
			out[r.ObjectID] = append(out[r.ObjectID], a)
		}
		return nil
	})
	return out, err
}

// Addresses implements synctask.Store.
func (s *SyncTasks) Addresses(ctx context.Context, accounts []uuid.UUID) (map[uuid.UUID]synctask.Address, error) {
	out := map[uuid.UUID]synctask.Address{}
	err := s.exec(ctx, func(ctx context.Context, u *unit) error {
		rows, err := u.q.AddressesOf(ctx, accounts)
		if err != nil {
			return fmt.Errorf("read addresses: %w", err)
		}
		for _, r := range rows {
			out[r.ObjectID] = synctask.Address{Key: r.AppliedKey, ExternalID: r.ExternalID}
		}
		return nil
	})
	return out, err
}

// UsersMatching implements run.Store.
func (s *Runs) UsersMatching(ctx context.Context, condition string) ([]identity.User, error) {
	page, err := s.Users().List(ctx, everything, query.List{Filter: condition, Size: 3})
	return page.Items, err
}

// PolicyUsers implements run.Store.
func (s *Runs) PolicyUsers(ctx context.Context, system, after uuid.UUID, limit int) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := s.query(ctx, func(ctx context.Context, u *unit) error {
		var err error
		out, err = u.q.PolicyUsers(ctx, db.PolicyUsersParams{SystemID: system, After: after, HowMany: int32(limit)}) //nolint:gosec // a page size
		return err
	})
	return out, err
}

// WantAgain implements run.Store.
func (s *Runs) WantAgain(ctx context.Context, system uuid.UUID) error {
	return s.exec(ctx, func(ctx context.Context, u *unit) error { return u.q.WantSystemAgain(ctx, system) })
}

// OpenTasks implements run.Store.
func (s *Runs) OpenTasks(ctx context.Context, source uuid.UUID) (open, failed int64, err error) {
	err = s.query(ctx, func(ctx context.Context, u *unit) error {
		row, err := u.q.OpenTasksOfSource(ctx, source)
		if err != nil {
			return fmt.Errorf("count open tasks: %w", err)
		}
		open, failed = row.Open, row.Stuck
		return nil
	})
	return open, failed, err
}

var _ run.Store = (*Runs)(nil)
