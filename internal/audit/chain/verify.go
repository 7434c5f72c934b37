package chain

import (
	"bytes"
	"fmt"
	"iter"
)

// Head is the end of a chain at some time, as it was written to the log sink.
type Head struct {
	Seq  int64
	Hash []byte
}

// Head returns the head of the chain that ends with the block.
func (b Block) Head() Head { return Head{Seq: b.Seq, Hash: b.Hash} }

// Report is the outcome of a verification.
type Report struct {
	// Blocks and Rows count what was found good.
	Blocks int64
	Rows   int64
	// FirstBad is the number of the first block that is not as it was sealed, or zero.
	FirstBad int64
	// Reason is a sentence about that block.
	Reason string
	// UnsealedTail counts the rows after the last block, which nothing protects yet. It is
	// not counted when a block is bad.
	UnsealedTail int64
	// Head is the last good block, to be compared with the log sink.
	Head Head
}

// Intact tells whether everything sealed is as it was.
func (r Report) Intact() bool { return r.FirstBad == 0 }

// Verify walks the blocks, ascending by Seq, and all rows, ascending by Xid and ID, and
// stops at the first block that is not as it was sealed. known are heads from the log
// sink: each must be part of the chain. The error is one of the iterators, or [ErrOrder];
// a bad chain is a report.
func (c *Chain) Verify(blocks iter.Seq2[Block, error], rows iter.Seq2[Row, error], known ...Head) (Report, error) {
	reader := newRowReader(rows)
	defer reader.stop()
	var report Report
	var previous Block
	for block, err := range blocks {
		if err != nil {
			return report, fmt.Errorf("verify audit: %w", err)
		}
		found, err := reader.below(block.BelowXid)
		if err != nil {
			return report, fmt.Errorf("verify audit: %w", err)
		}
		if reason := c.fault(block, previous, found, known); reason != "" {
			report.FirstBad, report.Reason = previous.Seq+1, reason
			return report, nil
		}
		report.Blocks++
		report.Rows += block.Rows
		report.Head = block.Head()
		previous = block
	}
	for _, head := range known {
		if head.Seq > previous.Seq {
			report.FirstBad = previous.Seq + 1
			report.Reason = fmt.Sprintf("the chain ends with block %d, but the log sink knows block %d", previous.Seq, head.Seq)
			return report, nil
		}
	}
	tail, err := reader.rest()
	if err != nil {
		return report, fmt.Errorf("verify audit: %w", err)
	}
	report.UnsealedTail = tail
	return report, nil
}

// fault returns a sentence about what is wrong with a block, or nothing. What says most
// comes first: a missing row also changes the hash.
func (c *Chain) fault(b, previous Block, found *digest, known []Head) string {
	switch {
	case b.Seq != previous.Seq+1:
		return fmt.Sprintf("block %d is missing: block %d follows block %d", previous.Seq+1, b.Seq, previous.Seq)
	case b.BelowXid <= previous.BelowXid:
		return "the block ends before it begins"
	case found.rows < b.Rows:
		return fmt.Sprintf("rows were removed: %d were sealed, %d are there", b.Rows, found.rows)
	case found.rows > b.Rows:
		return fmt.Sprintf("rows were inserted: %d were sealed, %d are there", b.Rows, found.rows)
	case !bytes.Equal(c.hash(b, previous.Hash, found), b.Hash):
		return "a row or the block itself was changed: the hash does not match"
	}
	if ok, err := c.signed(b); err != nil {
		return fmt.Sprintf("the signature cannot be checked: %v", err)
	} else if !ok {
		return "the signature was not made with our key: the block was sealed by somebody else"
	}
	for _, head := range known {
		if head.Seq == b.Seq && !bytes.Equal(head.Hash, b.Hash) {
			return "the log sink knows another block of this number: the chain was sealed anew"
		}
	}
	return ""
}

// rowReader deals the rows out to the blocks and checks their order.
type rowReader struct {
	next    func() (Row, error, bool)
	stop    func()
	pending *Row
	last    Row
	started bool
}

func newRowReader(rows iter.Seq2[Row, error]) *rowReader {
	next, stop := iter.Pull2(rows)
	return &rowReader{next: next, stop: stop}
}

// below gathers the rows of transactions before the horizon that were not dealt out yet.
func (r *rowReader) below(horizon uint64) (*digest, error) {
	found := newDigest()
	for {
		row, ok, err := r.peek()
		if err != nil || !ok || row.Xid >= horizon {
			return found, err
		}
		found.add(row)
		r.pending = nil
	}
}

// rest counts the rows that are left.
func (r *rowReader) rest() (int64, error) {
	for count := int64(0); ; count++ {
		_, ok, err := r.peek()
		if err != nil || !ok {
			return count, err
		}
		r.pending = nil
	}
}

func (r *rowReader) peek() (Row, bool, error) {
	if r.pending != nil {
		return *r.pending, true, nil
	}
	row, err, ok := r.next()
	if !ok || err != nil {
		return Row{}, false, err
	}
	if r.started && !r.last.before(row) {
		return Row{}, false, fmt.Errorf("%w: row %d of transaction %d", ErrOrder, row.ID, row.Xid)
	}
	r.started, r.last, r.pending = true, row, &row
	return row, true, nil
}
