package sql

import (
	"context"
	"net"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"provost/internal/connector"
)

const (
	maxConnections = 4
	// cancelPatience is how long a call whose context ended waits for the server to stop the statement.
	cancelPatience = 500 * time.Millisecond
	// closePatience is how long Close waits for the server to take leave.
	closePatience = time.Second
)

// Database is a connector to one database.
type Database struct {
	pool     *pgxpool.Pool
	limits   connector.Limits
	password string
	// life ends at Close, and with it every call.
	life    context.Context //nolint:containedctx // the life of the connector, not of a call
	endLife context.CancelFunc
	sockets *socketSet

	mu      sync.Mutex
	columns map[string]tableColumns
}

func open(ctx context.Context, config connector.Config) (connector.Connector, error) {
	address, err := address(config.Parameters)
	if err != nil {
		return nil, err
	}
	password := config.Parameters[paramPassword]
	settings, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, connector.Redact(&connector.Error{
			Class: connector.ClassPolicy, Op: "open", Message: "correct the parameters of the connection", Err: err,
		}, password)
	}
	settings.MaxConns = maxConnections
	settings.MinConns = 0
	settings.ConnConfig.User = config.Parameters[paramUser]
	settings.ConnConfig.Password = password
	settings.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeDescribeExec
	settings.ConnConfig.RuntimeParams["application_name"] = "provost"
	settings.ConnConfig.BuildContextWatcherHandler = cancelOnServer
	sockets := &socketSet{open: map[net.Conn]bool{}}
	settings.ConnConfig.DialFunc = sockets.dial
	timeout := config.Limits.LongTimeout
	if timeout <= 0 {
		timeout = connector.DefaultLongTimeout
	}
	settings.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		// What is left behind by a call that was given up must not run for ever.
		_, err := conn.Exec(ctx, "set statement_timeout = "+strconv.FormatInt(timeout.Milliseconds(), 10))
		return err
	}
	pool, err := pgxpool.NewWithConfig(context.WithoutCancel(ctx), settings)
	if err != nil {
		return nil, connector.Redact(classify(ctx, "open", err), password)
	}
	life, endLife := context.WithCancel(context.WithoutCancel(ctx))
	return &Database{
		pool: pool, limits: config.Limits, password: password, life: life, endLife: endLife, sockets: sockets,
		columns: map[string]tableColumns{},
	}, nil
}

// cancelOnServer asks the server to stop a statement whose context ended and gives up the connection soon after.
func cancelOnServer(conn *pgconn.PgConn) ctxwatch.Handler {
	return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: cancelPatience}
}

func address(params map[string]string) (string, error) {
	if given := params[paramURL]; given != "" {
		parsed, err := url.Parse(given)
		if err != nil || parsed.Scheme != "postgres" && parsed.Scheme != "postgresql" {
			return "", connector.Errorf(connector.ClassPolicy, "open", "url must look like postgres://host:port/database")
		}
		if parsed.User != nil {
			return "", connector.Errorf(connector.ClassPolicy, "open", "put user and password into their own parameters, not into url")
		}
		return withMode(parsed, params), nil
	}
	if params[paramHost] == "" || params[paramDatabase] == "" {
		return "", connector.Errorf(connector.ClassPolicy, "open", "give url, or host and database")
	}
	if params[paramHost][0] == '/' {
		query := url.Values{"host": {params[paramHost]}, "port": {params[paramPort]}}
		return withMode(&url.URL{Scheme: "postgres", Path: "/" + params[paramDatabase], RawQuery: query.Encode()}, params), nil
	}
	host := net.JoinHostPort(params[paramHost], params[paramPort])
	return withMode(&url.URL{Scheme: "postgres", Host: host, Path: "/" + params[paramDatabase]}, params), nil
}

func withMode(address *url.URL, params map[string]string) string {
	query := address.Query()
	if !query.Has("sslmode") {
		query.Set("sslmode", params[paramSSLMode])
	}
	address.RawQuery = query.Encode()
	return address.String()
}

// read runs a call that changes nothing, with the time limit for one object. If the connection turns out to be dead the call is made once
// more.
func (d *Database) read(ctx context.Context, op string, call func(context.Context) error) error {
	ctx, cancel := d.limits.Task(ctx)
	defer cancel()
	return d.run(ctx, op, func(ctx context.Context) error { return d.again(ctx, call) })
}

func (d *Database) again(ctx context.Context, call func(context.Context) error) error {
	err := call(ctx)
	if err == nil || ctx.Err() != nil || !isBroken(err) {
		return err
	}
	// Where one pooled connection is dead its neighbours usually are.
	d.pool.Reset()
	return call(ctx)
}

// run runs call until the connector is closed and classifies its error.
func (d *Database) run(ctx context.Context, op string, call func(context.Context) error) error {
	bounded, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(d.life, cancel) //nolint:contextcheck // the life of the connector ends the call as well
	defer stop()
	if d.life.Err() != nil {
		return closedError(op)
	}
	err := call(bounded)
	if err != nil && d.life.Err() != nil {
		return closedError(op)
	}
	return connector.Redact(classify(ctx, op, err), d.password)
}

func closedError(op string) error {
	return &connector.Error{Class: connector.ClassUnavailable, Op: op, Err: connector.ErrClosed}
}

// Test runs a statement that touches no table.
func (d *Database) Test(ctx context.Context) error {
	return d.read(ctx, "test", func(ctx context.Context) error {
		_, err := d.pool.Exec(ctx, "select 1")
		return err
	})
}

// Close ends the running calls and closes the connections.
func (d *Database) Close() error {
	d.endLife()
	// The pool says goodbye to the server on each connection; one that does not listen is cut off.
	impatience := time.AfterFunc(closePatience, d.sockets.close)
	defer impatience.Stop()
	d.pool.Close()
	return nil
}

// socketSet holds the open sockets of the pool.
type socketSet struct {
	mu   sync.Mutex
	open map[net.Conn]bool
}

// socket leaves its set when it is closed.
type socket struct {
	net.Conn

	set *socketSet
}

func (s *socketSet) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[conn] = true
	return &socket{Conn: conn, set: s}, nil
}

func (s *socketSet) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.open {
		_ = conn.Close()
	}
}

// Close closes the socket.
func (s *socket) Close() error {
	s.set.mu.Lock()
	delete(s.set.open, s.Conn)
	s.set.mu.Unlock()
	return s.Conn.Close()
}

var (
	_ connector.Connector         = (*Database)(nil)
	_ connector.Lister            = (*Database)(nil)
	_ connector.Getter            = (*Database)(nil)
	_ connector.Finder            = (*Database)(nil)
	_ connector.Creator           = (*Database)(nil)
	_ connector.Updater           = (*Database)(nil)
	_ connector.Deleter           = (*Database)(nil)
	_ connector.PasswordSetter    = (*Database)(nil)
	_ connector.PasswordValidator = (*Database)(nil)
	_ connector.Invoker           = (*Database)(nil)
	_ connector.SchemaReader      = (*Database)(nil)
)
