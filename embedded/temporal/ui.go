package temporal

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"

	uiserver "github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	uioptions "github.com/temporalio/ui-server/v2/server/server_options"
)

const (
	// publicPath is where the pages are, here and behind our own server.
	publicPath = "/temporal"
	// headerTimeout bounds how long a browser may take for the head of its request.
	headerTimeout = 10 * time.Second
)

// userInterface is Temporal's web interface, read-only, with an optional proxy in front that adds the reader token.
type userInterface struct {
	pages *uiserver.Server
	proxy *http.Server
}

// startUI starts the interface and returns when it answers.
func startUI(ctx context.Context, s *Server) (*userInterface, error) {
	address := s.ports.ui
	if s.options.OpenUI {
		address = s.ports.hiddenUI
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	u := &userInterface{pages: uiserver.NewServer(uioptions.WithConfigProvider(&uiconfig.Config{
		Host: host, Port: portOf(address), TemporalGRPCAddress: s.Address(), EnableUI: true, PublicPath: publicPath,
		DefaultNamespace: s.namespace, DisableWriteActions: true, HideLogs: true, DisableNewsFetch: true,
		CORS: uiconfig.CORS{CookieInsecure: true}, // the pages are read over http on loopback
	}))}
	go func() {
		if err := u.pages.Start(); err != nil {
			s.logger.Error("Temporal user interface ended", "error", err)
		}
	}()
	if s.options.OpenUI {
		if err := u.open(ctx, s); err != nil {
			return nil, errors.Join(err, u.stop())
		}
	}
	if err := awaitUI(ctx, "http://"+s.ports.ui+"/healthz"); err != nil {
		return nil, errors.Join(err, u.stop())
	}
	return u, nil
}

// open lets everybody who reaches the address read, by adding the reader token to requests that bring none.
func (u *userInterface) open(ctx context.Context, s *Server) error {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", s.ports.ui)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	token := s.ReaderToken("")
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: s.ports.hiddenUI})
		r.Out.Host = r.In.Host
		if r.Out.Header.Get("Authorization") == "" {
			r.Out.Header.Set("Authorization", bearer+token)
		}
	}}
	u.proxy = &http.Server{Handler: proxy, ReadHeaderTimeout: headerTimeout}
	go func() {
		if err := u.proxy.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.logger.Error("proxy of the Temporal user interface ended", "error", err)
		}
	}()
	return nil
}

// awaitUI waits for the first answer, whatever its status.
func awaitUI(ctx context.Context, address string) error {
	tick := time.NewTicker(retryInterval)
	defer tick.Stop()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err == nil && response.StatusCode != http.StatusBadGateway {
			return response.Body.Close()
		}
		if err == nil {
			err = errors.Join(fmt.Errorf("status %s", response.Status), response.Body.Close())
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", address, err)
		case <-tick.C:
		}
	}
}

func (u *userInterface) stop() error {
	var err error
	if u.proxy != nil {
		err = u.proxy.Close()
	}
	u.pages.Stop()
	return err
}
