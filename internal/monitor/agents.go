package monitor

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/agent"
	"provost/internal/authz"
	"provost/internal/connector"
	"provost/internal/fault"
	"provost/internal/mapping"
)

// ConnectorKind is a type of connector as the page of an agent needs it.
type ConnectorKind struct {
	Name         string                  `json:"name"`
	Label        string                  `json:"label"`
	Description  string                  `json:"description"`
	Parameters   []ConnectorSetting      `json:"parameters" doc:"Settings of an agent"`
	Properties   []ConnectorSetting      `json:"properties" doc:"Settings of a mapped class"`
	Templates    []mapping.ObjectMapping `json:"templates" doc:"Default mappings"`
	Capabilities []connector.Capability  `json:"capabilities"`
}

// ConnectorSetting is a parameter of an agent, or a property of a mapped class.
type ConnectorSetting struct {
	Name     string   `json:"name"`
	Label    string   `json:"label"`
	Type     string   `json:"type" enum:"string,number,boolean,secret,choice,multiline"`
	Required bool     `json:"required"`
	Default  string   `json:"default"`
	Choices  []string `json:"choices"`
	Help     string   `json:"help"`
	Minimum  int64    `json:"minimum"`
	Maximum  int64    `json:"maximum" doc:"Zero: no bounds"`
	Numbered bool     `json:"numbered" doc:"It may be given several times with a number after its name: update1, update2"`
}

// ConnectionTest is what came of asking a system whether it answers.
type ConnectionTest struct {
	OK         bool   `json:"ok"`
	DurationMS int64  `json:"durationMs"`
	ErrorClass string `json:"errorClass" doc:"unavailable, auth, policy …; empty when it answered"`
	Message    string `json:"message" doc:"What is wrong and what to do"`
}

// SchemaClass describes a kind of object found in a system.
type SchemaClass struct {
	Name        string            `json:"name"`
	Description string            `json:"description"`
	Attributes  []SchemaAttribute `json:"attributes"`
}

// SchemaAttribute describes an attribute of a class found in a system.
type SchemaAttribute struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Type        string `json:"type" doc:"string, boolean, integer, number, time, binary or reference"`
	MultiValued bool   `json:"multiValued"`
	Required    bool   `json:"required"`
	ReadOnly    bool   `json:"readOnly"`
	Key         bool   `json:"key"`
}

// ConnectorKinds lists the connectors that are installed, by label.
func (s *Service) ConnectorKinds(ctx context.Context) ([]ConnectorKind, error) {
	if _, err := authz.Check(ctx, authz.SystemQuery); err != nil {
		return nil, err
	}
	if s.Connectors == nil {
		return []ConnectorKind{}, nil
	}
	kinds := s.Connectors.Kinds()
	out := make([]ConnectorKind, len(kinds))
	for i := range kinds {
		k := &kinds[i]
		out[i] = ConnectorKind{
			Name: k.Name, Label: k.Label, Description: k.Description, Parameters: []ConnectorSetting{}, Properties: []ConnectorSetting{},
			Templates: templates(k), Capabilities: k.Capabilities,
		}
		for _, p := range k.Parameters {
			out[i].Parameters = append(out[i].Parameters, ConnectorSetting{
				Name: p.Name, Label: p.Label, Type: string(p.Type), Required: p.Required, Default: p.Default, Choices: present(p.Choices),
				Help: p.Help, Minimum: p.Minimum, Maximum: p.Maximum,
			})
		}
		for _, p := range k.Properties {
			out[i].Properties = append(out[i].Properties, ConnectorSetting{
				Name: p.Name, Label: p.Label, Type: string(p.Type), Default: p.Default, Choices: present(p.Choices), Help: p.Help, Numbered: p.Numbered,
			})
		}
	}
	return out, nil
}

func present[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// templates gives the default mappings of a connector as mappings.
func templates(k *connector.Kind) []mapping.ObjectMapping {
	out := make([]mapping.ObjectMapping, len(k.Templates))
	for i, t := range k.Templates {
		m := mapping.ObjectMapping{
			SystemObject: t.SystemObject, ObjectType: mapping.ObjectType(t.ObjectType), Properties: t.Properties, Rows: make([]mapping.Row, len(t.Rows)),
		}
		for j, r := range t.Rows {
			m.Rows[j] = mapping.Row{System: r.System, Direction: mapping.Direction(r.Direction), Provost: r.Provost}
		}
		out[i] = m
	}
	return out
}

// DefaultMappings gives the mappings that the connector of a system offers; nothing is saved.
func (s *Service) DefaultMappings(ctx context.Context, system uuid.UUID) ([]mapping.ObjectMapping, error) {
	found, err := s.Systems.Get(ctx, system)
	if err != nil {
		return nil, err
	}
	if s.Connectors == nil {
		return []mapping.ObjectMapping{}, nil
	}
	kind, err := s.Connectors.Kind(found.Connector)
	if err != nil {
		return nil, fault.Wrap(fault.Conflict, err, "The connector %q of %s is not installed.", found.Connector, found.Name)
	}
	return templates(&kind), nil
}

// TestConnection asks a system whether it answers and accepts the credentials of its agent, whether the agent has a server or not. What
// waits for the agent goes on when it does.
func (s *Service) TestConnection(ctx context.Context, system uuid.UUID) (ConnectionTest, error) {
	found, err := s.configured(ctx, system)
	if err != nil {
		return ConnectionTest{}, err
	}
	ctx, cancel := limited(ctx, &found)
	defer cancel()
	start := time.Now()
	opened, err := s.open(ctx, &found)
	if err == nil {
		err = opened.Connector.Test(ctx)
	}
	result, err := tested(start, err)
	if err != nil || !result.OK {
		return result, err
	}
	return result, s.nudge(ctx, system)
}

// tested says what came of asking; an error of ours and not of the system is returned.
func tested(start time.Time, err error) (ConnectionTest, error) {
	result := ConnectionTest{OK: err == nil, DurationMS: time.Since(start).Milliseconds()}
	if err == nil {
		return result, nil
	}
	if fault.CodeOf(err) != "" {
		return ConnectionTest{}, err
	}
	result.ErrorClass, result.Message = string(connector.ClassOf(err)), sentence(err)
	return result, nil
}

// nudge lets what waits for an agent go on as soon as its own server reaches the system too.
func (s *Service) nudge(ctx context.Context, system uuid.UUID) error {
	states, err := s.Store.AgentStates(ctx, system)
	if err != nil || len(states) == 0 || states[0].Waiting == 0 || states[0].Paused || !states[0].Serviced {
		return err
	}
	return s.Store.Nudge(ctx, system)
}

// Schema lists the kinds of objects that a system has, by name.
func (s *Service) Schema(ctx context.Context, system uuid.UUID) ([]SchemaClass, error) {
	found, err := s.configured(ctx, system)
	if err != nil {
		return nil, err
	}
	ctx, cancel := limited(ctx, &found)
	defer cancel()
	opened, err := s.open(ctx, &found)
	if err != nil {
		return nil, s.away(&found, err)
	}
	reader, ok := opened.Connector.(connector.SchemaReader)
	if !ok {
		return nil, fault.New(fault.Conflict, "The connector %s cannot tell what its system holds. Type the attributes by hand.", opened.Kind.Label)
	}
	classes, err := reader.Schema(ctx)
	if err != nil {
		return nil, s.away(&found, err)
	}
	out := make([]SchemaClass, len(classes))
	for i, c := range classes {
		out[i] = SchemaClass{Name: c.Name, Description: c.Description, Attributes: make([]SchemaAttribute, len(c.Attributes))}
		for j, a := range c.Attributes {
			out[i].Attributes[j] = SchemaAttribute(a)
		}
	}
	return out, nil
}

// configured gives a system for somebody who may configure it: what is done with it opens a connection with the agent's credentials.
func (s *Service) configured(ctx context.Context, system uuid.UUID) (account.System, error) {
	found, err := reach(ctx, s.Systems, authz.SystemUpdate, system)
	if err == nil && found.Builtin {
		err = fault.New(fault.Conflict, "%s is this platform itself: there is nothing to connect to.", found.Name)
	}
	return found, err
}

// longestLook bounds what a person waits for, however long the agent's own limit is.
const longestLook = 30 * time.Second

// limited bounds a look at a system by the agent's time-out for one object.
func limited(ctx context.Context, system *account.System) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, min(longestLook, time.Duration(system.TaskTimeoutMS)*time.Millisecond))
}

func (s *Service) open(ctx context.Context, system *account.System) (*agent.Agent, error) {
	if s.Pool == nil {
		return nil, noConnections()
	}
	return s.Pool.Get(ctx, system.ID)
}

func noConnections() error {
	return fault.New(fault.Unavailable, "This server opens no connections to managed systems. Ask one that does.")
}

// away tells a person why a system could not be looked at, and the log with all its causes.
func (s *Service) away(system *account.System, err error) error {
	if fault.CodeOf(err) != "" {
		return err
	}
	class := connector.ClassOf(err)
	s.Logger.Warn("a system could not be looked at", "system", system.Name, "class", class, "error", err)
	switch class {
	case connector.ClassUnavailable, connector.ClassTransient, connector.ClassThrottled:
		return fault.Wrap(fault.Unavailable, err, "The system %s does not answer: %s", system.Name, sentence(err))
	case connector.ClassAuth:
		return fault.Wrap(fault.Unavailable, err, "The system %s refuses the agent's credentials: %s", system.Name, sentence(err))
	default:
		return fault.Wrap(fault.Conflict, err, "The agent of %s cannot do this: %s", system.Name, sentence(err))
	}
}

// sentence gives the text of a connector's error with a full stop.
func sentence(err error) string {
	text := strings.TrimSpace(err.Error())
	if text == "" || strings.ContainsRune(".!?", rune(text[len(text)-1])) {
		return text
	}
	return text + "."
}
