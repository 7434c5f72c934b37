package monitor

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/agent"
	"provost/internal/connector"
	"provost/internal/fault"
	"provost/internal/mapping"
	"provost/internal/synctask"
)

// Actual is an account as its system holds it at this moment, beside what we want there (guide page 016, "Show actual account
// properties").
type Actual struct {
	AccountID  uuid.UUID      `json:"accountId"`
	Account    string         `json:"account"`
	SystemID   uuid.UUID      `json:"systemId"`
	System     string         `json:"system"`
	At         time.Time      `json:"at"`
	DurationMS int64          `json:"durationMs"`
	Objects    []ActualObject `json:"objects" doc:"One for each mapping that the account is kept by"`
}

// ActualObject is one object of a system that an account is kept as.
type ActualObject struct {
	Class        string            `json:"class" doc:"Mapping it is kept by"`
	SystemObject string            `json:"systemObject"`
	Found        bool              `json:"found" doc:"It is there"`
	Wanted       bool              `json:"wanted" doc:"We want it there"`
	Key          string            `json:"key" doc:"How the system addresses it"`
	ExternalID   string            `json:"externalId"`
	Message      string            `json:"message" doc:"Why our side is missing or not complete"`
	Attributes   []ActualAttribute `json:"attributes"`
}

// ActualAttribute is one attribute on both sides. Passwords are masked on both.
type ActualAttribute struct {
	Attribute string `json:"attribute"`
	Ours      any    `json:"ours"`
	Theirs    any    `json:"theirs"`
	Mapped    bool   `json:"mapped" doc:"We say what it should be"`
	Differs   bool   `json:"differs" doc:"We say what it should be, and it is something else"`
}

// Actual reads an account from its system and compares.
func (s *Service) Actual(ctx context.Context, id uuid.UUID) (Actual, error) {
	found, err := s.Accounts.Get(ctx, id)
	if err != nil {
		return Actual{}, err
	}
	start := time.Now()
	out := Actual{AccountID: id, Account: found.Name, SystemID: found.SystemID, System: found.System, At: start.UTC(), Objects: []ActualObject{}}
	systems, err := s.Systems.Store.Get(ctx, everywhere, found.SystemID)
	if err != nil || len(systems) == 0 {
		return out, err
	}
	system := &systems[0]
	if system.Builtin {
		return Actual{}, fault.New(fault.Conflict, "%s is an account of this platform itself: what you see is what there is.", found.Name)
	}
	document, err := s.accountDocument(ctx, &found)
	if err != nil {
		return Actual{}, err
	}
	addresses, err := s.addresses(ctx, &found)
	if err != nil {
		return Actual{}, err
	}
	limitedCtx, cancel := limited(ctx, system)
	defer cancel()
	opened, err := s.open(limitedCtx, system)
	if err != nil {
		return Actual{}, s.away(system, err)
	}
	for i, class := range classesFor(system) {
		if class == "" {
			continue
		}
		side, err := s.compare(limitedCtx, opened, class, &system.Mappings[i], &found, document, addresses[class])
		if err != nil {
			return Actual{}, s.away(system, err)
		}
		out.Objects = append(out.Objects, side)
	}
	out.DurationMS = time.Since(start).Milliseconds()
	if len(out.Objects) == 0 {
		return Actual{}, fault.New(fault.Conflict, "The agent of %s maps neither users nor accounts, so it cannot look for %s.", system.Name, found.Name)
	}
	return out, nil
}

// classesFor names the mappings of a system that keep accounts, at their places; the others are empty.
func classesFor(system *account.System) []string {
	names := synctask.ClassNames(system.Mappings)
	for i, m := range system.Mappings {
		if m.ObjectType != mapping.TypeUser && m.ObjectType != mapping.TypeAccount {
			names[i] = ""
		}
	}
	return names
}

// compare reads one object and puts both sides beside each other.
func (s *Service) compare(
	ctx context.Context, opened *agent.Agent, class string, m *mapping.ObjectMapping, a *account.Account, document map[string]any, known connector.Key,
) (ActualObject, error) {
	out := ActualObject{Class: class, SystemObject: m.SystemObject, Attributes: []ActualAttribute{}}
	ours := s.wanted(ctx, m, a, document, &out)
	keys := []connector.Key{known, {Name: opened.Address(class, ours)}, {ID: a.ExternalID}, {Name: a.Name}}
	theirs, err := find(ctx, opened, opened.Class(class), keys)
	if err != nil {
		return out, err
	}
	current := connector.Object{}
	if theirs != nil {
		current, out.Found, out.Key, out.ExternalID = *theirs, true, theirs.Key, theirs.ID
	}
	differs := connector.DiffFor(opened.Connector, opened.Class(class), current, ours)
	names := map[string]bool{}
	for name := range ours {
		names[name] = true
	}
	for name := range current.Attributes {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		_, mapped := ours[name]
		out.Attributes = append(out.Attributes, ActualAttribute{
			Attribute: name, Ours: hide(name, ours[name]), Theirs: hide(name, current.Attributes[name]), Mapped: mapped, Differs: differs.Has(name),
		})
	}
	return out, nil
}

// wanted maps our side; what fails is told in the object's message, and the rest is shown.
func (s *Service) wanted(ctx context.Context, m *mapping.ObjectMapping, a *account.Account, document map[string]any, out *ActualObject) connector.Attributes {
	if account.Gone(a.Status) {
		out.Message = "The account is " + a.Status + ": it must not be there."
		return nil
	}
	compiled, findings := mapping.Compile(*m)
	if len(findings) > 0 {
		out.Message = "The mapping is not valid: " + findings[0].Message
		return nil
	}
	results, err := compiled.Out(ctx, []map[string]any{document}, s.evaluator(nil))
	if err != nil {
		out.Message = "The mapping could not be evaluated: " + sentence(err)
		return nil
	}
	if err := results[0].Err(); err != nil {
		out.Message = "The mapping failed in part: " + sentence(err)
	}
	out.Wanted = results[0].Applies
	if !out.Wanted && out.Message == "" {
		out.Message = "The condition of the mapping is not true for it: it must not be there."
	}
	return results[0].Object
}

// find reads an object by the first key it answers to; nil when by none.
func find(ctx context.Context, opened *agent.Agent, class connector.Class, keys []connector.Key) (*connector.Object, error) {
	getter, ok := opened.Connector.(connector.Getter)
	if !ok {
		return nil, connector.Errorf(connector.ClassUnsupported, "get", "the connector %s cannot read single objects", opened.Kind.Label)
	}
	var asked []connector.Key
	for _, key := range keys {
		if key == (connector.Key{}) || slices.Contains(asked, key) {
			continue
		}
		asked = append(asked, key)
		found, err := getter.Get(ctx, class, key)
		switch {
		case err == nil:
			return &found, nil
		case !errors.Is(err, connector.ErrNotFound):
			return nil, err
		}
	}
	return nil, nil //nolint:nilnil // not being there is an answer
}

// hidden ends the names of attributes whose values nobody reads, not even as a hash.
var hidden = []string{"password", "passwd", "pwd", "secret", "krbprincipalkey", "privatekey"} //nolint:gochecknoglobals // immutable

// hide masks the value of an attribute that holds a password.
func hide(name string, value any) any {
	if len(connector.Values(value)) == 0 {
		return nil
	}
	lower := strings.ToLower(name)
	if slices.ContainsFunc(hidden, func(end string) bool { return strings.HasSuffix(lower, end) }) {
		return account.Mask
	}
	return value
}

// hideAll masks the passwords among attributes.
func hideAll(attributes map[string]any) map[string]any {
	out := make(map[string]any, len(attributes))
	for name, value := range attributes {
		out[name] = hide(name, value)
	}
	return out
}
