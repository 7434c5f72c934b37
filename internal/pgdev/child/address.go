package child

import (
	"context"
	"errors"
	"fmt"
	"net"
)

// FreeAddress returns an address that a child can listen on: the given host:port, or a free port of it when the port is 0.
// An address that is taken is an error. The system is made not to give the port to anybody else for a while: a port whose
// last connection was closed just now is not chosen when somebody asks for any free port, but may be listened on.
func FreeAddress(ctx context.Context, address string) (free *net.TCPAddr, err error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("find a free port: %w", err)
	}
	defer func() { err = errors.Join(err, listener.Close()) }()
	free, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return nil, fmt.Errorf("find a free port: %s is no TCP address", listener.Addr())
	}
	var dialer net.Dialer
	near, err := dialer.DialContext(ctx, "tcp", free.String())
	if err != nil {
		return nil, fmt.Errorf("reserve port %d: %w", free.Port, err)
	}
	defer near.Close()
	far, err := listener.Accept()
	if err != nil {
		return nil, fmt.Errorf("reserve port %d: %w", free.Port, err)
	}
	return free, far.Close() // the side that closes first keeps the port in the state TIME_WAIT
}
