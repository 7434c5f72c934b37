package platform

import (
	"errors"
	"fmt"
	"maps"

	"provost/internal/account"
	"provost/internal/connector"
	"provost/internal/fault"
	"provost/internal/mapping"
)

// kinds tells the rules of systems about the connectors that are installed.
type kinds struct{ registry *connector.Registry }

// Check implements account.Connectors.
func (k kinds) Check(name string, parameters map[string]string, mappings []mapping.ObjectMapping) ([]fault.Field, error) {
	kind, err := k.registry.Kind(name)
	if errors.Is(err, connector.ErrUnknownKind) {
		return nil, fault.InvalidField("connector", "There is no connector %q.", name)
	}
	if err != nil {
		return nil, fmt.Errorf("find connector: %w", err)
	}
	var fields []fault.Field
	for _, f := range connector.Validate(kind, parameters) {
		fields = append(fields, fault.Field{Location: "parameters." + f.Parameter, Message: f.Message})
	}
	for i, m := range mappings {
		properties := maps.Clone(m.Properties)
		delete(properties, account.RemoveDisabled) // read by the engine, whatever the connector
		for _, f := range connector.ValidateClass(kind, connector.Class{Name: m.SystemObject, Properties: properties}) {
			fields = append(fields, fault.Field{Location: fmt.Sprintf("mappings[%d].properties.%s", i, f.Parameter), Message: f.Message})
		}
	}
	return fields, nil
}

// Secret implements account.Connectors.
func (k kinds) Secret(name, parameter string) bool {
	kind, err := k.registry.Kind(name)
	return err == nil && kind.Secret(parameter)
}

var _ account.Connectors = kinds{}
