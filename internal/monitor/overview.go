package monitor

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/query"
)

// AgentState is an agent as it was seen last, with what it has to do (guide page 070, "View agents").
type AgentState struct {
	SystemID      uuid.UUID  `json:"systemId"`
	System        string     `json:"system"`
	Connector     string     `json:"connector"`
	Assigned      string     `json:"assigned" doc:"Server it is assigned to: * for any, empty for none"`
	Alternative   string     `json:"alternative" doc:"Server that takes over"`
	Serviced      bool       `json:"serviced" doc:"It has a server; without one it is disabled"`
	Paused        bool       `json:"paused"`
	ReadOnly      bool       `json:"readOnly"`
	Authoritative bool       `json:"authoritative"`
	Connected     *bool      `json:"connected" doc:"null while nothing was tried"`
	Server        string     `json:"server" doc:"Server that saw it last"`
	LastSeen      *time.Time `json:"lastSeen"`
	LastError     string     `json:"lastError"`
	FailedSince   *time.Time `json:"failedSince"`
	Pending       int64      `json:"pending" doc:"Parts of tasks to be done"`
	Waiting       int64      `json:"waiting" doc:"Parts that wait for the agent"`
	Failed        int64      `json:"failed" doc:"Parts that failed for good"`
	RunID         *uuid.UUID `json:"runId" doc:"Run that is under way"`
	RunNumber     int64      `json:"runNumber"`
	RunKind       string     `json:"runKind"`
	RunStatus     string     `json:"runStatus"`
}

// ServerState is a synchronisation server as it reported itself last (guide page 046).
type ServerState struct {
	Name         string         `json:"name"`
	Kind         string         `json:"kind" doc:"serve, worker or agent"`
	Version      string         `json:"version"`
	StartedAt    time.Time      `json:"startedAt"`
	LastSeen     time.Time      `json:"lastSeen"`
	Alive        bool           `json:"alive" doc:"It reported within the last half minute"`
	Agents       int64          `json:"agents" doc:"Agents assigned to it, or to any server"`
	Connected    int64          `json:"connected" doc:"Of these, how many are connected"`
	Disconnected int64          `json:"disconnected"`
	Pending      int64          `json:"pending" doc:"Parts of tasks to be done by these agents"`
	Failed       int64          `json:"failed"`
	Details      map[string]any `json:"details"`
}

// Counts are the numbers behind a summary.
type Counts struct {
	Roles, Systems                                    int64
	Open, Pending, Held, Waiting, Failed              int64
	Disconnected, RunsActive, RunsBlocked, IssuesOpen int64
}

// Summary is the numbers of the first page. A number that the caller may not know is absent.
type Summary struct {
	Users        *int64 `json:"users,omitempty"`
	Accounts     *int64 `json:"accounts,omitempty"`
	Roles        *int64 `json:"roles,omitempty"`
	Systems      *int64 `json:"systems,omitempty"`
	OpenTasks    *int64 `json:"openTasks,omitempty"`
	PendingTasks *int64 `json:"pendingTasks,omitempty"`
	HeldTasks    *int64 `json:"heldTasks,omitempty"`
	WaitingTasks *int64 `json:"waitingTasks,omitempty"`
	FailedTasks  *int64 `json:"failedTasks,omitempty"`
	Disconnected *int64 `json:"disconnectedAgents,omitempty"`
	ActiveRuns   *int64 `json:"activeRuns,omitempty"`
	BlockedRuns  *int64 `json:"blockedRuns,omitempty"`
	OpenIssues   *int64 `json:"openIssues,omitempty"`
}

// Finished is how many tasks were finished in a minute.
type Finished struct {
	At    time.Time `json:"at"`
	Tasks int64     `json:"tasks"`
}

// Load is what there is to do, for graphs (guide page 070, "Tasks", "Tasks by server", "Stats").
type Load struct {
	Systems  []AgentState  `json:"systems" doc:"Agents with something to do"`
	Servers  []ServerState `json:"servers"`
	Finished []Finished    `json:"finished" doc:"Tasks finished per minute; minutes without any are left out"`
}

// Issue is an event that somebody has to look at.
type Issue struct {
	ID          uuid.UUID  `json:"id" db:"id,auto"`
	Number      int64      `json:"number" db:"number,auto"`
	Kind        string     `json:"kind" db:"kind"`
	Status      string     `json:"status" db:"status" enum:"new,acknowledged,solved"`
	ObjectType  string     `json:"objectType" db:"object_type"`
	ObjectID    *uuid.UUID `json:"objectId" db:"object_id"`
	ObjectName  string     `json:"objectName" db:"object_name,read" sql:"coalesce(s.name, u.user_name, a.name, '')"`
	Description string     `json:"description" db:"description"`
	Times       int        `json:"times" db:"times" doc:"How often it happened"`
	CreatedAt   time.Time  `json:"createdAt" db:"created_at,auto"`
	UpdatedAt   time.Time  `json:"updatedAt" db:"updated_at,auto"`
}

// States of an issue.
const (
	IssueNew          = "new"
	IssueAcknowledged = "acknowledged"
	IssueSolved       = "solved"
)

// Agents gives all agents as they were seen last.
func (s *Service) Agents(ctx context.Context) ([]AgentState, error) {
	if _, err := authz.Check(ctx, authz.SystemQuery); err != nil {
		return nil, err
	}
	return s.Store.AgentStates(ctx)
}

// Agent gives one agent as it was seen last, or fault.NotFound.
func (s *Service) Agent(ctx context.Context, system uuid.UUID) (AgentState, error) {
	if _, err := authz.Check(ctx, authz.SystemQuery); err != nil {
		return AgentState{}, err
	}
	states, err := s.Store.AgentStates(ctx, system)
	if err != nil {
		return AgentState{}, err
	}
	if len(states) == 0 {
		return AgentState{}, fault.New(fault.NotFound, "There is no such agent.")
	}
	return states[0], nil
}

// Servers gives the synchronisation servers that ever reported themselves.
func (s *Service) Servers(ctx context.Context) ([]ServerState, error) {
	if _, err := authz.Check(ctx, authz.SystemQuery); err != nil {
		return nil, err
	}
	return s.Store.ServerStates(ctx)
}

// Load gives what there is to do per agent and server, and what was finished in the last minutes.
func (s *Service) Load(ctx context.Context, minutes int) (Load, error) {
	if _, err := authz.Check(ctx, authz.SyncTaskQuery); err != nil {
		return Load{}, err
	}
	l := Load{Systems: []AgentState{}}
	states, err := s.Store.AgentStates(ctx)
	if err != nil {
		return Load{}, err
	}
	for _, state := range states {
		if state.Pending+state.Waiting+state.Failed > 0 {
			l.Systems = append(l.Systems, state)
		}
	}
	if l.Servers, err = s.Store.ServerStates(ctx); err != nil {
		return Load{}, err
	}
	l.Finished, err = s.Store.FinishedPerMinute(ctx, time.Now().Add(-time.Duration(minutes)*time.Minute))
	return l, err
}

// Summary gives the numbers that the caller may know.
func (s *Service) Summary(ctx context.Context) (Summary, error) {
	who, ok := authz.From(ctx)
	if !ok {
		return Summary{}, authz.ErrNoPrincipal
	}
	c, err := s.Store.Counts(ctx)
	if err != nil {
		return Summary{}, err
	}
	var out Summary
	show := func(perm authz.Permission, to **int64, number int64) {
		if who.Scope(perm).All {
			*to = &number
		}
	}
	show(authz.RoleQuery, &out.Roles, c.Roles)
	show(authz.SystemQuery, &out.Systems, c.Systems)
	show(authz.SystemQuery, &out.Disconnected, c.Disconnected)
	show(authz.SyncTaskQuery, &out.OpenTasks, c.Open)
	show(authz.SyncTaskQuery, &out.PendingTasks, c.Pending)
	show(authz.SyncTaskQuery, &out.HeldTasks, c.Held)
	show(authz.SyncTaskQuery, &out.WaitingTasks, c.Waiting)
	show(authz.SyncTaskQuery, &out.FailedTasks, c.Failed)
	show(authz.RunQuery, &out.ActiveRuns, c.RunsActive)
	show(authz.RunQuery, &out.BlockedRuns, c.RunsBlocked)
	show(authz.IssueQuery, &out.OpenIssues, c.IssuesOpen)
	err = s.countPeople(ctx, who, &out)
	return out, err
}

// countPeople counts users and accounts within what the caller may see.
func (s *Service) countPeople(ctx context.Context, who authz.Principal, out *Summary) error {
	if who.Allows(authz.UserQuery) {
		page, err := s.Users.List(ctx, query.List{Size: 1})
		if err != nil {
			return fmt.Errorf("count users: %w", err)
		}
		total := int64(page.Total)
		out.Users = &total
	}
	if who.Allows(authz.AccountQuery) {
		page, err := s.Accounts.List(ctx, query.List{Size: 1, Filter: `not (status eq "removed" or status eq "archived")`})
		if err != nil {
			return fmt.Errorf("count accounts: %w", err)
		}
		total := int64(page.Total)
		out.Accounts = &total
	}
	return nil
}

// ListIssues gives one page of issues, newest first.
func (s *Service) ListIssues(ctx context.Context, l query.List) (query.Page[Issue], error) {
	if _, err := authz.Check(ctx, authz.IssueQuery); err != nil {
		return query.Page[Issue]{}, err
	}
	return s.Store.ListIssues(ctx, l.Bounded())
}

// EachIssue streams every issue that matches.
func (s *Service) EachIssue(ctx context.Context, l query.List, yield func(Issue) error) error {
	if _, err := authz.Check(ctx, authz.IssueQuery); err != nil {
		return err
	}
	return s.Store.EachIssue(ctx, l, yield)
}

// SetIssue acknowledges or solves an issue.
func (s *Service) SetIssue(ctx context.Context, id uuid.UUID, status string) error {
	if _, err := authz.Check(ctx, authz.IssueUpdate); err != nil {
		return err
	}
	if status != IssueAcknowledged && status != IssueSolved {
		return fault.InvalidField("status", "An issue can be %s or %s.", IssueAcknowledged, IssueSolved)
	}
	return s.Store.Do(ctx, func(ctx context.Context) error {
		before, err := s.Store.SetIssueStatus(ctx, id, status)
		if err != nil {
			return err
		}
		switch {
		case before.Status == IssueSolved:
			return fault.New(fault.Conflict, "Issue %d is solved already.", before.Number)
		case before.Status == status:
			return nil
		}
		return s.Store.Record(ctx, audit.Entry{
			Action: audit.Update, ObjectType: "issue", ObjectID: &id, ObjectName: fmt.Sprintf("%s %d", before.Kind, before.Number),
			Before: document(map[string]any{"status": before.Status}), After: document(map[string]any{"status": status}),
		})
	})
}
