package object_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/fault"
	"provost/internal/object"
)

// shelves finds shelves by name; it counts how often it is asked.
type shelves struct {
	known  map[string]uuid.UUID
	asked  int
	broken error
}

// IDs implements object.Directory.
func (s *shelves) IDs(_ context.Context, objectType string, names []string) (map[string]uuid.UUID, error) {
	s.asked++
	if objectType != "shelf" {
		return nil, errors.New("only shelves are here")
	}
	out := map[string]uuid.UUID{}
	for _, name := range names {
		if id, ok := s.known[name]; ok {
			out[name] = id
		}
	}
	return out, s.broken
}

func onShelf(required bool) object.Reference[book] {
	return object.Reference[book]{
		Location: "shelf", Type: "shelf", Required: required,
		ID: func(b *book) *uuid.UUID { return &b.ShelfID }, Name: func(b *book) *string { return &b.Shelf },
	}
}

func TestReferencesByNameOrId(t *testing.T) {
	t.Parallel()
	top, low := uuid.New(), uuid.New()
	was := &book{Name: "Atlas", Shelf: "Top", ShelfID: top}
	for name, test := range map[string]struct {
		before   *book
		after    book
		required bool
		want     uuid.UUID
		refusal  string
	}{
		"a new one by name":           {nil, book{Shelf: "Low"}, true, low, ""},
		"in another case":             {nil, book{Shelf: " lOW "}, true, low, ""},
		"a new one by id":             {nil, book{ShelfID: top}, true, top, ""},
		"the id wins over the name":   {nil, book{ShelfID: top, Shelf: "Low"}, true, top, ""},
		"an unknown name":             {nil, book{Shelf: "Attic"}, false, uuid.Nil, `no shelf named "Attic"`},
		"nothing where it must be":    {nil, book{}, true, uuid.Nil, "shelf is required"},
		"nothing where it may be":     {nil, book{}, false, uuid.Nil, ""},
		"left as it was":              {was, book{Shelf: "Top", ShelfID: top}, true, top, ""},
		"changed by name":             {was, book{Shelf: "Low", ShelfID: top}, true, low, ""},
		"changed by id":               {was, book{Shelf: "Top", ShelfID: low}, true, low, ""},
		"the changed id wins":         {was, book{Shelf: "Attic", ShelfID: low}, true, low, ""},
		"cleared by name":             {was, book{Shelf: "", ShelfID: top}, false, uuid.Nil, ""},
		"cleared where it must be":    {was, book{Shelf: "", ShelfID: top}, true, uuid.Nil, "shelf is required"},
		"changed to an unknown name":  {was, book{Shelf: "Attic", ShelfID: top}, true, top, `no shelf named "Attic"`},
		"a name that is no statement": {nil, book{Shelf: "x' or 'a'='a"}, false, uuid.Nil, "There is no shelf"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &shelves{known: map[string]uuid.UUID{"top": top, "low": low}}
			edit := &object.Edit[book]{Before: test.before, After: &test.after}
			require.NoError(t, object.Resolve(t.Context(), d, []*object.Edit[book]{edit}, onShelf(test.required)))
			require.Equal(t, test.want, test.after.ShelfID)
			if test.refusal == "" {
				require.NoError(t, edit.Err)
				return
			}
			refused(t, edit.Err, fault.Invalid, test.refusal)
			var f *fault.Error
			require.ErrorAs(t, edit.Err, &f)
			require.Equal(t, "shelf", f.Fields[0].Location)
		})
	}
}

func TestReferencesOfABatchAreLookedUpOnce(t *testing.T) {
	t.Parallel()
	low := uuid.New()
	d := &shelves{known: map[string]uuid.UUID{"low": low}}
	var edits []*object.Edit[book]
	for range 100 {
		edits = append(edits, &object.Edit[book]{After: &book{Shelf: "Low"}})
	}
	edits = append(edits, &object.Edit[book]{}, &object.Edit[book]{After: &book{Shelf: "Attic"}, Err: errors.New("rejected before")})
	require.NoError(t, object.Resolve(t.Context(), d, edits, onShelf(true)))
	require.Equal(t, 1, d.asked)
	require.Equal(t, low, edits[99].After.ShelfID)
	require.ErrorContains(t, edits[101].Err, "rejected before")
	d.broken = errors.New("no connection")
	require.ErrorIs(t, object.Resolve(t.Context(), d, []*object.Edit[book]{{After: &book{Shelf: "Low"}}}, onShelf(true)), d.broken)
}

func TestOptionalReferencesAreCleared(t *testing.T) {
	t.Parallel()
	type page struct {
		bookID *uuid.UUID
		book   string
	}
	id := uuid.New()
	reference := object.Reference[page]{
		Location: "book", Type: "shelf", Optional: func(p *page) **uuid.UUID { return &p.bookID }, Name: func(p *page) *string { return &p.book },
	}
	d := &shelves{known: map[string]uuid.UUID{"atlas": id}}
	set := &object.Edit[page]{After: &page{book: "Atlas"}}
	cleared := &object.Edit[page]{Before: &page{bookID: &id, book: "Atlas"}, After: &page{bookID: &id}}
	require.NoError(t, object.Resolve(t.Context(), d, []*object.Edit[page]{set, cleared}, reference))
	require.Equal(t, id, *set.After.bookID)
	require.Nil(t, cleared.After.bookID)
}

func TestFindingsOfRulesAreSentences(t *testing.T) {
	t.Parallel()
	type rich struct {
		object.Meta
		Name   string   `json:"name" validate:"required,max=3"`
		Kind   string   `json:"kind" validate:"oneof=novel atlas"`
		Mail   string   `json:"mail" validate:"omitempty,email"`
		Host   string   `json:"host" validate:"omitempty,hostname_rfc1123"`
		Word   string   `json:"word" validate:"excludesall=<>"`
		Count  int      `json:"count" validate:"min=2"`
		Colour string   `json:"colour" validate:"omitempty,hexcolor"`
		Tags   []string `json:"tags" validate:"max=1"`
	}
	err := object.Validate(&rich{Name: "long name", Kind: "comic", Mail: "x", Host: "a b", Word: "<x>", Count: 1, Colour: "blue", Tags: []string{"a", "b"}})
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	said := map[string]string{}
	for _, field := range f.Fields {
		said[field.Location] = field.Message
	}
	require.Equal(t, map[string]string{
		"name": "name may have at most 3 characters or entries", "kind": "kind must be one of novel, atlas",
		"mail": "mail must be an e-mail address such as name@example.org", "host": "host must be a host or domain name such as example.org",
		"word": "word holds a character that is not allowed here", "count": "count needs at least 2", "colour": "colour breaks the rule hexcolor",
		"tags": "tags may have at most 1 characters or entries",
	}, said)
	require.Equal(t, "8 fields need attention.", f.Message)
	require.NoError(t, object.Validate(&rich{Name: "a", Kind: "novel", Count: 2}))
	require.Error(t, object.Validate("no struct"))
}

func TestAttributesAreNeverNull(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(struct {
		None object.Attributes `json:"none"`
		Some object.Attributes `json:"some"`
	}{Some: object.Attributes{"card": 7.0}})
	require.NoError(t, err)
	require.JSONEq(t, `{"none":{},"some":{"card":7}}`, string(text))
	some := object.Attributes{"card": 7.0}
	clone := some.Clone()
	clone["card"] = 8.0
	require.Equal(t, 7.0, some["card"]) //nolint:testifylint // the same value, not a computed one
}
