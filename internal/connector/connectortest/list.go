package connectortest

import (
	"context"
	"errors"
	"fmt"

	"github.com/stretchr/testify/require"

	"provost/internal/connector"
)

// listChecks are about listings.
func listChecks() []check {
	list := []connector.Capability{connector.CanList, connector.CanCreate}
	return []check{
		{name: "list of nothing", needs: list, run: func(e *env) { require.Empty(e, e.names(e.list(10))) }},
		{name: "list in pages", needs: list, run: checkPages},
		{name: "list while objects come and go", needs: append(list, connector.CanDelete, connector.CanUpdate), run: checkListUnderChange},
		{name: "list stops at an error of emit", needs: list, run: checkEmitError},
		{name: "list stops when the context ends", needs: list, run: checkListCancelled},
		{name: "listed objects are what get returns", needs: append(list, connector.CanGet), run: checkListedObjects},
		{name: "token of the last listing is accepted", needs: list, run: checkToken},
		{name: "token leads to what changed since", needs: append(list, connector.CanUpdate), run: checkTokenChanges},
		{name: "token that is none is a fault of the data", needs: list, run: checkForeignToken},
	}
}

// fill creates n objects and returns their names, sorted.
func (e *env) fill(n int) []string {
	e.Helper()
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("member%03d", i)
		e.create(names[i], fmt.Sprintf("text %d", i))
	}
	return names
}

func checkPages(e *env) {
	names := e.fill(25)
	for _, size := range []int{1, 7, 25, 1000} {
		pages := e.list(size)
		require.Equal(e, names, e.names(pages))
		for i, page := range pages {
			require.LessOrEqual(e, len(page.Objects), size)
			require.Empty(e, page.Problems)
			require.True(e, page.Token == "" || i == len(pages)-1, "only the last page has a token")
		}
		require.GreaterOrEqual(e, len(pages), (len(names)+size-1)/size)
	}
}

func checkListUnderChange(e *env) {
	names := e.fill(20)
	doomed := e.create("zdoomed", "text")
	var pages []connector.Page
	err := e.Connector.(connector.Lister).List(e.Context(), e.Class, connector.ListOptions{PageSize: 5}, func(p connector.Page) error {
		pages = append(pages, p)
		if len(pages) > 1 {
			return nil
		}
		_, err := e.Connector.(connector.Creator).Create(e.Context(), e.Class, e.attributes("anewcomer", "text"))
		if err != nil {
			return err
		}
		return e.Connector.(connector.Deleter).Delete(e.Context(), e.Class, doomed.Ref())
	})
	require.NoError(e, err)
	seen := map[string]int{}
	for _, name := range e.names(pages) {
		seen[name]++
	}
	for _, name := range names {
		require.Equal(e, 1, seen[name], "%s was there all the time", name)
	}
}

var errEnough = errors.New("enough")

func checkEmitError(e *env) {
	e.fill(12)
	calls := 0
	err := e.Connector.(connector.Lister).List(e.Context(), e.Class, connector.ListOptions{PageSize: 3}, func(connector.Page) error {
		calls++
		return errEnough
	})
	require.Same(e, errEnough, err, "the error of emit is returned as it is")
	require.Equal(e, 1, calls)
	require.NotEmpty(e, e.list(3), "the connector goes on working")
}

func checkListCancelled(e *env) {
	e.fill(12)
	ctx, cancel := context.WithCancel(e.Context())
	defer cancel()
	pages := 0
	err := e.Connector.(connector.Lister).List(ctx, e.Class, connector.ListOptions{PageSize: 1}, func(connector.Page) error {
		pages++
		cancel()
		return ctx.Err()
	})
	require.ErrorIs(e, err, context.Canceled)
	require.Equal(e, 1, pages)
	err = e.Connector.(connector.Lister).List(ctx, e.Class, connector.ListOptions{}, func(connector.Page) error { return nil })
	e.is(err, context.Canceled)
	require.NotEmpty(e, e.list(3), "the connector goes on working")
}

func checkListedObjects(e *env) {
	e.fill(3)
	for _, page := range e.list(2) {
		for _, listed := range page.Objects {
			found := e.must(listed.Ref())
			require.Equal(e, listed.Ref(), found.Ref())
			require.Equal(e, listed.Class, found.Class)
			e.holds(found, listed.Attributes)
		}
	}
}

func checkToken(e *env) {
	e.fill(3)
	pages := e.list(2)
	token := pages[len(pages)-1].Token
	if token == "" {
		return
	}
	later := ""
	err := e.Connector.(connector.Lister).List(e.Context(), e.Class, connector.ListOptions{Token: token}, func(p connector.Page) error {
		later = p.Token
		return nil
	})
	require.NoError(e, err)
	require.NotEmpty(e, later, "a listing from a token returns a token")
}

// token gives the token that a complete listing returns; empty for systems without tokens.
func (e *env) token() string {
	e.Helper()
	pages := e.list(2)
	if len(pages) == 0 {
		return ""
	}
	return pages[len(pages)-1].Token
}

// since lists from a token.
func (e *env) since(token string) ([]connector.Page, error) {
	var pages []connector.Page
	err := e.Connector.(connector.Lister).List(e.Context(), e.Class, connector.ListOptions{PageSize: 2, Token: token}, func(p connector.Page) error {
		pages = append(pages, p)
		return nil
	})
	return pages, err
}

func checkTokenChanges(e *env) {
	e.fill(5)
	token := e.token()
	if token == "" {
		return
	}
	e.create("newcomer", "text")
	changed := e.must(connector.Key{Name: "member001"})
	_, err := e.Connector.(connector.Updater).Update(e.Context(), e.Class, changed, connector.Attributes{e.TextAttribute: "another text"})
	require.NoError(e, err)
	pages, err := e.since(token)
	require.NoError(e, err)
	listed := e.names(pages)
	require.Contains(e, listed, "newcomer")
	require.Contains(e, listed, "member001")
	again := pages[len(pages)-1].Token
	require.NotEmpty(e, again)
	pages, err = e.since(again)
	require.NoError(e, err)
	require.Subset(e, listed, e.names(pages), "what has not changed since is at most repeated")
}

func checkForeignToken(e *env) {
	e.fill(2)
	if e.token() == "" {
		return
	}
	pages, err := e.since("no token at all")
	if err != nil {
		e.fails(err, connector.ClassData)
		return
	}
	require.Len(e, e.names(pages), 2, "or everything is listed")
}
