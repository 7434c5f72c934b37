package agent

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/connector"
	"provost/internal/fault"
)

// Pool opens agents when they are first needed and again when their system changed.
type Pool struct {
	source   Source
	registry *connector.Registry
	triggers Triggers
	logger   *slog.Logger
	locks    *keyedLock

	mu     sync.Mutex
	agents map[uuid.UUID]*slot
}

// slot opens the agent of one system, one caller at a time, without holding up the others.
type slot struct {
	turn  chan struct{} // full while somebody opens
	agent *Agent
}

func newSlot() *slot { return &slot{turn: make(chan struct{}, 1)} }

// enter waits for the turn, as long as the caller has time.
func (s *slot) enter(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ours("wait for the agent to open", ctx.Err())
	}
}

func (s *slot) leave() { <-s.turn }

// NewPool gives a pool over the connectors of the registry.
func NewPool(source Source, registry *connector.Registry, triggers Triggers, logger *slog.Logger) *Pool {
	return &Pool{source: source, registry: registry, triggers: triggers, logger: logger, locks: newKeyedLock(), agents: map[uuid.UUID]*slot{}}
}

// ours is a failure on our side: that our own database does not answer is no word about the system.
func ours(op string, err error) error {
	return &connector.Error{Class: connector.ClassTransient, Op: op, Err: err}
}

// Get gives the agent of a system, opened with its current parameters and mappings.
func (p *Pool) Get(ctx context.Context, system uuid.UUID) (*Agent, error) {
	version, err := p.source.Version(ctx, system)
	if fault.Is(err, fault.NotFound) {
		p.forget(system)
	}
	if err != nil {
		return nil, ours("read version of system", err)
	}
	p.mu.Lock()
	s := p.agents[system]
	if s == nil {
		s = newSlot()
		p.agents[system] = s
	}
	p.mu.Unlock()

	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	if s.agent != nil && s.agent.System.Version == version {
		return s.agent, nil
	}
	opened, err := p.open(ctx, system)
	if err != nil {
		return nil, err
	}
	if s.agent != nil {
		old := s.agent.Connector
		time.AfterFunc(time.Duration(opened.System.TaskTimeoutMS)*time.Millisecond, func() { _ = old.Close() }) // calls under way end first
	}
	s.agent = opened
	return opened, nil
}

func (p *Pool) open(ctx context.Context, id uuid.UUID) (*Agent, error) {
	system, err := p.source.System(ctx, id)
	if err != nil {
		return nil, ours("read system", err)
	}
	kind, err := p.registry.Kind(system.Connector)
	if err != nil {
		return nil, &connector.Error{Class: connector.ClassPolicy, Op: "open", Message: "choose a connector that is installed", Err: err}
	}
	opened, err := p.connect(ctx, &system)
	if err != nil {
		return nil, err
	}
	return newAgent(system, kind, opened, p)
}

// Try opens a connector of a system with other parameters than those stored, which settle is given with secrets in the clear. The agent
// of the pool is left alone; the caller closes what it gets.
func (p *Pool) Try(ctx context.Context, id uuid.UUID, settle func(stored map[string]string) map[string]string) (connector.Connector, error) {
	system, err := p.source.System(ctx, id)
	if err != nil {
		return nil, ours("read system", err)
	}
	system.Parameters = settle(system.Parameters)
	return p.connect(ctx, &system)
}

func (p *Pool) connect(ctx context.Context, system *account.System) (connector.Connector, error) {
	return p.registry.Open(ctx, system.Connector, connector.Config{
		Parameters: system.Parameters,
		Limits: connector.Limits{
			TaskTimeout: time.Duration(system.TaskTimeoutMS) * time.Millisecond,
			LongTimeout: time.Duration(system.LongTaskTimeoutMS) * time.Millisecond,
		},
		Logger: p.logger.With("agent", system.Name),
	})
}

// forget closes the agent of a system that is no more.
func (p *Pool) forget(system uuid.UUID) {
	p.mu.Lock()
	s := p.agents[system]
	delete(p.agents, system)
	p.mu.Unlock()
	if s != nil {
		s.close()
	}
}

// close ends the connection when whoever opens it is through.
func (s *slot) close() {
	s.turn <- struct{}{}
	defer s.leave()
	if s.agent != nil {
		_ = s.agent.Connector.Close() // nobody is left to be told
		s.agent = nil
	}
}

// Close closes every connector.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.agents {
		s.close()
	}
}
