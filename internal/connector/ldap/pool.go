package ldap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"sync"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"provost/internal/connector"
)

const (
	poolSize = 4
	// maxIdle is how long a connection may lie idle; firewalls and idletimeout drop older ones without a word.
	maxIdle = 2 * time.Minute
	// goodbyeTimeout bounds the unbind of a connection that is given up.
	goodbyeTimeout = time.Second
)

// link is a bound connection together with its socket, which a call closes when its context ends.
type link struct {
	*goldap.Conn
	socket net.Conn
	parked time.Time
}

// drop closes the connection without waiting for a server that may be hanging.
func (l *link) drop() {
	_ = l.socket.SetDeadline(time.Now().Add(goodbyeTimeout))
	_ = l.Conn.Close()
}

// dialer knows how to reach the directory.
type dialer struct {
	address  string
	ssl      string
	tls      *tls.Config
	bindDN   string
	password string
}

func newTLSConfig(host, caCertificate string) (*tls.Config, error) {
	config := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if caCertificate == "" {
		return config, nil
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM([]byte(caCertificate)) {
		return nil, connector.Errorf(connector.ClassPolicy, "open", "caCertificate holds no PEM certificate; paste the block from BEGIN to END")
	}
	return config, nil
}

// open connects without binding.
func (d *dialer) open(ctx context.Context) (*link, error) {
	socket, err := new(net.Dialer).DialContext(ctx, "tcp", d.address)
	if err != nil {
		return nil, err
	}
	if d.ssl == sslLDAPS {
		secured := tls.Client(socket, d.tls)
		if err := secured.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(err, socket.Close())
		}
		socket = secured
	}
	l := &link{Conn: goldap.NewConn(socket, d.ssl == sslLDAPS), socket: socket}
	l.Start()
	if d.ssl != sslStartTLS {
		return l, nil
	}
	if err := guard(ctx, l, func() error { return l.StartTLS(d.tls) }); err != nil {
		l.drop()
		return nil, err
	}
	return l, nil
}

// connect connects and binds with the agent's credentials.
func (d *dialer) connect(ctx context.Context) (*link, error) {
	l, err := d.open(ctx)
	if err != nil {
		return nil, err
	}
	if d.bindDN == "" {
		return l, nil
	}
	if err := guard(ctx, l, func() error { return l.Bind(d.bindDN, d.password) }); err != nil {
		l.drop()
		return nil, err
	}
	return l, nil
}

// guard runs a call of the protocol library, which knows no contexts, and closes the socket under it when ctx ends.
func guard(ctx context.Context, l *link, call func() error) error {
	stop := context.AfterFunc(ctx, func() { _ = l.socket.Close() })
	defer stop()
	return call()
}

// pool keeps a few bound connections.
type pool struct {
	dialer *dialer
	slots  chan struct{}

	mu     sync.Mutex
	idle   []*link
	closed bool
	// inUse are closed by close, so that running calls end.
	inUse map[*link]bool
}

func newPool(d *dialer) *pool {
	return &pool{dialer: d, slots: make(chan struct{}, poolSize), inUse: make(map[*link]bool)}
}

// with runs call on a bound connection. If the connection turns out to be dead and repeatable is true, the call is made once more on a
// fresh one.
func (p *pool) with(ctx context.Context, op string, repeatable bool, call func(*link) error) error {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return connector.ContextError(ctx, op)
	}
	err := p.once(ctx, call)
	if err != nil && repeatable && isNetwork(err) && ctx.Err() == nil && !errors.Is(err, errDial) {
		p.forgetIdle()
		err = p.once(ctx, call)
	}
	if errors.Is(err, connector.ErrClosed) {
		return &connector.Error{Class: connector.ClassUnavailable, Op: op, Err: connector.ErrClosed}
	}
	return connector.Redact(classify(ctx, op, err), p.dialer.password)
}

// errDial marks a failure to connect, after which another try at once would be pointless.
var errDial = errors.New("cannot connect to the directory")

func (p *pool) once(ctx context.Context, call func(*link) error) error {
	l, err := p.take(ctx)
	if err != nil {
		return err
	}
	err = markBroken(l, guard(ctx, l, func() error { return call(l) }))
	p.giveBack(l, ctx.Err() != nil || isNetwork(err))
	return err
}

func (p *pool) take(ctx context.Context) (*link, error) {
	if l, err := p.reuse(); l != nil || err != nil {
		return l, err
	}
	l, err := p.dialer.connect(ctx)
	if err != nil {
		return nil, dialFailure(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		l.drop()
		return nil, connector.ErrClosed
	}
	p.inUse[l] = true
	return l, nil
}

func dialFailure(err error) error {
	return &dialError{err}
}

type dialError struct{ error }

func (e *dialError) Unwrap() []error { return []error{errDial, e.error} }

func (p *pool) reuse() (*link, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, connector.ErrClosed
	}
	for len(p.idle) > 0 {
		l := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if l.IsClosing() || time.Since(l.parked) > maxIdle {
			l.drop()
			continue
		}
		p.inUse[l] = true
		return l, nil
	}
	return nil, nil
}

func (p *pool) giveBack(l *link, broken bool) {
	p.mu.Lock()
	delete(p.inUse, l)
	keep := !broken && !p.closed && !l.IsClosing()
	if keep {
		l.parked = time.Now()
		p.idle = append(p.idle, l)
	}
	p.mu.Unlock()
	if !keep {
		l.drop()
	}
}

// forgetIdle drops the idle connections: when one is dead, its neighbours usually are.
func (p *pool) forgetIdle() {
	p.mu.Lock()
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, l := range idle {
		l.drop()
	}
}

func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	for l := range p.inUse {
		_ = l.socket.Close()
	}
	p.mu.Unlock()
	p.forgetIdle()
}
