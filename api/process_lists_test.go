package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestListsOfProcessesHoldTheValuesAskedFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.admin.in(t).deploys(strings.Replace(leave, `<idm:attribute `, `<idm:attribute name="why" label="Why" type="string"/><idm:attribute `, 1)).status(http.StatusCreated)
	for _, days := range []int{3, 12} {
		b.admin.post(processesPath, map[string]any{"definition": "leave", "values": map[string]any{"days": days}}).status(http.StatusCreated)
	}
	columns := b.admin.get(processesPath + "/attributes").status(http.StatusOK).list()
	require.Len(t, columns, 2)
	require.Equal(t, []any{"values.days", "Days", "number"}, []any{columns[1]["name"], columns[1]["label"], columns[1]["type"]})
	require.Equal(t, []any{"Leave of absence"}, columns[1]["definitions"])
	asked := b.admin.get("/api/v1/requests/attributes").status(http.StatusOK).list()
	require.Len(t, asked, 1, "the form asks for the days only")

	for _, path := range []string{processesPath, "/api/v1/requests"} {
		rows := b.admin.get(path + "?columns=name,values.days&sort=-values.days").status(http.StatusOK).list()
		require.Equal(t, []any{map[string]any{"days": 12.0}, map[string]any{"days": 3.0}}, []any{rows[0]["values"], rows[1]["values"]}, path)
		rows = b.admin.get(path + "?filter=" + url.QueryEscape("values.days lt 10")).status(http.StatusOK).list()
		require.Len(t, rows, 1)
		require.NotContains(t, rows[0], "values", "nobody asked for them")
		sheet := b.admin.get(path + "?format=csv&sort=values.days&columns=definition,values.days").status(http.StatusOK)
		require.Equal(t, "definition,values.days\nleave,3\nleave,12\n", string(sheet.body), path)
		refused := b.admin.get(path + "?filter=" + url.QueryEscape("values.hours lt 10")).status(http.StatusUnprocessableEntity)
		require.Contains(t, string(refused.body), "values.hours")
		b.admin.get(path + "?format=csv&columns=values.hours").status(http.StatusUnprocessableEntity)
	}
	whole := b.admin.get(processesPath + "?format=csv&sort=number").status(http.StatusOK)
	head, _, _ := strings.Cut(string(whole.body), "\n")
	require.True(t, strings.HasSuffix(head, ",endedAt,values.why,values.days"), head)
	require.Contains(t, string(whole.body), ",,12\n")
}
