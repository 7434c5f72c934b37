package chain_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"provost/internal/audit/chain"
	"provost/internal/secret"
)

var _ chain.Keys = (*secret.Box)(nil)

// keyring is a set of keys by id; the greatest id is today's.
type keyring map[uint32]string

func (k keyring) Derive(purpose string) (uint32, []byte, error) {
	id := slices.Max(slices.Collect(func(yield func(uint32) bool) {
		for id := range k {
			if !yield(id) {
				return
			}
		}
	}))
	key, err := k.DeriveWith(id, purpose)
	return id, key, err
}

func (k keyring) DeriveWith(id uint32, purpose string) ([]byte, error) {
	key, ok := k[id]
	if !ok {
		return nil, errors.New("unknown key")
	}
	return []byte(key + "|" + purpose), nil
}

var ours = keyring{7: "kept outside the database"}

var sealedAt = time.Date(2026, 5, 4, 3, 2, 1, 987654321, time.UTC)

func sampleRow(id int64, xid uint64) chain.Row {
	return chain.Row{
		ID: id, Xid: xid, At: sealedAt.Add(time.Duration(id) * time.Second).Truncate(time.Microsecond),
		ActorID: uuid.NullUUID{UUID: uuid.UUID{1, byte(id)}, Valid: true}, Actor: "ann", Origin: "person",
		Action: "update", ObjectType: "user", ObjectID: uuid.NullUUID{UUID: uuid.UUID{2, byte(id)}, Valid: true},
		ObjectName: fmt.Sprint("user ", id), Before: []byte(`{"name": "a"}`), After: []byte(`{"name": "b"}`), Remote: "192.0.2.1",
	}
}

func seq[T any](items []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}

func between(rows []chain.Row, from, below uint64) []chain.Row {
	var found []chain.Row
	for _, r := range rows {
		if r.Xid >= from && r.Xid < below {
			found = append(found, r)
		}
	}
	return found
}

// sealUpTo seals the rows block by block at the given horizons.
func sealUpTo(t require.TestingT, c *chain.Chain, rows []chain.Row, horizons ...uint64) []chain.Block {
	var blocks []chain.Block
	var previous chain.Block
	for _, horizon := range horizons {
		block, err := c.Seal(previous, horizon, sealedAt, seq(between(rows, previous.BelowXid, horizon)))
		require.NoError(t, err)
		blocks = append(blocks, block)
		previous = block
	}
	return blocks
}

// sample is a trail of three blocks and a tail of one row. Ids do not follow the order of
// transactions, as in life.
func sample(t require.TestingT) (*chain.Chain, []chain.Block, []chain.Row) {
	rows := []chain.Row{
		sampleRow(1, 100), sampleRow(2, 100), sampleRow(5, 101),
		sampleRow(3, 110), sampleRow(4, 111), sampleRow(6, 119),
		sampleRow(8, 120), sampleRow(9, 125),
		sampleRow(7, 130),
	}
	c := chain.New("master", ours)
	return c, sealUpTo(t, c, rows, 105, 120, 130), rows
}

func TestUntouchedTrailIsIntact(t *testing.T) {
	t.Parallel()
	c, blocks, rows := sample(t)
	report, err := c.Verify(seq(blocks), seq(rows), blocks[0].Head(), blocks[2].Head())
	require.NoError(t, err)
	require.True(t, report.Intact(), report.Reason)
	require.Equal(t, chain.Report{Blocks: 3, Rows: 8, UnsealedTail: 1, Head: blocks[2].Head()}, report)
	require.Equal(t, chain.Block{
		Seq: 2, SealedAt: sealedAt.Truncate(time.Microsecond), BelowXid: 120, Rows: 3, FirstID: 3, LastID: 6,
		Hash: blocks[1].Hash, MAC: blocks[1].MAC,
	}, blocks[1])
}

func TestEmptyTrailIsIntact(t *testing.T) {
	t.Parallel()
	report, err := chain.New("master", ours).Verify(seq[chain.Block](nil), seq[chain.Row](nil))
	require.NoError(t, err)
	require.Equal(t, chain.Report{}, report)
}

// What the database may give back differently changes nothing: the zone of a time.
func TestZoneOfTimesDoesNotMatter(t *testing.T) {
	t.Parallel()
	c, blocks, rows := sample(t)
	zone := time.FixedZone("elsewhere", 3600)
	for i := range rows {
		rows[i].At = rows[i].At.In(zone)
	}
	for i := range blocks {
		blocks[i].SealedAt = blocks[i].SealedAt.In(zone)
	}
	report, err := c.Verify(seq(blocks), seq(rows))
	require.NoError(t, err)
	require.True(t, report.Intact(), report.Reason)
}

// Every field of a row is sealed, null and empty included.
func TestEveryFieldOfARowIsSealed(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(*chain.Row){
		"id":           func(r *chain.Row) { r.ID = -r.ID },
		"transaction":  func(r *chain.Row) { r.Xid++ },
		"time":         func(r *chain.Row) { r.At = r.At.Add(time.Microsecond) },
		"actor id":     func(r *chain.Row) { r.ActorID.UUID[15]++ },
		"no actor id":  func(r *chain.Row) { r.ActorID.Valid = false },
		"actor":        func(r *chain.Row) { r.Actor = "eve" },
		"origin":       func(r *chain.Row) { r.Origin = "rule" },
		"origin id":    func(r *chain.Row) { r.OriginID.Valid = true },
		"action":       func(r *chain.Row) { r.Action = "delete" },
		"object type":  func(r *chain.Row) { r.ObjectType = "role" },
		"object id":    func(r *chain.Row) { r.ObjectID.UUID[0]++ },
		"object name":  func(r *chain.Row) { r.ObjectName += " " },
		"before":       func(r *chain.Row) { r.Before = []byte(`{}`) },
		"before null":  func(r *chain.Row) { r.Before = nil },
		"after":        func(r *chain.Row) { r.After = append(r.After, ' ') },
		"after empty":  func(r *chain.Row) { r.After = []byte{} },
		"remote":       func(r *chain.Row) { r.Remote = "" },
		"field border": func(r *chain.Row) { r.Actor, r.Origin = r.Actor+r.Origin[:1], r.Origin[1:] },
		"swapped":      func(r *chain.Row) { r.Before, r.After = r.After, r.Before },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, blocks, rows := sample(t)
			edit(&rows[4])
			report, err := c.Verify(seq(blocks), seq(rows))
			require.NoError(t, err)
			require.Equal(t, int64(2), report.FirstBad)
			require.Equal(t, int64(1), report.Blocks)
			require.Contains(t, report.Reason, "was changed")
		})
	}
}

func TestEveryFieldOfABlockIsSealed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		edit   func(*chain.Block)
		reason string
	}{
		"seq":        {func(b *chain.Block) { b.Seq = 4 }, "block 2 is missing: block 4 follows block 1"},
		"sealed at":  {func(b *chain.Block) { b.SealedAt = b.SealedAt.Add(time.Hour) }, "was changed"},
		"horizon":    {func(b *chain.Block) { b.BelowXid++; b.Rows++ }, "was changed"},
		"no stretch": {func(b *chain.Block) { b.BelowXid = 105 }, "ends before it begins"},
		"rows":       {func(b *chain.Block) { b.Rows = 4 }, "removed"},
		"first id":   {func(b *chain.Block) { b.FirstID = 1 }, "was changed"},
		"last id":    {func(b *chain.Block) { b.LastID = 9 }, "was changed"},
		"hash":       {func(b *chain.Block) { b.Hash[0] ^= 1 }, "was changed"},
		"no hash":    {func(b *chain.Block) { b.Hash = nil }, "was changed"},
		"mac":        {func(b *chain.Block) { b.MAC[35] ^= 1 }, "not made with our key"},
		"no mac":     {func(b *chain.Block) { b.MAC = nil }, "not made with our key"},
		"key id":     {func(b *chain.Block) { b.MAC[3]++ }, "cannot be checked"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, blocks, rows := sample(t)
			tc.edit(&blocks[1])
			report, err := c.Verify(seq(blocks), seq(rows))
			require.NoError(t, err)
			require.Equal(t, int64(2), report.FirstBad)
			require.Contains(t, report.Reason, tc.reason)
		})
	}
}

// Whoever can write to the database can recompute hashes, but lacks the key.
func TestChainSealedByAnotherIsFound(t *testing.T) {
	t.Parallel()
	c, _, rows := sample(t)
	rows[0].Actor = "somebody else"
	for name, forger := range map[string]*chain.Chain{
		"another key with our id": chain.New("master", keyring{7: "guessed"}),
		"a key of their own":      chain.New("master", keyring{8: "guessed"}),
	} {
		report, err := c.Verify(seq(sealUpTo(t, forger, rows, 105, 120, 130)), seq(rows))
		require.NoError(t, err)
		require.Equal(t, int64(1), report.FirstBad, name)
		require.Contains(t, report.Reason, "signature", name)
	}
}

func TestBlocksCannotBeMovedBetweenTenants(t *testing.T) {
	t.Parallel()
	_, blocks, rows := sample(t)
	report, err := chain.New("other", ours).Verify(seq(blocks), seq(rows))
	require.NoError(t, err)
	require.Equal(t, int64(1), report.FirstBad)
}

func TestKeyRotation(t *testing.T) {
	t.Parallel()
	_, blocks, rows := sample(t)
	rotated := chain.New("master", keyring{7: ours[7], 9: "the new key"})
	next, err := rotated.Seal(blocks[2], 140, sealedAt, seq(rows[8:]))
	require.NoError(t, err)
	require.Equal(t, uint32(9), binary.BigEndian.Uint32(next.MAC))
	report, err := rotated.Verify(seq(append(blocks, next)), seq(rows))
	require.NoError(t, err)
	require.True(t, report.Intact(), report.Reason)
	require.Equal(t, int64(4), report.Blocks)
}

// The chain alone cannot tell that its end was cut; the heads in the log sink can.
func TestCutEndIsFoundByTheLogSink(t *testing.T) {
	t.Parallel()
	c, blocks, rows := sample(t)
	head := blocks[2].Head()

	report, err := c.Verify(seq(blocks[:2]), seq(rows[:6]))
	require.NoError(t, err)
	require.True(t, report.Intact())
	report, err = c.Verify(seq(blocks[:2]), seq(rows[:6]), head)
	require.NoError(t, err)
	require.Equal(t, int64(3), report.FirstBad)
	require.Contains(t, report.Reason, "the log sink knows block 3")

	resealed, err := c.Seal(blocks[1], 130, sealedAt, seq(rows[7:8]))
	require.NoError(t, err)
	report, err = c.Verify(seq(append(blocks[:2:2], resealed)), seq(slices.Delete(slices.Clone(rows), 6, 7)), head)
	require.NoError(t, err)
	require.Equal(t, int64(3), report.FirstBad)
	require.Contains(t, report.Reason, "sealed anew")
}

func TestSealRefuses(t *testing.T) {
	t.Parallel()
	c, blocks, rows := sample(t)
	for name, tc := range map[string]struct {
		rows []chain.Row
		want error
	}{
		"nothing":                    {nil, chain.ErrNothingToSeal},
		"a row twice":                {[]chain.Row{rows[8], rows[8]}, chain.ErrOrder},
		"descending":                 {[]chain.Row{sampleRow(20, 131), rows[8]}, chain.ErrOrder},
		"a row already sealed":       {[]chain.Row{rows[7]}, chain.ErrOrder},
		"a row beyond the horizon":   {[]chain.Row{sampleRow(20, 140)}, chain.ErrOrder},
		"ids descending in one xact": {[]chain.Row{sampleRow(21, 131), sampleRow(20, 131)}, chain.ErrOrder},
	} {
		_, err := c.Seal(blocks[2], 140, sealedAt, seq(tc.rows))
		require.ErrorIs(t, err, tc.want, name)
	}
	_, err := chain.New("master", failingKeys{}).Seal(blocks[2], 140, sealedAt, seq(rows[8:]))
	require.ErrorIs(t, err, errBroken)
}

var errBroken = errors.New("broken")

type failingKeys struct{ keyring }

func (failingKeys) Derive(string) (uint32, []byte, error) { return 0, nil, errBroken }

func broken[T any](items []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
		var none T
		yield(none, errBroken)
	}
}

func TestErrorsOfTheReaderAreReturned(t *testing.T) {
	t.Parallel()
	c, blocks, rows := sample(t)
	_, err := c.Verify(broken(blocks), seq(rows))
	require.ErrorIs(t, err, errBroken)
	_, err = c.Verify(seq(blocks), broken(rows[:4]))
	require.ErrorIs(t, err, errBroken)
	_, err = c.Verify(seq(blocks), broken(rows))
	require.ErrorIs(t, err, errBroken, "in the tail too")
	_, err = c.Seal(blocks[2], 140, sealedAt, broken(rows[8:]))
	require.ErrorIs(t, err, errBroken)
	rows[0], rows[1] = rows[1], rows[0]
	_, err = c.Verify(seq(blocks), seq(rows))
	require.ErrorIs(t, err, chain.ErrOrder)
}

// trail draws a history: transactions in order, ids in any order, sealed at random
// horizons.
func trail(rt *rapid.T) (rows []chain.Row, horizons []uint64) {
	count := rapid.IntRange(1, 40).Draw(rt, "rows")
	ids := rapid.Permutation(slices.Collect(func(yield func(int64) bool) {
		for id := range int64(count) {
			if !yield(id + 1) {
				return
			}
		}
	})).Draw(rt, "ids")
	xid := uint64(1000)
	for _, id := range ids {
		xid += uint64(rapid.IntRange(0, 3).Draw(rt, "step"))
		rows = append(rows, sampleRow(id, xid))
	}
	slices.SortFunc(rows, inOrder)
	for from := rows[0].Xid; from <= xid; {
		below := from + uint64(rapid.IntRange(1, 20).Draw(rt, "stretch"))
		if len(between(rows, from, below)) > 0 {
			horizons = append(horizons, below)
			from = below
		}
	}
	return rows, horizons
}

func inOrder(a, b chain.Row) int {
	if a.Xid != b.Xid {
		return int(a.Xid) - int(b.Xid)
	}
	return int(a.ID - b.ID)
}

// Whatever is done to whichever sealed row of whatever trail, the first bad block is at
// or before the one that held it, and an untouched trail is intact.
func TestAnyTamperingIsFound(t *testing.T) {
	t.Parallel()
	c := chain.New("master", ours)
	rapid.Check(t, func(rt *rapid.T) {
		rows, horizons := trail(rt)
		blocks := sealUpTo(rt, c, rows, horizons...)
		report, err := c.Verify(seq(blocks), seq(rows))
		require.NoError(rt, err)
		require.True(rt, report.Intact(), report.Reason)
		require.Equal(rt, int64(len(rows)), report.Rows+report.UnsealedTail)

		i := rapid.IntRange(0, len(rows)-1).Draw(rt, "victim")
		block, _ := slices.BinarySearch(horizons, rows[i].Xid+1)
		tampered := slices.Clone(rows)
		switch rapid.SampledFrom([]string{"edit", "remove", "insert", "swap", "move"}).Draw(rt, "crime") {
		case "edit":
			tampered[i].After = []byte(`{"name": "forged"}`)
		case "remove":
			tampered = slices.Delete(tampered, i, i+1)
		case "insert":
			tampered = append(tampered, sampleRow(int64(len(rows)+1), rows[i].Xid))
		case "swap":
			j := (i + 1) % len(rows)
			if i == j {
				return
			}
			tampered[i].ID, tampered[j].ID = tampered[j].ID, tampered[i].ID
			other, _ := slices.BinarySearch(horizons, rows[j].Xid+1)
			block = min(block, other)
		case "move":
			tampered[i].Xid = horizons[len(horizons)-1] + 1
		}
		slices.SortFunc(tampered, inOrder)
		report, err = c.Verify(seq(blocks), seq(tampered))
		require.NoError(rt, err)
		require.False(rt, report.Intact())
		require.Equal(rt, int64(block+1), report.FirstBad)
	})
}

func TestAnyTamperingWithBlocksIsFound(t *testing.T) {
	t.Parallel()
	c := chain.New("master", ours)
	rapid.Check(t, func(rt *rapid.T) {
		rows, horizons := trail(rt)
		blocks := sealUpTo(rt, c, rows, horizons...)
		if len(blocks) < 2 {
			return
		}
		head := blocks[len(blocks)-1].Head()
		i := rapid.IntRange(0, len(blocks)-2).Draw(rt, "victim")
		switch rapid.SampledFrom([]string{"remove", "swap", "repeat"}).Draw(rt, "crime") {
		case "remove":
			blocks = slices.Delete(blocks, i, i+1)
		case "swap":
			blocks[i], blocks[i+1] = blocks[i+1], blocks[i]
		case "repeat":
			blocks = slices.Insert(blocks, i+1, blocks[i])
			i++
		}
		report, err := c.Verify(seq(blocks), seq(rows), head)
		require.NoError(rt, err)
		require.Equal(rt, int64(i+1), report.FirstBad)
	})
}
