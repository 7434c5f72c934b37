package scriptservice_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/identity"
	"provost/internal/script"
	"provost/internal/scriptservice"
)

func TestGrantsAreRequestedByWhateverNamesTheHolder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	jane := held(b, "jane")
	b.role("R2", "AD", "APP")
	b.role("R3", "AD", "APP")
	b.set("soffid.entitlement.group.holder", "optional")
	holder, err := b.GroupTypes.Create(b.ctx, identity.GroupType{Name: "unit", RoleHolder: true})
	require.NoError(t, err)
	_, err = b.Groups.Create(b.ctx, identity.Group{Name: "team", GroupType: holder.Name})
	require.NoError(t, err)
	b.must("GroupService", "addGroupToUser", "jane", "team")
	end := time.Date(2090, 1, 2, 0, 0, 0, 0, time.UTC)
	grant := func(entries map[string]any) (map[string]any, error) {
		entries["system"] = "AD"
		made, err := b.call(administrator(), "ApplicationService", "create", of("RoleAccount", entries))
		shown, _ := made.(map[string]any)
		return shown, err
	}
	made, err := grant(map[string]any{"roleName": "R2", "accountId": jane.ID.String(), "startDate": "2026-01-01", "endDate": end})
	require.NoError(t, err)
	require.Equal(t, []any{"jane", "jane", end}, []any{made["accountName"], made["userCode"], made["endDate"]})
	made, err = grant(map[string]any{"roleName": "R3", "userCode": "jane", "holderGroup": "team"})
	require.NoError(t, err)
	require.Equal(t, "team", made["holderGroup"])
	for words, entries := range map[string]map[string]any{
		"there is no account nobody in AD":      {"roleName": "R2", "accountName": "nobody"},
		"there is no account jane in elsewhere": {"roleName": "R2", "accountName": "jane", "accountSystem": "elsewhere"},
		"there is no user nobody to hold":       {"roleName": "R2", "userName": "nobody"},
		"there is no group nowhere to hold":     {"roleName": "R2", "userName": "jane", "holderGroup": "nowhere"},
		"startDate must be a date":              {"roleName": "R2", "userName": "jane", "startDate": "soon"},
		"endDate must be a date":                {"roleName": "R2", "userName": "jane", "endDate": int64(5)},
		"there is no role R9 in the system AD":  {"roleName": "R9", "userName": "jane"},
	} {
		_, err := grant(entries)
		require.ErrorContains(t, err, words)
	}
	found, err := b.call(administrator(), "ApplicationService", "findEffectiveRoleGrantByAccount", jane.ID.String())
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"R1", "R2", "R3"}, entries(found, "roleName"))
	for _, unknown := range []any{"16576", int64(16576), of("Account", nil)} {
		found, err := b.call(administrator(), "ApplicationService", "findEffectiveRoleGrantByAccount", unknown)
		require.NoError(t, err)
		require.Empty(t, found)
	}
}

func TestApplicationsOfOneNameAreAChoice(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, parent := range []string{"east", "west"} {
		b.application(parent)
		b.must("ApplicationService", "create", of("InformationSystem", map[string]any{"name": "payroll", "parent": parent}))
	}
	_, err := b.call(administrator(), "ApplicationService", "findApplicationByApplicationName", "payroll")
	require.ErrorContains(t, err, "there are 2 information systems named payroll: choose with findApplications")
	found, err := b.call(administrator(), "ApplicationService", "findApplicationByJsonQuery", `name eq "payroll" and parent.name eq "west"`)
	require.NoError(t, err)
	require.Equal(t, []string{"west"}, entries(found, "parent"))
	require.Equal(t, "APPLICATION", b.must("ApplicationService", "findApplicationByApplicationName", "east").(map[string]any)["type"])
}

func TestTooManyResourcesAreAskedForByPages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.raw.Exec(t.Context(), `insert into mail_domains (id, name)
		select gen_random_uuid(), 'd' || n || '.example.org' from generate_series(1, $1) n`, scriptservice.MaxResources+1)
	require.NoError(t, err)
	_, err = b.call(administrator(), "MailListsService", "findMailDomains", nil)
	require.ErrorContains(t, err, "more than 10000 objects: set pageSize")
	page, ok := b.must("MailListsService", "findMailDomains", of("Query", map[string]any{"pageSize": "10"})).(map[string]any)
	require.True(t, ok)
	require.Equal(t, scriptservice.MaxResources+1, page["totalResults"])
	rest, ok := b.must("MailListsService", "findMailDomains", of("Query", map[string]any{"startIndex": int64(9_999)})).(map[string]any)
	require.True(t, ok)
	require.Len(t, rest["resources"], 2)
}

func TestInternalErrorsAreLoggedAndNotTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var log bytes.Buffer
	services := scriptservice.New(slog.New(slog.NewTextHandler(&log, nil)))
	services.Bind(b.Platform, nil, nil)
	_, err := b.raw.Exec(t.Context(), "alter table mail_domains rename to broken")
	require.NoError(t, err)
	a := administrator()
	a.ScriptHash = "c0ffee"
	_, err = services.Call(t.Context(), a, "MailListsService", "findMailDomainByName", []any{"example.org"})
	require.EqualError(t, err, "MailListsService.findMailDomainByName failed for a reason that is not the script's: the log of the server says why")
	require.Contains(t, log.String(), "mail_domains")
	require.Contains(t, log.String(), "script_hash=c0ffee")
}

func TestCallsEndWithTheirContext(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, a := range []script.Authority{{}, administrator()} {
		_, err := b.services.Call(ctx, a, "UserService", "findUsers", nil)
		require.ErrorIs(t, err, context.Canceled)
	}
}

func TestChangesOfOthersAreNotOverwritten(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("jane")
	seen := b.must("UserService", "findUserByUserName", "jane").(map[string]any)
	jane := b.named("jane")
	jane.Phone = "7"
	_, err := b.Users.Update(b.ctx, jane.ID, 0, jane)
	require.NoError(t, err)
	partial := of("User", map[string]any{"id": seen["id"], "comments": "partial"})
	answer := b.must("UserService", "update", partial).(map[string]any)
	require.Equal(t, []any{"7", "partial"}, []any{answer["phone"], answer["comments"]}, "what the script does not mention stays")
	_, err = b.call(administrator(), "UserService", "update", of("User", map[string]any{"id": uuid.NewString()}))
	require.ErrorContains(t, err, "no such user")
}
