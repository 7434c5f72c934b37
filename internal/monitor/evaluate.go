package monitor

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/connector"
	"provost/internal/fault"
	"provost/internal/mapping"
	"provost/internal/mapscript"
	"provost/internal/provision"
	"provost/internal/query"
	"provost/internal/script"
	"provost/internal/synctask"
)

// everywhere is the scope of what follows from an object that the caller was allowed to see.
var everywhere = authz.Scope{All: true} //nolint:gochecknoglobals // immutable

// MappingTest says what to try a mapping on: one of the system's own by its place, or a draft.
type MappingTest struct {
	Index   *int                   `json:"index,omitempty" minimum:"0" doc:"Place of a mapping among those of the system"`
	Mapping *mapping.ObjectMapping `json:"mapping,omitempty" doc:"A mapping that is not saved; it wins over index"`
	Object  string                 `json:"object" minLength:"1" maxLength:"1000" doc:"Name or id of a user, account, group or role; to fetch: how the system addresses the object"`
}

// Evaluation is what a mapping makes of an object (guide page 045, "Test").
type Evaluation struct {
	ObjectType string         `json:"objectType"`
	ObjectID   *uuid.UUID     `json:"objectId"`
	ObjectName string         `json:"objectName"`
	Applies    bool           `json:"applies" doc:"The condition is true; otherwise the object must not be in the system"`
	Rows       []EvaluatedRow `json:"rows"`
	Errors     []string       `json:"errors" doc:"What concerns no single row"`
	Object     map[string]any `json:"object" doc:"All that would be written: attributes of the system, or ours when fetched"`
	Log        string         `json:"log" doc:"What the scripts wrote"`
}

// EvaluatedRow is what one row of a mapping makes.
type EvaluatedRow struct {
	Row       int    `json:"row" doc:"Place of the row, from 0"`
	System    string `json:"system"`
	Direction string `json:"direction"`
	Provost   string `json:"provost"`
	Value     any    `json:"value"`
	Error     string `json:"error"`
}

// Fetched is an object as its system holds it.
type Fetched struct {
	Key        string         `json:"key"`
	ExternalID string         `json:"externalId"`
	Attributes map[string]any `json:"attributes" doc:"Passwords are masked"`
}

// Evaluate maps one of our objects outwards and writes nothing.
func (s *Service) Evaluate(ctx context.Context, system uuid.UUID, test MappingTest) (Evaluation, error) {
	found, err := reach(ctx, s.Systems, authz.SystemUpdate, system)
	if err != nil {
		return Evaluation{}, err
	}
	m, err := test.chosen(&found)
	if err != nil {
		return Evaluation{}, err
	}
	compiled, err := compile(m)
	if err != nil {
		return Evaluation{}, err
	}
	subject, err := s.subject(ctx, &found, m.ObjectType, test.Object)
	if err != nil {
		return Evaluation{}, err
	}
	var log strings.Builder
	results, err := compiled.Out(ctx, []map[string]any{subject.document}, s.evaluator(&log))
	if err != nil {
		return Evaluation{}, cannotRun(err)
	}
	out := evaluation(m, results[0], mapping.Direction.Out, func(r mapping.Row) string { return r.System })
	out.ObjectID, out.ObjectName, out.Log = &subject.id, subject.name, log.String()
	return out, nil
}

// FetchRaw reads an object as its system holds it, with all attributes that the connector can read.
func (s *Service) FetchRaw(ctx context.Context, system uuid.UUID, test MappingTest) (Fetched, error) {
	object, _, err := s.fetch(ctx, system, test, false)
	if err != nil {
		return Fetched{}, err
	}
	return Fetched{Key: object.Key, ExternalID: object.ID, Attributes: hideAll(object.Attributes)}, nil
}

// FetchMapped reads an object from its system and maps it inwards, as a load would; nothing is written.
func (s *Service) FetchMapped(ctx context.Context, system uuid.UUID, test MappingTest) (Evaluation, error) {
	object, m, err := s.fetch(ctx, system, test, true)
	if err != nil {
		return Evaluation{}, err
	}
	compiled, err := compile(m)
	if err != nil {
		return Evaluation{}, err
	}
	var log strings.Builder
	results, err := compiled.In(ctx, []map[string]any{object.Attributes}, s.evaluator(&log))
	if err != nil {
		return Evaluation{}, cannotRun(err)
	}
	out := evaluation(m, results[0], mapping.Direction.In, func(r mapping.Row) string { return r.Provost })
	out.ObjectName, out.Log = object.Key, log.String()
	return out, nil
}

func (s *Service) fetch(ctx context.Context, system uuid.UUID, test MappingTest, mentioned bool) (connector.Object, *mapping.ObjectMapping, error) {
	found, err := s.configured(ctx, system)
	if err != nil {
		return connector.Object{}, nil, err
	}
	m, err := test.chosen(&found)
	if err != nil {
		return connector.Object{}, nil, err
	}
	ctx, cancel := limited(ctx, &found)
	defer cancel()
	opened, err := s.open(ctx, &found)
	if err != nil {
		return connector.Object{}, nil, s.away(&found, err)
	}
	class := connector.Class{Name: m.SystemObject, Properties: m.Properties}
	if mentioned {
		class.Attributes = mentionedBy(m)
	}
	object, err := find(ctx, opened, class, []connector.Key{{Name: test.Object}, {ID: test.Object}})
	if err != nil {
		return connector.Object{}, nil, s.away(&found, err)
	}
	if object == nil {
		return connector.Object{}, nil, fault.New(fault.NotFound, "The system %s holds no %s called %q.", found.Name, m.SystemObject, test.Object)
	}
	return *object, m, nil
}

// mentionedBy lists the system attributes that a mapping mentions; nil, which asks for all, where a script on the system's side may read
// any.
func mentionedBy(m *mapping.ObjectMapping) []string {
	var names []string
	for _, row := range m.Rows {
		path, err := mapping.ParsePath(row.System)
		if err != nil {
			return nil
		}
		if root := path.Root(); root != "" {
			names = append(names, root)
		}
	}
	return names
}

func (t *MappingTest) chosen(system *account.System) (*mapping.ObjectMapping, error) {
	switch {
	case t.Mapping != nil:
		return t.Mapping, nil
	case t.Index == nil:
		return nil, fault.InvalidField("mapping", "Send a mapping, or the index of one of the system's own.")
	case *t.Index < 0 || *t.Index >= len(system.Mappings):
		return nil, fault.InvalidField("index", "%s has %d mappings.", system.Name, len(system.Mappings))
	default:
		return &system.Mappings[*t.Index], nil
	}
}

func compile(m *mapping.ObjectMapping) (*mapping.Compiled, error) {
	compiled, findings := mapping.Compile(*m)
	var c fault.Collector
	for _, f := range findings {
		location := "mapping"
		switch {
		case f.Side == mapping.SideTrigger:
			location = fmt.Sprintf("mapping.triggers[%d]", f.Row)
		case f.Row >= 0:
			location = fmt.Sprintf("mapping.rows[%d].%s", f.Row, f.Side)
		}
		c.Add(location, "%s", f.Message)
	}
	return compiled, c.Err()
}

func cannotRun(err error) error {
	return fault.Wrap(fault.Unavailable, err, "The scripts of the mapping could not be run: %s", sentence(err))
}

// evaluation puts the result of a mapping beside its rows.
func evaluation(m *mapping.ObjectMapping, r mapping.Result, flows func(mapping.Direction) bool, target func(mapping.Row) string) Evaluation {
	out := Evaluation{ObjectType: string(m.ObjectType), Applies: r.Applies, Rows: []EvaluatedRow{}, Errors: []string{}, Object: hideAll(r.Object)}
	failed := map[int]string{}
	for _, e := range r.Errors {
		failed[e.Row] = e.Err.Error()
		if e.Row < 0 {
			out.Errors = append(out.Errors, sentence(e))
		}
	}
	for i, row := range m.Rows {
		if !flows(row.Direction) {
			continue
		}
		evaluated := EvaluatedRow{Row: i, System: row.System, Direction: string(row.Direction), Provost: row.Provost, Error: failed[i]}
		if path, err := mapping.ParsePath(target(row)); err == nil && evaluated.Error == "" {
			evaluated.Value = hide(path.Root(), path.Get(r.Object))
		}
		out.Rows = append(out.Rows, evaluated)
	}
	return out
}

// evaluator runs the scripts of mappings as the engine does, and keeps what they write.
func (s *Service) evaluator(log *strings.Builder) mapping.Evaluator {
	if s.Scripts == nil {
		return nil
	}
	return &mapscript.Runner{Host: recorder{s.Scripts, log}, Services: s.Services, Setting: func(ctx context.Context) (script.Language, error) {
		language, err := s.Settings.ScriptLanguage(ctx)
		return script.Language(language), err
	}}
}

// recorder keeps the output of scripts.
type recorder struct {
	mapscript.Host
	log *strings.Builder
}

// Evaluate implements mapscript.Host.
func (r recorder) Evaluate(ctx context.Context, request script.Request) ([]script.Result, error) {
	results, err := r.Host.Evaluate(ctx, request)
	for i := range results {
		if r.log != nil && results[i].Output != "" {
			r.log.WriteString(results[i].Output)
		}
	}
	return results, err
}

// subject is one of our objects as a mapping reads it.
type subject struct {
	id       uuid.UUID
	name     string
	document provision.Document
}

// subject finds an object by name or id, within what the caller may see.
func (s *Service) subject(ctx context.Context, system *account.System, kind mapping.ObjectType, name string) (subject, error) {
	switch kind {
	case mapping.TypeUser:
		return s.userSubject(ctx, system, name)
	case mapping.TypeAccount:
		return s.accountSubject(ctx, system, name)
	case mapping.TypeGroup:
		return s.groupSubject(ctx, name)
	case mapping.TypeRole:
		return s.roleSubject(ctx, system, name)
	default:
		return subject{}, fault.New(fault.Conflict, "Mappings of the type %s cannot be tried on a single object.", kind)
	}
}

// userSubject finds a user with the account in the system, or with the one that would be made; a name of an account will do as well.
func (s *Service) userSubject(ctx context.Context, system *account.System, name string) (subject, error) {
	found, err := one(ctx, s.Users.List, name, "userName eq "+quoted(name))
	if fault.Is(err, fault.NotFound) {
		if byAccount, other := s.accountSubject(ctx, system, name); other == nil {
			return byAccount, nil
		}
	}
	if err != nil {
		return subject{}, err
	}
	subjects, err := s.Documents.Subjects(ctx, []uuid.UUID{found.ID})
	if err != nil || len(subjects) == 0 {
		return subject{}, missing(name, err)
	}
	a := account.Account{SystemID: system.ID, System: system.Name, Name: found.UserName, Type: account.Single, Status: account.Enabled, User: found.UserName}
	for i := range subjects[0].Accounts {
		if own := &subjects[0].Accounts[i]; own.SystemID == system.ID && !account.Gone(own.Status) {
			a = *own
			break
		}
	}
	return subject{found.ID, found.UserName, provision.UserDocument(&subjects[0], &a)}, nil
}

func (s *Service) accountSubject(ctx context.Context, system *account.System, name string) (subject, error) {
	found, err := one(ctx, s.Accounts.List, name, "name eq "+quoted(name)+" and systemId eq "+quoted(system.ID.String()))
	if err != nil {
		return subject{}, err
	}
	document, err := s.accountDocument(ctx, &found)
	return subject{found.ID, found.Name, document}, err
}

// accountDocument gives what mappings read of an account: that of its user, or its own.
func (s *Service) accountDocument(ctx context.Context, a *account.Account) (provision.Document, error) {
	if a.UserID != nil {
		subjects, err := s.Documents.Subjects(ctx, []uuid.UUID{*a.UserID})
		if err != nil || len(subjects) == 0 {
			return nil, missing(a.User, err)
		}
		return provision.UserDocument(&subjects[0], a), nil
	}
	holders, err := s.Documents.Holders(ctx, []uuid.UUID{a.ID})
	if err != nil || len(holders) == 0 {
		return nil, missing(a.Name, err)
	}
	return provision.AccountDocument(&holders[0]), nil
}

func (s *Service) groupSubject(ctx context.Context, name string) (subject, error) {
	found, err := one(ctx, s.Groups.List, name, "name eq "+quoted(name))
	if err != nil {
		return subject{}, err
	}
	groups, err := s.Documents.GroupSubjects(ctx, []uuid.UUID{found.ID}, provision.Everything)
	if err != nil || len(groups) == 0 {
		return subject{}, missing(name, err)
	}
	return subject{found.ID, found.Name, provision.GroupDocument(&groups[0])}, nil
}

func (s *Service) roleSubject(ctx context.Context, system *account.System, name string) (subject, error) {
	found, err := one(ctx, s.Roles.List, name, "name eq "+quoted(name)+" and systemId eq "+quoted(system.ID.String()))
	if err != nil {
		return subject{}, err
	}
	roles, err := s.Documents.RoleSubjects(ctx, []uuid.UUID{found.ID}, provision.Everything)
	if err != nil || len(roles) == 0 {
		return subject{}, missing(name, err)
	}
	return subject{found.ID, found.Name, provision.RoleDocument(&roles[0])}, nil
}

// one gives the object with this id, or the one that a filter finds.
func one[T any](ctx context.Context, list func(context.Context, query.List) (query.Page[T], error), name, byName string) (T, error) {
	var zero T
	filter := byName
	if id, err := uuid.Parse(name); err == nil {
		filter = "id eq " + quoted(id.String())
	}
	page, err := list(ctx, query.List{Filter: filter, Size: 1})
	if err != nil {
		return zero, err
	}
	if len(page.Items) == 0 {
		return zero, missing(name, nil)
	}
	return page.Items[0], nil
}

func missing(name string, err error) error {
	if err != nil {
		return err
	}
	return fault.New(fault.NotFound, "There is no %q that the mapping could be tried on.", name)
}

// quoted writes a text as a filter takes it.
func quoted(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	return string(out)
}

// addresses gives how an account was last addressed in its system, by mapping.
func (s *Service) addresses(ctx context.Context, a *account.Account) (map[string]connector.Key, error) {
	known, err := s.Store.Addressed(ctx, a.SystemID, "account", a.ID)
	if err != nil {
		return nil, err
	}
	out := make(map[string]connector.Key, len(known))
	for class, address := range known {
		out[class] = connector.Key{ID: address.ExternalID, Name: address.Key}
	}
	return out, nil
}

var _ Documents = synctask.Store(nil)
