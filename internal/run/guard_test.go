package run_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/run"
)

// The guard judges the whole change list before the first write. Each line is one listing and what is said about it.
func TestGuard(t *testing.T) {
	t.Parallel()
	thousand := run.Extent{ObjectType: "user", Listed: 1000, Known: 1000}
	with := func(inserts, updates, deletes int64) run.Extent {
		e := thousand
		e.Inserts, e.Updates, e.Deletes = inserts, updates, deletes
		return e
	}
	for _, c := range []struct {
		name   string
		guard  account.Guard
		extent run.Extent
		reason string // a part of the only reason; empty when it passes
	}{
		{name: "nothing changes", extent: with(0, 0, 0)},
		{name: "as many inserts as the default", extent: with(1000, 0, 0)},
		{name: "one insert too many", extent: with(1001, 0, 0), reason: "1001 users would be created; the limit is 1000."},
		{name: "as many updates as the default", extent: with(0, 300, 0)},
		{name: "one update too many", extent: with(0, 301, 0), reason: "301 of 1000 users would be changed; the limit is 30 %."},
		{name: "as many deletes as the default", extent: with(0, 0, 100)},
		{name: "one delete too many", extent: with(0, 0, 101), reason: "101 of 1000 users would be removed or disabled; the limit is 10 %."},

		{name: "own limit for inserts", guard: account.Guard{MaxInserts: 5}, extent: with(6, 0, 0), reason: "6 users would be created; the limit is 5."},
		{name: "own percentage for inserts", guard: account.Guard{MaxInsertPercent: 2}, extent: with(21, 0, 0), reason: "21 of 1000 users would be created; the limit is 2 %."},
		{name: "own limit for updates", guard: account.Guard{MaxUpdates: 5}, extent: with(0, 6, 0), reason: "6 users would be changed; the limit is 5."},
		{name: "own percentage for updates", guard: account.Guard{MaxUpdatePercent: 50}, extent: with(0, 500, 0)},
		{name: "own limit for deletes", guard: account.Guard{MaxDeletes: 5}, extent: with(0, 0, 6), reason: "6 users would be removed or disabled; the limit is 5."},
		{name: "own percentage for deletes", guard: account.Guard{MaxDeletePercent: 1}, extent: with(0, 0, 11), reason: "the limit is 1 %."},

		{name: "the absolute limit is lower", guard: account.Guard{MaxDeletes: 20, MaxDeletePercent: 5}, extent: with(0, 0, 30), reason: "the limit is 20."},
		{name: "the percentage is lower", guard: account.Guard{MaxDeletes: 80, MaxDeletePercent: 5}, extent: with(0, 0, 60), reason: "the limit is 5 %."},
		{name: "below both", guard: account.Guard{MaxDeletes: 80, MaxDeletePercent: 5}, extent: with(0, 0, 50)},

		{name: "no limit on deletes", guard: account.Guard{MaxDeletes: -1, MaxDeletePercent: -1}, extent: with(0, 0, 999)},
		{name: "no limit on inserts", guard: account.Guard{MaxInserts: -1}, extent: with(100_000, 0, 0)},

		{name: "a few are never judged by a percentage", extent: run.Extent{ObjectType: "user", Listed: 5, Known: 5, Deletes: 5}},
		{name: "but by an absolute limit", guard: account.Guard{MaxDeletes: 2}, extent: run.Extent{ObjectType: "user", Listed: 5, Known: 5, Deletes: 3}, reason: "the limit is 2."},
		{name: "first load: percentages do not count", guard: account.Guard{MaxInsertPercent: 1}, extent: run.Extent{ObjectType: "user", Listed: 900, Inserts: 900}},
		{name: "first load: the absolute limit does", extent: run.Extent{ObjectType: "user", Listed: 1001, Inserts: 1001}, reason: "the limit is 1000."},

		{
			name: "empty listing", extent: run.Extent{ObjectType: "account", Known: 12, Deletes: 12},
			reason: "The system listed no accounts at all, but 12 are known: applying this would have removed or disabled 12 accounts.",
		},
		{name: "empty listing that would change nothing", extent: run.Extent{ObjectType: "user", Known: 1}, reason: "listed no users"},
		{name: "empty listing of what changed", extent: run.Extent{ObjectType: "user", Known: 12, Partial: true}},
		{name: "no grants listed, and none would go", extent: run.Extent{ObjectType: "grant", Known: 12}},
		{name: "no grants listed", extent: run.Extent{ObjectType: "grant", Known: 12, Deletes: 2, Absent: 2}, reason: "listed no grants at all"},
		{name: "records nobody can identify, and nobody missing", extent: run.Extent{ObjectType: "user", Listed: 10, Known: 10, Deletes: 1, Unidentified: 2}},
		{
			name: "records nobody can identify", reason: "2 records could not be identified (line 3, line 9), so the 1 users that seem to be missing may be among them.",
			extent: run.Extent{ObjectType: "user", Listed: 10, Known: 10, Deletes: 1, Absent: 1, Unidentified: 2, Places: []string{"line 3", "line 9"}},
		},
		{name: "empty listing of nothing known", extent: run.Extent{ObjectType: "user"}},
		{name: "empty listing allowed, limits still count", guard: account.Guard{AllowEmptyListing: true}, extent: run.Extent{ObjectType: "user", Known: 100, Deletes: 100}, reason: "the limit is 10 %."},
		{name: "empty listing allowed", guard: account.Guard{AllowEmptyListing: true, MaxDeletePercent: -1}, extent: run.Extent{ObjectType: "user", Known: 100, Deletes: 100}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v := run.Judge(c.guard, []run.Extent{c.extent})
			require.Equal(t, c.extent.Inserts+c.extent.Updates+c.extent.Deletes, v.Total)
			if c.reason == "" {
				require.False(t, v.Blocked, "%v", v.Reasons)
				return
			}
			require.True(t, v.Blocked)
			require.Len(t, v.Reasons, 1)
			require.Contains(t, v.Reasons[0], c.reason)
		})
	}
}

func TestGuardTellsEveryReason(t *testing.T) {
	t.Parallel()
	v := run.Judge(account.Guard{}, []run.Extent{
		{ObjectType: "user", Listed: 10, Known: 100, Inserts: 1001, Updates: 50, Deletes: 90},
		{ObjectType: "grant", Listed: 10, Known: 10, Deletes: 10},
	})
	require.Len(t, v.Reasons, 4)
	require.Contains(t, v.Reasons[3], "10 of 10 grants")
	require.Equal(t, int64(1001+50+90+10), v.Total)
}
