package ldap

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"provost/internal/connector"
)

// List streams the entries of the class with the paged results control (RFC 2696). With the property modifyTimestamp set, the token is the
// newest change seen, and a listing that goes on from it repeats entries changed within that same second.
func (d *Directory) List(ctx context.Context, class connector.Class, options connector.ListOptions, emit func(connector.Page) error) error {
	s, err := d.shape(class)
	if err != nil {
		return err
	}
	filter, err := s.since(options.Token)
	if err != nil {
		return err
	}
	ctx, cancel := d.limits.Long(ctx)
	defer cancel()
	var refused error
	emitted := false
	forward := func(page connector.Page) error {
		emitted = true
		refused = emit(page)
		return refused
	}
	err = d.pool.with(ctx, "list", false, func(l *link) error {
		return d.listPages(ctx, l, s, filter, options, forward)
	})
	if err != nil && !emitted && ctx.Err() == nil && isNetwork(err) {
		err = d.pool.with(ctx, "list", false, func(l *link) error {
			return d.listPages(ctx, l, s, filter, options, forward)
		})
	}
	if refused != nil {
		return refused
	}
	return err
}

// since narrows the class's filter to changes after the token.
func (s shape) since(token string) (string, error) {
	if token == "" {
		return s.filter, nil
	}
	if s.changed == "" {
		return "", connector.Errorf(connector.ClassData, "list", "%s has a token but no property %s; forget the token", s.class.Name, propModifyTimestamp)
	}
	if _, ok := connector.AsTime(token); !ok {
		return "", connector.Errorf(connector.ClassData, "list", "the token of %s is not a time; forget the token", s.class.Name)
	}
	return fmt.Sprintf("(&%s(%s>=%s))", s.filter, s.changed, goldap.EscapeFilter(token)), nil
}

// maxPageSize bounds what a search holds in memory.
const maxPageSize = 10_000

func (d *Directory) listPages(
	ctx context.Context, l *link, s shape, filter string, options connector.ListOptions, emit func(connector.Page) error,
) error {
	size := options.Size()
	if d.pageSize > 0 {
		size = d.pageSize
	}
	known := d.schema(l)
	token := options.Token
	paging := goldap.NewControlPaging(uint32(min(size, maxPageSize))) //nolint:gosec // at most maxPageSize
	request := goldap.NewSearchRequest(s.base, goldap.ScopeWholeSubtree, goldap.NeverDerefAliases, 0, 0, false, filter,
		d.requested(s), []goldap.Control{paging})
	for {
		result, err := l.Search(request)
		if err != nil {
			return listFailure(s, err)
		}
		page := connector.Page{}
		for _, entry := range result.Entries {
			page.Objects = append(page.Objects, d.object(s, entry, known))
			token = newest(token, entry.GetEqualFoldAttributeValue(s.changed))
		}
		cookie := pagingCookie(result)
		if len(cookie) == 0 && s.changed != "" {
			page.Token = token
		}
		if err := emit(page); err != nil {
			return err
		}
		if len(cookie) == 0 {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		paging.SetCookie(cookie)
	}
}

func listFailure(s shape, err error) error {
	if goldap.IsErrorWithCode(err, goldap.LDAPResultNoSuchObject) {
		return &connector.Error{
			Class: connector.ClassPolicy, Op: "list", Err: err,
			Message: fmt.Sprintf("the search base %q does not exist or may not be read; correct baseDN or searchBase", s.base),
		}
	}
	return err
}

func pagingCookie(result *goldap.SearchResult) []byte {
	control, ok := goldap.FindControl(result.Controls, goldap.ControlTypePaging).(*goldap.ControlPaging)
	if !ok {
		return nil
	}
	return control.Cookie
}

// newest returns the later of two generalized times. They are compared as times because fractions of a second are optional.
func newest(token, changed string) string {
	a, okA := connector.AsTime(token)
	b, okB := connector.AsTime(changed)
	if okB && (!okA || b.After(a)) {
		return b.UTC().Truncate(time.Second).Format(generalizedTime)
	}
	return token
}

// Get returns the entry with the id, or else the DN or key value.
func (d *Directory) Get(ctx context.Context, class connector.Class, key connector.Key) (connector.Object, error) {
	s, err := d.shape(class)
	if err != nil {
		return connector.Object{}, err
	}
	ctx, cancel := d.limits.Task(ctx)
	defer cancel()
	var object connector.Object
	err = d.pool.with(ctx, "get", true, func(l *link) error {
		object, err = d.get(l, s, "get", key)
		return err
	})
	return object, err
}

func (d *Directory) get(l *link, s shape, op string, key connector.Key) (connector.Object, error) {
	entry, err := d.locate(l, s, op, key, d.requested(s))
	if err != nil {
		return connector.Object{}, err
	}
	return d.object(s, entry, d.schema(l)), nil
}

// locate finds the one entry of a key.
func (d *Directory) locate(l *link, s shape, op string, key connector.Key, attributes []string) (*goldap.Entry, error) {
	if key.ID == "" && below(key.Name, d.baseDN) {
		entry, err := baseSearch(l, key.Name, attributes)
		if goldap.IsErrorWithCode(err, goldap.LDAPResultNoSuchObject) {
			return nil, connector.NotFound(op, key)
		}
		return entry, err
	}
	base, filter := s.base, fmt.Sprintf("(&%s(%s=%s))", s.filter, s.key, goldap.EscapeFilter(key.Name))
	if key.ID != "" {
		base, filter = d.baseDN, d.idFilter(s, key.ID)
	} else if key.Name == "" {
		return nil, connector.Errorf(connector.ClassData, op, "the key of the entry is empty")
	}
	found, err := search(l, base, filter, attributes, 2)
	switch {
	case goldap.IsErrorWithCode(err, goldap.LDAPResultNoSuchObject):
		return nil, connector.NotFound(op, key)
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, connector.NotFound(op, key)
	case len(found) > 1:
		return nil, connector.Errorf(connector.ClassData, op, "%q names several entries, such as %q and %q; make the key attribute %s unique",
			key.String(), found[0].DN, found[1].DN, s.key)
	}
	return found[0], nil
}

// idFilter finds by id. An entry without the id attribute has the key's value for an id.
func (d *Directory) idFilter(s shape, id string) string {
	value := goldap.EscapeFilter(id)
	return fmt.Sprintf("(|(%s=%s)(&%s(!(%s=*))(%s=%s)))", d.idAttribute, value, s.filter, d.idAttribute, s.key, value)
}

// Find returns entries of the class that hold the example's values.
func (d *Directory) Find(ctx context.Context, class connector.Class, example connector.Attributes, limit int) ([]connector.Object, error) {
	s, err := d.shape(class)
	if err != nil {
		return nil, err
	}
	filter, err := exampleFilter(s, example)
	if err != nil {
		return nil, err
	}
	if limit <= 0 {
		limit = connector.DefaultPageSize
	}
	ctx, cancel := d.limits.Task(ctx)
	defer cancel()
	var objects []connector.Object
	err = d.pool.with(ctx, "find", true, func(l *link) error {
		entries, err := search(l, s.base, filter, d.requested(s), limit)
		if err != nil {
			return err
		}
		known := d.schema(l)
		objects = nil
		for _, entry := range entries {
			objects = append(objects, d.object(s, entry, known))
		}
		return nil
	})
	return objects, err
}

func exampleFilter(s shape, example connector.Attributes) (string, error) {
	var b strings.Builder
	b.WriteString("(&" + s.filter)
	for _, name := range sortedNames(example) {
		if isPseudo(name) {
			continue
		}
		if !isAttributeName(name) {
			return "", connector.Errorf(connector.ClassPolicy, "find", "%q is not the name of an attribute; correct the mapping", name)
		}
		for _, v := range connector.Values(example[name]) {
			fmt.Fprintf(&b, "(%s=%s)", name, goldap.EscapeFilter(encode(v)))
		}
	}
	b.WriteString(")")
	return b.String(), nil
}

// search returns at most limit entries of a subtree; reaching the limit is not an error.
func search(l *link, base, filter string, attributes []string, limit int) ([]*goldap.Entry, error) {
	request := goldap.NewSearchRequest(base, goldap.ScopeWholeSubtree, goldap.NeverDerefAliases, limit, 0, false, filter, attributes, nil)
	result, err := l.Search(request)
	if goldap.IsErrorWithCode(err, goldap.LDAPResultSizeLimitExceeded) && result != nil && len(result.Entries) >= limit {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	return result.Entries, nil
}

var errInvisible = errors.New("the entry exists but may not be read")

// baseSearch reads one entry by its DN.
func baseSearch(l *link, dn string, attributes []string) (*goldap.Entry, error) {
	request := goldap.NewSearchRequest(dn, goldap.ScopeBaseObject, goldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", attributes, nil)
	result, err := l.Search(request)
	if err != nil {
		return nil, err
	}
	if len(result.Entries) == 0 {
		return nil, goldap.NewError(goldap.LDAPResultInsufficientAccessRights, errInvisible)
	}
	return result.Entries[0], nil
}
