package process_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/fault"
	"provost/internal/platform"
	"provost/internal/process"
	"provost/internal/process/processtest"
	"provost/internal/script"
	"provost/internal/script/scripttest"
)

func TestScriptsThatCannotBeReadKeepADefinitionFromBeingDeployed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Platform = platform.New(b.Tenant, platform.Deps{Scripts: scripttest.New(t, script.Options{})})
	d := b.ProcessDefinitions
	good := string(processtest.Sample{ID: "syntax", Attributes: `<idm:attribute name="days" type="number"/>`, TaskForm: `<idm:form><idm:field name="days"/>
		<idm:trigger on="onLoad">days = 1;
days++</idm:trigger></idm:form>`}.Source())
	findings, err := d.Check(b.Ctx, []byte(good))
	require.NoError(t, err)
	require.Empty(t, findings)
	bad := strings.Replace(good, "days++", "days ++ ++ )", 1)
	bad = strings.Replace(bad, `title="Decide about it"`, `title="#{user +}"`, 1)
	findings, err = d.Check(b.Ctx, []byte(bad))
	require.NoError(t, err)
	require.Len(t, findings, 2)
	for _, f := range findings {
		require.Equal(t, []any{"decide", "script-syntax", process.SeverityError}, []any{f.Element, f.Code, f.Severity})
		require.Positive(t, f.Line)
	}
	require.Contains(t, findings[0].Message, "the title cannot be read as JavaScript: line 1: ")
	require.Contains(t, findings[1].Message, "the trigger onLoad cannot be read as JavaScript: line 2: ")
	_, err = d.Deploy(b.Ctx, "bad.bpmn", []byte(bad))
	processtest.Refused(t, err, fault.Invalid, "trigger onLoad", "the title")
	_, err = d.Deploy(b.Ctx, "good.bpmn", []byte(good))
	require.NoError(t, err)
	java := strings.Replace(good, "days = 1;", `import java.util.Date; Date d = new Date(); String s = "x";`, 1)
	findings, err = d.Check(b.Ctx, []byte(java))
	require.NoError(t, err)
	require.Empty(t, findings, "BeanShell is read too")
}
