package api

import (
	"fmt"
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/identity"
)

// typed gives the parameters of a system as its page holds them, with some of them typed over.
func (w *watched) typed(t *testing.T, system account.System, over map[string]any) map[string]any {
	t.Helper()
	parameters := w.admin.get(systemsPath + system.ID.String()).status(http.StatusOK).object()["parameters"].(map[string]any)
	maps.Copy(parameters, over)
	return map[string]any{"parameters": parameters}
}

func TestConnectionIsTriedAsTyped(t *testing.T) {
	t.Parallel()
	w := watch(t)
	system, server := w.directory(t)
	path := systemsPath + system.ID.String()
	kept := w.typed(t, system, nil)
	require.Equal(t, account.Mask, kept["parameters"].(map[string]any)["password"])
	version := w.admin.get(path).status(http.StatusOK).head.Get("ETag")

	for name, c := range map[string]struct {
		over    map[string]any
		ok      bool
		class   string
		without string
	}{
		"as saved, with the kept password": {ok: true},
		"another password":                 {over: map[string]any{"password": "sample-wrong"}, class: "auth", without: "sample-wrong"},
		"the same password typed again":    {over: map[string]any{"password": server.AdminPassword}, ok: true},
		"nobody listens there":             {over: map[string]any{"port": "1"}, class: "unavailable", without: server.AdminPassword},
	} {
		answer := w.admin.post(path+"/test", w.typed(t, system, c.over)).status(http.StatusOK)
		result := answer.object()
		require.Equal(t, c.ok, result["ok"], "%s: %v", name, result)
		require.Equal(t, c.class, result["errorClass"], name)
		require.Equal(t, c.ok, result["message"] == "", name)
		if c.without != "" {
			require.NotContains(t, string(answer.body), c.without, name)
		}
	}
	require.Equal(t, version, w.admin.get(path).status(http.StatusOK).head.Get("ETag"), "nothing is saved")
	require.Equal(t, true, w.admin.do(http.MethodPost, path+"/test", nil).status(http.StatusOK).object()["ok"], "the agent in use is left alone")
}

func TestAConnectionTriedAsTypedIsInTheTrailWithoutSecrets(t *testing.T) {
	t.Parallel()
	w := watch(t)
	system, _ := w.directory(t)
	w.admin.post(systemsPath+system.ID.String()+"/test", w.typed(t, system, map[string]any{"port": "1", "password": "sample-wrong"})).status(http.StatusOK)
	entries := w.admin.get("/api/v1/audit?filter=action+eq+%22test%22").status(http.StatusOK)
	require.NotContains(t, string(entries.body), "sample-wrong")
	list := entries.list()
	require.Len(t, list, 1)
	entry := w.admin.get(fmt.Sprintf("/api/v1/audit/%.0f", list[0]["id"])).status(http.StatusOK)
	require.NotContains(t, string(entry.body), "sample-wrong")
	require.Equal(t, map[string]any{"parameters": map[string]any{"port": "1", "password": account.Mask}}, entry.object()["after"])
}

func TestParametersThatCannotBeTriedAreRefusedAtTheirFields(t *testing.T) {
	t.Parallel()
	w := watch(t)
	system, _ := w.directory(t)
	path := systemsPath + system.ID.String() + "/test"
	for location, over := range map[string]map[string]any{
		"body.parameters.host":     {"host": ""},
		"body.parameters.port":     {"port": "many"},
		"body.parameters.colour":   {"colour": "red"},
		"body.parameters.password": {"password": ""},
	} {
		problem := w.admin.post(path, w.typed(t, system, over)).problem(http.StatusUnprocessableEntity, "invalid")
		require.Len(t, problem.Errors, 1, location)
		require.Equal(t, location, "body."+problem.Errors[0].Location)
	}
}

func TestOnlyWhoMayChangeAnAgentTriesItsParameters(t *testing.T) {
	t.Parallel()
	w := watch(t)
	system, _ := w.directory(t)
	group, err := w.own.Groups.Create(asPlatform(t), identity.Group{Name: "sample", ParentID: new(identity.World)})
	require.NoError(t, err)
	reader := w.clerk(t, "reader", &group.ID, authz.SystemQuery)
	reader.post(systemsPath+system.ID.String()+"/test", w.typed(t, system, nil)).problem(http.StatusForbidden, "denied")
}
