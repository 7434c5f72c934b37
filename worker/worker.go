// Package worker runs workflows and activities: one Temporal worker for the core queue, and one for the queue of every agent that this
// server serves. It is the only place where workflows and activities are registered.
package worker

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"provost/activities"
	"provost/internal/store"
	"provost/workflows"
	"provost/workflows/messages"
)

// How often the worker looks which agents it has to serve, and reports itself.
const refresh = 2 * time.Second

// Options is what a worker needs.
type Options struct {
	Server   string // its name, as agents refer to it
	Version  string
	Temporal client.Client
	Tenant   *store.Tenant
	Core     bool // serve workflows and core activities too, not only agents
	Sync     *activities.Sync
	Runs     *activities.Runs
	Upkeep   *activities.Upkeep
	Process  *activities.Process
	Logger   zerolog.Logger
}

// Worker is one running server.
type Worker struct {
	options Options
	started time.Time
	core    sdk.Worker
	cancel  context.CancelFunc
	done    chan struct{}

	mu     sync.Mutex
	agents map[string]serving
}

// serving is the Temporal worker of one agent, as it was configured.
type serving struct {
	store.Served
	worker sdk.Worker
}

// pulse is how often a sign of life of an activity beside the core goes to the server. The limits for missing ones are some times as long.
const pulse = 3 * time.Second

// Start starts the workers; Stop ends them.
func Start(ctx context.Context, o Options) (*Worker, error) {
	w := &Worker{options: o, started: time.Now(), agents: map[string]serving{}, done: make(chan struct{})}
	if o.Core {
		w.core = sdk.New(o.Temporal, messages.CoreQueue, sdk.Options{
			Identity: o.Server, WorkerStopTimeout: 10 * time.Second, MaxConcurrentActivityExecutionSize: 32, MaxHeartbeatThrottleInterval: pulse,
		})
		Register(w.core, o)
		if err := w.core.Start(); err != nil {
			return nil, fmt.Errorf("start core worker: %w", err)
		}
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	w.cancel = cancel
	if err := w.serve(running); err != nil {
		o.Logger.Warn().Err(err).Msg("the agents to serve could not be read; it is tried again")
	}
	go w.follow(running)
	return w, nil
}

// Register registers every workflow and activity of the core queue under its stable name.
func Register(registry sdk.Registry, o Options) {
	for name, of := range map[string]any{
		messages.TypeSyncObject:   workflows.SyncObject,
		messages.TypeSyncBatch:    workflows.SyncBatch,
		messages.TypeAgentProbe:   workflows.AgentProbe,
		messages.TypeRun:          workflows.Run,
		messages.TypeMaintenance:  workflows.Maintenance,
		messages.TypeGrantsDue:    workflows.GrantsDue,
		messages.TypeProcess:      workflows.Process,
		messages.TypeProcessIndex: workflows.ProcessIndex,
		messages.TypeNotices:      workflows.Notices,
		messages.TypeGrantDigest:  workflows.GrantDigest,
	} {
		registry.RegisterWorkflowWithOptions(of, workflow.RegisterOptions{Name: name})
	}
	registry.RegisterActivity(o.Sync)
	registry.RegisterActivity(o.Runs)
	registry.RegisterActivity(o.Upkeep)
	registry.RegisterActivity(o.Process)
}

// follow keeps the set of served agents as the database says, and reports the server.
func (w *Worker) follow(ctx context.Context) {
	defer close(w.done)
	ticker := time.NewTicker(refresh)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := w.serve(ctx); err != nil && ctx.Err() == nil {
				w.options.Logger.Warn().Err(err).Msg("the agents to serve could not be read; it is tried again")
			}
		}
	}
}

// serve starts the workers of agents that are new or configured differently, and stops those that are no longer ours.
func (w *Worker) serve(ctx context.Context) error {
	report := store.Server{Name: w.options.Server, Kind: w.kind(), Version: w.options.Version, Started: w.started}
	if err := w.options.Tenant.ReportServer(ctx, report); err != nil {
		return fmt.Errorf("report server: %w", err)
	}
	wanted, err := w.options.Tenant.ServedSystems(ctx, w.options.Server)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	keep := map[string]bool{}
	for _, agent := range wanted {
		keep[agent.Key] = true
		if known, ok := w.agents[agent.Key]; ok {
			if known.Threads == agent.Threads && known.SharedThreads == agent.SharedThreads {
				continue
			}
			go known.worker.Stop() // calls under way end first
		}
		started, err := w.startAgent(agent)
		if err != nil {
			return err
		}
		w.agents[agent.Key] = serving{agent, started}
	}
	for key, known := range w.agents {
		if !keep[key] {
			delete(w.agents, key)
			go known.worker.Stop()
		}
	}
	return nil
}

func (w *Worker) kind() string {
	if w.options.Core {
		return "worker"
	}
	return "agent"
}

// startAgent starts the worker of one agent: one poller, no workflows, as many slots as the agent has threads.
func (w *Worker) startAgent(agent store.Served) (sdk.Worker, error) {
	threads := agent.Threads
	if agent.SharedThreads {
		threads = 1
	}
	worker := sdk.New(w.options.Temporal, messages.AgentQueue(agent.Key), sdk.Options{
		Identity: w.options.Server, DisableWorkflowWorker: true, MaxConcurrentActivityTaskPollers: 1,
		MaxConcurrentActivityExecutionSize: threads, WorkerStopTimeout: 10 * time.Second, DisableRegistrationAliasing: true,
	})
	worker.RegisterActivityWithOptions(w.options.Sync.Apply, activity.RegisterOptions{Name: "Apply"})
	worker.RegisterActivityWithOptions(w.options.Sync.Probe, activity.RegisterOptions{Name: "Probe"})
	worker.RegisterActivityWithOptions(w.options.Runs.Export, activity.RegisterOptions{Name: "Export"})
	worker.RegisterActivityWithOptions(w.options.Process.CallSystem, activity.RegisterOptions{Name: "CallSystem"})
	if err := worker.Start(); err != nil {
		return nil, fmt.Errorf("start worker of agent %s: %w", agent.Name, err)
	}
	return worker, nil
}

// Stop lets running activities end and stops all workers.
func (w *Worker) Stop() {
	w.cancel()
	<-w.done
	var group sync.WaitGroup
	w.mu.Lock()
	for _, s := range w.agents {
		group.Go(s.worker.Stop)
	}
	w.mu.Unlock()
	if w.core != nil {
		group.Go(w.core.Stop)
	}
	group.Wait()
}
