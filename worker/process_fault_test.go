package worker_test

import (
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/fault"
	"provost/internal/task"
)

// What can come between the decision about a process and its effect, each three times in a row. The oracle looks everywhere: one decision
// stands, it is done once, everybody was told the truth, and nothing is left.

const tries = 3

// race has both approvers press at the same moment, one for and one against.
func (o *office) race(demands []*demand) {
	for i, d := range demands {
		var ready, group sync.WaitGroup
		var said [2]error
		for at, who := range approvers {
			ctx, outcome := o.as(who), []string{"approve", "deny"}[(at+i)%2]
			ready.Add(1)
			group.Go(func() {
				ready.Done()
				ready.Wait()
				_, said[at] = o.Platform.Tasks.Complete(ctx, d.task, task.Completion{Outcome: outcome})
			})
		}
		group.Wait()
		d.said[approvers[0]], d.said[approvers[1]] = said[0], said[1]
	}
}

// hurry has somebody press at the moment the time runs out, give or take.
func (o *office) hurry(demands []*demand, about func(try int) time.Duration) {
	var group sync.WaitGroup
	for i, d := range demands {
		pause := time.Until(d.due.Add(about(i)))
		group.Go(func() {
			<-time.After(pause)
			o.press(d, "bob", "approve")
		})
	}
	group.Wait()
}

// When a worker is killed.
const (
	atOnce = iota // when the decision stands, and perhaps before the process heard of it
	inside        // while the effect is being written
	behind        // when the effect stands, and before the process knows
	moments
)

// killAt has somebody decide and kills the worker at a moment after that. It gives the worker that goes on.
func (o *office) killAt(w *child, d *demand, moment int) *child {
	o.t.Helper()
	free := func() {}
	if moment == inside {
		free = o.blocked()
	}
	o.press(d, "carla", "approve")
	switch moment {
	case inside:
		require.True(o.t, within(30*time.Second, o.stuck), "it grants")
	case behind:
		for end := time.Now().Add(time.Minute); o.Count("select count(*) from process_effects where process_id = $1", d.process.ID) == 0; {
			require.True(o.t, time.Now().Before(end), "it grants")
		}
	}
	w.kill()
	free()
	return o.worker()
}

// lose has somebody decide at the interface and kills that when the decision stands, before anybody hears of it. It gives the one that people
// find next.
func (o *office) lose(api *child, d *demand) *child {
	o.t.Helper()
	var group sync.WaitGroup
	group.Go(func() { o.send(api.url, d, "bob", "approve") })
	for end := time.Now().Add(time.Minute); o.Count("select count(*) from process_tasks where id = $1 and status = 'completed'", d.task) == 0; {
		require.True(o.t, time.Now().Before(end), "it decides")
	}
	api.kill()
	group.Wait()
	d.said["bob"] = nil // it stands, whatever he heard
	next := o.counter()
	for _, who := range []string{"bob", "carla"} {
		status, text := o.send(next.url, d, who, "deny")
		require.Equal(o.t, http.StatusConflict, status, text)
		require.Contains(o.t, text, "completed by bob")
	}
	d.said["carla"] = fault.New(fault.Conflict, "completed by bob")
	return next
}

func TestTwoApproversPressAtOnce(t *testing.T) { //nolint:paralleltest // one core queue
	o := newOffice(t)
	o.worker()
	demands := o.ask("access", tries)
	o.race(demands)
	require.Empty(t, o.ends(demands, 30*time.Second))
}

func TestTimeRunsOutWhileSomebodyPresses(t *testing.T) { //nolint:paralleltest // one core queue
	o := newOffice(t)
	o.worker()
	demands := o.ask("hurried", tries)
	moments := []time.Duration{-500 * time.Millisecond, 5 * time.Millisecond, 2 * time.Second}
	o.hurry(demands, func(try int) time.Duration { return moments[try] })
	require.Empty(t, o.ends(demands, 30*time.Second))
	require.NoError(t, demands[0].said["bob"], "in time is in time")
	require.ErrorContains(t, demands[2].said["bob"], "ran out")
}

func TestWorkerIsKilledBetweenDecisionAndEffect(t *testing.T) { //nolint:paralleltest // one core queue
	o := newOffice(t)
	w := o.worker()
	demands := o.ask("access", tries)
	for moment, d := range demands {
		w = o.killAt(w, d, moment)
	}
	require.Empty(t, o.ends(demands, time.Minute), "a killed worker is missed soon")
}

func TestInterfaceIsKilledBehindADecision(t *testing.T) { //nolint:paralleltest // one core queue
	o := newOffice(t)
	w, api := o.worker(), o.counter()
	demands := o.ask("access", tries)
	w.signal(syscall.SIGSTOP) // nobody delivers what was decided
	for _, d := range demands {
		api = o.lose(api, d)
	}
	require.Equal(t, tries, o.Count("select count(*) from outbox where kind = 'process.decide'"), "none was delivered")
	w.signal(syscall.SIGCONT)
	require.Empty(t, o.ends(demands, 30*time.Second))
}
