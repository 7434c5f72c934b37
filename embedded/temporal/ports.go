package temporal

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"

	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/primitives"
)

// ports are the addresses, host:port, of everything that listens.
type ports struct {
	host     string
	frontend string // gRPC, for our clients and workers
	http     string // Nexus callbacks of the server to itself
	ui       string
	hiddenUI string // the interface behind the proxy that adds the reader token
	internal string // gRPC, for the server's own workers, without token
	history  string
	matching string
	worker   string
}

// choosePorts takes the given ports and finds free ones for the rest. A given port that is taken is an error here, because
// the server ends the whole process when it cannot listen.
func choosePorts(ctx context.Context, opts Options) (ports, error) {
	host, _, err := net.SplitHostPort(opts.Address)
	if err != nil {
		return ports{}, fmt.Errorf("address %q: %w", opts.Address, err)
	}
	loopback := net.JoinHostPort(host, "0")
	p := ports{host: host}
	wanted := []struct {
		to      *string
		address string
	}{
		{&p.frontend, opts.Address},
		{&p.http, loopback},
		{&p.internal, loopback},
		{&p.history, loopback},
		{&p.matching, loopback},
		{&p.worker, loopback},
		{&p.hiddenUI, loopback},
	}
	if opts.UIAddress != "" {
		wanted = append(wanted, wanted[0])
		wanted[len(wanted)-1].to, wanted[len(wanted)-1].address = &p.ui, opts.UIAddress
	}
	for _, want := range wanted {
		if *want.to, err = reserve(ctx, want.address); err != nil {
			return ports{}, err
		}
	}
	return p, nil
}

// reserve finds out that an address can be listened on, and makes the system not give it to anybody else for a while: a
// port with a connection that was just closed is not chosen when somebody asks for any free port, but may be listened on.
func reserve(ctx context.Context, address string) (free string, err error) {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", address)
	if err != nil {
		return "", fmt.Errorf("listen on %s: %w", address, err)
	}
	defer func() { err = errors.Join(err, listener.Close()) }()
	var dialer net.Dialer
	near, err := dialer.DialContext(ctx, "tcp", listener.Addr().String())
	if err != nil {
		return "", fmt.Errorf("reserve %s: %w", address, err)
	}
	defer near.Close()
	far, err := listener.Accept()
	if err != nil {
		return "", fmt.Errorf("reserve %s: %w", address, err)
	}
	// The side that closes first keeps the port in the state TIME_WAIT.
	return listener.Addr().String(), far.Close()
}

// hosts tells each service where the others are: one node, so no gossip.
func (p ports) hosts() map[primitives.ServiceName]static.Hosts {
	return map[primitives.ServiceName]static.Hosts{
		primitives.FrontendService:         static.SingleLocalHost(p.frontend),
		primitives.InternalFrontendService: static.SingleLocalHost(p.internal),
		primitives.HistoryService:          static.SingleLocalHost(p.history),
		primitives.MatchingService:         static.SingleLocalHost(p.matching),
		primitives.WorkerService:           static.SingleLocalHost(p.worker),
	}
}

func (p ports) services() map[string]config.Service {
	service := func(address string) config.Service {
		return config.Service{RPC: config.RPC{BindOnIP: p.host, GRPCPort: portOf(address)}}
	}
	frontend := service(p.frontend)
	frontend.RPC.HTTPPort = portOf(p.http)
	return map[string]config.Service{
		string(primitives.FrontendService):         frontend,
		string(primitives.InternalFrontendService): service(p.internal),
		string(primitives.HistoryService):          service(p.history),
		string(primitives.MatchingService):         service(p.matching),
		string(primitives.WorkerService):           service(p.worker),
	}
}

// portOf returns the port of an address that reserve gave; such an address always has one.
func portOf(address string) int {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return 0
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return 0
	}
	return number
}
