// Package chain seals the audit trail in blocks, so that a row that was edited, removed,
// inserted or moved after the fact is found.
//
// Writers insert plain rows, each with the id of its transaction. From time to time a job
// seals the rows of all transactions below a horizon that no running transaction can
// fall under any more: it hashes them with the hash of the block before, and signs the
// result (HMAC-SHA256) with a key that is not in the database. Whoever can change the
// database can recompute hashes, but not the signatures.
//
// What the chain alone cannot tell is that its last blocks are missing together with
// their signatures. For that the head of the chain is also written to the log sink, and
// [Chain.Verify] takes it back as the least that must be there.
//
// The package is pure: rows and blocks come in as iterators.
package chain
