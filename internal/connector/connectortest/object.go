package connectortest

import (
	"fmt"
	"sync"

	"github.com/stretchr/testify/require"

	"provost/internal/connector"
)

// SpecialNames are names that break careless escaping.
var SpecialNames = []string{
	"plain", "with space", "Zoë Müller", "名前", "comma,name", `quote"name`, `back\slash`, "plus+name", "a=b", "semi;colon", "<angle>",
	"#hash", "ha#sh", "star*", "(paren)", "o'neil", "percent%41", "colon:name", "$1", ":name", `\2c`, "a,b=c+d\"e\\f<g>h;i#j*k(l)",
}

// objectChecks are about single objects.
func objectChecks() []check {
	write := []connector.Capability{connector.CanCreate, connector.CanGet}
	update := append(write, connector.CanUpdate)
	remove := append(update, connector.CanDelete)
	return []check{
		{name: "create then get", needs: write, run: checkCreate},
		{name: "create of a taken key is refused", needs: write, run: checkDuplicate},
		{name: "create without a key is refused", needs: write, run: checkNoKey},
		{name: "get of an absent object", needs: write, run: checkAbsent},
		{name: "update changes only what differs", needs: update, run: checkUpdate},
		{name: "update without a difference", needs: update, run: checkIdempotent},
		{name: "update of an absent object", needs: remove, run: checkUpdateAbsent},
		{name: "empty values clear", needs: update, run: checkClear},
		{name: "several values are a set", needs: update, multi: true, run: checkMulti},
		{name: "rename", needs: update, run: checkRename},
		{name: "rename to a taken key is refused", needs: update, run: checkRenameTaken},
		{name: "delete", needs: remove, run: checkDelete},
		{name: "special characters", needs: remove, run: checkSpecialNames},
		{name: "find by example", needs: append(write, connector.CanFind), run: checkFind},
		{name: "concurrent use", needs: remove, run: checkConcurrency},
	}
}

func checkCreate(e *env) {
	created := e.create("anna", "first text")
	require.NotEmpty(e, created.ID)
	require.NotEmpty(e, created.Key)
	for _, key := range []connector.Key{created.Ref(), {ID: created.ID}, {Name: created.Key}, {Name: "anna"}} {
		found := e.must(key)
		require.Equal(e, created.ID, found.ID)
		require.Equal(e, created.Key, found.Key)
		e.holds(found, e.attributes("anna", "first text"))
	}
	e.holds(created, e.attributes("anna", "first text"))
}

func checkDuplicate(e *env) {
	first := e.create("anna", "first text")
	_, err := e.Connector.(connector.Creator).Create(e.Context(), e.Class, e.attributes("anna", "second text"))
	e.is(err, connector.ErrExists)
	require.Equal(e, connector.ClassData, connector.ClassOf(err))
	e.holds(e.must(first.Ref()), e.attributes("anna", "first text"))
}

func checkNoKey(e *env) {
	attributes := e.attributes("anna", "text")
	delete(attributes, e.KeyAttribute)
	_, err := e.Connector.(connector.Creator).Create(e.Context(), e.Class, attributes)
	e.fails(err, connector.ClassData)
}

func checkAbsent(e *env) {
	e.create("anna", "text")
	for _, name := range []string{"nobody", "ann", "anna*", "*"} {
		_, err := e.get(connector.Key{Name: name})
		e.is(err, connector.ErrNotFound)
	}
}

func (e *env) update(current connector.Object, desired connector.Attributes) connector.Object {
	e.Helper()
	updated, err := e.Connector.(connector.Updater).Update(e.Context(), e.Class, current, desired)
	require.NoError(e, err)
	return updated
}

func checkUpdate(e *env) {
	bystander := e.create("bert", "bystander")
	created := e.create("anna", "first text")
	updated := e.update(created, connector.Attributes{e.TextAttribute: "second text"})
	require.Equal(e, created.ID, updated.ID)
	wanted := e.attributes("anna", "second text")
	e.holds(updated, wanted)
	e.holds(e.must(created.Ref()), wanted)
	e.holds(e.must(bystander.Ref()), e.attributes("bert", "bystander"))
}

func checkIdempotent(e *env) {
	created := e.create("anna", "text")
	for range 2 {
		updated := e.update(created, e.attributes("anna", "text"))
		e.holds(updated, e.attributes("anna", "text"))
		require.Equal(e, created.Ref(), updated.Ref())
	}
	e.holds(e.update(created, connector.Attributes{}), e.attributes("anna", "text"))
}

func checkUpdateAbsent(e *env) {
	created := e.create("anna", "text")
	require.NoError(e, e.Connector.(connector.Deleter).Delete(e.Context(), e.Class, created.Ref()))
	_, err := e.Connector.(connector.Updater).Update(e.Context(), e.Class, created, connector.Attributes{e.TextAttribute: "new"})
	e.is(err, connector.ErrNotFound)
	_, err = e.get(connector.Key{Name: "anna"})
	e.is(err, connector.ErrNotFound)
}

func checkClear(e *env) {
	for i, empty := range []any{nil, "", []any{}} {
		created := e.create(fmt.Sprintf("anna%d", i), "text")
		updated := e.update(created, connector.Attributes{e.TextAttribute: empty})
		require.Empty(e, connector.Values(updated.Attributes[e.TextAttribute]))
		require.Empty(e, connector.Values(e.must(created.Ref()).Attributes[e.TextAttribute]))
		e.holds(e.update(updated, connector.Attributes{e.TextAttribute: "again"}), connector.Attributes{e.TextAttribute: "again"})
	}
}

func (e *env) values(numbers ...int) connector.Attributes {
	values := make([]any, len(numbers))
	for i, n := range numbers {
		values[i] = e.Value(n)
	}
	return connector.Attributes{e.MultiAttribute: values}
}

func checkMulti(e *env) {
	attributes := e.attributes("anna", "text")
	attributes[e.MultiAttribute] = e.values(1, 2, 3)[e.MultiAttribute]
	current, err := e.Connector.(connector.Creator).Create(e.Context(), e.Class, attributes)
	require.NoError(e, err)
	e.holds(current, e.values(3, 1, 2))
	for _, step := range [][]int{{2, 3, 4}, {4, 3, 2}, {5}, {5, 6}, {6}, {1, 2, 3}, {}, {7}} {
		current = e.update(current, e.values(step...))
		e.holds(current, e.values(step...))
		found := e.must(current.Ref())
		e.holds(found, e.values(step...))
		e.holds(found, connector.Attributes{e.TextAttribute: "text"})
	}
}

func checkRename(e *env) {
	created := e.create("anna", "text")
	renamed := e.update(created, connector.Attributes{e.KeyAttribute: "anna maria"})
	e.holds(renamed, e.attributes("anna maria", "text"))
	_, err := e.get(connector.Key{Name: "anna"})
	e.is(err, connector.ErrNotFound)
	e.holds(e.must(connector.Key{Name: "anna maria"}), e.attributes("anna maria", "text"))
	e.holds(e.must(renamed.Ref()), e.attributes("anna maria", "text"))
	if e.StableID {
		require.Equal(e, created.ID, renamed.ID)
		e.holds(e.must(created.Ref()), e.attributes("anna maria", "text"))
		e.holds(e.update(created, connector.Attributes{e.TextAttribute: "by id"}), connector.Attributes{e.TextAttribute: "by id"})
	}
}

func checkRenameTaken(e *env) {
	anna, bert := e.create("anna", "hers"), e.create("bert", "his")
	_, err := e.Connector.(connector.Updater).Update(e.Context(), e.Class, anna,
		connector.Attributes{e.KeyAttribute: "bert", e.TextAttribute: "stolen"})
	e.is(err, connector.ErrExists)
	e.holds(e.must(anna.Ref()), e.attributes("anna", "hers"))
	e.holds(e.must(bert.Ref()), e.attributes("bert", "his"))
}

func checkDelete(e *env) {
	bystander, created := e.create("bert", "text"), e.create("anna", "text")
	deleter := e.Connector.(connector.Deleter)
	require.NoError(e, deleter.Delete(e.Context(), e.Class, created.Ref()))
	_, err := e.get(created.Ref())
	e.is(err, connector.ErrNotFound)
	e.is(deleter.Delete(e.Context(), e.Class, created.Ref()), connector.ErrNotFound)
	e.is(deleter.Delete(e.Context(), e.Class, connector.Key{Name: "anna"}), connector.ErrNotFound)
	e.must(bystander.Ref())
	again := e.create("anna", "again")
	require.NoError(e, deleter.Delete(e.Context(), e.Class, connector.Key{Name: "anna"}))
	_, err = e.get(again.Ref())
	e.is(err, connector.ErrNotFound)
}

func checkSpecialNames(e *env) {
	for _, name := range SpecialNames {
		e.create(name, "text of "+name)
	}
	for _, name := range SpecialNames {
		found := e.must(connector.Key{Name: name})
		e.holds(found, e.attributes(name, "text of "+name))
		e.holds(e.update(found, connector.Attributes{e.TextAttribute: "new " + name}), e.attributes(name, "new "+name))
	}
	if e.Kind.Can(connector.CanList) {
		require.ElementsMatch(e, SpecialNames, e.names(e.list(5)))
	}
	for i, name := range SpecialNames {
		found := e.must(connector.Key{Name: name})
		renamed := e.update(found, connector.Attributes{e.KeyAttribute: name + " 2"})
		require.Equal(e, name+" 2", connector.Text(renamed.Attributes[e.KeyAttribute]))
		require.NoError(e, e.Connector.(connector.Deleter).Delete(e.Context(), e.Class, renamed.Ref()), "delete %d", i)
	}
}

func checkFind(e *env) {
	e.create("anna", "red")
	e.create("bert", "blue (really) *")
	e.create("carl", "red")
	find := e.Connector.(connector.Finder)
	for text, wanted := range map[string][]string{"red": {"anna", "carl"}, "blue (really) *": {"bert"}, "*": nil, "blue": nil} {
		found, err := find.Find(e.Context(), e.Class, connector.Attributes{e.TextAttribute: text}, 0)
		require.NoError(e, err)
		require.ElementsMatch(e, wanted, e.names([]connector.Page{{Objects: found}}))
	}
	one, err := find.Find(e.Context(), e.Class, connector.Attributes{e.TextAttribute: "red"}, 1)
	require.NoError(e, err)
	require.Len(e, one, 1)
}

// workers is more than connectors keep connections, so that calls also wait for one.
const workers = 8

func checkConcurrency(e *env) {
	errs := make([]error, workers)
	var group sync.WaitGroup
	for n := range workers {
		group.Go(func() { errs[n] = e.lifeOf(fmt.Sprintf("worker%d", n)) })
	}
	group.Wait()
	for _, err := range errs {
		require.NoError(e, err)
	}
	if e.Kind.Can(connector.CanList) {
		require.Empty(e, e.names(e.list(3)))
	}
}

// lifeOf creates, changes and deletes an object.
func (e *env) lifeOf(name string) error {
	for round := range 3 {
		created, err := e.Connector.(connector.Creator).Create(e.Context(), e.Class, e.attributes(name, "text"))
		if err != nil {
			return fmt.Errorf("create in round %d: %w", round, err)
		}
		wanted := connector.Attributes{e.TextAttribute: "text of " + name}
		updated, err := e.Connector.(connector.Updater).Update(e.Context(), e.Class, created, wanted)
		if err != nil {
			return fmt.Errorf("update in round %d: %w", round, err)
		}
		if changes := connector.Diff(updated, wanted); len(changes) > 0 {
			return fmt.Errorf("after the update %v differ", changes)
		}
		if err := e.Connector.(connector.Deleter).Delete(e.Context(), e.Class, updated.Ref()); err != nil {
			return fmt.Errorf("delete in round %d: %w", round, err)
		}
	}
	return nil
}
