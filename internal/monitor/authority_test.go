package monitor_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/monitor"
	"provost/internal/query"
	"provost/internal/run"
)

// operation is one use case, called with arguments that name nothing.
type operation struct {
	// ask is the permission it needs; empty: to be signed in.
	ask authz.Permission
	do  func(ctx context.Context, s *monitor.Service) error
}

func skip[T any](T) error { return nil }

// operations is every use case by the name of its method. A method that is missing here fails a test.
func operations() map[string]operation {
	id, list := uuid.New(), query.List{}
	test := monitor.MappingTest{Object: "anna"}
	return map[string]operation{
		"Agents":         {authz.SystemQuery, func(ctx context.Context, s *monitor.Service) error { _, err := s.Agents(ctx); return err }},
		"Agent":          {authz.SystemQuery, func(ctx context.Context, s *monitor.Service) error { _, err := s.Agent(ctx, id); return err }},
		"Servers":        {authz.SystemQuery, func(ctx context.Context, s *monitor.Service) error { _, err := s.Servers(ctx); return err }},
		"ConnectorKinds": {authz.SystemQuery, func(ctx context.Context, s *monitor.Service) error { _, err := s.ConnectorKinds(ctx); return err }},
		"DefaultMappings": {
			authz.SystemQuery, func(ctx context.Context, s *monitor.Service) error { _, err := s.DefaultMappings(ctx, id); return err },
		},
		"ExportMappings": {
			authz.SystemQuery, func(ctx context.Context, s *monitor.Service) error {
				_, _, err := s.ExportMappings(ctx, id)
				return err
			},
		},
		"ImportMappings": {authz.SystemUpdate, func(ctx context.Context, s *monitor.Service) error {
			_, err := s.ImportMappings(ctx, id, 0, []byte("<mappings/>"), true)
			return err
		}},
		"TestConnection": {
			authz.SystemUpdate, func(ctx context.Context, s *monitor.Service) error { _, err := s.TestConnection(ctx, id); return err },
		},
		"TestDraft": {authz.SystemUpdate, func(ctx context.Context, s *monitor.Service) error {
			_, err := s.TestDraft(ctx, id, monitor.ConnectionDraft{})
			return err
		}},
		"Schema":   {authz.SystemUpdate, func(ctx context.Context, s *monitor.Service) error { _, err := s.Schema(ctx, id); return err }},
		"Evaluate": {authz.SystemUpdate, func(ctx context.Context, s *monitor.Service) error { _, err := s.Evaluate(ctx, id, test); return err }},
		"FetchRaw": {authz.SystemUpdate, func(ctx context.Context, s *monitor.Service) error { _, err := s.FetchRaw(ctx, id, test); return err }},
		"FetchMapped": {authz.SystemUpdate, func(ctx context.Context, s *monitor.Service) error {
			_, err := s.FetchMapped(ctx, id, test)
			return err
		}},

		"Load":      {authz.SyncTaskQuery, func(ctx context.Context, s *monitor.Service) error { _, err := s.Load(ctx, 10); return err }},
		"ListTasks": {authz.SyncTaskQuery, func(ctx context.Context, s *monitor.Service) error { _, err := s.ListTasks(ctx, list); return err }},
		"EachTask": {authz.SyncTaskQuery, func(ctx context.Context, s *monitor.Service) error {
			return s.EachTask(ctx, list, skip[monitor.SyncTask])
		}},
		"GetTask": {authz.SyncTaskQuery, func(ctx context.Context, s *monitor.Service) error { _, err := s.GetTask(ctx, id); return err }},
		"Matrix":  {authz.SyncTaskQuery, func(ctx context.Context, s *monitor.Service) error { _, err := s.Matrix(ctx, list); return err }},
		"Held":    {authz.SyncTaskQuery, func(ctx context.Context, s *monitor.Service) error { _, err := s.Held(ctx); return err }},
		"Steer": {authz.SyncTaskRelease, func(ctx context.Context, s *monitor.Service) error {
			_, err := s.Steer(ctx, monitor.ActionRelease, monitor.Selection{AllHeld: true})
			return err
		}},
		"SteerOne": {authz.SyncTaskCancel, func(ctx context.Context, s *monitor.Service) error {
			if _, err := s.SteerOne(ctx, monitor.ActionCancel, id); err != nil {
				return err
			}
			_, err := s.Steer(ctx, monitor.ActionCancel, monitor.Selection{AllHeld: true})
			return err
		}},
		"PendingOfUser":    {authz.UserQuery, func(ctx context.Context, s *monitor.Service) error { _, err := s.PendingOfUser(ctx, id); return err }},
		"PendingOfAccount": {authz.AccountQuery, func(ctx context.Context, s *monitor.Service) error { _, err := s.PendingOfAccount(ctx, id); return err }},
		"Actual":           {authz.AccountQuery, func(ctx context.Context, s *monitor.Service) error { _, err := s.Actual(ctx, id); return err }},
		"SynchroniseUser": {authz.UserSync, func(ctx context.Context, s *monitor.Service) error {
			_, err := s.SynchroniseUser(ctx, id, 0)
			return err
		}},
		"SynchroniseAccount": {
			authz.AccountSync, func(ctx context.Context, s *monitor.Service) error {
				_, err := s.SynchroniseAccount(ctx, id, 0)
				return err
			},
		},
		"SynchroniseGroup": {authz.GroupSync, func(ctx context.Context, s *monitor.Service) error {
			_, err := s.SynchroniseGroup(ctx, id, 0)
			return err
		}},
		"SynchroniseRole": {authz.RoleSync, func(ctx context.Context, s *monitor.Service) error {
			_, err := s.SynchroniseRole(ctx, id, 0)
			return err
		}},

		"ListRuns": {authz.RunQuery, func(ctx context.Context, s *monitor.Service) error { _, err := s.ListRuns(ctx, list); return err }},
		"EachRun":  {authz.RunQuery, func(ctx context.Context, s *monitor.Service) error { return s.EachRun(ctx, list, skip[monitor.Run]) }},
		"GetRun":   {authz.RunQuery, func(ctx context.Context, s *monitor.Service) error { _, err := s.GetRun(ctx, id); return err }},
		"ListRunChanges": {
			authz.RunQuery, func(ctx context.Context, s *monitor.Service) error {
				_, err := s.ListRunChanges(ctx, id, list)
				return err
			},
		},
		"EachRunChange": {authz.RunQuery, func(ctx context.Context, s *monitor.Service) error {
			return s.EachRunChange(ctx, id, list, skip[monitor.RunChange])
		}},
		"RunLog": {authz.RunQuery, func(ctx context.Context, s *monitor.Service) error { _, err := s.RunLog(ctx, id, 0); return err }},
		"StartRun": {authz.SystemReconcile, func(ctx context.Context, s *monitor.Service) error {
			_, err := s.StartRun(ctx, id, run.Reconcile, run.Options{})
			return err
		}},
		"ResumeRun": {authz.RunResume, func(ctx context.Context, s *monitor.Service) error { _, err := s.ResumeRun(ctx, id); return err }},
		"CancelRun": {authz.RunCancel, func(ctx context.Context, s *monitor.Service) error { _, err := s.CancelRun(ctx, id); return err }},

		"Summary":    {"", func(ctx context.Context, s *monitor.Service) error { _, err := s.Summary(ctx); return err }},
		"ListIssues": {authz.IssueQuery, func(ctx context.Context, s *monitor.Service) error { _, err := s.ListIssues(ctx, list); return err }},
		"EachIssue": {authz.IssueQuery, func(ctx context.Context, s *monitor.Service) error {
			return s.EachIssue(ctx, list, skip[monitor.Issue])
		}},
		"SetIssue":       {authz.IssueUpdate, func(ctx context.Context, s *monitor.Service) error { return s.SetIssue(ctx, id, monitor.IssueSolved) }},
		"EngineSettings": {authz.SettingsQuery, func(ctx context.Context, s *monitor.Service) error { _, err := s.EngineSettings(ctx); return err }},
		"SetEngine": {authz.SettingsUpdate, func(ctx context.Context, s *monitor.Service) error {
			_, err := s.SetEngine(ctx, monitor.Engine{Mode: "manual", TaskLimit: 7, Language: "javascript"})
			return err
		}},
	}
}

func TestEveryUseCaseIsInTheTable(t *testing.T) {
	t.Parallel()
	known := operations()
	service := reflect.TypeFor[*monitor.Service]()
	for method := range service.Methods() {
		require.Contains(t, known, method.Name, "say what it asks for")
	}
	require.Len(t, known, service.NumMethod())
}

func TestEveryUseCaseAsksForItsPermission(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, op := range operations() {
		require.ErrorIs(t, op.do(t.Context(), b.Service), authz.ErrNoPrincipal, "%s without anybody", name)
		if op.ask == "" {
			require.NoError(t, op.do(b.as(), b.Service), name)
			continue
		}
		var denied *authz.DeniedError
		require.ErrorAs(t, op.do(b.as(), b.Service), &denied, name)
		require.Equal(t, op.ask, denied.Permission, name)
		others := b.holding(without(op.ask)...)
		require.ErrorIs(t, op.do(others, b.Service), authz.ErrDenied, "%s is not given by any other permission", name)
		require.NotErrorIs(t, op.do(b.holding(op.ask, authz.SystemQuery), b.Service), authz.ErrDenied, "%s for who holds %s", name, op.ask)
	}
}

// without is every permission that neither is the one nor brings it.
func without(permission authz.Permission) []authz.Permission {
	gives := map[authz.Permission]bool{permission: true}
	for _, giver := range authz.Givers(permission) {
		gives[giver] = true
	}
	var out []authz.Permission
	for _, p := range permissions() {
		if !gives[p] {
			out = append(out, p)
		}
	}
	return out
}

// What somebody may only see in one group is refused outside, and what nobody may limit is refused to who holds it in one group.
func TestLimitsOfUseCases(t *testing.T) {
	t.Parallel()
	b := setup(t)
	system := b.file("Badges", header)
	inside := b.group("inside")
	hers, his := b.user("anna", inside.ID), b.user("bert")
	her, him := b.account(&hers, system), b.account(&his, system)
	ctx := b.within(inside.ID, authz.UserSync, authz.AccountSync, authz.AccountQuery, authz.UserQuery)

	_, err := b.SynchroniseUser(ctx, hers.ID, 0)
	require.NoError(t, err)
	_, err = b.SynchroniseAccount(ctx, her.ID, 0)
	require.NoError(t, err)
	tasks, err := b.PendingOfUser(ctx, hers.ID)
	require.NoError(t, err)
	require.Len(t, tasks, 1)
	_, err = b.Actual(ctx, her.ID)
	require.NoError(t, err)

	for name, do := range map[string]func() error{
		"synchronise user":    func() error { _, err := b.SynchroniseUser(ctx, his.ID, 0); return err },
		"synchronise account": func() error { _, err := b.SynchroniseAccount(ctx, him.ID, 0); return err },
		"pending of user":     func() error { _, err := b.PendingOfUser(ctx, his.ID); return err },
		"pending of account":  func() error { _, err := b.PendingOfAccount(ctx, him.ID); return err },
		"actual account":      func() error { _, err := b.Actual(ctx, him.ID); return err },
	} {
		refused(t, do(), "notFound", "no such")
		require.NotContains(t, do().Error(), "bert", "%s must not tell that there is somebody", name)
	}
	sees := b.as(append(grantsOf(authz.UserQuery), authz.Grant{Permission: authz.UserSync, ScopeKind: authz.ScopeGroup, ScopeIDs: []uuid.UUID{inside.ID}})...)
	_, err = b.SynchroniseUser(sees, his.ID, 0)
	var denied *authz.DeniedError
	require.ErrorAs(t, err, &denied)
	require.True(t, denied.Limited, "who sees him is told that the permission ends before him")

	limited := b.within(inside.ID, authz.SyncTaskCancel, authz.RunQuery, authz.IssueUpdate, authz.SettingsUpdate)
	for _, name := range []string{"ListTasks", "SteerOne", "ListRuns", "SetIssue", "SetEngine"} {
		require.ErrorIs(t, operations()[name].do(limited, b.Service), authz.ErrDenied, "%s cannot be given for one group", name)
	}
}

func grantsOf(permissions ...authz.Permission) []authz.Grant {
	out := make([]authz.Grant, len(permissions))
	for i, p := range permissions {
		out[i] = authz.Grant{Permission: p, ScopeKind: authz.ScopeAll}
	}
	return out
}
