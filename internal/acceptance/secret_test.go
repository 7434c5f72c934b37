package acceptance

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"provost/internal/account"
	"provost/internal/identity"
	"provost/internal/ldapdev"
	"provost/internal/mapping"
	"provost/internal/run"
)

// TestPlantedSecret plants a password in an agent and looks for it everywhere else: tables, workflow histories, answers.
func TestPlantedSecret(t *testing.T) {
	const planted = "plantedSecret-4711-zebra"
	w := begin(t, "auto")
	slapd, parameters := directory(t, ldapdev.Options{Suffix: suffix, AdminPassword: planted, InitialLDIF: []byte(
		"dn: ou=people," + suffix + "\nobjectClass: organizationalUnit\nou: people\n")})
	require.Equal(t, planted, parameters["password"])
	target := w.system(account.System{Name: "Directory", Connector: "ldap", Parameters: parameters, Mappings: []mapping.ObjectMapping{people()}})
	source := w.hr(w.file("hr.csv", "userName,firstName,lastName\nada,Ada,Sample\n"), "userName",
		mapping.Row{System: "userName", Direction: mapping.DirectionIn, Provost: "userName"},
		mapping.Row{System: "lastName", Direction: mapping.DirectionIn, Provost: "lastName"},
	)
	w.start(source, run.Load, run.Completed)
	w.settled()
	require.Len(t, entries(t, slapd, "ou=people,"+suffix, "(objectClass=inetOrgPerson)", "uid"), 1, "the password works, so it was really used")
	w.start(target, run.Reconcile, run.Completed)
	wrong := target
	wrong.Parameters = map[string]string{}
	maps.Copy(wrong.Parameters, target.Parameters)
	wrong.Parameters["port"] = "1"
	_, err := w.Platform.Systems.Update(w.ctx, target.ID, 0, wrong)
	require.NoError(t, err)
	w.change("ada", func(u *identity.User) { u.LastName = "Other" }) // fails: errors are a place where secrets leak

	require.Empty(t, tablesWith(t, w, planted), "tables that hold the secret")
	require.Empty(t, historiesWith(t, w, planted), "workflow histories that hold the secret")
	require.Empty(t, answersWith(t, w, planted), "answers that hold the secret")
}

// tablesWith gives the tables that contain a text in any column; the proof that it finds one is in its test.
func tablesWith(t *testing.T, w *world, text string) []string {
	t.Helper()
	conn := connect(t, w.url)
	defer conn.Close(w.ctx)
	rows, err := conn.Query(w.ctx, "select quote_ident(schemaname) || '.' || quote_ident(tablename) from pg_tables where schemaname in ('t_master', 'provost', 'public')")
	require.NoError(t, err)
	var tables []string
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		tables = append(tables, name)
	}
	require.NoError(t, rows.Err())
	require.Greater(t, len(tables), 40)
	var found []string
	for _, table := range tables {
		var n int
		require.NoError(t, conn.QueryRow(w.ctx, fmt.Sprintf("select count(*) from %s x where x::text like '%%' || $1 || '%%'", table), text).Scan(&n))
		if n > 0 {
			found = append(found, table)
		}
	}
	return found
}

func historiesWith(t *testing.T, w *world, text string) []string {
	t.Helper()
	list, err := w.Temporal.ListWorkflow(w.ctx, &workflowservice.ListWorkflowExecutionsRequest{})
	require.NoError(t, err)
	require.NotEmpty(t, list.GetExecutions())
	var found []string
	for _, e := range list.GetExecutions() {
		history := w.Temporal.GetWorkflowHistory(w.ctx, e.GetExecution().GetWorkflowId(), e.GetExecution().GetRunId(), false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for history.HasNext() {
			event, err := history.Next()
			require.NoError(t, err)
			if strings.Contains(event.String(), text) {
				found = append(found, e.GetExecution().GetWorkflowId())
			}
		}
	}
	return found
}

// answersWith reads every listing of the API as administrator, as JSON and as CSV.
func answersWith(t *testing.T, w *world, text string) []string {
	t.Helper()
	password, _, err := w.Sessions.EnsureAdministrator(w.ctx)
	require.NoError(t, err)
	body, err := json.Marshal(map[string]string{"userName": "admin", "password": password})
	require.NoError(t, err)
	response := request(w.ctx, t, http.MethodPost, w.URL()+"/api/v1/session", strings.NewReader(string(body)), nil, "application/json")
	require.Less(t, response.StatusCode, 300)
	cookies := response.Cookies()
	require.NoError(t, response.Body.Close())
	var found []string
	for _, path := range []string{
		"systems", "users", "accounts", "audit", "parameters", "groups", "roles", "grants", "metadata", "naming-rules", "schemas/system",
	} {
		for _, accept := range []string{"application/json", "text/csv"} {
			response := request(w.ctx, t, http.MethodGet, w.URL()+"/api/v1/"+path, nil, cookies, accept)
			answer, err := io.ReadAll(response.Body)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			if strings.Contains(string(answer), text) {
				found = append(found, path+" as "+accept)
			}
		}
	}
	return found
}

func request(ctx context.Context, t *testing.T, method, url string, body io.Reader, cookies []*http.Cookie, accept string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, url, body)
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", accept)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	return response
}
