package chain

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"iter"
	"time"
)

// Errors of this package. Test for them with errors.Is.
var (
	// ErrNothingToSeal is returned when no row lies below the horizon.
	ErrNothingToSeal = errors.New("no audit row to seal")
	// ErrOrder is returned when rows do not come in ascending order of transaction and
	// id, each once, or lie outside the block: a mistake of the reader.
	ErrOrder = errors.New("audit rows out of order")
)

// Keys gives the signing keys, which live outside the database; secret.Box does.
type Keys interface {
	// Derive returns today's key for a purpose and the id under which it is found later.
	Derive(purpose string) (keyID uint32, key []byte, err error)
	// DeriveWith returns the key of an id, or an error when it is not known.
	DeriveWith(keyID uint32, purpose string) ([]byte, error)
}

// Block is a sealed stretch of the audit trail: the rows of all transactions from the
// horizon of the block before up to its own.
type Block struct {
	// Seq counts from 1 without gaps.
	Seq      int64
	SealedAt time.Time
	// BelowXid is the horizon: the block holds no row of this transaction or later ones.
	BelowXid uint64
	Rows     int64
	// FirstID and LastID are the least and the greatest id of its rows.
	FirstID int64
	LastID  int64
	// Hash covers all other fields but MAC, the rows, and the hash of the block before.
	Hash []byte
	// MAC is the id of the key in 4 bytes, and the HMAC-SHA256 of id and hash.
	MAC []byte
}

// Chain seals and verifies the audit trail of one tenant.
type Chain struct {
	tenant string
	keys   Keys
}

// New returns the chain of a tenant. Its key is part of every hash and every signing key,
// so that blocks cannot be moved between tenants.
func New(tenant string, keys Keys) *Chain {
	return &Chain{tenant: tenant, keys: keys}
}

// Seal returns the block that follows previous, which is the zero Block for the first
// one. The rows are those with previous.BelowXid <= Xid < belowXid, ascending by Xid and
// ID. It returns [ErrNothingToSeal] when there is none, [ErrOrder] when they come in
// another order, and the error of the iterator.
func (c *Chain) Seal(previous Block, belowXid uint64, at time.Time, rows iter.Seq2[Row, error]) (Block, error) {
	digest := newDigest()
	var last Row
	for row, err := range rows {
		if err != nil {
			return Block{}, fmt.Errorf("seal block %d: %w", previous.Seq+1, err)
		}
		inside := row.Xid >= previous.BelowXid && row.Xid < belowXid
		if !inside || (digest.rows > 0 && !last.before(row)) {
			return Block{}, fmt.Errorf("seal block %d: %w: row %d of transaction %d", previous.Seq+1, ErrOrder, row.ID, row.Xid)
		}
		digest.add(row)
		last = row
	}
	if digest.rows == 0 {
		return Block{}, ErrNothingToSeal
	}
	block := Block{
		Seq:      previous.Seq + 1,
		SealedAt: at.Truncate(time.Microsecond).UTC(),
		BelowXid: belowXid,
		Rows:     digest.rows,
		FirstID:  digest.first,
		LastID:   digest.last,
	}
	block.Hash = c.hash(block, previous.Hash, digest)
	keyID, key, err := c.keys.Derive(c.purpose())
	if err != nil {
		return Block{}, fmt.Errorf("seal block %d: %w", block.Seq, err)
	}
	block.MAC = sign(keyID, key, block.Hash)
	return block, nil
}

func (c *Chain) purpose() string { return "audit chain of tenant " + c.tenant }

// hash covers the block's own fields, its predecessor and the digest of its rows.
func (c *Chain) hash(b Block, previous []byte, rows *digest) []byte {
	form := []byte("provost audit block")
	form = append(form, encodingVersion)
	form = appendBytes(form, []byte(c.tenant))
	form = appendInt(form, b.Seq)
	form = appendInt(form, b.SealedAt.UnixMicro())
	form = binary.BigEndian.AppendUint64(form, b.BelowXid)
	form = appendInt(form, b.Rows)
	form = appendInt(form, b.FirstID)
	form = appendInt(form, b.LastID)
	form = appendBytes(form, previous)
	form = appendBytes(form, rows.hash.Sum(nil))
	sum := sha256.Sum256(form)
	return sum[:]
}

// signed tells whether the block's MAC was made with a key that we know.
func (c *Chain) signed(b Block) (bool, error) {
	if len(b.MAC) != keyIDSize+sha256.Size {
		return false, nil
	}
	keyID := binary.BigEndian.Uint32(b.MAC)
	key, err := c.keys.DeriveWith(keyID, c.purpose())
	if err != nil {
		return false, fmt.Errorf("key %d: %w", keyID, err)
	}
	return hmac.Equal(sign(keyID, key, b.Hash), b.MAC), nil
}

const keyIDSize = 4

func sign(keyID uint32, key, blockHash []byte) []byte {
	signature := binary.BigEndian.AppendUint32(nil, keyID)
	mac := hmac.New(sha256.New, key)
	mac.Write(signature)
	mac.Write(blockHash)
	return mac.Sum(signature)
}

// digest gathers what a block says about its rows, one row at a time.
type digest struct {
	hash        hash.Hash
	rows        int64
	first, last int64
}

func newDigest() *digest { return &digest{hash: sha256.New()} }

func (d *digest) add(r Row) {
	sum := r.hash()
	d.hash.Write(sum[:])
	if d.rows == 0 {
		d.first, d.last = r.ID, r.ID
	}
	d.first, d.last = min(d.first, r.ID), max(d.last, r.ID)
	d.rows++
}
