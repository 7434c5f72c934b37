package chain

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/google/uuid"
)

// Row is one audit entry as the database returns it. Every field is sealed.
type Row struct {
	// ID is unique and grows, though not in the order of commits.
	ID int64
	// Xid is the id of the transaction that wrote the row (pg_current_xact_id).
	Xid uint64
	// At counts to the microsecond, as PostgreSQL keeps it; its zone does not matter.
	At         time.Time
	ActorID    uuid.NullUUID
	Actor      string
	Origin     string
	OriginID   uuid.NullUUID
	Action     string
	ObjectType string
	ObjectID   uuid.NullUUID
	ObjectName string
	// Before and After are the text of the jsonb columns; nil is null. PostgreSQL writes
	// the same jsonb always as the same text, so rows must be read back to be sealed.
	Before []byte
	After  []byte
	Remote string
}

// encodingVersion leads the canonical form, so that a later one cannot be taken for it.
const encodingVersion = 1

// canonical returns the bytes that are hashed: every field in a fixed order, each with
// its length before it, so that no two rows have the same form.
func (r Row) canonical() []byte {
	b := []byte{encodingVersion}
	b = appendInt(b, r.ID)
	b = binary.BigEndian.AppendUint64(b, r.Xid)
	b = appendInt(b, r.At.UnixMicro())
	b = appendUUID(b, r.ActorID)
	b = appendBytes(b, []byte(r.Actor))
	b = appendBytes(b, []byte(r.Origin))
	b = appendUUID(b, r.OriginID)
	b = appendBytes(b, []byte(r.Action))
	b = appendBytes(b, []byte(r.ObjectType))
	b = appendUUID(b, r.ObjectID)
	b = appendBytes(b, []byte(r.ObjectName))
	b = appendNullable(b, r.Before)
	b = appendNullable(b, r.After)
	return appendBytes(b, []byte(r.Remote))
}

func (r Row) hash() [sha256.Size]byte { return sha256.Sum256(r.canonical()) }

// before tells whether the row comes before the other in the order of the chain.
func (r Row) before(other Row) bool {
	return r.Xid < other.Xid || (r.Xid == other.Xid && r.ID < other.ID)
}

// appendInt writes two's complement, so that no value is lost.
func appendInt(b []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(n)) //nolint:gosec // the bit pattern is what is meant
}

func appendBytes(b, field []byte) []byte {
	b = appendInt(b, int64(len(field)))
	return append(b, field...)
}

// appendNullable tells null from the empty value by a byte before it.
func appendNullable(b, field []byte) []byte {
	if field == nil {
		return append(b, 0)
	}
	return appendBytes(append(b, 1), field)
}

func appendUUID(b []byte, id uuid.NullUUID) []byte {
	if !id.Valid {
		return append(b, 0)
	}
	return append(append(b, 1), id.UUID[:]...)
}
