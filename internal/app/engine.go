package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"

	"provost/internal/config"
	"provost/internal/logging"
	"provost/internal/secret"
	"provost/internal/telemetry"
)

// Engine says where the workflow engine is and how it is spoken to.
type Engine struct {
	config.Temporal
	// Token opens an embedded server of this machine; it travels without TLS, over loopback only.
	Token secret.Value
}

// bearer sends a token with each call of a client.
type bearer struct{ token secret.Value }

// GetHeaders implements client.HeadersProvider.
func (b bearer) GetHeaders(context.Context) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + b.token.Reveal()}, nil
}

// dial connects to the engine and checks that it answers.
func (e *Engine) dial(ctx context.Context, identity string, registry *prometheus.Registry, logger zerolog.Logger) (client.Client, error) {
	metrics, err := telemetry.NewTemporalMetrics(registry)
	if err != nil {
		return nil, err
	}
	options := client.Options{
		HostPort: e.Address, Namespace: e.Namespace, Identity: identity,
		Logger: logging.Temporal(logger), MetricsHandler: metrics.Handler(),
	}
	if options.ConnectionOptions.TLS, err = e.tls(); err != nil {
		return nil, err
	}
	switch {
	case !e.Token.Empty():
		options.HeadersProvider = bearer{e.Token}
	case !e.APIKey.Empty():
		options.Credentials = client.NewAPIKeyStaticCredentials(e.APIKey.Reveal())
	}
	connection, err := client.DialContext(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("reach Temporal at %s: %w", e.Address, err)
	}
	return connection, nil
}

// tls gives the TLS settings; nil means clear text.
func (e *Engine) tls() (*tls.Config, error) {
	if !e.TLS && e.CAFile == "" && e.CertFile == "" {
		return nil, nil //nolint:nilnil // no TLS is an answer
	}
	settings := &tls.Config{MinVersion: tls.VersionTLS12}
	if e.CAFile != "" {
		pem, err := os.ReadFile(e.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read certificates to trust: %w", err)
		}
		settings.RootCAs = x509.NewCertPool()
		if !settings.RootCAs.AppendCertsFromPEM(pem) {
			return nil, &config.InvalidError{Flag: "temporal-ca-file", Problem: "holds no certificate in PEM form"}
		}
	}
	if e.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(e.CertFile, e.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("read certificate for Temporal: %w", err)
		}
		settings.Certificates = []tls.Certificate{pair}
	}
	return settings, nil
}
