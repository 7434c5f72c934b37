package agent

import (
	"context"
	"time"

	"provost/internal/connector"
	"provost/internal/scriptservice/site"
	"provost/internal/synctask"
)

// Budget bounds one call of Apply, so that a person's change is never long behind a batch. Zero means no bound. What belongs to one task
// is never cut: a task is recorded as a whole.
type Budget struct {
	Items int
	Time  time.Duration
}

func (b Budget) spent(items int, since time.Time) bool {
	return (b.Items > 0 && items >= b.Items) || (b.Time > 0 && time.Since(since) > b.Time)
}

// A call works in chunks: what is wanted of the objects of a chunk is read at once, while they are locked, and asked once more before they
// are let go. A system that is slow ends a chunk early, so that nobody waits long for an object.
const (
	chunkItems = 20
	chunkTime  = 100 * time.Millisecond
)

// chunk bounds the next chunk of a call that has done so many items.
func (b Budget) chunk(done int) Budget {
	next := Budget{Items: chunkItems, Time: chunkTime}
	if b.Items > 0 {
		next.Items = min(next.Items, b.Items-done)
	}
	if b.Time > 0 {
		next.Time = min(next.Time, b.Time)
	}
	return next
}

// Apply brings targets into the system, in order, until the budget is spent: the results say how far it came. When the system cannot be
// reached, all that is left fails for that reason at once.
func (a *Agent) Apply(ctx context.Context, targets []synctask.Target, budget Budget, progress func(done int)) []synctask.Result {
	start := time.Now()
	var results []synctask.Result
	for len(results) < len(targets) && ctx.Err() == nil {
		done := len(results)
		if done > 0 && budget.spent(done, start) {
			break
		}
		bound := budget.chunk(done)
		chunk := synctask.WholeTasks(targets[done:], bound.Items)
		results = append(results, a.applyChunk(ctx, chunk, bound.Time, func(n int) { progress(done + n) })...)
		if len(results) > done && away(&results[len(results)-1]) {
			return append(results, unreached(targets[len(results):], &results[len(results)-1])...)
		}
	}
	return results
}

// away reports whether the system could not be reached: then it makes no sense to ask it for the next object.
func away(r *synctask.Result) bool {
	return r.ErrorClass == connector.ClassUnavailable || r.ErrorClass == connector.ClassAuth
}

func unreached(targets []synctask.Target, last *synctask.Result) []synctask.Result {
	out := make([]synctask.Result, len(targets))
	for i, t := range targets {
		out[i] = synctask.Result{Target: t, Outcome: synctask.Errored, ErrorClass: last.ErrorClass, Message: last.Message}
	}
	return out
}

// applyChunk brings a chunk until its time is over, at least one task. A call that nobody waits for any more ends with the task before.
func (a *Agent) applyChunk(ctx context.Context, chunk []synctask.Target, limit time.Duration, progress func(done int)) []synctask.Result {
	unlock := a.locks.lock(a.lockKeys(chunk)...)
	defer unlock()
	start := time.Now()
	wanted, err := a.wanted(ctx, chunk)
	if err != nil {
		return unreached(chunk, &synctask.Result{ErrorClass: connector.ClassOf(err), Message: err.Error()})
	}
	var results []synctask.Result
	whole := 0 // results up to here are of complete tasks
	for i, t := range chunk {
		if i > 0 && t.Task != chunk[i-1].Task {
			whole = i
			if time.Since(start) > limit {
				break
			}
		}
		if ctx.Err() != nil {
			results = results[:whole]
			break
		}
		results = append(results, a.bring(ctx, t, wanted[i], false))
		if away(&results[i]) {
			break
		}
		progress(i + 1)
	}
	a.catchUp(ctx, results)
	return results
}

func (a *Agent) lockKeys(chunk []synctask.Target) []string {
	keys := make([]string, len(chunk))
	for i, t := range chunk {
		keys[i] = a.System.ID.String() + t.Object.String() + t.Class
	}
	return keys
}

// wanted reads the states wanted at this moment.
func (a *Agent) wanted(ctx context.Context, targets []synctask.Target) ([]Target, error) {
	ctx, cancel := a.limited(ctx)
	defer cancel()
	wanted, err := a.source.Targets(ctx, a.System.ID, targets)
	if err != nil {
		return nil, ours("read wanted state", err)
	}
	return wanted, nil
}

func (a *Agent) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, time.Duration(a.System.TaskTimeoutMS)*time.Millisecond)
}

// catchUpRounds bounds how often a state that changes under our hands is brought again in one call.
const catchUpRounds = 3

// catchUp looks again after writes. A write that was held up, by a hanging system or a stopped process, may have come after that of a
// newer state, whose server believes its own in place: so whoever wrote last brings what is wanted now, even when nobody waits for the
// result any more.
func (a *Agent) catchUp(ctx context.Context, results []synctask.Result) {
	ctx = context.WithoutCancel(ctx)
	written := make([]*synctask.Result, 0, len(results))
	for i := range results {
		written = append(written, &results[i])
	}
	for range catchUpRounds {
		written = changed(written)
		if len(written) == 0 {
			return
		}
		targets := make([]synctask.Target, len(written))
		for i, r := range written {
			targets[i] = r.Target
		}
		wanted, err := a.wanted(ctx, targets)
		var behind []*synctask.Result
		for i, r := range written {
			switch {
			case err != nil:
				*r = errored(r.Target, err)
			case wanted[i].DesiredVersion != r.Version:
				*r = a.bring(ctx, r.Target, wanted[i], true)
				behind = append(behind, r)
			}
		}
		written = behind
	}
}

// changed gives those of the results that wrote something.
func changed(results []*synctask.Result) []*synctask.Result {
	var out []*synctask.Result
	for _, r := range results {
		switch r.Outcome {
		case synctask.Created, synctask.Updated, synctask.Deleted:
			out = append(out, r)
		}
	}
	return out
}

// bring reads, compares and writes one object, within the agent's time limit. A state that is noted as applied is left alone unless it is
// known to have been overwritten.
func (a *Agent) bring(ctx context.Context, t synctask.Target, want Target, overwritten bool) synctask.Result {
	ctx, cancel := a.limited(site.With(ctx, a.System.ID))
	defer cancel()
	result := synctask.Result{Target: t, Version: want.DesiredVersion, Key: want.Key.Name, ExternalID: want.Key.ID}
	c, mapped := a.classes[t.Class]
	switch {
	case !mapped:
		return errored(t, connector.Errorf(connector.ClassPolicy, "apply", "the agent has no mapping %s any more", t.Class))
	case want.AppliedVersion >= want.DesiredVersion && !overwritten:
		result.Outcome = synctask.Unchanged
		return result
	case a.System.ReadOnly:
		return errored(t, connector.Errorf(connector.ClassPolicy, "apply", "the agent %s is read-only", a.System.Name))
	}
	result, err := a.write(ctx, &c, want, result)
	if err != nil {
		return errored(t, err)
	}
	return result
}

func errored(t synctask.Target, err error) synctask.Result {
	return synctask.Result{
		Target: t, Outcome: synctask.Errored, ErrorClass: connector.ClassOf(err), Message: err.Error(), RetryAfter: connector.RetryAfter(err),
	}
}

// write does what makes the system hold the wanted state.
func (a *Agent) write(ctx context.Context, c *class, want Target, r synctask.Result) (synctask.Result, error) {
	current, err := a.find(ctx, c, want)
	if err != nil {
		return r, err
	}
	switch {
	case want.Desired == nil:
		return a.remove(ctx, c, want, current, r)
	case current == nil:
		return a.create(ctx, c, want, r)
	default:
		return a.update(ctx, c, want, *current, r)
	}
}
