package process

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/object"
	"provost/internal/query"
)

// Resolver finds whom references name.
type Resolver interface {
	// Resolve gives the principals by the text of their references; unknown ones are left out. A reference names one, or all roles that give a
	// permission.
	Resolve(ctx context.Context, references []Reference) (map[string][]Principal, error)
	// Hats gives the hats of an active user (see the function hats_of of the database).
	Hats(ctx context.Context, user uuid.UUID) ([]uuid.UUID, error)
}

// Startable is what the catalogue needs to know of an enabled definition.
type Startable struct {
	CatalogueEntry
	Initiators []string
}

// New is a process to start.
type New struct {
	Code               string
	Initiator, Subject Person
	Values             bpm.Values
	Given              bpm.Values // what the initiator filled in themselves, of Values
	// Message starts it, and Key says that it is the same message again; both are empty when a person starts it.
	Message, Key string
}

// ProcessStore is what is asked of the database about processes. Methods join the transaction of the context.
type ProcessStore interface {
	object.Transactor
	Resolver
	// Startable gives the enabled definitions, by folder and name.
	Startable(ctx context.Context) ([]Startable, error)
	// Receivers gives the enabled definitions that messages start, by folder and name.
	Receivers(ctx context.Context) ([]Receiver, error)
	// StartableLibrary gives the library of the current version of an enabled definition, or fault.NotFound.
	StartableLibrary(ctx context.Context, code string) (*bpm.Library, error)
	// Person finds an active user by name or id.
	Person(ctx context.Context, nameOrID string) (Person, bool, error)
	// Begin writes a process, its log and who may see it, and has its workflow started. A message whose key has started a process gives that one.
	Begin(ctx context.Context, n New) (uuid.UUID, error)
	// Begun gives the process that a message with a key has started.
	Begun(ctx context.Context, code, message, key string) (id uuid.UUID, found bool, err error)

	List(ctx context.Context, s Sight, l query.List) (query.Page[Process], error)
	Each(ctx context.Context, s Sight, l query.List, yield func(Process) error) error
	// Declared gives what definitions say about the values of processes in sight, by name.
	Declared(ctx context.Context, s Sight) ([]Declared, error)
	// Get gives a process, or fault.NotFound.
	Get(ctx context.Context, id uuid.UUID) (Process, error)
	// Parts gives the parts that somebody with these hats has in a process.
	Parts(ctx context.Context, process uuid.UUID, hats []uuid.UUID) ([]Part, error)
	Values(ctx context.Context, process uuid.UUID) (bpm.Values, error)
	Log(ctx context.Context, process uuid.UUID) ([]LogLine, error)
	OpenTasks(ctx context.Context, process uuid.UUID) ([]WorkPlace, error)
	// Waits gives the messages and signals that a process waits for, the longest first.
	Waits(ctx context.Context, process uuid.UUID) ([]Awaited, error)
	Diagram(ctx context.Context, process uuid.UUID) ([]byte, error)

	// Control has a process steered, and writes the log line that says so.
	Control(ctx context.Context, process uuid.UUID, action Action, by string, payload any, line LogLine) error

	Comments(ctx context.Context, process uuid.UUID) ([]Comment, error)
	AddComment(ctx context.Context, process, author uuid.UUID, c Comment) error
	Documents(ctx context.Context, process uuid.UUID) ([]Document, error)
	// DocumentPlace says where new documents go.
	DocumentPlace(ctx context.Context) (DocumentPlace, error)
	// AddDocument writes a document; the content is given when its place is the database.
	AddDocument(ctx context.Context, author uuid.UUID, d Document, content []byte) error
	// Document gives a document, or fault.NotFound.
	Document(ctx context.Context, id uuid.UUID) (Document, error)
	// Content gives the content of a document that is in the database; nil when it is not.
	Content(ctx context.Context, id uuid.UUID) ([]byte, error)
	DeleteDocument(ctx context.Context, id uuid.UUID) error
}

// Processes is the use cases of processes: starting, seeing and steering them.
type Processes struct {
	Store ProcessStore
	Plans Plans
	Audit audit.Recorder
	Forms Forms
	// Largest gives the largest document in bytes; nil means [DefaultDocument].
	Largest func(ctx context.Context) (int, error)
	Folder  *Folder // of documents; nil when the installation has none
}

// Plans gives the plans of versions.
type Plans interface {
	Plan(ctx context.Context, version uuid.UUID) (bpm.Plan, error)
}

// me gives the person that asks; the platform and nobody are refused, because neither has requests of their own.
func me(ctx context.Context) (authz.Principal, error) {
	p, ok := authz.From(ctx)
	if !ok || p.UserID == uuid.Nil {
		return p, authz.ErrNoPrincipal
	}
	return p, nil
}

// Catalogue gives what the caller may start, by folder and name.
func (s *Processes) Catalogue(ctx context.Context) ([]CatalogueEntry, error) {
	who, err := me(ctx)
	if err != nil {
		return nil, err
	}
	hats, err := s.Store.Hats(ctx, who.UserID)
	if err != nil {
		return nil, err
	}
	all, err := s.Store.Startable(ctx)
	if err != nil {
		return nil, err
	}
	var lists []string
	for i := range all {
		lists = append(lists, all[i].Initiators...)
	}
	known, err := s.Store.Resolve(ctx, References(lists...))
	if err != nil {
		return nil, err
	}
	out := []CatalogueEntry{}
	for i := range all {
		if worn(all[i].Initiators, known, hats) {
			out = append(out, all[i].CatalogueEntry)
		}
	}
	return out, nil
}

// worn tells whether somebody with these hats is among those named. -nobody- among them means no one, whoever else is named.
func worn(names []string, known map[string][]Principal, hats []uuid.UUID) bool {
	if slices.ContainsFunc(names, namesNobody) {
		return false
	}
	for _, r := range References(names...) {
		if slices.ContainsFunc(known[r.Text], func(p Principal) bool { return slices.Contains(hats, p.Hat) }) {
			return true
		}
	}
	return false
}

func namesNobody(list string) bool {
	for part := range strings.SplitSeq(list, ",") {
		if strings.TrimSpace(part) == Nobody {
			return true
		}
	}
	return false
}

// Form gives what the caller fills in to start a process. It returns fault.NotFound for a definition that the caller may not start.
func (s *Processes) Form(ctx context.Context, definition uuid.UUID) (StartForm, error) {
	return s.Fill(ctx, definition, nil, "")
}

// Fill gives the form that starts a process as it is with what was filled in so far, after a field changed: triggers may have set values, shown
// or hidden fields, or have something to say. Nothing is kept. It returns fault.NotFound as Form does.
func (s *Processes) Fill(ctx context.Context, definition uuid.UUID, given bpm.Values, changed string) (StartForm, error) {
	mine, err := s.Catalogue(ctx)
	if err != nil {
		return StartForm{}, err
	}
	at := slices.IndexFunc(mine, func(e CatalogueEntry) bool { return e.ID == definition })
	if at < 0 {
		return StartForm{}, fault.New(fault.NotFound, "There is no such process that you may start.")
	}
	library, err := s.Store.StartableLibrary(ctx, mine[at].Code)
	if err != nil {
		return StartForm{}, err
	}
	form := StartForm{CatalogueEntry: mine[at]}
	form.FormView, err = s.Forms.View(ctx, Filled{Library: library, Form: library.Start, Current: defaults(library), Given: given, Changed: changed, Start: true})
	return form, err
}

// defaults gives the attributes of a process their first values.
func defaults(library *bpm.Library) bpm.Values {
	out := bpm.Values{}
	for i := range library.Attributes {
		a := &library.Attributes[i]
		if a.Default == "" {
			continue
		}
		text := json.RawMessage(a.Default)
		if !json.Valid(text) {
			text, _ = json.Marshal(a.Default) //nolint:errchkjson // a text always has a JSON form
		}
		out[a.Name] = text
	}
	return out
}

// Start begins a process of the definition with a code, with what the caller filled in. The caller has to be among its initiators; for anybody
// else it is not there (fault.NotFound). What is wrong with the values is told all at once (fault.Invalid, values.name).
func (s *Processes) Start(ctx context.Context, code string, values bpm.Values) (Process, error) {
	return s.StartFor(ctx, code, "", values)
}

// StartFor begins a process as Start does, on behalf of the person who goes by a name: it is about them, whatever the form says. That needs
// process:start. No name begins it for whom the form names, or for the caller.
func (s *Processes) StartFor(ctx context.Context, code, person string, values bpm.Values) (Process, error) {
	who, err := me(ctx)
	if err != nil {
		return Process{}, err
	}
	if person != "" {
		if _, err := authz.Check(ctx, authz.ProcessStart); err != nil {
			return Process{}, err
		}
	}
	var out Process
	err = s.Store.Do(ctx, func(ctx context.Context) error {
		library, err := s.startable(ctx, who.UserID, code)
		if err != nil {
			return err
		}
		first := defaults(library)
		given, err := s.Forms.Check(ctx, Filled{Library: library, Form: library.Start, Current: first, Given: values, Start: true})
		if err != nil {
			return err
		}
		maps.Copy(first, given)
		initiator, _, err := s.Store.Person(ctx, who.UserID.String())
		if err != nil {
			return err
		}
		if err := introduce(first, initiator); err != nil {
			return err
		}
		subject, err := s.about(ctx, library, first, initiator, person)
		if err != nil {
			return err
		}
		id, err := s.Store.Begin(ctx, New{Code: code, Initiator: initiator, Subject: subject, Values: first, Given: filledIn(given, values)})
		if err != nil {
			return err
		}
		if out, err = s.Store.Get(ctx, id); err != nil {
			return err
		}
		return record(ctx, s.Audit, "start", AuditProcess, id, out.Name, nil, map[string]any{"number": out.Number, "definition": code, "subject": subject.UserName})
	})
	return out, err
}

// filledIn gives what somebody filled in, and leaves out what triggers set beside it.
func filledIn(accepted, values bpm.Values) bpm.Values {
	out := bpm.Values{}
	for name := range values {
		if value, ok := accepted[name]; ok {
			out[name] = value
		}
	}
	return out
}

// startable gives the library of a definition to one of its initiators.
func (s *Processes) startable(ctx context.Context, user uuid.UUID, code string) (*bpm.Library, error) {
	library, err := s.Store.StartableLibrary(ctx, code)
	if err != nil {
		return nil, err
	}
	hats, err := s.Store.Hats(ctx, user)
	if err != nil {
		return nil, err
	}
	known, err := s.Store.Resolve(ctx, References(library.Access.Initiators...))
	if err != nil {
		return nil, err
	}
	if !worn(library.Access.Initiators, known, hats) {
		return nil, notStartable(code)
	}
	return library, nil
}

func notStartable(code string) error {
	return fault.New(fault.NotFound, "There is no process %q that you may start: it is not deployed, disabled, or its initiators are others.", code)
}

// subject gives whom a process is about: the user that the variable user names, else the first attribute of that type, else the initiator.
func (s *Processes) subject(ctx context.Context, library *bpm.Library, values bpm.Values, initiator Person) (Person, error) {
	names := []string{"user"}
	for i := range library.Attributes {
		if a := &library.Attributes[i]; a.Type == "user" && !a.Multiple {
			names = append(names, a.Name)
		}
	}
	for _, name := range names {
		var user string
		if json.Unmarshal(values[name], &user) != nil || user == "" {
			continue
		}
		found, ok, err := s.Store.Person(ctx, user)
		if err != nil {
			return Person{}, err
		}
		if !ok {
			return Person{}, fault.InvalidField("values."+name, "There is no active user %s.", user)
		}
		return found, nil
	}
	return initiator, nil
}

// about gives whom a process is about: the person it is begun for, who becomes its user where it has one, else the subject that the values name.
func (s *Processes) about(ctx context.Context, library *bpm.Library, values bpm.Values, initiator Person, person string) (Person, error) {
	if person == "" {
		return s.subject(ctx, library, values, initiator)
	}
	found, ok, err := s.Store.Person(ctx, person)
	if err != nil {
		return Person{}, err
	}
	if !ok {
		return Person{}, fault.InvalidField("for", "There is no active user %s.", person)
	}
	if attributesByName(library)["user"] != nil {
		values["user"], err = raw(found.UserName)
	}
	return found, err
}

// introduce sets the variables that tell scripts and texts who asks.
func introduce(values bpm.Values, initiator Person) error {
	for name, text := range map[string]string{"requester": initiator.UserName, "requesterName": initiator.FullName} {
		value, err := raw(text)
		if err != nil {
			return err
		}
		values[name] = value
	}
	return nil
}
