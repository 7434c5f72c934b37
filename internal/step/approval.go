package step

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/process"
)

// request is one line of an approval, with the role it is about.
type request struct {
	content     json.RawMessage
	line        process.LineContent
	role        *entitlement.Role
	container   *entitlement.Role              // that shall contain the role, or no longer contain it; nil for a grant
	application *entitlement.InformationSystem // of the role; of its container where there is one
	user        *identity.User                 // nil where the line is about an account of nobody
}

// approvals opens a task for every set of owners of the lines that nobody has decided about: whoever owns several lines decides about them
// together. Each further stage of a set follows the one before.
func (s *Service) approvals(ctx context.Context, sc *scene, step *bpm.Step, base process.Opening) ([]process.Opening, error) {
	requests, err := s.requests(ctx, base.Values)
	if err != nil {
		return nil, err
	}
	requests = slices.DeleteFunc(requests, func(r request) bool { return r.line.Decision != "" })
	questions := make([]question, len(requests))
	for i := range requests {
		questions[i] = question{actors: step.Actors, more: requests[i].bindings()}
	}
	owners, err := s.people(ctx, sc, base.Element, base.Values, questions)
	if err != nil {
		return nil, err
	}
	var openings []process.Opening
	parts := map[string]int{} // openings by their owners
	for i := range requests {
		key := keyOf(owners[i])
		at, known := parts[key]
		if !known {
			at = len(openings)
			parts[key] = at
			o := base
			o.Part, o.Candidates = at, owners[i]
			openings = append(openings, o)
		}
		openings[at].Lines = append(openings[at].Lines, requests[i].shown())
	}
	return s.staged(ctx, sc, step, openings)
}

// staged adds the further stages of every opening. Who decides in a stage does not depend on the lines.
func (s *Service) staged(ctx context.Context, sc *scene, step *bpm.Step, first []process.Opening) ([]process.Opening, error) {
	if len(first) == 0 {
		return nil, nil
	}
	questions := make([]question, len(step.Approval.Stages))
	for i, actors := range step.Approval.Stages {
		questions[i].actors = &bpm.Assignment{Expression: actors}
	}
	people, err := s.people(ctx, sc, first[0].Element, first[0].Values, questions)
	if err != nil {
		return nil, err
	}
	all := first
	for _, o := range first {
		for i := range people {
			next := o
			next.Stage, next.Candidates, next.Lines = i+1, people[i], nil
			all = append(all, next)
		}
	}
	return all, nil
}

// keyOf names a set of people, in whatever order they come.
func keyOf(people []process.Principal) string {
	keys := make([]string, len(people))
	for i, p := range people {
		keys[i] = string(p.Kind) + ":" + p.ID.String()
		if p.Scope != nil {
			keys[i] += "/" + p.Scope.String()
		}
	}
	slices.Sort(keys)
	return strings.Join(slices.Compact(keys), " ")
}

// requests reads the lines of a process, with their roles and people.
func (s *Service) requests(ctx context.Context, values bpm.Values) ([]request, error) {
	requests, err := s.read(values)
	if err != nil {
		return nil, err
	}
	return requests, s.resolve(ctx, requests)
}

// read reads the lines of a process.
func (*Service) read(values bpm.Values) ([]request, error) {
	var contents []json.RawMessage
	if raw := values[process.LinesVariable]; len(raw) > 0 {
		if err := json.Unmarshal(raw, &contents); err != nil {
			return nil, &bpm.Fault{Code: faultLines, Message: "The variable grants is no list of requests."}
		}
	}
	requests := make([]request, len(contents))
	for i, content := range contents {
		requests[i].content = content
		line := &requests[i].line
		if err := json.Unmarshal(content, line); err != nil {
			return nil, &bpm.Fault{Code: faultLines, Message: fmt.Sprintf("The request %d of the variable grants cannot be read: %v.", i+1, err)}
		}
		if line.Key == "" {
			line.Key = strconv.Itoa(i + 1)
		}
	}
	return requests, nil
}

// resolve looks up roles and people of requests, each kind at once.
func (s *Service) resolve(ctx context.Context, requests []request) error {
	var names, people []string
	for i := range requests {
		line := &requests[i].line
		names, people = append(names, line.Role), append(people, line.User)
		if line.Container != "" {
			names = append(names, line.Container)
		}
	}
	roles, err := s.RoleRows.Named(ctx, roleKeys(names)...)
	if err != nil {
		return fmt.Errorf("look roles up: %w", err)
	}
	users, err := s.UserRows.Named(ctx, people...)
	if err != nil {
		return fmt.Errorf("look users up: %w", err)
	}
	for i := range requests {
		r := &requests[i]
		r.role = pick(roles, func(role *entitlement.Role) bool { return strings.EqualFold(role.Title(), r.line.Role) })
		if r.line.ContentID != nil && r.line.User == "" { // who writes lines by hand has a user get the role
			r.container = pick(roles, func(role *entitlement.Role) bool { return strings.EqualFold(role.Title(), r.line.Container) })
		}
		r.user = pick(users, func(u *identity.User) bool { return strings.EqualFold(u.UserName, r.line.User) })
		if r.role == nil {
			return &bpm.Fault{Code: faultMissing, Message: fmt.Sprintf("There is no role %s, which request %s asks for.", r.line.Role, r.line.Key)}
		}
		if r.user == nil && (r.line.GrantID == nil || r.line.Account == "") && r.container == nil {
			return &bpm.Fault{Code: faultMissing, Message: fmt.Sprintf("There is no user %s, for whom request %s is.", r.line.User, r.line.Key)}
		}
	}
	return s.file(ctx, requests)
}

// file looks up the information systems of requests.
func (s *Service) file(ctx context.Context, requests []request) error {
	ids := make([]uuid.UUID, len(requests))
	for i := range requests {
		ids[i] = requests[i].role.InformationSystemID
		if requests[i].container != nil {
			ids[i] = requests[i].container.InformationSystemID
		}
	}
	systems, err := s.InformationSystemRows.Get(ctx, authz.Scope{All: true}, ids...)
	if err != nil {
		return fmt.Errorf("look information systems up: %w", err)
	}
	for i := range requests {
		found := pick(systems, func(of *entitlement.InformationSystem) bool { return of.ID == ids[i] })
		if found == nil {
			return &bpm.Fault{Code: faultMissing, Message: fmt.Sprintf("The information system of %s is no longer there.", requests[i].line.Role)}
		}
		requests[i].application = found
	}
	return nil
}

// roleKeys turns name@system into the keys of roles.
func roleKeys(names []string) []string {
	keys := make([]string, len(names))
	for i, name := range names {
		at := strings.LastIndex(name, "@")
		keys[i] = name[at+1:] + `\` + name[:max(at, 0)]
	}
	return keys
}

func pick[T any](rows []T, is func(*T) bool) *T {
	for i := range rows {
		if is(&rows[i]) {
			return &rows[i]
		}
	}
	return nil
}

// holder gives whom a line is about: user name, full name and primary group. An account of nobody goes by its own name.
func (r *request) holder() (userName, fullName, group string) {
	if r.container != nil {
		return "", r.container.Title(), ""
	}
	if r.user == nil {
		return "", r.line.Account, ""
	}
	return r.user.UserName, r.user.FullName, r.user.PrimaryGroup
}

// bindings are what the owners of a line are found by.
func (r *request) bindings() map[string]any {
	userName, fullName, group := r.holder()
	return map[string]any{
		"role": map[string]any{
			"id": r.role.ID.String(), "name": r.role.Name, "system": r.role.System, "description": r.role.Description,
			"informationSystemName": r.role.InformationSystem,
		},
		"roleName": r.role.Name, "systemName": r.role.System, "applicationName": r.application.Name,
		"application": map[string]any{"name": r.application.Name, "owner": r.application.Owner},
		"user":        map[string]any{"userName": userName, "fullName": fullName, "primaryGroup": group},
		"userName":    userName,
	}
}

// shown is the line as the task shows it.
func (r *request) shown() process.Line {
	words := "Grant %s to %s"
	switch revoke := r.line.Action == process.LineRevoke; {
	case r.container != nil && revoke:
		words = "Remove %s from %s"
	case r.container != nil:
		words = "Add %s to %s"
	case revoke:
		words = "Revoke %s to %s"
	}
	_, name, _ := r.holder()
	out := process.Line{Key: r.line.Key, Title: fmt.Sprintf(words, r.line.Role, name), Content: r.content}
	if r.user != nil {
		out.Subject = &r.user.ID
	}
	return out
}
