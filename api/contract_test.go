package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// The tests of this file are written over the document: an operation that is added to it is asked every question here without anybody
// writing a row for it, and fails when it answers in a way of its own.

// schema is a JSON schema of the document, as far as samples need it.
type schema struct {
	Ref        string            `json:"$ref"`
	Type       any               `json:"type"` // a word, or a list of words
	Format     string            `json:"format"`
	Enum       []any             `json:"enum"`
	Properties map[string]schema `json:"properties"`
	Required   []string          `json:"required"`
	Items      *schema           `json:"items"`
	Minimum    float64           `json:"minimum"`
	MinLength  int               `json:"minLength"`
	MinItems   int               `json:"minItems"`
}

func (s schema) is(name string) bool {
	if list, ok := s.Type.([]any); ok {
		return len(list) > 0 && list[0] == name
	}
	return s.Type == name
}

// described is one operation of the document.
type described struct {
	method, path string
	ID           string `json:"operationId"`
	Permission   string `json:"x-permission"`
	Parameters   []struct {
		Name   string `json:"name"`
		In     string `json:"in"`
		Schema schema `json:"schema"`
	} `json:"parameters"`
	Body struct {
		Required bool `json:"required"`
		Content  map[string]struct {
			Schema schema `json:"schema"`
		} `json:"content"`
	} `json:"requestBody"`
}

func (d *described) String() string { return d.method + " " + d.path }

// at gives the path with values for its parameters.
func (d *described) at(id string) string {
	return strings.NewReplacer("{id}", id, "{objectType}", "user").Replace(d.path)
}

// document is the golden document, read for its operations and schemas.
type document struct {
	operations []*described
	schemas    map[string]schema
}

func readDocument(t *testing.T) *document {
	t.Helper()
	text, err := os.ReadFile("openapi.json")
	require.NoError(t, err)
	var raw struct {
		Paths      map[string]map[string]*described `json:"paths"`
		Components struct {
			Schemas map[string]schema `json:"schemas"`
		} `json:"components"`
	}
	require.NoError(t, json.Unmarshal(text, &raw))
	d := &document{schemas: raw.Components.Schemas}
	for path, methods := range raw.Paths {
		for method, operation := range methods {
			operation.method, operation.path = strings.ToUpper(method), path
			d.operations = append(d.operations, operation)
		}
	}
	require.Greater(t, len(d.operations), 200)
	return d
}

func (d *document) resolve(s schema) schema {
	if s.Ref == "" {
		return s
	}
	return d.schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]]
}

// sample gives the least that fits a schema.
func (d *document) sample(s schema) any {
	s = d.resolve(s)
	switch {
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.is("object"):
		out := map[string]any{}
		for _, name := range s.Required {
			out[name] = d.sample(s.Properties[name])
		}
		return out
	case s.is("array"):
		out := []any{}
		for range s.MinItems {
			out = append(out, d.sample(*s.Items))
		}
		return out
	case s.is("integer"), s.is("number"):
		return s.Minimum
	case s.is("boolean"):
		return false
	case s.Format == "uuid":
		return uuid.NewString()
	case s.Format == "date-time":
		return "2030-01-01T00:00:00Z"
	default:
		return "sample" + strings.Repeat("x", s.MinLength)
	}
}

// json gives the schema of the JSON body of an operation, when it has one.
func (d *document) json(o *described) (schema, bool) {
	for media, content := range o.Body.Content {
		if strings.HasSuffix(media, "json") {
			return d.resolve(content.Schema), true
		}
	}
	return schema{}, false
}

// body gives the least body that an operation takes, with its media type.
func (d *document) body(t *testing.T, o *described) (media string, body io.Reader) {
	t.Helper()
	for media := range o.Body.Content {
		if strings.HasSuffix(media, "json") {
			s, _ := d.json(o)
			text, err := json.Marshal(d.sample(s))
			require.NoError(t, err)
			return media, bytes.NewReader(text)
		}
	}
	for media, text := range map[string]string{"application/xml": "<mappings/>", "application/octet-stream": "a sample file"} {
		if _, takes := o.Body.Content[media]; takes {
			return media, strings.NewReader(text)
		}
	}
	return "", nil
}

// open tells operations that hold the connection open: they are asked in a test of their own.
func (d *described) open() bool { return d.ID == "listen" }

func TestEveryOperationKnowsWhoAsks(t *testing.T) {
	t.Parallel()
	w := watch(t)
	d := readDocument(t)
	visitor, powerless := w.visitor(t), w.clerk(t, "powerless", nil)
	for _, o := range d.operations {
		if o.Permission == "" {
			continue
		}
		media, body := d.body(t, o)
		p := visitor.do(o.method, o.at(uuid.NewString()), body, "Content-Type", media).problem(http.StatusUnauthorized, "unauthenticated")
		require.NotEmpty(t, p.Detail, o)
		if o.Permission == "signed-in" {
			continue
		}
		media, body = d.body(t, o)
		p = powerless.do(o.method, o.at(uuid.NewString()), body, "Content-Type", media).problem(http.StatusForbidden, "denied")
		require.Contains(t, p.Detail, o.Permission, "%s must name what is missing", o)
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	w := watch(t)
	d := readDocument(t)
	for _, o := range d.operations {
		if !strings.Contains(o.path, "{id}") {
			continue
		}
		id := uuid.NewString()
		if o.ID == "get-audit-entry" {
			id = "987654321"
		}
		media, body := d.body(t, o)
		if o.method == http.MethodPatch {
			media, body = "application/merge-patch+json", strings.NewReader("{}")
		}
		a := w.admin.do(o.method, o.at(id), body, "Content-Type", media)
		require.Equal(t, http.StatusNotFound, a.code, "%s: %s", o, a.body)
		a.problem(http.StatusNotFound, "notFound")
	}
}

// What cannot be used is a problem that names the place and the reason, whatever the operation.
func TestWrongInputIsNamed(t *testing.T) {
	t.Parallel()
	w := watch(t)
	d := readDocument(t)
	for _, o := range d.operations {
		if o.open() {
			continue
		}
		for name, ask := range d.mistakes(t, o) {
			a := w.admin.do(ask.method, ask.path, strings.NewReader(ask.body), "Content-Type", ask.media)
			p := a.unusable(fmt.Sprint(o, " with ", name))
			require.NotEmpty(t, p.Errors, "%s with %s: %s", o, name, a.body)
			require.True(t, slices.ContainsFunc(p.Errors, func(f ProblemDetail) bool {
				return strings.Contains(f.Location, ask.location) && f.Message != ""
			}), "%s with %s must name %s: %s", o, name, ask.location, a.body)
			require.NotContains(t, string(a.body), "SQLSTATE", o)
		}
	}
}

// unusable requires a problem of a request that cannot be read (400) or breaks a rule (422).
func (a *answer) unusable(of string) Problem {
	a.t.Helper()
	code, known := map[int]string{http.StatusBadRequest: "malformed", http.StatusUnprocessableEntity: "invalid"}[a.code]
	require.True(a.t, known, "%s: %d %s", of, a.code, a.body)
	require.NotContains(a.t, string(a.body), "Go value", "%s: a person reads it", of)
	return a.problem(a.code, code)
}

// mistake is a request that cannot be used, and where the problem must say it is wrong.
type mistake struct{ method, path, media, body, location string }

// mistakes makes wrong requests of every parameter and body of an operation.
func (d *document) mistakes(t *testing.T, o *described) map[string]mistake {
	t.Helper()
	out := map[string]mistake{}
	base := o.at(uuid.NewString())
	media, body := d.body(t, o)
	least := ""
	if body != nil {
		text, err := io.ReadAll(body)
		require.NoError(t, err)
		least = string(text)
	}
	if strings.Contains(o.path, "{id}") {
		out["a wrong id"] = mistake{o.method, o.at("no-id"), media, least, "id"}
	}
	for _, p := range o.Parameters {
		if p.In != "query" {
			continue
		}
		switch {
		case p.Name == "filter", p.Name == "sort":
			out["a wrong "+p.Name] = mistake{o.method, base + "?" + p.Name + "=shoe+size+%28", media, least, p.Name}
		case p.Schema.is("integer"), p.Schema.is("boolean"), len(p.Schema.Enum) > 0:
			out["a wrong "+p.Name] = mistake{o.method, base + "?" + p.Name + "=perhaps", media, least, p.Name}
		}
	}
	if strings.Contains(o.path, "{id}") && o.method != http.MethodPost {
		for name := range out {
			if name != "a wrong id" && strings.Contains(o.path, "{id}/") {
				delete(out, name) // of lists below an object: the object is looked for first
			}
		}
	}
	s, ok := d.json(o)
	if !ok || o.method == http.MethodPatch {
		return out // a patch is looked at beside its object: see TestPatchesOfEveryResource
	}
	out["a broken body"] = mistake{o.method, base, media, `{"`, "body"}
	out["a list"] = mistake{o.method, base, media, `[]`, "body"}
	extra, isObject := d.sample(s).(map[string]any)
	require.True(t, isObject, o)
	extra["shoeSize"] = 43
	text, err := json.Marshal(extra)
	require.NoError(t, err)
	out["an unknown member"] = mistake{o.method, base, media, string(text), "shoeSize"}
	for name, member := range s.Properties {
		wrong := map[string]any{}
		for key, value := range extra {
			if key != "shoeSize" {
				wrong[key] = value
			}
		}
		wrong[name] = misfit(d.resolve(member))
		if wrong[name] == nil {
			continue
		}
		text, err := json.Marshal(wrong)
		require.NoError(t, err)
		out["a wrong "+name] = mistake{o.method, base, media, string(text), name}
	}
	return out
}

// misfit gives a value of another type than a schema has; nil when any fits.
func misfit(s schema) any {
	switch {
	case s.is("string"), s.is("boolean"), s.is("integer"), s.is("number"):
		return []any{map[string]any{}}
	case s.is("array"), s.is("object"):
		return "a word"
	default:
		return nil
	}
}

// Every resource refuses a patch or a removal of a version that somebody else changed, and a patch that it cannot use, and stays as it was.
func TestPatchesOfEveryResource(t *testing.T) {
	t.Parallel()
	b := setup(t)
	d := readDocument(t)
	known := map[string]bool{"/api/v1/grants": true}
	for _, s := range scenarios(b) {
		path := "/api/v1/" + s.path
		known[path] = true
		made := b.admin.post(path, s.create).status(http.StatusCreated)
		b.refusesPatches(t, made.head.Get("Location"), s)
	}
	for _, o := range d.operations {
		resource, _, one := strings.Cut(o.path, "/{id}")
		if one && o.method == http.MethodPatch {
			require.True(t, known[resource], "%s needs a scenario in resource_test.go", o)
		}
	}
}

func (b *bench) refusesPatches(t *testing.T, one string, s scenario) {
	t.Helper()
	before := b.admin.get(one).status(http.StatusOK)
	for _, etag := range []string{`"99"`, `W/"99"`, "nonsense"} {
		a := b.admin.patch(one, map[string]any{}, "If-Match", etag)
		require.Contains(t, []int{http.StatusPreconditionFailed, http.StatusUnprocessableEntity}, a.code, "%s with %s: %s", one, etag, a.body)
	}
	b.admin.remove(one, "If-Match", `"99"`).problem(http.StatusPreconditionFailed, "stale")
	p := b.admin.patch(one, map[string]any{"shoeSize": 43}).problem(http.StatusUnprocessableEntity, "invalid")
	require.Contains(t, p.Errors[0].Location, "shoeSize", one)
	for name := range s.change {
		p := b.admin.patch(one, map[string]any{name: []any{map[string]any{}}}).problem(http.StatusUnprocessableEntity, "invalid")
		require.Contains(t, p.Errors[0].Location, name, one)
	}
	for _, body := range []string{"", "[]", `{"`, "null", `"text"`} {
		a := b.admin.do(http.MethodPatch, one, strings.NewReader(body), "Content-Type", "application/merge-patch+json")
		a.unusable(fmt.Sprintf("%s with %q", one, body))
	}
	after := b.admin.get(one).status(http.StatusOK)
	require.JSONEq(t, string(before.body), string(after.body), "%s: nothing half applied", fmt.Sprint(one))
}

// What no text of the database can hold is a mistake of the request, not a failure of ours.
func TestCharactersThatCannotBeStored(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, path := range []string{
		"/api/v1/users?q=%00", "/api/v1/users?filter=userName+eq+%22a%5Cu0000%22", "/api/v1/search?q=a%00b", "/api/v1/audit?q=%00", "/api/v1/groups?q=%ff%fe",
	} {
		a := b.admin.get(path)
		require.Less(t, a.code, http.StatusInternalServerError, "%s: %s", path, a.body)
	}
	draft := person("zero")
	draft["comments"] = "a\x00b"
	b.admin.post("/api/v1/users", draft).problem(http.StatusUnprocessableEntity, "invalid")
	b.admin.post("/api/v1/session", map[string]any{"userName": "a\x00b", "password": "x\x00y"}).problem(http.StatusUnauthorized, "unauthenticated")
}
