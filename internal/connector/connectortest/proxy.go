package connectortest

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/stretchr/testify/require"
)

// Proxy passes TCP connections on to a system and can stall or cut them.
type Proxy struct {
	listener net.Listener
	target   string
	traffic  chan struct{}

	mu      sync.Mutex
	conns   map[net.Conn]bool
	stalled chan struct{} // closed while traffic flows
	ended   bool
}

// NewProxy starts a proxy to target (host:port, or the path of a socket), which ends with the test.
func NewProxy(t T, target string) *Proxy {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &Proxy{
		listener: listener, target: target, traffic: make(chan struct{}, 1), conns: map[net.Conn]bool{}, stalled: make(chan struct{}),
	}
	close(p.stalled)
	go p.accept()
	t.Cleanup(p.close)
	return p
}

// Address returns host and port to connect to.
func (p *Proxy) Address() (host, port string) {
	host, port, _ = net.SplitHostPort(p.listener.Addr().String())
	return host, port
}

// Stall keeps all connections open and passes nothing on, in either direction.
func (p *Proxy) Stall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stalled = make(chan struct{})
	select {
	case <-p.traffic:
	default:
	}
}

// Resume ends a stall.
func (p *Proxy) Resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.stalled:
	default:
		close(p.stalled)
	}
}

// Cut closes all connections; new ones are accepted.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.conns {
		_ = conn.Close()
	}
	p.conns = map[net.Conn]bool{}
}

// AwaitTraffic waits until a client has sent something since Stall.
func (p *Proxy) AwaitTraffic(t T) {
	t.Helper()
	select {
	case <-p.traffic:
	case <-time.After(patience):
		require.Fail(t, "no traffic arrived")
	}
}

func (p *Proxy) close() {
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	_ = p.listener.Close()
	p.Resume()
	p.Cut()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := p.dial()
		if err != nil {
			_ = client.Close()
			continue
		}
		if !p.track(client, server) {
			return
		}
		go p.pump(server, client, true)
		go p.pump(client, server, false)
	}
}

func (p *Proxy) dial() (net.Conn, error) {
	network := "tcp"
	if p.target != "" && p.target[0] == '/' {
		network = "unix"
	}
	return new(net.Dialer).DialContext(context.Background(), network, p.target)
}

func (p *Proxy) track(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range conns {
		if p.ended {
			_ = conn.Close()
			continue
		}
		p.conns[conn] = true
	}
	return !p.ended
}

// pump copies from one side to the other while the proxy is not stalled.
func (p *Proxy) pump(to, from net.Conn, fromClient bool) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if fromClient && n > 0 {
			select {
			case p.traffic <- struct{}{}:
			default:
			}
		}
		p.mu.Lock()
		flows := p.stalled
		p.mu.Unlock()
		<-flows
		if _, writeErr := to.Write(buffer[:n]); err != nil || writeErr != nil {
			return
		}
	}
}
