package temporal

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	_ "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite" // the store in memory
	sqliteschema "go.temporal.io/server/schema/sqlite"
	"go.temporal.io/server/tools/common/schema"
	sqltool "go.temporal.io/server/tools/sql"
	"google.golang.org/protobuf/types/known/durationpb"
)

const (
	mainDatabase       = "temporal"
	visibilityDatabase = "temporal_visibility"
	// postgresShards is fixed at the first start of a store and can never change; 4 was the fastest on two cores.
	postgresShards = 4
	// memoryShards: SQLite writes one at a time anyway.
	memoryShards = 1
	// maxConnections counts per service and store: about 160 connections at the very most.
	maxConnections = 20
	connectionLife = time.Hour
)

// store is where a server keeps its state, with its schema in place.
type store struct {
	name             string // for the log
	main, visibility *config.SQL
	shards           int32
}

func openStore(ctx context.Context, opts Options, to *slog.Logger) (*store, error) {
	if opts.Database == "" {
		return openMemory(opts)
	}
	return openPostgres(ctx, opts.Database, to)
}

// openMemory makes a database in memory that no other server of this process shares, with the namespace in it.
func openMemory(opts Options) (*store, error) {
	main := &config.SQL{
		PluginName:        "sqlite",
		DatabaseName:      "provost-" + rand.Text(),
		ConnectAttributes: map[string]string{"mode": "memory", "cache": "shared"},
	}
	attributes := make(map[string]enums.IndexedValueType, len(opts.Attributes))
	for _, name := range opts.Attributes {
		attributes[name] = enums.INDEXED_VALUE_TYPE_KEYWORD
	}
	namespace, err := sqliteschema.NewNamespaceConfig(clusterName, opts.Namespace, false, attributes)
	if err != nil {
		return nil, fmt.Errorf("describe namespace: %w", err)
	}
	namespace.Detail.Config.Retention = durationpb.New(opts.Retention)
	// The first connection makes the schema, and the driver never closes it: the namespace stays until the process ends.
	if err := sqliteschema.CreateNamespaces(main, namespace); err != nil {
		return nil, fmt.Errorf("make store in memory: %w", err)
	}
	return &store{name: "memory", main: main, visibility: main, shards: memoryShards}, nil
}

// openPostgres makes the two databases when they are missing and brings their schemas to the version of this server.
func openPostgres(ctx context.Context, database string, to *slog.Logger) (*store, error) {
	main, err := postgresConfig(database, mainDatabase)
	if err != nil {
		return nil, err
	}
	visibility, err := postgresConfig(database, visibilityDatabase)
	if err != nil {
		return nil, err
	}
	for _, one := range []struct {
		config *config.SQL
		schema string
	}{{main, "postgresql/v12/temporal"}, {visibility, "postgresql/v12/visibility"}} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := applySchema(one.config, one.schema, logger{to}); err != nil {
			return nil, fmt.Errorf("prepare database %s: %w", one.config.DatabaseName, err)
		}
	}
	return &store{name: "postgresql", main: main, visibility: visibility, shards: postgresShards}, nil
}

// postgresConfig turns a connection URL into the settings for one database of that server. What the URL says in its query
// (sslmode, host of a socket, …) goes to the driver as it is.
func postgresConfig(database, name string) (*config.SQL, error) {
	address, err := url.Parse(database)
	if err != nil || address.Scheme != "postgres" && address.Scheme != "postgresql" {
		// The URL itself is not quoted: it holds a password.
		return nil, errors.New("the database must be a URL such as postgres://user:password@host:5432/name")
	}
	password, _ := address.User.Password()
	sql := &config.SQL{
		PluginName: postgresql.PluginNamePGX, DatabaseName: name, ConnectProtocol: "tcp",
		ConnectAddr: hostPort(address), User: url.PathEscape(address.User.Username()), Password: password,
		MaxConns: maxConnections, MaxIdleConns: maxConnections, MaxConnLifetime: connectionLife,
		ConnectAttributes: map[string]string{},
	}
	for key, values := range address.Query() {
		sql.ConnectAttributes[key] = values[0]
	}
	if _, set := sql.ConnectAttributes["sslmode"]; !set {
		sql.ConnectAttributes["sslmode"] = "prefer"
	}
	return sql, nil
}

func hostPort(address *url.URL) string {
	host, port := address.Hostname(), address.Port()
	if host == "" {
		host = "localhost"
	}
	if port == "" {
		port = "5432"
	}
	return net.JoinHostPort(host, port)
}

func applySchema(sql *config.SQL, schemaName string, to logger) error {
	admin := *sql // DoCreateDatabase overwrites the name
	if err := sqltool.DoCreateDatabase(&admin, "postgres", to); err != nil {
		return fmt.Errorf("create: %w", err)
	}
	conn, err := sqltool.NewConnection(sql, to)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close()
	if _, err := conn.ReadSchemaVersion(); err != nil { // the first time, there is no version table
		setup := schema.NewSetupSchemaTask(conn, &schema.SetupConfig{InitialVersion: "0.0"}, to)
		if err := setup.Run(); err != nil {
			return fmt.Errorf("set up schema: %w", err)
		}
	}
	if err := schema.NewUpdateSchemaTask(conn, &schema.UpdateConfig{SchemaName: schemaName}, to).Run(); err != nil {
		return fmt.Errorf("update schema: %w", err)
	}
	return nil
}
