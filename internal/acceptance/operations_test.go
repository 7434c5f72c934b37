package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// operation is one thing to read from the API.
type operation struct {
	id, path string
	forms    []string // media types of its answer
}

// reads gives the GET operations of the API document.
func reads(t *testing.T) []operation {
	t.Helper()
	text, err := os.ReadFile("../../api/openapi.json")
	require.NoError(t, err)
	var document struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Responses   map[string]struct {
				Content map[string]any `json:"content"`
			} `json:"responses"`
		} `json:"paths"`
	}
	require.NoError(t, json.Unmarshal(text, &document))
	var out []operation
	for path, methods := range document.Paths {
		if get, ok := methods["get"]; ok {
			out = append(out, operation{id: get.OperationID, path: path, forms: slices.Sorted(maps.Keys(get.Responses["200"].Content))})
		}
	}
	require.Greater(t, len(out), 90)
	return out
}

// reader calls the API as somebody.
type reader struct {
	t       *testing.T
	ctx     context.Context
	url     string
	cookies []*http.Cookie
	token   string
	known   map[string][]string // ids of what has no listing, by where it would be
}

// call gives status and answer; a body is sent as JSON.
func (r *reader) call(method, path, accept string, body any) (int, []byte) {
	r.t.Helper()
	response := r.send(method, path, accept, body)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	require.NoError(r.t, err)
	return response.StatusCode, answer
}

func (r *reader) send(method, path, accept string, body any) *http.Response {
	r.t.Helper()
	var content bytes.Buffer
	if body != nil {
		require.NoError(r.t, json.NewEncoder(&content).Encode(body))
	}
	request, err := http.NewRequestWithContext(r.ctx, method, r.url+path, &content)
	require.NoError(r.t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", accept)
	for _, c := range r.cookies {
		request.AddCookie(c)
	}
	if r.token != "" {
		request.Header.Set("Authorization", "Bearer "+r.token)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(r.t, err)
	return response
}

// make creates an object and gives its id.
func (r *reader) make(path string, body map[string]any) string {
	r.t.Helper()
	status, answer := r.call(http.MethodPost, "/api/v1/"+path, "application/json", body)
	require.Less(r.t, status, 300, "%s: %s", path, answer)
	var made struct {
		ID string `json:"id"`
	}
	require.NoError(r.t, json.Unmarshal(answer, &made))
	return made.ID
}

// signIn opens a session.
func (r *reader) signIn(name, password string) *http.Response {
	r.t.Helper()
	response := r.send(http.MethodPost, "/api/v1/session", "application/json", map[string]string{"userName": name, "password": password})
	require.NoError(r.t, response.Body.Close())
	r.cookies = response.Cookies()
	return response
}

// values are what a parameter of a path may be: the ids of a listing, or the names where the parameter is one.
func (r *reader) values(path string) []string {
	r.t.Helper()
	listing, rest, _ := strings.Cut(path, "/{")
	if strings.HasPrefix(rest, "objectType}") {
		return []string{"user", "group", "account", "role", "informationSystem", "system", "membership", "grant"}
	}
	if ids := r.known[listing]; ids != nil {
		return ids
	}
	status, answer := r.call(http.MethodGet, listing+"?size=100", "application/json", nil)
	require.Equal(r.t, http.StatusOK, status, "%s: %s", listing, answer)
	var objects []struct {
		ID json.RawMessage `json:"id"` // a text, or a number
	}
	require.NoError(r.t, json.Unmarshal(answer, &objects), listing)
	var ids []string
	for _, o := range objects {
		ids = append(ids, strings.Trim(string(o.ID), `"`))
	}
	return ids
}

// questions are the parameters that an operation does not answer without.
var questions = map[string]string{"list-task-choices": "?field=user", "list-request-choices": "?field=delegate"}

// addresses fills the parameters of an operation's path with what there is.
func (r *reader) addresses(o operation) []string {
	r.t.Helper()
	if o.id == "search" {
		return []string{o.path + "?q=" + url.QueryEscape("a")}
	}
	begin, end := strings.Index(o.path, "{"), strings.Index(o.path, "}")
	if begin < 0 {
		return []string{o.path + "?size=1000"}
	}
	var out []string
	for _, value := range r.values(o.path) {
		out = append(out, o.path[:begin]+value+o.path[end+1:]+questions[o.id])
	}
	return out
}

// everything reads every operation in every form for every object, and gives the answers by address. An operation that gives nothing but
// errors is a failure: it was not read.
func (r *reader) everything(operations []operation) map[string][]byte {
	r.t.Helper()
	answers := map[string][]byte{}
	for _, o := range operations {
		for _, form := range o.forms {
			right := 0
			for _, address := range r.addresses(o) {
				status, answer := r.call(http.MethodGet, address, form, nil)
				answers[address+" as "+form] = answer
				if status < 300 {
					right++
				}
			}
			require.NotZero(r.t, right, "%s as %s: no object to read, or nothing but errors", o.id, form)
		}
	}
	return answers
}
