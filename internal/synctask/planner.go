package synctask

import (
	"context"
	"fmt"
	"regexp"
	"sort"
	"strings"
	"time"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/change"
	"provost/internal/mapping"
	"provost/internal/provision"
)

// planner works out one batch of tasks.
type planner struct {
	service      *Service
	tasks        []Task
	systems      []target
	disconnected map[uuid.UUID]bool
	taskOf       map[uuid.UUID][]uuid.UUID // tasks by object, and by account for users
	parts        map[partKey]*Part
	targets      map[uuid.UUID][]Target // by system

	progress func() // told after every mapping of a system

	preview  bool // note what would be wanted, and want nothing
	previews []Preview
}

type partKey struct{ task, system uuid.UUID }

// target is a system with its mappings compiled.
type target struct {
	account.System
	classes []class
}

// class is one mapping under the name its target states are kept by.
type class struct {
	name     string
	kind     mapping.ObjectType
	compiled *mapping.Compiled
	text     string // all that reads our object: expressions, condition and triggers
	whole    bool   // some of it hands our object on as a whole
}

func newClass(name string, m *mapping.ObjectMapping, compiled *mapping.Compiled) class {
	parts := []string{m.Condition}
	for _, row := range m.Rows {
		if row.Direction.Out() {
			parts = append(parts, row.Provost)
		}
	}
	for _, trigger := range m.Triggers {
		parts = append(parts, trigger.Script)
	}
	text := strings.Join(parts, "\n")
	return class{name: name, kind: m.ObjectType, compiled: compiled, text: text, whole: wholeObject.MatchString(text)}
}

// wholeObject finds a script that hands the object on as a whole, rather than naming an attribute of it.
var wholeObject = regexp.MustCompile(`\b(THIS|source)\b\s*([^\s{\[.]|$)`)

// mentions tells whether the mapping may read an attribute: it names it, or hands the whole object to something else.
func (c *class) mentions(attribute string) bool {
	return c.whole || strings.Contains(c.text, attribute)
}

// ClassNames names the mappings of a system: by the system object, numbered where it occurs several times for one type.
func ClassNames(mappings []mapping.ObjectMapping) []string {
	seen := map[string]int{}
	names := make([]string, len(mappings))
	for i, m := range mappings {
		base := string(m.ObjectType) + ":" + m.SystemObject
		seen[base]++
		names[i] = base
		if seen[base] > 1 {
			names[i] = fmt.Sprintf("%s#%d", base, seen[base])
		}
	}
	return names
}

func (p *planner) run(ctx context.Context) error {
	p.reset()
	if err := p.perform(ctx); err != nil {
		return err
	}
	return p.service.Store.SetParts(ctx, p.tasks, p.partList())
}

func (p *planner) reset() {
	p.parts = map[partKey]*Part{}
	p.targets = map[uuid.UUID][]Target{}
	p.taskOf = map[uuid.UUID][]uuid.UUID{}
	for _, t := range p.tasks {
		p.taskOf[t.Object] = append(p.taskOf[t.Object], t.ID)
	}
}

// perform works out every kind of object of the batch.
func (p *planner) perform(ctx context.Context) error {
	objects := map[change.Kind][]uuid.UUID{}
	for _, t := range p.tasks {
		objects[t.Type] = append(objects[t.Type], t.Object)
	}
	steps := []struct {
		kind change.Kind
		do   func(context.Context, []uuid.UUID) error
	}{{change.User, p.users}, {change.Account, p.accounts}, {change.Role, p.roles}, {change.Group, p.groups}}
	for _, step := range steps {
		if len(objects[step.kind]) == 0 {
			continue
		}
		if err := step.do(ctx, objects[step.kind]); err != nil {
			return err
		}
	}
	return nil
}

func (p *planner) loadSystems(ctx context.Context) error {
	systems, disconnected, err := p.service.Store.TargetSystems(ctx)
	if err != nil {
		return err
	}
	p.disconnected = disconnected
	for i := range systems {
		if t := p.service.compiled(&systems[i]); t != nil {
			p.systems = append(p.systems, *t)
		}
	}
	return nil
}

// compiled gives a system with its mappings compiled, once per version. A system whose mappings do not compile is left out: they are
// refused at save, and one that is broken all the same must not stop the others.
func (s *Service) compiled(system *account.System) *target {
	if known, ok := s.targets.Load(system.ID); ok {
		if t, ok := known.(*target); ok && t.Version == system.Version {
			return t
		}
	}
	mappings, findings := mapping.CompileAll(system.Mappings)
	if len(findings) > 0 {
		return nil
	}
	t := &target{System: *system}
	for i, name := range ClassNames(system.Mappings) {
		t.classes = append(t.classes, newClass(name, &system.Mappings[i], mappings[i]))
	}
	s.targets.Store(system.ID, t)
	return t
}

// mapped gives the classes of a system for the first of the types that it maps at all.
func (t *target) mapped(kinds ...mapping.ObjectType) []class {
	for _, kind := range kinds {
		var out []class
		for _, c := range t.classes {
			if c.kind == kind && hasOut(c.compiled.Mapping()) {
				out = append(out, c)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

func hasOut(m mapping.ObjectMapping) bool {
	for _, row := range m.Rows {
		if row.Direction.Out() {
			return true
		}
	}
	return false
}

// item is one object with the document its mapping reads; absent means it must not be in the system, whatever the mapping says.
type item struct {
	object   uuid.UUID
	account  *account.Account // nil for roles and groups
	document provision.Document
	absent   func(class) bool
}

// want maps a batch of objects of one type for one system and notes parts and targets.
func (p *planner) want(ctx context.Context, t *target, objectType string, classes []class, items []item) error {
	var wants []Want
	for _, c := range classes {
		batch := make([]map[string]any, len(items))
		for i := range items {
			batch[i] = items[i].document
		}
		results, err := c.compiled.Out(ctx, batch, p.service.Scripts)
		p.progress()
		if err != nil {
			return fmt.Errorf("map %s of %s: %w", c.name, t.Name, err)
		}
		for i, r := range results {
			if err := r.Err(); err != nil {
				p.fail(items[i].object, t.ID, "The mapping failed: "+err.Error())
				continue
			}
			w := Want{System: t.ID, Object: items[i].object, Class: c.name}
			if r.Applies && !items[i].absent(c) {
				w.Desired = r.Object
			}
			if len(c.compiled.Mapping().Triggers) > 0 {
				w.Source = items[i].document
			}
			wants = append(wants, w)
		}
	}
	if p.preview {
		return p.note(ctx, items, wants)
	}
	return p.compare(ctx, t, objectType, wants)
}

// compare stores what is wanted and notes as targets what differs from what was applied. What is wanted absent and never was there is
// left out.
func (p *planner) compare(ctx context.Context, t *target, objectType string, wants []Want) error {
	ids := make([]uuid.UUID, 0, len(wants))
	for _, w := range wants {
		ids = append(ids, w.Object)
	}
	before, err := p.states(ctx, t, objectType, ids)
	if err != nil {
		return err
	}
	var write []Want
	for _, w := range wants {
		if _, known := before[stateKey{w.Object, w.Class}]; known || w.Desired != nil {
			write = append(write, w)
		}
	}
	if err := p.service.Store.Want(ctx, objectType, write); err != nil {
		return err
	}
	after, err := p.states(ctx, t, objectType, ids)
	if err != nil {
		return err
	}
	for _, w := range write {
		s := after[stateKey{w.Object, w.Class}]
		if s.DesiredVersion <= s.AppliedVersion {
			continue
		}
		for _, task := range p.taskOf[w.Object] {
			p.assign(t, Target{Task: task, Type: objectType, Object: w.Object, Class: w.Class})
		}
	}
	return nil
}

type stateKey struct {
	object uuid.UUID
	class  string
}

func (p *planner) states(ctx context.Context, t *target, objectType string, ids []uuid.UUID) (map[stateKey]State, error) {
	states, err := p.service.Store.States(ctx, objectType, ids)
	if err != nil {
		return nil, err
	}
	out := map[stateKey]State{}
	for _, s := range states {
		if s.System == t.ID {
			out[stateKey{s.Object, s.Class}] = s
		}
	}
	return out, nil
}

// assign notes a target as work for its agent, or as waiting for it.
func (p *planner) assign(t *target, target Target) {
	key := partKey{target.Task, t.ID}
	switch {
	case t.Paused:
		p.part(key, Waiting, "The agent is paused.")
	case p.disconnected[t.ID]:
		p.part(key, Waiting, "The agent is not connected.")
	default:
		p.part(key, Pending, "")
		p.targets[t.ID] = append(p.targets[t.ID], target)
	}
}

// part notes the state of a task in a system; a failure is not covered up by a later success of another class.
func (p *planner) part(key partKey, status, message string) {
	if old := p.parts[key]; old != nil && old.Status == Failed {
		return
	}
	p.parts[key] = &Part{Task: key.task, System: key.system, Status: status, Message: message}
}

func (p *planner) fail(object, system uuid.UUID, message string) {
	for _, task := range p.taskOf[object] {
		p.parts[partKey{task, system}] = &Part{Task: task, System: system, Status: Failed, Message: message}
	}
}

func (p *planner) partList() []Part {
	out := make([]Part, 0, len(p.parts))
	for _, part := range p.parts {
		out = append(out, *part)
	}
	return out
}

// bulkCalls is how many of the agent's threads a batch may have: of two or more, one is left to what people change.
func (t *target) bulkCalls() int {
	if t.SharedThreads {
		return 1
	}
	return max(1, t.Threads-1)
}

// work gives what each agent has to do, in a fixed order so that a workflow reads it the same way every time; what belongs to one task
// stays together.
func (p *planner) work() []Work {
	var out []Work
	for i := range p.systems {
		t := &p.systems[i]
		targets := p.targets[t.ID]
		if len(targets) == 0 {
			continue
		}
		sort.SliceStable(targets, func(a, b int) bool {
			x, y := targets[a], targets[b]
			return strings.Compare(x.Task.String()+x.Object.String(), y.Task.String()+y.Object.String()) < 0
		})
		out = append(out, Work{
			System: t.ID, Key: t.Key, Name: t.Name, Timeout: time.Duration(t.TaskTimeoutMS) * time.Millisecond, Targets: targets,
			Calls: t.bulkCalls(),
		})
	}
	return out
}
