package object_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/object"
	"provost/internal/query"
)

func TestLifeOfAnObject(t *testing.T) {
	t.Parallel()
	l, ctx := found(t), librarian(t, "")
	made, err := l.Create(ctx, book{Name: "Atlas", Meta: object.Meta{ID: uuid.New(), Version: 77, CreatedBy: "somebody else"}})
	require.NoError(t, err)
	require.EqualValues(t, 1, made.Version, "version and author are not the caller's to say")
	require.Empty(t, made.CreatedBy)
	read, err := l.Get(ctx, made.ID)
	require.NoError(t, err)
	require.Equal(t, made, read)
	byName, err := l.Named(ctx, "ATLAS")
	require.NoError(t, err)
	require.Equal(t, made.ID, byName.ID)

	made.Kind = "atlas"
	changed, err := l.Update(ctx, made.ID, 1, made)
	require.NoError(t, err)
	require.EqualValues(t, 2, changed.Version)
	again, err := l.Update(ctx, made.ID, 2, changed)
	require.NoError(t, err)
	require.EqualValues(t, 2, again.Version, "what changes nothing writes nothing")
	history, err := l.History(ctx, made.ID)
	require.NoError(t, err)
	require.Len(t, history, 1)
	require.NoError(t, l.Delete(ctx, made.ID, 2))
	_, err = l.Get(ctx, made.ID)
	refused(t, err, fault.NotFound, "no such book")
	_, err = l.Named(ctx, "Atlas")
	refused(t, err, fault.NotFound, "no such book")
	_, err = l.History(ctx, made.ID)
	refused(t, err, fault.NotFound, "no such book")
	require.Len(t, l.trail, 3, "creation, change and removal: %v", l.trail)
	require.Contains(t, l.trail[0], `create Atlas >{`)
	require.Contains(t, l.trail[1], `update Atlas {"kind":""}>{"kind":"atlas"}`)
	require.Contains(t, l.trail[2], `delete Atlas {`)
}

func TestReadingIsLimited(t *testing.T) {
	t.Parallel()
	l := found(t, "Atlas", "Almanac", "Bible")
	for letters, want := range map[string]int{"a": 2, "b": 1, "ab": 3, "": 3, "z": 0} {
		ctx := may(t, letters, authz.GroupQuery)
		page, err := l.List(ctx, query.List{Size: 1})
		require.NoError(t, err)
		require.Equal(t, want, page.Total, letters)
		require.LessOrEqual(t, len(page.Items), 1)
		seen := 0
		require.NoError(t, l.Each(ctx, query.List{}, func(book) error { seen++; return nil }))
		require.Equal(t, want, seen, letters)
	}
	ctx := may(t, "a", authz.GroupQuery)
	_, err := l.Get(ctx, l.id("Bible"))
	refused(t, err, fault.NotFound, "no such book")
	_, err = l.Named(ctx, "Bible")
	refused(t, err, fault.NotFound, "no such book")
	for _, ask := range []func() error{
		func() error { _, err := l.Get(may(t, ""), l.id("Bible")); return err },
		func() error { _, err := l.List(may(t, ""), query.List{}); return err },
		func() error { return l.Each(may(t, ""), query.List{}, func(book) error { return nil }) },
		func() error { _, err := l.History(may(t, ""), l.id("Bible")); return err },
	} {
		require.ErrorIs(t, ask(), authz.ErrDenied)
	}
}

func TestChangingAsksForItsPermissionAndEndsAtTheLimit(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		may     []authz.Permission
		letters string
		edit    func(l *library) *object.Edit[book]
		want    string // "", "denied", or words of the refusal
	}{
		"create":                  {[]authz.Permission{authz.GroupCreate}, "", draft("Comics"), ""},
		"create without":          {[]authz.Permission{authz.GroupUpdate, authz.GroupDelete}, "", draft("Comics"), "denied"},
		"create inside":           {[]authz.Permission{authz.GroupCreate}, "c", draft("Comics"), ""},
		"create outside":          {[]authz.Permission{authz.GroupCreate}, "a", draft("Comics"), "denied"},
		"update":                  {[]authz.Permission{authz.GroupUpdate}, "", named("Atlas", "Atlas 2", 0), ""},
		"update without":          {[]authz.Permission{authz.GroupCreate, authz.GroupDelete}, "", named("Atlas", "Atlas 2", 0), "denied"},
		"update inside":           {[]authz.Permission{authz.GroupUpdate}, "a", named("Atlas", "Atlas 2", 0), ""},
		"update outside":          {[]authz.Permission{authz.GroupUpdate}, "b", named("Atlas", "Atlas 2", 0), "no such book"},
		"update of a version":     {[]authz.Permission{authz.GroupUpdate}, "a", named("Atlas", "Atlas 2", 3), ""},
		"update of an old one":    {[]authz.Permission{authz.GroupUpdate}, "a", named("Atlas", "Atlas 2", 2), "changed by the librarian"},
		"an old one, outside":     {[]authz.Permission{authz.GroupUpdate}, "b", named("Atlas", "Atlas 2", 2), "no such book"},
		"an old one, without":     {nil, "", named("Atlas", "Atlas 2", 2), "denied"},
		"moved out of the limit":  {[]authz.Permission{authz.GroupUpdate}, "a", named("Atlas", "Bible 2", 0), "no such book"},
		"delete":                  {[]authz.Permission{authz.GroupDelete}, "", removal("Atlas"), ""},
		"delete without":          {[]authz.Permission{authz.GroupCreate, authz.GroupUpdate}, "", removal("Atlas"), "denied"},
		"delete outside":          {[]authz.Permission{authz.GroupDelete}, "b", removal("Atlas"), "no such book"},
		"delete what is built in": {[]authz.Permission{authz.GroupDelete}, "", removal("catalogue"), "is built in"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := found(t, "Atlas", "Bible", "catalogue")
			before := l.names()
			err := l.Apply(may(t, test.letters, test.may...), []*object.Edit[book]{test.edit(l)}, true)
			if test.want == "" {
				require.NoError(t, err)
				require.NotEqual(t, before, l.names())
				require.Len(t, l.trail, 1)
				return
			}
			if test.want == "denied" {
				require.ErrorIs(t, err, authz.ErrDenied)
			} else {
				require.ErrorContains(t, err, test.want)
			}
			require.Equal(t, before, l.names(), "nothing half applied")
			require.Empty(t, l.trail)
		})
	}
	require.ErrorIs(t, found(t).Apply(t.Context(), []*object.Edit[book]{draft("x")(nil)}, true), authz.ErrNoPrincipal)
}

func draft(name string) func(*library) *object.Edit[book] {
	return func(*library) *object.Edit[book] { return &object.Edit[book]{After: &book{Name: name}} }
}

func named(old, name string, version int64) func(*library) *object.Edit[book] {
	return func(l *library) *object.Edit[book] {
		return &object.Edit[book]{ID: l.id(old), Version: version, After: &book{Name: name}}
	}
}

func removal(name string) func(*library) *object.Edit[book] {
	return func(l *library) *object.Edit[book] { return &object.Edit[book]{ID: l.id(name)} }
}

// A batch goes through one row at a time, or whole or not at all.
func TestBatches(t *testing.T) {
	t.Parallel()
	batch := func(l *library) []*object.Edit[book] {
		return []*object.Edit[book]{
			{After: &book{Name: "Comics"}},
			{After: &book{Name: "comics"}},                         // twice in the batch
			{After: &book{Name: "ATLAS"}},                          // taken
			{After: &book{}},                                       // no name
			{After: &book{Name: "Diary", Mail: "no address"}},      // a broken rule
			{ID: l.id("Atlas"), After: new(l.rows[l.id("Atlas")])}, // nothing to do
			{ID: l.id("Bible"), After: &book{Name: "New Bible"}},   // a rename
			{ID: l.id("Bible")},                                    // the same again
			{ID: uuid.New()},                                       // nothing there
		}
	}
	want := map[int]string{1: "named comics already", 2: "named ATLAS already", 3: "name is required", 4: "mail must be an e-mail", 7: "occurs twice", 8: "no such book"}
	l := found(t, "Atlas", "Bible")
	edits := batch(l)
	require.NoError(t, l.Apply(librarian(t, ""), edits, false))
	for i, e := range edits {
		if want[i] == "" {
			require.NoError(t, e.Err, i)
			continue
		}
		require.ErrorContains(t, e.Err, want[i], "%d", i)
	}
	require.True(t, edits[5].Unchanged)
	require.True(t, edits[0].Created())
	require.Equal(t, []string{"Atlas", "Comics", "New Bible"}, l.names())
	require.Len(t, l.trail, 2)
	rejected := object.Rejected(edits)
	for _, words := range want {
		require.ErrorContains(t, rejected, words)
	}
	require.NoError(t, object.Rejected(edits[:1]))

	l = found(t, "Atlas", "Bible")
	require.Error(t, l.Apply(librarian(t, ""), batch(l), true))
	require.Equal(t, []string{"Atlas", "Bible"}, l.names(), "whole or not at all")
	require.Empty(t, l.trail)
}

func TestARenameMayTakeANameThatNobodyHas(t *testing.T) {
	t.Parallel()
	l := found(t, "Atlas", "Bible")
	_, err := l.Update(librarian(t, ""), l.id("Atlas"), 0, book{Name: "ATLAS"})
	require.NoError(t, err, "another case of the own name is no clash")
	_, err = l.Update(librarian(t, ""), l.id("Bible"), 0, book{Name: "atlas"})
	refused(t, err, fault.Conflict, "named atlas already")
	var clash *fault.Error
	require.ErrorAs(t, err, &clash)
	require.Equal(t, "name", clash.Fields[0].Location)
}

// A transaction that the database asks to run again starts from what the caller gave.
func TestARetriedTransactionStartsAnew(t *testing.T) {
	t.Parallel()
	l := found(t, "Atlas")
	l.retry = 2
	runs := 0
	l.rules.prepare = func(edits []*object.Edit[book]) error {
		runs++
		require.Equal(t, "Atlas 2", edits[0].After.Name, "run %d", runs)
		edits[0].After.Name += " prepared"
		return nil
	}
	saved, err := l.Update(librarian(t, ""), l.id("Atlas"), 3, book{Name: "Atlas 2"})
	require.NoError(t, err)
	require.Equal(t, 3, runs)
	require.Equal(t, "Atlas 2 prepared", saved.Name)
	require.EqualValues(t, 4, saved.Version)
	require.Len(t, l.trail, 1)
}

func TestRulesEndABatch(t *testing.T) {
	t.Parallel()
	broken := errors.New("no light in the cellar")
	for name, arrange := range map[string]func(l *library){
		"before writing": func(l *library) { l.rules.prepare = func([]*object.Edit[book]) error { return broken } },
		"after writing":  func(l *library) { l.rules.written = func([]*object.Edit[book]) error { return broken } },
		"in the trail":   func(l *library) { l.broken = broken },
	} {
		l := found(t, "Atlas")
		arrange(l)
		require.ErrorIs(t, l.Delete(librarian(t, ""), l.id("Atlas"), 0), broken, name)
		require.Equal(t, []string{"Atlas"}, l.names(), name)
		require.Empty(t, l.trail, name)
	}
	l := found(t, "Atlas")
	l.rules.prepare = func(edits []*object.Edit[book]) error {
		edits[0].Err = fault.New(fault.Conflict, "The atlas stays.")
		return nil
	}
	refused(t, l.Delete(librarian(t, ""), l.id("Atlas"), 0), fault.Conflict, "stays")
}
