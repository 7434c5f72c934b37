package platform_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/entitlement"
	"provost/internal/fault"
)

// errand asks for permissions where it starts, and does nothing with them.
const errand = `<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:idm="urn:provost:idm:1" targetNamespace="urn:example:sample">
  <process id="errand" name="Errand" isExecutable="true">
    <extensionElements><idm:process type="request" folder="Samples"/><idm:acl initiators="*"/></extensionElements>
    <startEvent id="start"><extensionElements><idm:form><idm:field name="grants"/></idm:form></extensionElements></startEvent>
    <sequenceFlow id="f" sourceRef="start" targetRef="end"/>
    <endEvent id="end"/>
  </process>
</definitions>`

func (b *bench) deploy(name, source string) {
	b.t.Helper()
	_, err := b.ProcessDefinitions.Deploy(b.ctx, name+".bpmn", []byte(source))
	require.NoError(b.t, err)
}

func TestOnlyRolesOpenToProcessesAreAskedFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.system("dir")
	b.application("open", func(s *entitlement.InformationSystem) { s.BPMEnabled = true })
	b.application("shut")
	enabled := func(r *entitlement.Role) { r.BPMEnabled = true }
	b.role("reader", "dir", "open", enabled)
	b.role("closed", "dir", "open")
	b.role("buried", "dir", "shut", enabled)
	b.deploy("errand", errand)
	ctx := b.as(b.user("u1").ID)
	for role, refusal := range map[string]string{
		"reader@dir": "", "READER@dir": "",
		"closed@dir": "Line 1: closed@dir cannot be asked for: the role is not available in processes.",
		"buried@dir": "Line 1: buried@dir cannot be asked for: its information system shut is not available in processes.",
		"ghost@dir":  `Line 1: There is no role "ghost@dir".`,
		"reader":     `Line 1: There is no role "reader".`,
	} {
		for _, action := range []string{"grant", "revoke"} {
			line, err := json.Marshal([]map[string]string{{"key": "1", "action": action, "user": "u1", "role": role}})
			require.NoError(t, err)
			_, err = b.Processes.Start(ctx, "errand", bpm.Values{"grants": line})
			if refusal == "" {
				require.NoError(t, err, role)
				continue
			}
			refused(t, err, fault.Invalid, refusal)
		}
	}
	require.Len(t, b.query("select name from processes"), 4)
}
