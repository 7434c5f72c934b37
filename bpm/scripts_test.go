package bpm_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
)

func TestScriptsAreNamedWithTheirPlaces(t *testing.T) {
	t.Parallel()
	definition, findings := bpm.Review([]byte(single(
		`<userTask id="a" name="A"><extensionElements><idm:task title="About #{ user } and #{days}" due="P1D"/><idm:assignment expression="#{requester}"/>` +
			`<idm:form><idm:field name="days"><idm:validation>value &gt; 0</idm:validation></idm:field><idm:trigger on="onLoad">days = 1</idm:trigger></idm:form>` +
			`</extensionElements></userTask>`)))
	require.NotNil(t, definition, findings)
	scripts := definition.Scripts()
	told := make([]string, len(scripts))
	for i, s := range scripts {
		told[i] = s.What + " | " + s.Text
	}
	require.Equal(t, []string{
		"the assignment | (requester)", "the title | (user)", "the title | (days)", "the validation of the field days | value > 0", "the trigger onLoad | days = 1",
	}, told)
	found := scripts[4].Unreadable(3, "Unexpected token")
	require.Equal(t, "a", found.Element)
	require.Positive(t, found.Line)
	require.Equal(t, bpm.SeverityError, found.Severity)
	require.Equal(t, "the trigger onLoad cannot be read as JavaScript: line 3: Unexpected token", found.Message)
	require.Equal(t, "the title cannot be read as JavaScript: why", scripts[1].Unreadable(0, "why").Message)
}

func TestResourcesBelongToTheLibrary(t *testing.T) {
	t.Parallel()
	source := strings.Replace(user(start, end, chain("s", "e")), `<idm:process`,
		`<idm:resource name="lib.js">function twice(x) { return 2 * x &lt; 9 }</idm:resource><idm:resource name="table.json" encoding="base64">eyJhIjogMX0=</idm:resource><idm:process`, 1)
	definition, findings := bpm.Review([]byte(source))
	require.False(t, bpm.Refused(findings))
	_, library := definition.Compile()
	require.Equal(t, map[string]string{"lib.js": "function twice(x) { return 2 * x < 9 }", "table.json": `{"a": 1}`}, library.Resources)
	require.Equal(t, "the resource lib.js", definition.Scripts()[0].What, "libraries are read as scripts are")
	require.Len(t, definition.Scripts(), 1)
}
