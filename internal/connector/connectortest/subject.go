// Package connectortest is the conformance suite every connector passes, with the helpers it needs: a proxy that misbehaves, a connector
// that lives in memory, and servers started as children.
//
// The checks are written against the small [T], so that the suite itself can be tested: planted faults must be noticed.
package connectortest

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/connector"
)

// T is what a check needs of a test.
type T interface {
	require.TestingT
	Helper()
	Cleanup(func())
	Context() context.Context
}

// Subject is a kind of connector under test.
type Subject struct {
	Kind connector.Kind
	// Fresh prepares an empty system, or an empty part of one, and returns how to reach it. It is called for every check.
	Fresh func(t T) Instance
	// SecretParameter is the parameter whose wrong value must be an error of class auth; empty if the system asks for no credentials.
	SecretParameter string
	// HostParameter and PortParameter are what the fault checks point to a proxy; empty if the system is not on a network.
	HostParameter, PortParameter string
	// KeyAttribute identifies an object and may be changed.
	KeyAttribute string
	// TextAttribute holds one text and may be cleared.
	TextAttribute string
	// MultiAttribute holds several values and may be cleared; empty if the system has none. Value returns the n-th value it may hold.
	MultiAttribute string
	Value          func(n int) any
	// StableID says that the system has an id that survives a rename.
	StableID bool
	// Without are capabilities of the kind that do not fit the class, such as passwords of a group.
	Without []connector.Capability
	// New returns the attributes of a new object beside TextAttribute and MultiAttribute.
	New func(name string) connector.Attributes
}

// Instance is one prepared system.
type Instance struct {
	Parameters map[string]string
	Class      connector.Class
	// Address is where the system listens, host:port or the path of a socket; empty if it is not on a network.
	Address string
}

// env is what a check works with.
type env struct {
	T
	Subject
	Instance
	Connector connector.Connector
}

// check is one rule of the contract.
type check struct {
	name  string
	needs []connector.Capability
	// network checks are skipped for systems without one, secret checks for those without credentials.
	network, secret, multi bool
	run                    func(e *env)
}

func checks() []check {
	return slices.Concat(contractChecks(), objectChecks(), listChecks(), passwordChecks(), faultChecks())
}

func (c check) applies(s Subject) bool {
	for _, need := range c.needs {
		if !s.Kind.Can(need) || slices.Contains(s.Without, need) {
			return false
		}
	}
	return (!c.network || s.PortParameter != "") && (!c.secret || s.SecretParameter != "") && (!c.multi || s.MultiAttribute != "")
}

// Run runs every check that applies to the subject as a parallel subtest.
func Run(t *testing.T, s Subject) {
	t.Helper()
	for _, c := range checks() {
		if !c.applies(s) {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s.run(t, c)
		})
	}
}

func (s Subject) run(t T, c check) {
	e := &env{T: t, Subject: s, Instance: s.Fresh(t)}
	e.Connector = e.open(e.Parameters)
	c.run(e)
}

// open opens a connector that is closed with the test.
func (e *env) open(parameters map[string]string) connector.Connector {
	e.Helper()
	c, err := e.tryOpen(parameters)
	require.NoError(e, err)
	return c
}

func (e *env) tryOpen(parameters map[string]string) (connector.Connector, error) {
	c, err := connector.Open(e.Context(), e.Kind, connector.Config{Parameters: parameters})
	if err != nil {
		return nil, err
	}
	e.Cleanup(func() { _ = c.Close() })
	return c, nil
}

// with returns the parameters with some replaced.
func (e *env) with(replaced map[string]string) map[string]string {
	parameters := maps.Clone(e.Parameters)
	maps.Copy(parameters, replaced)
	return parameters
}

// attributes are those of a new object with its text.
func (e *env) attributes(name, text string) connector.Attributes {
	attributes := e.New(name)
	attributes[e.KeyAttribute] = name
	attributes[e.TextAttribute] = text
	return attributes
}

func (e *env) create(name, text string) connector.Object {
	e.Helper()
	created, err := e.Connector.(connector.Creator).Create(e.Context(), e.Class, e.attributes(name, text))
	require.NoError(e, err, "create %q", name)
	return created
}

func (e *env) get(key connector.Key) (connector.Object, error) {
	return e.Connector.(connector.Getter).Get(e.Context(), e.Class, key)
}

// must reads an object that has to be there.
func (e *env) must(key connector.Key) connector.Object {
	e.Helper()
	found, err := e.get(key)
	require.NoError(e, err, "get %+v", key)
	return found
}

// list returns all pages.
func (e *env) list(size int) []connector.Page {
	e.Helper()
	var pages []connector.Page
	err := e.Connector.(connector.Lister).List(e.Context(), e.Class, connector.ListOptions{PageSize: size}, func(p connector.Page) error {
		pages = append(pages, p)
		return nil
	})
	require.NoError(e, err)
	return pages
}

// names returns the keys of all objects on the pages, sorted, with repetitions.
func (e *env) names(pages []connector.Page) []string {
	names := []string{}
	for _, page := range pages {
		for _, object := range page.Objects {
			names = append(names, connector.Text(object.Attributes[e.KeyAttribute]))
		}
	}
	slices.Sort(names)
	return names
}

// holds requires that an object has exactly the wanted values in the wanted attributes.
func (e *env) holds(object connector.Object, wanted connector.Attributes) {
	e.Helper()
	require.Empty(e, connector.DiffFor(e.Connector, e.Class, object, wanted), "the object is %+v", object)
}

// fails requires an error of the class that names no secret of the parameters.
func (e *env) fails(err error, class connector.ErrorClass) {
	e.Helper()
	require.Error(e, err)
	require.Equal(e, string(class), string(connector.ClassOf(err)), "the error is: %v", err)
	e.discreet(err)
}

// is requires an error that is the sentinel and names no secret.
func (e *env) is(err, sentinel error) {
	e.Helper()
	require.ErrorIs(e, err, sentinel)
	e.discreet(err)
}

// discreet requires that the error's text holds none of the secrets.
func (e *env) discreet(err error, more ...string) {
	e.Helper()
	secrets := more
	for name, value := range e.Parameters {
		if e.Kind.Secret(name) && value != "" {
			secrets = append(secrets, value)
		}
	}
	for _, secret := range secrets {
		if err != nil && strings.Contains(err.Error(), secret) {
			require.Fail(e, "an error text contains a password")
		}
	}
}
