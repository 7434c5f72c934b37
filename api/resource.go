package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/object"
	"provost/internal/query"
)

// resource serves one type of object: list, CSV, one, create, change, delete, history, import and bulk change.
type resource[T any, P object.Pointer[T]] struct {
	api *API
	// path is the plural in the address: "user-types".
	path string
	// one is the singular in operation ids and schema names: "user-type".
	one string
	// label is the singular in sentences: "user type".
	label       string
	permissions object.Permissions
	service     *object.Service[T, P]
	// draft gives a new object with the defaults that a person does not have to think of; nil means the zero object.
	draft func() T

	// lookups find what rows of an imported file name instead of giving an id.
	lookups []lookup[T]
	// readOnly resources are changed by other means.
	readOnly bool
	// ownPost marks a resource whose POST is another operation.
	ownPost bool

	input *inputSchema
}

// ListInput is the question of every list. It is exported because huma reads embedded fields of exported types only.
type ListInput struct {
	Q       string `query:"q" doc:"Quick search: every word has to occur" maxLength:"500"`
	Filter  string `query:"filter" doc:"SCIM filter (RFC 7644)" example:"userName sw \"a\" and active eq true" maxLength:"10000"`
	Sort    string `query:"sort" doc:"Attributes, separated by commas; a leading - sorts downwards" example:"-createdAt,name"`
	Page    int    `query:"page" default:"1" minimum:"1"`
	Size    int    `query:"size" default:"50" minimum:"1" maximum:"1000"`
	Format  string `query:"format" doc:"csv is the same as Accept: text/csv" enum:"json,csv"`
	Columns string `query:"columns" doc:"For CSV: the attributes wanted, separated by commas; all when empty" maxLength:"10000"`
}

func (in *ListInput) list() query.List {
	l := query.List{Q: in.Q, Filter: in.Filter, Sort: in.Sort, Page: in.Page, Size: in.Size}
	if in.Columns != "" {
		l.Columns = strings.Split(in.Columns, ",")
	}
	return l
}

type listOutput[T any] struct {
	Total int `header:"X-Total-Count" doc:"Number of all objects that match"`
	Body  []T
}

// IDInput names one object.
type IDInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

type objectOutput[T any] struct {
	ETag string `header:"ETag" doc:"Version of the object, for If-Match"`
	Body T
}

type createdOutput[T any] struct {
	ETag     string `header:"ETag" doc:"Version of the object, for If-Match"`
	Location string `header:"Location" doc:"Address of the new object"`
	Body     T
}

type historyOutput[T any] struct{ Body []object.Versioned[T] }

const ifMatchDoc = "Without If-Match the change applies to whatever version there is; with it, a version that somebody else changed answers 412."

type draftInput struct{ RawBody []byte }

type patchInput struct {
	IDInput
	IfMatch string `header:"If-Match" doc:"ETag of the version that was seen"`
	RawBody []byte
}

type deleteInput struct {
	IDInput
	IfMatch string `header:"If-Match" doc:"ETag of the version that was seen"`
}

// add registers the operations of a resource.
func (r resource[T, P]) add(a *API) {
	r.api = a
	if r.service != nil {
		r.permissions = r.service.Permissions // the service's are the truth; ours serve the document without one
	}
	if r.label == "" {
		r.label = strings.ReplaceAll(r.one, "-", " ")
	}
	r.input = newInputSchema[T](a.huma.OpenAPI().Components.Schemas)
	register(a, holding(r.permissions.Query), r.operation(http.MethodGet, "list", "", "List "+r.plural(), func(op *huma.Operation) {
		op.OperationID = "list-" + r.path
		op.Middlewares = huma.Middlewares{r.serveCSV}
	}), r.list)
	r.documentCSV()
	register(a, holding(r.permissions.Query), r.operation(http.MethodGet, "get", "/{id}", "One "+r.label, nil), r.get)
	register(a, holding(r.permissions.Query), r.operation(http.MethodGet, "history", "/{id}/history", "Superseded versions, newest first", nil), r.history)
	if r.readOnly {
		return
	}
	if !r.ownPost {
		register(a, holding(r.permissions.Create), r.operation(http.MethodPost, "create", "", "Create a "+r.label, func(op *huma.Operation) {
			op.DefaultStatus = http.StatusCreated
			op.RequestBody, op.SkipValidateBody = r.input.body("application/json"), true
		}), r.post)
	}
	register(a, holding(r.permissions.Update), r.operation(http.MethodPatch, "update", "/{id}", "Change a "+r.label, func(op *huma.Operation) {
		op.Description = "JSON merge patch (RFC 7396): only the attributes named change, null clears one. " + ifMatchDoc
		op.RequestBody, op.SkipValidateBody = r.input.body("application/merge-patch+json", "application/json"), true
	}), r.patch)
	register(a, holding(r.permissions.Delete), r.operation(http.MethodDelete, "delete", "/{id}", "Delete a "+r.label, func(op *huma.Operation) {
		op.Description, op.DefaultStatus = ifMatchDoc, http.StatusNoContent
	}), r.remove)
	r.addImport()
	r.addBulk()
}

func (r resource[T, P]) operation(method, verb, path, summary string, more func(*huma.Operation)) huma.Operation {
	op := huma.Operation{
		OperationID: verb + "-" + r.one, Method: method, Path: "/" + r.path + path, Summary: summary, Tags: []string{capital(r.plural())},
	}
	if more != nil {
		more(&op)
	}
	return op
}

func (r resource[T, P]) plural() string { return strings.ReplaceAll(r.path, "-", " ") }

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func (r resource[T, P]) list(ctx context.Context, in *ListInput) (*listOutput[T], error) {
	page, err := r.service.List(ctx, in.list())
	if err != nil {
		return nil, err
	}
	if err := r.veil(ctx, pointers(page.Items)...); err != nil {
		return nil, err
	}
	return &listOutput[T]{Total: page.Total, Body: filled(page.Items)}, nil
}

func (r resource[T, P]) get(ctx context.Context, in *IDInput) (*objectOutput[T], error) {
	found, err := r.service.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := r.veil(ctx, &found); err != nil {
		return nil, err
	}
	return &objectOutput[T]{ETag: etag(P(&found)), Body: found}, nil
}

func (r resource[T, P]) history(ctx context.Context, in *IDInput) (*historyOutput[T], error) {
	versions, err := r.service.History(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	objects := make([]*T, len(versions))
	for i := range versions {
		objects[i] = &versions[i].Object
	}
	if err := r.veil(ctx, objects...); err != nil {
		return nil, err
	}
	return &historyOutput[T]{Body: filled(versions)}, nil
}

func (r resource[T, P]) post(ctx context.Context, in *draftInput) (*createdOutput[T], error) {
	draft := r.newDraft()
	if err := r.input.read(in.RawBody, &draft); err != nil {
		return nil, err
	}
	members, err := r.input.parse(in.RawBody)
	if err != nil {
		return nil, err
	}
	if err := r.mayGive(ctx, members); err != nil {
		return nil, err
	}
	made, err := r.service.Create(ctx, draft)
	if err != nil {
		return nil, err
	}
	r.publish(P(&made).Base().ID)
	if err := r.veil(ctx, &made); err != nil {
		return nil, err
	}
	location := Base + "/" + r.path + "/" + P(&made).Base().ID.String()
	return &createdOutput[T]{ETag: etag(P(&made)), Location: location, Body: made}, nil
}

func (r resource[T, P]) newDraft() T {
	if r.draft == nil {
		var zero T
		return zero
	}
	return r.draft()
}

// patchTries is how often a change without If-Match is applied anew to a version that somebody made in between.
const patchTries = 3

func (r resource[T, P]) patch(ctx context.Context, in *patchInput) (*objectOutput[T], error) {
	seen, err := parseETag(in.IfMatch)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		made, err := r.patchOnce(ctx, in, seen)
		if fault.Is(err, fault.Stale) && seen == 0 && try < patchTries {
			continue
		}
		if err != nil {
			return nil, err
		}
		r.publish(in.ID)
		if err := r.veil(ctx, &made); err != nil {
			return nil, err
		}
		return &objectOutput[T]{ETag: etag(P(&made)), Body: made}, nil
	}
}

func (r resource[T, P]) patchOnce(ctx context.Context, in *patchInput, seen int64) (T, error) {
	current, err := r.service.Get(ctx, in.ID)
	if err != nil {
		return current, err
	}
	if seen == 0 {
		seen = P(&current).Base().Version
	}
	members, err := r.input.parse(in.RawBody)
	if err != nil {
		return current, err
	}
	if err := r.mayName(ctx, in.ID, members); err != nil {
		return current, err
	}
	if err := r.input.apply(members, &current); err != nil {
		return current, err
	}
	return r.service.Update(ctx, in.ID, seen, current)
}

func (r resource[T, P]) remove(ctx context.Context, in *deleteInput) (*struct{}, error) {
	seen, err := parseETag(in.IfMatch)
	if err != nil {
		return nil, err
	}
	if err := r.service.Delete(ctx, in.ID, seen); err != nil {
		return nil, err
	}
	r.publish(in.ID)
	return nil, nil
}

// publish tells the browsers that show the resource.
func (r resource[T, P]) publish(ids ...uuid.UUID) {
	for _, id := range ids {
		r.api.deps.Events.Publish(r.path, id)
	}
}

func etag(o object.Object) string { return versionTag(o.Base().Version) }

func versionTag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// parseETag reads If-Match; zero means that there is nothing to compare with.
func parseETag(header string) (int64, error) {
	text := strings.TrimSpace(header)
	if text == "" || text == "*" {
		return 0, nil
	}
	text = strings.Trim(strings.TrimPrefix(text, "W/"), `"`)
	version, err := strconv.ParseInt(text, 10, 64)
	if err != nil || version <= 0 {
		return 0, fault.New(fault.Stale, "If-Match must be the ETag of a version of this object.")
	}
	return version, nil
}

// permissionsOf gives the four permissions of an object type.
func permissionsOf(read, create, update, remove authz.Permission) object.Permissions {
	return object.Permissions{Query: read, Create: create, Update: update, Delete: remove}
}
