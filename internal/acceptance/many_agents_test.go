package acceptance

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/mapping"
)

// TestManyAgents has one worker serve 500 agents: every queue delivers, and the process stays small and quiet.
func TestManyAgents(t *testing.T) {
	const agents = 500
	if testing.Short() {
		t.Skip("500 agents take a while")
	}
	w := begin(t, "auto")
	w.set("soffid.task.limit", strconv.Itoa(10*agents))
	path := w.file("badges.csv", "badge,holder\n")
	for i := range agents {
		w.system(account.System{
			Name: fmt.Sprintf("Agent %03d", i), Connector: "csv",
			Parameters: map[string]string{"file": path, "key": "badge", "write": "false"},
			Mappings: []mapping.ObjectMapping{{
				SystemObject: "badge", ObjectType: mapping.TypeUser, Properties: map[string]string{"key": "badge"},
				Rows: []mapping.Row{{System: "badge", Direction: mapping.DirectionOut, Provost: "accountName"}},
			}},
		})
	}
	_, err := w.Platform.Users.Create(w.ctx, sampleUser("ada"))
	require.NoError(t, err)
	// The file cannot be written, so each agent has to answer that it refused: an answer of every queue.
	answered := ""
	require.Eventually(t, func() bool {
		answered = w.value("select count(*)::text from sync_parts p join systems s on s.id = p.system_id where p.status = 'failed' and p.attempts > 0")
		return answered == strconv.Itoa(agents)
	}, 3*patience, 200*time.Millisecond, "queues that answered")

	before, start := processor(t), time.Now()
	time.Sleep(10 * time.Second) // idle time is what is measured
	idle := 100 * (processor(t) - before).Seconds() / time.Since(start).Seconds()
	t.Logf("%s of %d queues answered; resident memory %d MiB; idle %.1f %% of one core", answered, agents, resident(t), idle)
}

// resident is the memory of this process in MiB: worker, API, relay and the test itself.
func resident(tb testing.TB) int {
	tb.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	require.NoError(tb, err)
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	require.NoError(tb, err)
	return pages * os.Getpagesize() >> 20
}

// processor is the processor time this process used so far.
func processor(tb testing.TB) time.Duration {
	tb.Helper()
	var usage syscall.Rusage
	require.NoError(tb, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
