package connectortest

import (
	"context"
	"net"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/connector"
)

// faultChecks are about systems that misbehave.
func faultChecks() []check {
	list := []connector.Capability{connector.CanList, connector.CanCreate, connector.CanGet}
	return []check{
		{name: "wrong credentials", secret: true, run: checkCredentials},
		{name: "unreachable system", network: true, run: checkUnreachable},
		{name: "silent system", network: true, needs: list, run: checkSilent},
		{name: "close ends a hanging call", network: true, needs: list, run: checkCloseHanging},
		{name: "connection lost while idle", network: true, needs: list, run: checkReconnect},
		{name: "connection lost while listing", network: true, needs: list, run: checkLostListing},
	}
}

func checkCredentials(e *env) {
	const wrong = "wrong-Credential.99"
	c, err := e.tryOpen(e.with(map[string]string{e.SecretParameter: wrong}))
	if err == nil {
		err = c.Test(e.Context())
	}
	e.fails(err, connector.ClassAuth)
	e.discreet(err, wrong)
}

func checkUnreachable(e *env) {
	listener, err := new(net.ListenConfig).Listen(e.Context(), "tcp", "127.0.0.1:0")
	require.NoError(e, err)
	host, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(e, err)
	require.NoError(e, listener.Close())
	c, err := e.tryOpen(e.with(map[string]string{e.HostParameter: host, e.PortParameter: port}))
	if err == nil {
		err = c.Test(e.Context())
	}
	e.fails(err, connector.ClassUnavailable)
}

// proxied opens a connector that reaches its system through a proxy.
func (e *env) proxied() *Proxy {
	e.Helper()
	proxy := NewProxy(e, e.Address)
	host, port := proxy.Address()
	e.Connector = e.open(e.with(map[string]string{e.HostParameter: host, e.PortParameter: port}))
	return proxy
}

const (
	shortDeadline = 150 * time.Millisecond
	// patience is how long after its deadline a call may take to return.
	patience = 5 * time.Second
)

func checkSilent(e *env) {
	e.create("anna", "text")
	proxy := e.proxied()
	require.NoError(e, e.Connector.Test(e.Context()))
	proxy.Stall()
	calls := map[string]func(context.Context) error{
		"test": e.Connector.Test,
		"get": func(ctx context.Context) error {
			_, err := e.Connector.(connector.Getter).Get(ctx, e.Class, connector.Key{Name: "anna"})
			return err
		},
		"list": func(ctx context.Context) error {
			return e.Connector.(connector.Lister).List(ctx, e.Class, connector.ListOptions{}, func(connector.Page) error { return nil })
		},
		"create": func(ctx context.Context) error {
			_, err := e.Connector.(connector.Creator).Create(ctx, e.Class, e.attributes("bert", "text"))
			return err
		},
	}
	for name, call := range calls {
		ctx, cancel := context.WithTimeout(e.Context(), shortDeadline)
		started := time.Now()
		err := call(ctx)
		cancel()
		e.is(err, context.DeadlineExceeded)
		require.Equal(e, connector.ClassTransient, connector.ClassOf(err))
		require.Less(e, time.Since(started), shortDeadline+patience, "%s returns when its context ends", name)
	}
	proxy.Resume()
	e.must(connector.Key{Name: "anna"})
}

func checkCloseHanging(e *env) {
	proxy := e.proxied()
	require.NoError(e, e.Connector.Test(e.Context()))
	proxy.Stall()
	ended := make(chan error, 1)
	go func() { ended <- e.Connector.Test(e.Context()) }()
	proxy.AwaitTraffic(e)
	require.NoError(e, e.Connector.Close())
	select {
	case err := <-ended:
		require.Error(e, err)
		e.discreet(err)
	case <-time.After(patience):
		require.Fail(e, "the call did not end")
	}
}

func checkReconnect(e *env) {
	e.create("anna", "text")
	proxy := e.proxied()
	for range 3 {
		e.must(connector.Key{Name: "anna"})
		proxy.Cut()
	}
	require.Len(e, e.names(e.list(10)), 1)
}

func checkLostListing(e *env) {
	names := e.fill(30)
	proxy := e.proxied()
	var pages []connector.Page
	err := e.Connector.(connector.Lister).List(e.Context(), e.Class, connector.ListOptions{PageSize: 5}, func(p connector.Page) error {
		if len(pages) == 0 {
			proxy.Cut()
		}
		pages = append(pages, p)
		return nil
	})
	// What was already on its way may still be complete; a listing that is not must not pretend to be.
	if err == nil {
		require.Equal(e, names, e.names(pages))
	} else {
		e.fails(err, connector.ClassUnavailable)
	}
	require.Equal(e, names, e.names(e.list(5)), "a later listing works")
}
