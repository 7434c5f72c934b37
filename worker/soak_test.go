//go:build soak

package worker_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/pgdev"
	"provost/internal/store"
)

// checkpoint is what a soak has done so far; a later one goes on counting from it.
type checkpoint struct {
	Seed   uint64         `json:"seed"`
	Rounds int            `json:"rounds"`
	Faults map[string]int `json:"faults"`
	Users  int            `json:"users"`
}

func readCheckpoint(t *testing.T, path string) checkpoint {
	t.Helper()
	c := checkpoint{Seed: uint64(time.Now().UnixNano()), Faults: map[string]int{}}
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return c
	}
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &c))
	return c
}

func (c *checkpoint) write(t *testing.T, path string) {
	t.Helper()
	text, err := json.MarshalIndent(c, "", "  ")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
	require.NoError(t, os.WriteFile(path, append(text, '\n'), 0o600))
}

// soak is a stack of servers that may all be killed.
type soak struct {
	*stack
	t        *testing.T
	start    func() *pgdev.Server
	postgres *pgdev.Server
	engine   *ownTemporal
	worker   *child
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
	return s
}

// faults are what may happen in the middle of a round.
func (s *soak) faults() map[string]func() {
	return map[string]func(){
		"worker killed": func() {
			s.worker.kill()
			s.worker = s.stack.worker("one")
		},
		"directory away": func() {
			s.stopDirectory()
			s.startDirectory()
		},
		"worker stopped": func() {
			still := s.worker
			still.signal(syscall.SIGSTOP)
			s.worker = s.stack.worker("two")
			s.rename(fmt.Sprintf("While stopped %d", time.Now().UnixNano()))
			s.through(3 * time.Minute)
			still.signal(syscall.SIGCONT)
			require.True(s.t, within(30*time.Second, func() bool {
				return s.Count("select count(*) from servers where last_seen > clock_timestamp() - interval '6 seconds'") >= 2
			}))
			still.kill()
		},
		"database killed": func() {
			killPostgres(s.t, s.postgres)
			s.postgres = s.start()
			s.engine.kill() // it keeps everything in the same database and may have ended with it
			s.engine.start()
		},
		"temporal killed": func() {
			s.engine.kill()
			s.engine.start()
		},
	}
}

// TestSoakFaults changes people and breaks servers at random for PROVOST_SOAK_FOR, and asks the oracle after every round. What it did is
// kept in PROVOST_SOAK_DIR.
func TestSoakFaults(t *testing.T) { //nolint:paralleltest // it has servers of its own and all the time
	length, err := time.ParseDuration(os.Getenv("PROVOST_SOAK_FOR"))
	require.NoError(t, err, "PROVOST_SOAK_FOR must be a duration such as 2h")
	path := filepath.Join(os.Getenv("PROVOST_SOAK_DIR"), "faults.json")
	c := readCheckpoint(t, path)
	s := newSoak(t)
	faults := s.faults()
	names := []string{"worker killed", "directory away", "worker stopped", "database killed", "temporal killed"}
	for end := time.Now().Add(length); time.Now().Before(end); {
		random := rand.New(rand.NewPCG(c.Seed, uint64(c.Rounds))) // a round can be repeated
		name := names[random.IntN(len(names))]
		before, hired := len(s.entries()), 50+random.IntN(150)
		s.hire(fmt.Sprintf("r%d-", c.Rounds), hired)
		s.reaches(before + 1 + random.IntN(hired/2))
		faults[name]()
		s.through(5 * time.Minute)
		c.Rounds++
		c.Users += hired
		c.Faults[name]++
		c.write(t, path)
		t.Logf("round %d: %s, %d people", c.Rounds, name, before+hired)
	}
}
