//go:build soak

package worker_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/pgdev"
	"provost/internal/store"
)

// tally counts what a round did, or all rounds. Lost, doubled and stale have to be zero.
type tally struct {
	People   int `json:"people"`   // hired
	Tasks    int `json:"tasks"`    // provisioned
	Messages int `json:"messages"` // at most so many were sent to Temporal: starts and signals; a database that is killed skips numbers
	Signals  int `json:"signals"`  // SIGSTOP and SIGCONT sent to processes
	Kills    int `json:"kills"`    // processes killed
	Stops    int `json:"stops"`    // of the directory

	Approvers  int `json:"approvers"`  // two of them pressed at once
	Clocks     int `json:"clocks"`     // whose time ran out while somebody pressed
	Workers    int `json:"workers"`    // killed between decision and effect
	Interfaces int `json:"interfaces"` // killed behind a decision

	Lost    int `json:"lost"`
	Doubled int `json:"doubled"`
	Stale   int `json:"stale"`
}

func (a *tally) add(b tally) {
	a.People += b.People
	a.Tasks += b.Tasks
	a.Messages += b.Messages
	a.Signals += b.Signals
	a.Kills += b.Kills
	a.Stops += b.Stops
	a.Approvers += b.Approvers
	a.Clocks += b.Clocks
	a.Workers += b.Workers
	a.Interfaces += b.Interfaces
	a.Lost += b.Lost
	a.Doubled += b.Doubled
	a.Stale += b.Stale
}

// judge counts what the oracle found.
func (a *tally) judge(findings []string) {
	for _, finding := range findings {
		switch {
		case strings.HasSuffix(finding, " is lost"):
			a.Lost++
		case strings.HasSuffix(finding, " times"):
			a.Doubled++
		default:
			a.Stale++
		}
	}
}

// String is the line of a round.
func (a *tally) String() string {
	return fmt.Sprintf("%d people, %d tasks provisioned, %d messages, %d signals, %d kills, %d stops; processes: %d approvers, %d clocks, %d workers, %d interfaces; "+
		"lost = %d, doubled = %d, stale = %d", a.People, a.Tasks, a.Messages, a.Signals, a.Kills, a.Stops, a.Approvers, a.Clocks, a.Workers, a.Interfaces,
		a.Lost, a.Doubled, a.Stale)
}

// checkpoint is what all soaks in a folder have done so far; a later one goes on counting from it.
type checkpoint struct {
	Seed   uint64  `json:"seed"`
	Rounds []tally `json:"rounds"`
}

func readCheckpoint(t *testing.T, path string) checkpoint {
	t.Helper()
	c := checkpoint{Seed: uint64(time.Now().UnixNano())}
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return c
	}
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &c))
	return c
}

// write replaces the file at once, so that an interruption leaves the old one or the new one.
func (c *checkpoint) write(t *testing.T, path string) {
	t.Helper()
	text, err := json.MarshalIndent(c, "", "  ")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
	require.NoError(t, os.WriteFile(path+".new", append(text, '\n'), 0o600))
	require.NoError(t, os.Rename(path+".new", path))
}

// endure runs rounds, each in a world of its own, until PROVOST_SOAK_ROUNDS are done, PROVOST_SOAK_FOR is over, or the first interrupt;
// a second interrupt ends it at once. Results are kept in PROVOST_SOAK_DIR after every round. A round is repeated from seed and number.
func endure(t *testing.T, name string, round func(t *testing.T, random *rand.Rand) tally) {
	t.Helper()
	length, err := time.ParseDuration(os.Getenv("PROVOST_SOAK_FOR"))
	require.NoError(t, err, "PROVOST_SOAK_FOR must be a duration such as 2h")
	rounds, err := strconv.Atoi(os.Getenv("PROVOST_SOAK_ROUNDS"))
	require.NoError(t, err, "PROVOST_SOAK_ROUNDS must be a number; 0 for as many as there is time for")
	interrupted, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer context.AfterFunc(interrupted, stop)()

	path := filepath.Join(os.Getenv("PROVOST_SOAK_DIR"), name+".json")
	c := readCheckpoint(t, path)
	end := time.Now().Add(length)
	for done := 0; (rounds == 0 || done < rounds) && time.Now().Before(end) && interrupted.Err() == nil; done++ {
		number, begin := len(c.Rounds)+1, time.Now()
		passed := t.Run(fmt.Sprintf("round %d", number), func(t *testing.T) {
			random := rand.New(rand.NewPCG(c.Seed, uint64(number)))
			result := round(t, random)
			c.Rounds = append(c.Rounds, result)
			c.write(t, path)
			fmt.Fprintf(os.Stdout, "round %d (seed %d, %s): %s\n", number, c.Seed, time.Since(begin).Round(time.Second), result.String())
			require.Zero(t, result.Lost+result.Doubled+result.Stale)
		})
		require.True(t, passed, "round %d", number)
	}
	var all tally
	for _, r := range c.Rounds {
		all.add(r)
	}
	fmt.Fprintf(os.Stdout, "%d rounds in all: %s\n", len(c.Rounds), all.String())
}

// soak is a stack of servers that may all be killed.
type soak struct {
	*stack
	tally
	t        *testing.T
	start    func() *pgdev.Server
	postgres *pgdev.Server
	engine   *ownTemporal
	worker   *child
	office   *office
}

func newSoak(t *testing.T) *soak {
	t.Helper()
	s := &soak{t: t, start: ownPostgres(t)}
	s.postgres = s.start()
	require.NoError(t, s.postgres.CreateDatabase(t.Context(), "provost"))
	url := s.postgres.URL("provost")
	require.NoError(t, store.Migrate(t.Context(), url, "master", "other"))
	s.engine = &ownTemporal{t: t, database: url, address: freeAddress(t)}
	settings := s.engine.start()
	t.Cleanup(func() { s.engine.kill() })
	s.stack = stackOn(t, url, settings)
	s.worker = s.stack.worker("one")
	s.office = officeOn(s.stack)
	return s
}

// grow hires people and returns in the middle of their provisioning.
func (s *soak) grow(prefix string, random *rand.Rand) {
	before, hired := len(s.entries()), 50+random.IntN(150)
	s.hire(prefix, hired)
	s.People += hired
	s.reaches(before + 1 + random.IntN(hired/2))
}

// settle waits until everything is provisioned and counts what the oracle finds.
func (s *soak) settle() {
	came := within(5*time.Minute, s.settled)
	found := compare(s.wanted(), s.entries())
	s.judge(found)
	require.True(s.t, came, "all is provisioned and noted: open %v; tasks %v; %d not noted as applied; the directory: %v", s.Open(),
		s.Texts("select status || ' ' || count(*) from sync_tasks group by status"), s.unapplied(), found)
}

// finish completes the counts.
func (s *soak) finish() tally {
	s.Tasks = s.Count("select count(*) from sync_tasks where status = 'done'")
	s.Messages = s.Count("select coalesce(max(last_value), 0) from pg_sequences where sequencename = 'outbox_id_seq' and schemaname = 't_master'")
	return s.tally
}

// faults are what happens in the middle of provisioning, one for each fault test.
func (s *soak) faults() []func() {
	return []func(){s.killWorker, s.takeDirectory, s.stopWorker, s.killDatabase, s.killEngine}
}

func (s *soak) killWorker() {
	s.worker.kill()
	s.Kills++
	s.worker = s.stack.worker("one")
}

func (s *soak) takeDirectory() {
	s.stopDirectory()
	s.Stops++
	require.True(s.t, within(30*time.Second, func() bool {
		return s.Count("select count(*) from system_status where connected is false") == 1
	}), "it is noticed")
	s.startDirectory()
}

// stopWorker lets a worker stand still until everything has changed, and go on for a while after that.
func (s *soak) stopWorker() {
	still := s.worker
	still.signal(syscall.SIGSTOP)
	s.worker = s.stack.worker("two")
	s.rename(fmt.Sprintf("While stopped %d", s.Signals))
	s.settle()
	still.signal(syscall.SIGCONT)
	s.Signals += 2
	require.True(s.t, within(30*time.Second, func() bool {
		return s.Count("select count(*) from servers where last_seen > clock_timestamp() - interval '6 seconds'") >= 2
	}), "both work")
	s.settle()
	still.kill()
	s.Kills++
}

func (s *soak) killDatabase() {
	killPostgres(s.t, s.postgres)
	s.postgres = s.start()
	s.engine.kill() // it keeps everything in the same database and may have ended with it
	s.engine.start()
	s.Kills += 2
}

func (s *soak) killEngine() {
	s.engine.kill()
	s.engine.start()
	s.Kills++
}

// triesOfARound is how often a round tries each fault of processes.
const triesOfARound = 10

// approve lets every fault of processes happen, in any order, and asks the oracle of processes after each.
func (s *soak) approve(random *rand.Rand) {
	faults := []func(*rand.Rand) []*demand{s.raceApprovers, s.raceClocks, s.killWorkers, s.killInterfaces}
	for _, which := range random.Perm(len(faults)) {
		demands := faults[which](random)
		s.judge(s.office.ends(demands, 5*time.Minute))
	}
}

func (s *soak) raceApprovers(*rand.Rand) []*demand {
	demands := s.office.ask("access", triesOfARound)
	s.office.race(demands)
	s.Approvers += len(demands)
	return demands
}

func (s *soak) raceClocks(random *rand.Rand) []*demand {
	demands := s.office.ask("hurried", triesOfARound)
	s.office.hurry(demands, func(int) time.Duration { return time.Duration(random.IntN(300)-100) * time.Millisecond })
	s.Clocks += len(demands)
	return demands
}

func (s *soak) killWorkers(random *rand.Rand) []*demand {
	demands := s.office.ask("access", triesOfARound)
	for _, d := range demands {
		s.worker = s.office.killAt(s.worker, d, random.IntN(moments))
		s.Workers++
		s.Kills++
	}
	return demands
}

func (s *soak) killInterfaces(*rand.Rand) []*demand {
	demands := s.office.ask("access", triesOfARound)
	s.worker.signal(syscall.SIGSTOP)
	api := s.office.counter()
	for _, d := range demands {
		api = s.office.lose(api, d)
		s.Interfaces++
		s.Kills++
	}
	api.kill()
	s.worker.signal(syscall.SIGCONT)
	s.Signals += 2
	return demands
}

// TestSoakFaults lets every fault happen in every round, in any order, each in the middle of provisioning, and asks the oracle after each; then
// those of processes.
func TestSoakFaults(t *testing.T) { //nolint:paralleltest // it has servers of its own and all the time
	endure(t, "faults", func(t *testing.T, random *rand.Rand) tally {
		t.Helper()
		s := newSoak(t)
		faults := s.faults()
		for i, which := range random.Perm(len(faults)) {
			s.grow(fmt.Sprintf("f%d-", i), random)
			faults[which]()
			s.settle()
		}
		s.approve(random)
		s.settle()
		return s.finish()
	})
}

// TestSoakSync changes people while earlier changes are on their way, without a fault, and asks the oracle when all has arrived.
func TestSoakSync(t *testing.T) { //nolint:paralleltest // it has servers of its own and all the time
	endure(t, "sync", func(t *testing.T, random *rand.Rand) tally {
		t.Helper()
		s := newSoak(t)
		for i := range 5 {
			s.grow(fmt.Sprintf("s%d-", i), random)
			for change := range 1 + random.IntN(3) {
				s.rename(fmt.Sprintf("Name %d of %d", change, i))
			}
			if random.IntN(2) == 0 {
				s.settle()
			}
		}
		s.settle()
		return s.finish()
	})
}
