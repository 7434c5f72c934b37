package api

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"provost/internal/object"
)

// lookup finds what a row of a file names by more than one column, such as a role by its name and its system, where the object itself
// holds an id.
type lookup[T any] struct {
	// id is the member to fill in.
	id func(*T) *uuid.UUID
	// key is the natural key that the row's columns give.
	key func(*T) string
	// find gives the ids of the objects with these keys that the caller may see, by lower-case key.
	find func(ctx context.Context, keys []string) (map[string]uuid.UUID, error)
}

// byKey finds the objects of a service by natural key.
func byKey[T any, P object.Pointer[T]](service *object.Service[T, P]) func(context.Context, []string) (map[string]uuid.UUID, error) {
	return func(ctx context.Context, keys []string) (map[string]uuid.UUID, error) {
		found, err := service.Store.Named(ctx, keys...)
		if err != nil {
			return nil, err
		}
		ids := make([]uuid.UUID, len(found))
		for i := range found {
			ids[i] = P(&found[i]).Base().ID
		}
		outside, err := service.Store.Outside(ctx, principalOf(ctx).Scope(service.Permissions.Query), ids...)
		if err != nil {
			return nil, err
		}
		out := make(map[string]uuid.UUID, len(found))
		for i := range found {
			if !slices.Contains(outside, ids[i]) {
				out[strings.ToLower(service.Rules.Key(&found[i]))] = ids[i]
			}
		}
		return out, nil
	}
}

// within is the natural key of an object that is named within a system.
func within(system, name string) string {
	if system == "" || name == "" {
		return ""
	}
	return system + `\` + name
}

// complete fills in the ids of drafts. Names that nobody has are left to the rules, which say so in their own words.
func complete[T any](ctx context.Context, lookups []lookup[T], drafts []*T) error {
	for _, l := range lookups {
		wanted := map[string][]*T{}
		for _, draft := range drafts {
			if key := strings.ToLower(l.key(draft)); key != "" && *l.id(draft) == uuid.Nil {
				wanted[key] = append(wanted[key], draft)
			}
		}
		if len(wanted) == 0 {
			continue
		}
		keys := make([]string, 0, len(wanted))
		for key := range wanted {
			keys = append(keys, key)
		}
		found, err := l.find(ctx, keys)
		if err != nil {
			return err
		}
		for key, id := range found {
			for _, draft := range wanted[key] {
				*l.id(draft) = id
			}
		}
	}
	return nil
}
