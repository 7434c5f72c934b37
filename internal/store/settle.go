package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"provost/internal/change"
	"provost/internal/store/db"
)

// BulkThreshold is the number of tasks of one source above which they travel in batches instead of one workflow per object.
const BulkThreshold = 20

// touched is what a unit of work has to settle before it commits.
type touched struct {
	objects map[change.Kind]map[uuid.UUID]bool
	regrant map[change.Kind]map[uuid.UUID]bool
}

func (t *touched) add(to *map[change.Kind]map[uuid.UUID]bool, kind change.Kind, ids []uuid.UUID) {
	if len(ids) == 0 {
		return
	}
	if *to == nil {
		*to = map[change.Kind]map[uuid.UUID]bool{}
	}
	if (*to)[kind] == nil {
		(*to)[kind] = map[uuid.UUID]bool{}
	}
	for _, id := range ids {
		(*to)[kind][id] = true
	}
}

// Touch implements change.Tracker.
func (t *Tenant) Touch(ctx context.Context, kind change.Kind, ids ...uuid.UUID) {
	if u := unitOf(ctx); u != nil {
		u.add(&u.objects, kind, ids)
	}
}

// Regrant implements change.Tracker.
func (t *Tenant) Regrant(ctx context.Context, kind change.Kind, ids ...uuid.UUID) {
	if u := unitOf(ctx); u != nil {
		u.touched.add(&u.touched.regrant, kind, ids)
	}
}

// settle recomputes effective roles and writes tasks and outbox rows for everything touched.
func (u *unit) settle(ctx context.Context) error {
	if err := u.recompute(ctx); err != nil {
		return err
	}
	if err := u.ridesWithUser(ctx); err != nil {
		return err
	}
	return u.enqueue(ctx)
}

// recompute brings the effective roles of everybody concerned up to date and touches whoever's changed.
func (u *unit) recompute(ctx context.Context) error {
	if len(u.regrant) == 0 {
		return nil
	}
	users, accounts, err := u.concerned(ctx)
	if err != nil {
		return err
	}
	changed, err := u.q.RecomputeEffectiveRoles(ctx, db.RecomputeEffectiveRolesParams{Users: users, Accounts: accounts})
	if err != nil {
		return fmt.Errorf("recompute effective roles: %w", err)
	}
	for _, c := range changed {
		if c.UserID != nil {
			u.add(&u.objects, change.User, []uuid.UUID{*c.UserID})
		}
		if c.AccountID != nil {
			u.add(&u.objects, change.Account, []uuid.UUID{*c.AccountID})
		}
		u.add(&u.objects, change.Role, []uuid.UUID{c.RoleID})
	}
	return nil
}

// concerned resolves what passes something on to the users and accounts that receive it.
func (u *unit) concerned(ctx context.Context) (users, accounts []uuid.UUID, err error) {
	all := map[change.Kind]map[uuid.UUID]bool{}
	var t touched
	t.add(&all, change.User, keys(u.regrant[change.User]))
	t.add(&all, change.Account, keys(u.regrant[change.Account]))
	if groups := keys(u.regrant[change.Group]); len(groups) > 0 {
		below, err := u.q.MembersBelowGroups(ctx, groups)
		if err != nil {
			return nil, nil, fmt.Errorf("find members: %w", err)
		}
		t.add(&all, change.User, below)
	}
	if roles := keys(u.regrant[change.Role]); len(roles) > 0 {
		holders, err := u.q.HoldersOfRoles(ctx, roles)
		if err != nil {
			return nil, nil, fmt.Errorf("find holders: %w", err)
		}
		for _, h := range holders {
			if h.UserID != nil {
				t.add(&all, change.User, []uuid.UUID{*h.UserID})
			} else if h.AccountID != nil {
				t.add(&all, change.Account, []uuid.UUID{*h.AccountID})
			}
		}
	}
	owners, err := u.q.UsersOfAccounts(ctx, keys(all[change.Account]))
	if err != nil {
		return nil, nil, fmt.Errorf("find account owners: %w", err)
	}
	for _, o := range owners {
		if o.UserID != nil {
			t.add(&all, change.User, []uuid.UUID{*o.UserID})
		}
	}
	return keys(all[change.User]), keys(all[change.Account]), nil
}

// ridesWithUser replaces touched accounts of a single user by their user: they travel together. Unmanaged ones do not travel.
func (u *unit) ridesWithUser(ctx context.Context) error {
	accounts := keys(u.objects[change.Account])
	if len(accounts) == 0 {
		return nil
	}
	found, err := u.q.UsersOfAccounts(ctx, accounts)
	if err != nil {
		return fmt.Errorf("find account owners: %w", err)
	}
	for _, a := range found {
		switch {
		case a.UserID != nil:
			u.add(&u.objects, change.User, []uuid.UUID{*a.UserID})
			delete(u.objects[change.Account], a.ID)
		case a.Type == "unmanaged":
			delete(u.objects[change.Account], a.ID)
		}
	}
	return nil
}

// enqueue writes the tasks and outbox rows, as engine mode and task limit say.
func (u *unit) enqueue(ctx context.Context) error {
	origin := change.OriginOf(ctx)
	if origin.Kind == change.Engine {
		delete(u.objects, change.User)
		delete(u.objects, change.Account)
	}
	if err := u.dropUnmapped(ctx); err != nil {
		return err
	}
	count := 0
	for _, of := range u.objects {
		count += len(of)
	}
	if count == 0 || origin.Silent {
		return nil
	}
	settings, err := u.q.EngineSettings(ctx)
	if err != nil {
		return fmt.Errorf("read engine settings: %w", err)
	}
	if settings.Mode == "readonly" || (settings.Mode == "manual" && !origin.Forced) {
		return nil
	}
	task := db.EnqueueSyncTasksParams{Status: "pending", Priority: 3, Lane: "interactive", Source: origin.Kind, SourceID: origin.ID}
	if origin.Priority != 0 {
		task.Priority = int16(origin.Priority) //nolint:gosec // 1 to 5
	}
	if task.SourceID == uuid.Nil {
		task.SourceID = uuid.New()
	}
	open, err := u.q.CountOpenTasksOfSource(ctx, task.SourceID)
	if err != nil {
		return fmt.Errorf("count tasks of source: %w", err)
	}
	total := int(open) + count
	if total > BulkThreshold {
		task.Lane = "bulk"
		task.Priority = max(task.Priority, 5)
	}
	if total > int(settings.TaskLimit) && !origin.Released {
		task.Status = "held"
	}
	return u.writeTasks(ctx, task)
}

// dropUnmapped forgets the roles and groups that concern no system: they get no task, and do not count towards the limit.
func (u *unit) dropUnmapped(ctx context.Context) error {
	var p db.MappedObjectsParams
	for _, kind := range []change.Kind{change.Group, change.Role} {
		for _, id := range keys(u.objects[kind]) {
			p.Types, p.Objects = append(p.Types, string(kind)), append(p.Objects, id)
		}
		delete(u.objects, kind)
	}
	if len(p.Objects) == 0 {
		return nil
	}
	mapped, err := u.q.MappedObjects(ctx, p)
	if err != nil {
		return fmt.Errorf("find mapped objects: %w", err)
	}
	for _, m := range mapped {
		u.add(&u.objects, change.Kind(m.ObjectType), []uuid.UUID{m.ObjectID})
	}
	return nil
}

func (u *unit) writeTasks(ctx context.Context, task db.EnqueueSyncTasksParams) error {
	for _, kind := range []change.Kind{change.Account, change.Group, change.Role, change.User} {
		for _, id := range keys(u.objects[kind]) {
			key, err := uuid.NewV7()
			if err != nil {
				return fmt.Errorf("make task id: %w", err)
			}
			task.Ids = append(task.Ids, key)
			task.Types = append(task.Types, string(kind))
			task.Objects = append(task.Objects, id)
		}
	}
	written, err := u.q.EnqueueSyncTasks(ctx, task)
	if err != nil {
		return fmt.Errorf("write synchronisation tasks: %w", err)
	}
	if task.Status == "held" {
		if err := u.q.HoldTasksOfSource(ctx, task.SourceID); err != nil {
			return fmt.Errorf("hold tasks: %w", err)
		}
		return nil
	}
	return u.send(ctx, task.SourceID, written)
}

// send puts into the outbox what wakes the workflows: one row per object, or one for the whole batch.
func (u *unit) send(ctx context.Context, source uuid.UUID, written []db.EnqueueSyncTasksRow) error {
	var keys []string
	var payloads []json.RawMessage
	bulk := false
	for _, w := range written {
		if w.Status != "pending" {
			continue
		}
		if w.Lane == "bulk" {
			bulk = true
			continue
		}
		keys = append(keys, w.ObjectType+"/"+w.ObjectID.String())
		payload, err := json.Marshal(SyncObject{Type: w.ObjectType, ID: w.ObjectID, Name: w.ObjectName})
		if err != nil {
			return fmt.Errorf("encode outbox payload: %w", err)
		}
		payloads = append(payloads, payload)
	}
	if len(keys) > 0 {
		if err := u.post(ctx, KindSyncObject, keys, payloads); err != nil {
			return err
		}
	}
	if !bulk {
		return nil
	}
	return u.postBatch(ctx, source)
}

// postBatch wakes the batch of a source.
func (u *unit) postBatch(ctx context.Context, source uuid.UUID) error {
	payload, err := json.Marshal(SyncBatch{Source: source})
	if err != nil {
		return fmt.Errorf("encode outbox payload: %w", err)
	}
	return u.post(ctx, KindSyncBatch, []string{"batch/" + source.String()}, []json.RawMessage{payload})
}

// post writes outbox rows of one kind and wakes the relay when the transaction commits.
func (u *unit) post(ctx context.Context, kind string, keys []string, payloads []json.RawMessage) error {
	if err := u.q.InsertOutbox(ctx, db.InsertOutboxParams{Kind: kind, Keys: keys, Payloads: payloads}); err != nil {
		return fmt.Errorf("write outbox: %w", err)
	}
	if err := u.q.NotifyOutbox(ctx, u.tenant.key); err != nil {
		return fmt.Errorf("wake relay: %w", err)
	}
	return nil
}

// keys gives the ids of a set in order, so that rows are always locked in the same order.
func keys(set map[uuid.UUID]bool) []uuid.UUID {
	out := make([]uuid.UUID, 0, len(set))
	for id := range set {
		out = append(out, id)
	}
	slices.SortFunc(out, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return out
}

var _ change.Tracker = (*Tenant)(nil)
