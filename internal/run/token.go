package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"provost/internal/mapping"
)

// address gives the name under which the token of a class is kept. It contains a fingerprint of where from and what
// the mapping reads, by references to secrets only: once that is another, what was read before says nothing, and everything is listed again.
func address(source string, parameters map[string]string, m mapping.ObjectMapping) string {
	reads, err := json.Marshal([]any{parameters, m.SystemObject, m.ObjectType, m.Properties, incomingRows(m)})
	if err != nil { // texts only: it cannot fail, and a token that is never found lists everything
		return ""
	}
	sum := sha256.Sum256(reads)
	return fmt.Sprintf("%s %s:%s %s", source, m.ObjectType, m.SystemObject, hex.EncodeToString(sum[:8]))
}

// moveOn keeps the tokens of a run for the next differential one. They move only when everything that was listed was taken over: what
// failed would otherwise not be listed again until it changes.
func (s *Service) moveOn(ctx context.Context, r Run) error {
	if (r.Kind != Load && r.Kind != Reconcile) || len(r.Listing.Tokens) == 0 || r.Counters["failed"] > 0 || r.Counters["rejected"] > 0 {
		return nil
	}
	return s.Store.KeepTokens(ctx, *r.SystemID, r.Listing.Tokens)
}
