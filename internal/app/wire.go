package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"provost/activities"
	"provost/internal/account"
	"provost/internal/agent"
	"provost/internal/audit/chain"
	"provost/internal/identity"
	"provost/internal/logging"
	"provost/internal/monitor"
	"provost/internal/notify"
	"provost/internal/object"
	"provost/internal/process"
	"provost/internal/provision"
	"provost/internal/run"
	"provost/internal/step"
	"provost/internal/store"
	"provost/internal/synctask"
)

// engineRoom is what synchronisation and runs are made of.
type engineRoom struct {
	sync    *activities.Sync
	runs    *activities.Runs
	upkeep  *activities.Upkeep
	process *activities.Process
	pool    *agent.Pool
}

// newEngineRoom wires synchronisation, runs and processes for the server process of that name.
func newEngineRoom(c *Core, server string, logger zerolog.Logger) *engineRoom {
	p, tenant := c.Platform, c.Tenant
	scripts := c.runner()
	agents := tenant.Agents(server, revealer{tenant.Vault(c.Secrets)})
	pool := agent.NewPool(agents, c.Connectors, scripts, logging.Slog(logger))
	c.Services.Bind(p, pool, scripts)
	tasks := &synctask.Service{
		Store: tenant.SyncTasks(), Accounts: accounts{p.Accounts, tenant.Accounts()}, Names: namer{p.Namer}, Scripts: scripts,
	}
	runs := NewRuns(c)
	runs.Pool, runs.Tasks, runs.Scripts, runs.Triggers = pool, tasks, scripts, scripts
	upkeep := &activities.Upkeep{House: tenant, Sealer: Seals(c, logger), Dates: p, Deadlines: tenant}
	if c.Documents != nil {
		upkeep.Documents = &process.Sweeper{Folder: c.Documents, Rows: tenant.ProcessEngine()}
	}
	return &engineRoom{
		sync:    &activities.Sync{Tasks: tasks, Store: tenant.SyncTasks(), Agents: agents, Pool: pool},
		runs:    &activities.Runs{Service: runs},
		upkeep:  upkeep,
		process: &activities.Process{Ledger: tenant.Ledger(), Steps: c.Steps(), Pool: pool},
		pool:    pool,
	}
}

// Steps is what does what the steps of processes say.
func (c *Core) Steps() *step.Service {
	p, tenant := c.Platform, c.Tenant
	return &step.Service{
		Ledger: tenant.Ledger(), Host: c.Scripts, Services: c.Services, Attributes: p.Attributes, Users: p.Users, UserRows: tenant.Users(),
		SystemRows: tenant.Systems(), RoleRows: tenant.Roles(), GrantRows: tenant.Grants(), Desk: p, Grants: p.PendingGrants, Contents: p.PendingContents,
		Access: p.AccountAccess, AccessRows: tenant.AccountAccess(), AccountRows: tenant.Accounts(),
		InformationSystemRows: tenant.InformationSystems(), Post: &notify.Mailer{Settings: p.Settings},
	}
}

// Seals gives the seals of the audit trail; every new head goes to the log too, where the database cannot rewrite it.
func Seals(c *Core, logger zerolog.Logger) *store.Seals {
	return c.Tenant.Seals(c.Secrets, func(h chain.Head) {
		logger.Info().Int64("block", h.Seq).Hex("hash", h.Hash).Msg("audit trail sealed")
	})
}

// NewRuns gives the use cases of runs as far as the console needs them: to start runs and to decide about them. What carries them out is
// added by the worker.
func NewRuns(c *Core) *run.Service {
	p, tenant := c.Platform, c.Tenant
	return &run.Service{
		Store: tenant.Runs(), Systems: p.Systems, Users: p.Users, UserRows: tenant.Users(), Groups: p.Groups, GroupRows: tenant.Groups(),
		Memberships: p.Memberships, MembershipRows: tenant.Memberships(), Accounts: p.Accounts, AccountRows: tenant.Accounts(),
		InformationSystems: p.InformationSystems, InformationSystemRows: tenant.InformationSystems(), Roles: p.Roles, RoleRows: tenant.Roles(),
		Grants: p.Grants, GrantRows: tenant.Grants(), ScopeValueRows: tenant.ScopeValues(), Track: tenant,
	}
}

// monitor gives the use cases of watching and steering. A process without worker opens no connection to a managed system.
func (a *App) monitor() *monitor.Service {
	p := a.Platform
	deps := monitor.Deps{
		Store: a.Tenant.Monitor(), Documents: a.Tenant.SyncTasks(), Users: p.Users, Groups: p.Groups, Accounts: p.Accounts, Roles: p.Roles,
		Systems: p.Systems, Runs: a.Runs, Parameters: p.Parameters, Settings: p.Settings, Connectors: a.Connectors,
		Logger: logging.Slog(a.settings.Logger),
	}
	if a.Scripts != nil {
		deps.Scripts, deps.Services = a.Scripts, a.Services
	}
	if a.room != nil {
		deps.Pool = a.room.pool
	}
	return monitor.New(deps)
}

// revealer opens secrets on their way to a connector.
type revealer struct{ vault *store.Vault }

// Reveal implements store.Secrets.
func (r revealer) Reveal(ctx context.Context, id uuid.UUID) (string, error) {
	value, err := r.vault.Reveal(ctx, id)
	return value.Reveal(), err
}

// accounts lets the planner write accounts and look them up.
type accounts struct {
	*account.Accounts
	rows object.Store[account.Account]
}

// Named implements synctask.Accounts.
func (a accounts) Named(ctx context.Context, keys []string) (map[string]account.Account, error) {
	if len(keys) == 0 {
		return map[string]account.Account{}, nil
	}
	found, err := a.rows.Named(ctx, keys...)
	if err != nil {
		return nil, fmt.Errorf("look up accounts by name: %w", err)
	}
	out := make(map[string]account.Account, len(found))
	for _, f := range found {
		out[strings.ToLower(f.System+`\`+f.Name)] = f
	}
	return out, nil
}

// namer names accounts for the planner.
type namer struct{ namer *account.Namer }

// Names implements synctask.Namer.
func (n namer) Names(ctx context.Context, system *account.System, subjects []*provision.Subject) ([]synctask.Name, error) {
	rule := account.DefaultNamingRule
	if system.NamingRuleID != nil {
		rule = *system.NamingRuleID
	}
	ids := make([]uuid.UUID, len(subjects))
	for i, s := range subjects {
		ids[i] = s.User.ID
	}
	named, err := n.namer.Names(ctx, rule, system, ids)
	if err != nil {
		return nil, err
	}
	byUser := make(map[uuid.UUID]account.Name, len(named))
	for _, name := range named {
		byUser[name.UserID] = name
	}
	out := make([]synctask.Name, len(subjects))
	for i, id := range ids {
		out[i] = answer(byUser[id])
	}
	return out, nil
}

func answer(n account.Name) synctask.Name {
	switch {
	case n.Err != nil:
		return synctask.Name{Reason: "The naming rule failed: " + n.Err.Error(), Failed: true}
	case n.Manual:
		return synctask.Name{Reason: "Account names are given by hand."}
	case n.Name == "":
		return synctask.Name{Reason: "The naming rule gives no account."}
	default:
		return synctask.Name{Name: n.Name}
	}
}

var (
	_ synctask.Accounts = accounts{}
	_ synctask.Namer    = namer{}
	_ run.Users         = (*identity.Users)(nil)
)
