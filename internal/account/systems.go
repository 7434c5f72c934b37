package account

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/change"
	"provost/internal/fault"
	"provost/internal/identity"
	"provost/internal/mapping"
	"provost/internal/object"
)

// Systems is the use cases of managed systems with their agents (guide page 045).
type Systems = object.Service[System, *System]

// Mask stands for the value of a secret parameter of an agent. Sent back, it means: keep the stored value.
const Mask = "•••"

// SecretPrefix begins the value of a secret parameter as stored; the id of the secret follows.
const SecretPrefix = "secret:"

// Connectors is what the rules ask about the kinds of connectors that are installed.
type Connectors interface {
	// Check gives what is wrong with the parameters of an agent and with the mapped classes, located as fields of a System.
	// It returns fault.Invalid for a connector that is not installed.
	Check(connector string, parameters map[string]string, mappings []mapping.ObjectMapping) ([]fault.Field, error)
	// Secret tells whether a parameter holds a secret.
	Secret(connector, parameter string) bool
}

// Vault keeps secrets by id, within the transaction of the context.
type Vault interface {
	Put(ctx context.Context, id uuid.UUID, plaintext string) error
	Drop(ctx context.Context, ids ...uuid.UUID) error
}

// Landscape is what the rules of systems and accounts ask of the store, besides rows.
type Landscape interface {
	object.Directory
	change.Tracker
	identity.UseCounter
	// Names gives the names of objects by id; unknown ids are left out.
	Names(ctx context.Context, objectType string, ids []uuid.UUID) (map[uuid.UUID]string, error)
	// SystemKeys gives which of the keys are taken.
	SystemKeys(ctx context.Context, keys []string) (map[string]bool, error)
	// SetSystemPolicy writes the user types and groups whose members may have an account in a system.
	SetSystemPolicy(ctx context.Context, system uuid.UUID, userTypes, groups []uuid.UUID) error
	// CloseSystemTasks ends the parts of synchronisation tasks that concern a system, and the tasks that concern nothing else.
	CloseSystemTasks(ctx context.Context, system uuid.UUID) error
	// PolicyEffect gives who would get or lose an account in a system under a draft policy. Draft systems need no id.
	PolicyEffect(ctx context.Context, draft *System) ([]PolicyChange, error)
	// AccountsOf gives the accounts of a system that are not gone, as ids by user; accounts without a user are under the zero id.
	AccountsOf(ctx context.Context, system uuid.UUID) (map[uuid.UUID][]uuid.UUID, error)
	// HoldersInSystem gives the users that hold roles of a system, or hold roles through an account of it.
	HoldersInSystem(ctx context.Context, system uuid.UUID) ([]uuid.UUID, error)
	// RemoveAccounts marks accounts as removed: they neither block their name nor count any more.
	RemoveAccounts(ctx context.Context, ids []uuid.UUID) error
	// AdoptGrants gives the grants of accounts that were unmanaged the origin reconciliation.
	AdoptGrants(ctx context.Context, accounts []uuid.UUID) error
}

// NewSystems gives the use cases of systems. connectors and vault may be nil where agents have no parameters to check or to hide; scripts
// compiles the scripts of mappings and triggers where it can.
func NewSystems(
	base Systems, landscape Landscape, connectors Connectors, vault Vault, attributes identity.Checker, scripts mapping.Evaluator,
) *Systems {
	base.Type, base.Label = "system", "system"
	base.Permissions = object.Permissions{
		Query: authz.SystemQuery, Create: authz.SystemCreate, Update: authz.SystemUpdate, Delete: authz.SystemDelete,
	}
	base.Store = masked{base.Store}
	base.Rules = &systemRules{landscape: landscape, connectors: connectors, vault: vault, attributes: attributes, scripts: scripts}
	return &base
}

type systemRules struct {
	landscape  Landscape
	connectors Connectors
	vault      Vault
	attributes identity.Checker
	scripts    mapping.Evaluator
}

// Key implements object.Rules.
func (*systemRules) Key(s *System) string { return s.Name }

// Prepare derives the key, resolves names, checks parameters and mappings, and takes secrets out of the row.
func (r *systemRules) Prepare(ctx context.Context, edits []*object.Edit[System]) error {
	err := object.Resolve(ctx, r.landscape, edits,
		object.Reference[System]{
			Location: "namingRule", Type: "namingRule",
			Optional: func(s *System) **uuid.UUID { return &s.NamingRuleID }, Name: func(s *System) *string { return &s.NamingRule },
		},
		object.Reference[System]{
			Location: "passwordDomain", Type: "passwordDomain",
			Optional: func(s *System) **uuid.UUID { return &s.PasswordDomainID }, Name: func(s *System) *string { return &s.PasswordDomain },
		})
	if err != nil {
		return err
	}
	for _, e := range edits {
		if e.Err != nil {
			continue
		}
		if e.After == nil {
			if err := r.leave(ctx, e); err != nil {
				return err
			}
			continue
		}
		if complete(e); e.Err != nil {
			continue
		}
		if e.Err = r.check(e); e.Err != nil {
			continue
		}
		if err := r.seal(e); err != nil {
			return err
		}
	}
	if err := r.deriveKeys(ctx, edits); err != nil {
		return err
	}
	if err := object.CheckScripts(ctx, r.scripts, edits, scriptsOf); err != nil {
		return err
	}
	return identity.CheckAttributes(ctx, r.attributes, "system", edits, func(s *System) *object.Attributes { return &s.Attributes })
}

// scriptsOf lists the scripts of an agent with the fields they stand in.
func scriptsOf(s *System) []mapping.Located {
	out := mapping.Scripts(s.Mappings)
	for i, t := range s.LoadTriggers {
		out = append(out, mapping.Located{Location: fmt.Sprintf("loadTriggers[%d].script", i), Text: t.Script})
	}
	return out
}

// complete fills in defaults and brings lists into one form, so that saving what was read changes nothing.
func complete(e *object.Edit[System]) {
	s := e.After
	s.Name, s.Server = strings.TrimSpace(s.Name), strings.TrimSpace(s.Server)
	s.Builtin = e.Before != nil && e.Before.Builtin
	defaults(s)
	s.UserTypeIDs, s.GroupIDs = distinct(s.UserTypeIDs), distinct(s.GroupIDs)
	s.Parameters = maps.Clone(s.Parameters) // the caller's map is never changed: the transaction may run again
	if s.Parameters == nil {
		s.Parameters = map[string]string{}
	}
	s.Correlation, s.Mappings, s.LoadTriggers = present(s.Correlation), present(s.Mappings), present(s.LoadTriggers)
	identity.KeepBuiltinName(e, "name", func(s *System) string { return s.Name })
	if e.Err == nil && s.Builtin && s.Connector != e.Before.Connector {
		e.Err = fault.InvalidField("connector", "%s is built in and keeps its connector.", s.Name)
	}
}

// defaults are those of a new agent (guide page 045, Basics).
func defaults(s *System) {
	if s.Usage == "" {
		s.Usage = "iam"
	}
	if s.Removal == "" {
		s.Removal = "disable"
	}
	for field, value := range map[*int]int{&s.Threads: 2, &s.TaskTimeoutMS: 30000, &s.LongTaskTimeoutMS: 3600000, &s.Precedence: 100} {
		if *field == 0 {
			*field = value
		}
	}
	if s.NamingRuleID == nil {
		rule := DefaultNamingRule
		s.NamingRuleID = &rule
	}
	if s.PasswordDomainID == nil {
		domain := DefaultPasswordDomain
		s.PasswordDomainID = &domain
	}
}

func present[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func distinct(ids []uuid.UUID) []uuid.UUID {
	out := slices.Clone(present(ids))
	slices.SortFunc(out, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(out)
}

// check compiles the mappings and asks the connector about its parameters; all findings are reported at once.
func (r *systemRules) check(e *object.Edit[System]) error {
	s := e.After
	var c fault.Collector
	_, findings := mapping.CompileAll(s.Mappings)
	for _, f := range findings {
		c.Add(location(f), "%s", f.Message)
	}
	for i, rule := range s.Correlation {
		if strings.TrimSpace(rule.Expression) == "" {
			c.Add(fmt.Sprintf("correlation[%d].expression", i), "The rule has no expression.")
		}
	}
	if r.connectors != nil && !s.Builtin {
		fields, err := r.connectors.Check(s.Connector, r.plain(e), s.Mappings)
		if err != nil {
			return err
		}
		for _, f := range fields {
			c.Add(f.Location, "%s", f.Message)
		}
	}
	return c.Err()
}

// plain gives the parameters with something in place of kept secrets, so that a required one counts as given.
func (r *systemRules) plain(e *object.Edit[System]) map[string]string {
	out := make(map[string]string, len(e.After.Parameters))
	for name, value := range e.After.Parameters {
		if value == Mask && (e.Before == nil || e.Before.Parameters[name] == "") {
			value = ""
		}
		out[name] = value
	}
	return out
}

// location names the field a finding of a mapping is about: mappings[2].rows[4].system.
func location(f mapping.Finding) string {
	switch {
	case f.Side == mapping.SideTrigger:
		return fmt.Sprintf("mappings[%d].triggers[%d]", f.Mapping, f.Row)
	case f.Row < 0:
		return fmt.Sprintf("mappings[%d].%s", f.Mapping, objectField(f.Reason))
	default:
		return fmt.Sprintf("mappings[%d].rows[%d].%s", f.Mapping, f.Row, f.Side)
	}
}

func objectField(reason mapping.Reason) string {
	if reason == mapping.ReasonObjectType {
		return "objectType"
	}
	return "systemObject"
}

// seal takes new secrets out of the parameters and leaves their ids there.
func (r *systemRules) seal(e *object.Edit[System]) error {
	s := e.After
	for name, value := range s.Parameters {
		if r.connectors == nil || !r.connectors.Secret(s.Connector, name) {
			continue
		}
		stored := ""
		if e.Before != nil {
			stored = e.Before.Parameters[name]
		}
		switch {
		case value == "":
			delete(s.Parameters, name)
		case value == Mask || value == stored:
			s.Parameters[name] = stored
		case r.vault == nil:
			e.Err = fault.New(fault.Unavailable, "Secrets cannot be stored: the installation has no master key.")
			return nil
		default:
			id, err := uuid.NewV7()
			if err != nil {
				return fmt.Errorf("make id of secret: %w", err)
			}
			if s.sealed == nil {
				s.sealed = map[uuid.UUID]string{}
			}
			s.sealed[id], s.Parameters[name] = value, SecretPrefix+id.String()
		}
	}
	return nil
}

var notInKey = regexp.MustCompile(`[^a-z0-9]+`)

// deriveKeys gives new systems their key, once: it names the task queue and never changes, whatever the name becomes.
func (r *systemRules) deriveKeys(ctx context.Context, edits []*object.Edit[System]) error {
	taken := map[string]bool{}
	for _, e := range edits {
		switch {
		case e.After == nil || e.Err != nil:
		case e.Before != nil:
			e.After.Key = e.Before.Key
		default:
			stem := KeyOf(e.After.Name)
			candidates := make([]string, 100)
			for i := range candidates {
				candidates[i] = numbered(stem, i)
			}
			used, err := r.landscape.SystemKeys(ctx, candidates)
			if err != nil {
				return fmt.Errorf("look up keys of systems: %w", err)
			}
			at := slices.IndexFunc(candidates, func(k string) bool { return !used[k] && !taken[k] })
			if at < 0 {
				e.Err = fault.InvalidField("name", "There are too many systems with a name like %q. Choose another one.", e.After.Name)
				continue
			}
			e.After.Key = candidates[at]
			taken[candidates[at]] = true
		}
	}
	return nil
}

// KeyOf makes a key of a name: lower-case letters, digits and hyphens, at most 40.
func KeyOf(name string) string {
	key := strings.Trim(notInKey.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if len(key) > 40 {
		key = strings.TrimRight(key[:40], "-")
	}
	if key == "" {
		return "system"
	}
	return key
}

func numbered(stem string, i int) string {
	if i == 0 {
		return stem
	}
	suffix := fmt.Sprintf("-%d", i+1)
	if len(stem)+len(suffix) > 40 {
		stem = stem[:40-len(suffix)]
	}
	return stem + suffix
}

// leave prepares the deletion of a system: its tasks end, and whoever holds its roles is computed again.
func (r *systemRules) leave(ctx context.Context, e *object.Edit[System]) error {
	if err := r.landscape.CloseSystemTasks(ctx, e.ID); err != nil {
		return fmt.Errorf("end tasks of %s: %w", e.Before.Name, err)
	}
	holders, err := r.landscape.HoldersInSystem(ctx, e.ID)
	if err != nil {
		return fmt.Errorf("find who holds roles of %s: %w", e.Before.Name, err)
	}
	r.landscape.Regrant(ctx, change.User, holders...)
	return nil
}

// Written keeps secrets and policy, and touches the people whose accounts a new policy or mapping changes.
func (r *systemRules) Written(ctx context.Context, edits []*object.Edit[System]) error {
	for _, e := range edits {
		if err := r.keepSecrets(ctx, e); err != nil {
			return err
		}
		if e.Deleted() {
			continue
		}
		if err := r.landscape.SetSystemPolicy(ctx, e.ID, e.After.UserTypeIDs, e.After.GroupIDs); err != nil {
			return fmt.Errorf("write policy of %s: %w", e.After.Name, err)
		}
		if err := r.touch(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func (r *systemRules) keepSecrets(ctx context.Context, e *object.Edit[System]) error {
	kept := map[string]bool{}
	if e.After != nil {
		for id, text := range e.After.sealed {
			if err := r.vault.Put(ctx, id, text); err != nil {
				return fmt.Errorf("keep secret of %s: %w", e.After.Name, err)
			}
		}
		for _, value := range e.After.Parameters {
			kept[value] = true
		}
	}
	if e.Before == nil || r.vault == nil {
		return nil
	}
	var stale []uuid.UUID
	for _, value := range e.Before.Parameters {
		if id, ok := SecretID(value); ok && !kept[value] {
			stale = append(stale, id)
		}
	}
	return r.vault.Drop(ctx, stale...)
}

// SecretID gives the id of the secret that a stored parameter value names.
func SecretID(value string) (uuid.UUID, bool) {
	text, ok := strings.CutPrefix(value, SecretPrefix)
	if !ok {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(text)
	return id, err == nil
}
