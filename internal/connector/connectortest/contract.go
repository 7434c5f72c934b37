package connectortest

import (
	"context"
	"strings"

	"github.com/stretchr/testify/require"

	"provost/internal/connector"
)

// contractChecks are about the kind and the life of a connector.
func contractChecks() []check {
	return []check{
		{name: "capabilities are the declared ones", run: checkCapabilities},
		{name: "declaration is complete", run: checkDeclaration},
		{name: "test succeeds", run: func(e *env) { require.NoError(e, e.Connector.Test(e.Context())) }},
		{name: "unknown parameters are refused", run: checkUnknownParameter},
		{name: "missing parameters are refused", run: checkMissingParameters},
		{name: "closed connector refuses calls", needs: []connector.Capability{connector.CanGet, connector.CanList}, run: checkClosed},
		{name: "ended context refuses calls", needs: []connector.Capability{connector.CanGet}, run: checkEndedContext},
		{name: "schema names the key attribute", needs: []connector.Capability{connector.CanReadSchema}, run: checkSchema},
	}
}

func checkCapabilities(e *env) {
	require.ElementsMatch(e, e.Kind.Capabilities, connector.CapabilitiesOf(e.Connector))
}

func checkDeclaration(e *env) {
	require.NotEmpty(e, e.Kind.Name)
	require.NotEmpty(e, e.Kind.Label)
	require.NotEmpty(e, e.Kind.Description)
	seen := map[string]bool{}
	for _, p := range e.Kind.Parameters {
		require.NotEmpty(e, p.Name)
		require.NotEmpty(e, p.Label, "parameter %s has no label", p.Name)
		require.False(e, seen[p.Name], "parameter %s is declared twice", p.Name)
		seen[p.Name] = true
		if p.Default != "" {
			require.Empty(e, connector.Validate(connector.Kind{Parameters: []connector.Parameter{p}}, map[string]string{p.Name: p.Default}),
				"the default of %s is not valid", p.Name)
		}
	}
	for _, template := range e.Kind.Templates {
		class := connector.Class{Name: template.SystemObject, Properties: template.Properties}
		require.Empty(e, connector.ValidateClass(e.Kind, class), "the template %s has unknown properties", template.SystemObject)
		require.NotEmpty(e, template.ObjectType)
		require.NotEmpty(e, template.Rows, "the template %s maps nothing", template.SystemObject)
		for _, row := range template.Rows {
			require.Contains(e, []connector.Direction{connector.In, connector.Out, connector.Both}, row.Direction)
		}
	}
	require.Empty(e, connector.ValidateClass(e.Kind, e.Class))
}

func checkUnknownParameter(e *env) {
	_, err := e.tryOpen(e.with(map[string]string{"noSuchParameter": "1"}))
	e.fails(err, connector.ClassPolicy)
	require.ErrorContains(e, err, "noSuchParameter")
}

func checkMissingParameters(e *env) {
	for _, p := range e.Kind.Parameters {
		if !p.Required || p.Default != "" {
			continue
		}
		_, err := e.tryOpen(e.with(map[string]string{p.Name: ""}))
		e.fails(err, connector.ClassPolicy)
		require.ErrorContains(e, err, p.Name)
	}
}

func checkClosed(e *env) {
	require.NoError(e, e.Connector.Close())
	_, err := e.get(connector.Key{Name: "anybody"})
	require.ErrorIs(e, err, connector.ErrClosed)
	err = e.Connector.(connector.Lister).List(e.Context(), e.Class, connector.ListOptions{}, func(connector.Page) error { return nil })
	require.ErrorIs(e, err, connector.ErrClosed)
	require.ErrorIs(e, e.Connector.Test(e.Context()), connector.ErrClosed)
	require.NoError(e, e.Connector.Close(), "closing twice is harmless")
}

func checkEndedContext(e *env) {
	ended, cancel := context.WithCancel(e.Context())
	cancel()
	_, err := e.Connector.(connector.Getter).Get(ended, e.Class, connector.Key{Name: "anybody"})
	e.is(err, context.Canceled)
	require.Equal(e, connector.ClassTransient, connector.ClassOf(err))
}

func checkSchema(e *env) {
	classes, err := e.Connector.(connector.SchemaReader).Schema(e.Context())
	require.NoError(e, err)
	names := map[string]bool{}
	for _, class := range classes {
		require.False(e, names[class.Name], "the class %s is listed twice", class.Name)
		names[class.Name] = true
		for _, a := range class.Attributes {
			require.Contains(e, []string{"string", "boolean", "integer", "number", "time", "binary", "reference"}, a.Type)
			names["attribute "+strings.ToLower(a.Name)] = true
		}
	}
	require.True(e, names["attribute "+strings.ToLower(e.KeyAttribute)], "no class has the attribute %s", e.KeyAttribute)
}
