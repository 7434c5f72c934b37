// Package audit is the trail of who did what to what, when, from where, with the values before and after.
package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Actions that entries carry.
const (
	Create   = "create"
	Update   = "update"
	Delete   = "delete"
	SignIn   = "signIn"
	Refused  = "refused"
	Deny     = "deny" // a change that had to be approved
	Apply    = "apply"
	Password = "password"
	Run      = "run"
	Sync     = "synchronise"
	Merge    = "merge"
	Test     = "test" // a connection was tried with parameters that are not saved
)

// Entry is one line of the trail. Before and After hold only what changed (Update) or the whole object (Create, Delete).
type Entry struct {
	ID         int64           `json:"id"`
	At         time.Time       `json:"at"`
	ActorID    *uuid.UUID      `json:"actorId,omitempty"`
	Actor      string          `json:"actor"`
	Origin     string          `json:"origin"`
	OriginID   *uuid.UUID      `json:"originId,omitempty"`
	Action     string          `json:"action"`
	ObjectType string          `json:"objectType"`
	ObjectID   *uuid.UUID      `json:"objectId,omitempty"`
	ObjectName string          `json:"objectName"`
	Before     json.RawMessage `json:"before,omitempty"`
	After      json.RawMessage `json:"after,omitempty"`
	Remote     string          `json:"remote,omitempty"`
}

// Recorder writes entries within the current transaction. Actor, origin and address come from the context.
type Recorder interface {
	Record(ctx context.Context, entries ...Entry) error
}

// bookkeeping fields say nothing a reader of the trail asks for.
var bookkeeping = map[string]bool{"version": true, "createdAt": true, "createdBy": true, "updatedAt": true, "updatedBy": true}

// Difference gives, as two JSON objects, the top-level fields in which before and after differ; either may be nil. equal is true when
// nothing a reader would care about changed.
func Difference(before, after any) (b, a json.RawMessage, equal bool, err error) {
	old, err := fields(before)
	if err != nil {
		return nil, nil, false, err
	}
	now, err := fields(after)
	if err != nil {
		return nil, nil, false, err
	}
	if before != nil && after != nil {
		for name, value := range old {
			if bytes.Equal(value, now[name]) {
				delete(old, name)
				delete(now, name)
			}
		}
	}
	equal = len(old) == 0 && len(now) == 0
	if b, err = encode(before, old); err != nil {
		return nil, nil, false, err
	}
	a, err = encode(after, now)
	return b, a, equal, err
}

func fields(v any) (map[string]json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	if v == nil {
		return out, nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode audited object: %w", err)
	}
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, fmt.Errorf("read audited object: %w", err)
	}
	for name := range bookkeeping {
		delete(out, name)
	}
	return out, nil
}

func encode(v any, kept map[string]json.RawMessage) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return nil, fmt.Errorf("encode audit difference: %w", err)
	}
	return text, nil
}

type remoteKey struct{}

// WithRemote notes the network address a request came from.
func WithRemote(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, remoteKey{}, address)
}

// Remote gives the network address of the request, or "".
func Remote(ctx context.Context) string {
	address, _ := ctx.Value(remoteKey{}).(string)
	return address
}
