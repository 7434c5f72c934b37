package scriptservice

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"

	"provost/internal/agent"
	"provost/internal/authz"
	"provost/internal/connector"
	"provost/internal/fault"
	"provost/internal/mapping"
	"provost/internal/platform"
	"provost/internal/script"
)

// Services implements script.Services. It is made before the platform, which needs it for its own scripts, and bound to it afterwards.
type Services struct {
	logger *slog.Logger
	bound  atomic.Pointer[binding]
}

// binding is what the services work on.
type binding struct {
	*platform.Platform
	pool     *agent.Pool
	mappings mapping.Evaluator
}

// New gives services that answer once they are bound. Internal errors go to the logger, never to a script; nil discards them.
func New(logger *slog.Logger) *Services {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &Services{logger: logger}
}

// Bind gives the services the platform they work on, the agents of this process, and what runs the scripts of mappings. Without a pool
// nothing reaches a managed system; without mappings dispatcherService translates only objects whose mapping has no scripts.
func (s *Services) Bind(p *platform.Platform, pool *agent.Pool, mappings mapping.Evaluator) {
	s.bound.Store(&binding{Platform: p, pool: pool, mappings: mappings})
}

// effect says what a method does, and so what it runs in.
type effect int

const (
	reads   effect = iota // one read-only snapshot
	writes                // a part of a transaction that is taken back whole when it fails, with its entry in the trail
	outside               // reaches managed systems: no transaction is held open meanwhile
)

// method is one method of a service.
type method struct {
	effect effect
	run    func(ctx context.Context, c *call) (any, error)
}

// call is one host call under way.
type call struct {
	*binding
	service, method string
	args            arguments
	authority       script.Authority
	// own is set for the installation's own scripts.
	own bool
}

// Call implements script.Services. The call acts as the publisher of the script, limited to the scopes that the script declared: a
// permission that either lacks is missing. Without a publisher the script is the installation's own (a mapping, a naming rule, a
// validation): it may look things up and change nothing; through dispatcherService it reaches only the agent it runs for. Changes have
// the origin "script", and the trail holds the publisher as their author and the hash of the script.
func (s *Services) Call(ctx context.Context, authority script.Authority, service, name string, args []any) (any, error) {
	b := s.bound.Load()
	if b == nil {
		return nil, fault.New(fault.Unavailable, "The services for scripts are not ready yet: try again.")
	}
	service = strings.TrimPrefix(service, script.RemotePrefix)
	m, err := find(service, name)
	if err != nil {
		return nil, err
	}
	c := &call{
		binding: b, service: service, method: name, args: args, authority: authority, own: authority.Publisher == "",
	}
	value, err := c.perform(ctx, m)
	if err != nil {
		return nil, s.sentence(c, err)
	}
	return value, nil
}

// find gives the method of a service, or an error that says whether it will come or does not exist.
func find(service, name string) (method, error) {
	methods, ok := catalogue()[service]
	if !ok {
		if reason, comes := later[service]; comes {
			return method{}, fault.New(fault.Unavailable, "The service %s is not part of this version: %s.", service, reason)
		}
		return method{}, script.ErrUnknownService
	}
	m, ok := methods[name]
	if ok {
		return m, nil
	}
	if reason, comes := later[service+"."+name]; comes {
		return method{}, fault.New(fault.Unavailable, "The method %s of %s is not part of this version: %s.", name, service, reason)
	}
	return method{}, script.ErrUnknownMethod
}

func (c *call) perform(ctx context.Context, m method) (any, error) {
	ctx, err := c.enter(ctx)
	if err != nil {
		return nil, err
	}
	var value any
	switch m.effect {
	case writes:
		err = c.Tenant.Do(ctx, func(ctx context.Context) error {
			return c.Tenant.Attempt(ctx, func(ctx context.Context) error {
				if value, err = m.run(ctx, c); err != nil {
					return err
				}
				return c.note(ctx)
			})
		})
	case reads:
		err = c.Tenant.View(ctx, func(ctx context.Context) error {
			value, err = m.run(ctx, c)
			return err
		})
	case outside:
		value, err = m.run(ctx, c)
	}
	return value, err
}

// sentence makes an error fit for the script's author. What is not meant for people is logged and told as such.
func (s *Services) sentence(c *call, err error) error {
	var denied *authz.DeniedError
	var known *fault.Error
	var managed *connector.Error
	switch {
	case errors.As(err, &denied):
		return c.denial(denied)
	case errors.As(err, &known), errors.As(err, &managed), errors.Is(err, script.ErrNested),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	default:
		s.logger.Error("script service failed", "service", c.service, "method", c.method, "script_hash", c.authority.ScriptHash, "error", err)
		return fmt.Errorf("%s.%s failed for a reason that is not the script's: the log of the server says why", c.service, c.method)
	}
}

var _ script.Services = (*Services)(nil)
