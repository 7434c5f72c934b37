package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"provost/internal/secret"
)

// EnvPrefix leads every environment variable of the platform.
const EnvPrefix = "PROVOST_"

// Common is what every command that does work takes.
type Common struct {
	Data          string `name:"data" env:"PROVOST_DATA" placeholder:"DIR" help:"Folder for local data: keys, and the embedded servers' files (default: provost in the user's data folder)."`
	MasterKeyFile string `name:"master-key-file" env:"PROVOST_MASTER_KEY_FILE" placeholder:"FILE" help:"Key file that protects stored secrets, made when missing (default: master.key in the data folder)."`
	DocumentsDir  string `name:"documents-dir" env:"PROVOST_DOCUMENTS_DIR" placeholder:"DIR" help:"Folder in which documents of processes can be kept, shared by all servers (default: they are kept in the database)."`
	LogLevel      string `name:"log-level" env:"PROVOST_LOG_LEVEL" default:"info" placeholder:"LEVEL" help:"Least severe level to log: trace, debug, info, warn or error."`
	LogFormat     string `name:"log-format" env:"PROVOST_LOG_FORMAT" default:"json" placeholder:"FORMAT" help:"Form of the log: json or console."`
}

// Validate returns an [*InvalidError] for each setting that cannot be used, joined.
func (c *Common) Validate() error {
	return errors.Join(
		oneOf("log-level", c.LogLevel, "trace", "debug", "info", "warn", "error"),
		oneOf("log-format", c.LogFormat, "json", "console"),
	)
}

// DataDir returns the folder for local data: the one given, else provost in the user's
// data folder as the XDG base directory specification places it. The folder is not made.
func (c *Common) DataDir() (string, error) {
	if c.Data != "" {
		dir, err := filepath.Abs(c.Data)
		if err != nil {
			return "", fmt.Errorf("data folder: %w", err)
		}
		return dir, nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "provost"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", &InvalidError{Flag: "data", Problem: "must be given, because this user has no home folder"}
	}
	return filepath.Join(home, ".local", "share", "provost"), nil
}

// KeyFile returns the path of the master key file.
func (c *Common) KeyFile() (string, error) {
	if c.MasterKeyFile != "" {
		return c.MasterKeyFile, nil
	}
	dir, err := c.DataDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "master.key"), nil
}

// Database says where PostgreSQL is.
type Database struct {
	// URL holds the password, so that it prints as a mask.
	URL            secret.Value  `name:"database-url" env:"PROVOST_DATABASE_URL" placeholder:"URL" help:"PostgreSQL to use, as postgres://user:password@host/database; dev starts its own when there is none."`
	MaxConnections int32         `name:"database-max-connections" env:"PROVOST_DATABASE_MAX_CONNECTIONS" default:"20" placeholder:"N" help:"Most connections this process opens to PostgreSQL."`
	ConnectTimeout time.Duration `name:"database-connect-timeout" env:"PROVOST_DATABASE_CONNECT_TIMEOUT" default:"30s" placeholder:"DURATION" help:"How long to wait for PostgreSQL at start."`
	PGBin          string        `name:"pg-bin" env:"PROVOST_PG_BIN" placeholder:"DIR" help:"Folder with the programs of PostgreSQL, for the server that dev starts (default: looked for)."`
}

// Validate checks the form of the settings; it does not connect.
func (d *Database) Validate() error {
	return errors.Join(
		postgresURL("database-url", d.URL),
		atLeast("database-max-connections", int64(d.MaxConnections), 2),
		longerThanZero("database-connect-timeout", d.ConnectTimeout),
	)
}

// Required returns an [*InvalidError] when no database is configured; the production
// commands call it, dev does not.
func (d *Database) Required() error {
	if d.URL.Empty() {
		return &InvalidError{
			Flag:    "database-url",
			Problem: "is needed: give the address of PostgreSQL as postgres://user:password@host/database",
		}
	}
	return nil
}

// Temporal says where the workflow engine is.
type Temporal struct {
	Address   string       `name:"temporal-address" env:"PROVOST_TEMPORAL_ADDRESS" placeholder:"HOST:PORT" help:"Temporal frontend to use; dev starts its own when there is none."`
	Namespace string       `name:"temporal-namespace" env:"PROVOST_TEMPORAL_NAMESPACE" default:"provost" placeholder:"NAME" help:"Temporal namespace; that of a further tenant is NAME-TENANT."`
	APIKey    secret.Value `name:"temporal-api-key" env:"PROVOST_TEMPORAL_API_KEY" placeholder:"KEY" help:"Key sent to Temporal as a bearer token; needs TLS."`
	TLS       bool         `name:"temporal-tls" env:"PROVOST_TEMPORAL_TLS" help:"Speak TLS with Temporal, trusting the machine's certificates."`
	CAFile    string       `name:"temporal-ca-file" env:"PROVOST_TEMPORAL_CA_FILE" placeholder:"FILE" help:"Certificates to trust instead (PEM)."`
	CertFile  string       `name:"temporal-cert-file" env:"PROVOST_TEMPORAL_CERT_FILE" placeholder:"FILE" help:"Certificate to present to Temporal (PEM)."`
	KeyFile   string       `name:"temporal-key-file" env:"PROVOST_TEMPORAL_KEY_FILE" placeholder:"FILE" help:"Key of that certificate (PEM)."`
}

// Validate checks the form of the settings; it does not connect.
func (t *Temporal) Validate() error {
	return errors.Join(
		hostPort("temporal-address", t.Address, "127.0.0.1:7233"),
		notEmpty("temporal-namespace", t.Namespace),
		together("temporal-cert-file", t.CertFile, "temporal-key-file", t.KeyFile),
		t.credentialsNeedTLS(),
	)
}

func (t *Temporal) credentialsNeedTLS() error {
	if t.APIKey.Empty() || t.TLS || t.CAFile != "" || t.CertFile != "" {
		return nil
	}
	return &InvalidError{Flag: "temporal-api-key", Problem: "would travel in clear text: add --temporal-tls"}
}

// Required returns an [*InvalidError] when no engine is configured.
func (t *Temporal) Required() error {
	if t.Address == "" {
		return &InvalidError{Flag: "temporal-address", Problem: "is needed: give the Temporal frontend as host:port"}
	}
	return nil
}

// HTTP says where the console and the API listen.
type HTTP struct {
	Address     string        `name:"http" env:"PROVOST_HTTP" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address the console and the API listen on; port 0 takes a free one."`
	PublicURL   string        `name:"public-url" env:"PROVOST_PUBLIC_URL" placeholder:"URL" help:"Address people reach the console under, for links in mails (default: the one listened on)."`
	DrainPeriod time.Duration `name:"drain-period" env:"PROVOST_DRAIN_PERIOD" default:"15s" placeholder:"DURATION" help:"How long requests under way may take after a stop was asked for."`
}

// Validate checks the form of the settings; it does not listen.
func (h *HTTP) Validate() error {
	return errors.Join(
		notEmpty("http", h.Address),
		hostPort("http", h.Address, "127.0.0.1:8080"),
		webURL("public-url", h.PublicURL),
		longerThanZero("drain-period", h.DrainPeriod),
	)
}

// Gateway says where a remote agent finds the platform, and how it is let in.
type Gateway struct {
	Address string       `name:"gateway" env:"PROVOST_GATEWAY" placeholder:"URL" help:"Address of the gateway that remote agents use, as https://host."`
	Token   secret.Value `name:"gateway-token" env:"PROVOST_GATEWAY_TOKEN" placeholder:"TOKEN" help:"Token of this agent."`
}

// Validate checks the form of the settings; it does not connect.
func (g *Gateway) Validate() error {
	return webURL("gateway", g.Address)
}
