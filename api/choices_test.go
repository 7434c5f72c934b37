package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// errand is a sample definition whose start form and task refer to objects.
const errand = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:idm="urn:provost:idm:1" id="d" targetNamespace="urn:provost:sample">
  <process id="errand" name="Errand" isExecutable="true">
    <extensionElements>
      <idm:process type="request" folder="Sample"/><idm:acl initiators="*" managers="admin"/>
      <idm:attribute name="team" label="Team" type="group"/>
      <idm:attribute name="helper" label="Helper" type="user"/>
    </extensionElements>
    <startEvent id="start" name="Ask"><extensionElements><idm:form>
      <idm:field name="team" filter="name ne &quot;world&quot;"/><idm:field name="grants"/>
    </idm:form></extensionElements></startEvent>
    <sequenceFlow id="f1" sourceRef="start" targetRef="decide"/>
    <userTask id="decide" name="Decide"><extensionElements>
      <idm:task title="Decide about it"/><idm:assignment expression="*"/>
      <idm:form><idm:field name="helper"/><idm:field name="team" readOnly="true"/></idm:form>
    </extensionElements></userTask>
    <sequenceFlow id="f2" name="Done" sourceRef="decide" targetRef="done"/>
    <endEvent id="done" name="Done"/>
  </process>
</definitions>`

// Whoever fills in a form is offered what its fields allow, without any permission to query such objects, and nothing beyond the form.
func TestFieldsOfferWhatFits(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.admin.deploys(errand).status(http.StatusCreated)
	anna, bert := b.clerk(t, "anna", nil), b.clerk(t, "bert", nil)
	anna.get("/api/v1/users").problem(http.StatusForbidden, "denied")
	b.admin.post("/api/v1/groups", map[string]any{"name": "Harbour", "parent": "world"}).status(http.StatusCreated)

	entries := anna.get("/api/v1/requests/catalogue").status(http.StatusOK).list()
	require.Len(t, entries, 1)
	form := "/api/v1/requests/catalogue/" + entries[0]["id"].(string) + "/choices"
	require.Equal(t, []string{"Harbour"}, anna.get(form+"?field=team").status(http.StatusOK).names("name"), "the filter of the field holds")
	require.Empty(t, anna.get(form+"?field=team&q=south").status(http.StatusOK).list())
	anna.get(form+"?field=helper").problem(http.StatusNotFound, "notFound")
	anna.get(form+"?field=grants").problem(http.StatusUnprocessableEntity, "invalid")

	open := b.admin.get("/api/v1/roles?size=1").status(http.StatusOK).list()[0]
	applications := map[bool]string{}
	for _, enabled := range []bool{true, false} {
		made := b.admin.post("/api/v1/information-systems", map[string]any{"name": fmt.Sprint("Sample, open: ", enabled), "bpmEnabled": enabled})
		applications[enabled] = made.status(http.StatusCreated).id()
	}
	for _, r := range []struct {
		name              string
		enabled, ofOpened bool
	}{{"keeper", true, true}, {"secret-keeper", false, true}, {"far-keeper", true, false}} {
		b.admin.post("/api/v1/roles", map[string]any{
			"name": r.name, "systemId": open["systemId"], "informationSystemId": applications[r.ofOpened], "bpmEnabled": r.enabled,
		}).status(http.StatusCreated)
	}
	roles := anna.get(form + "?field=grants&kind=role&q=keeper%40" + open["system"].(string)).status(http.StatusOK).list()
	require.Len(t, roles, 1, "only roles that are open to processes, of information systems that are too")
	require.Equal(t, "keeper@"+open["system"].(string), roles[0]["name"])
	require.Empty(t, anna.get(form+"?field=grants&kind=role&q=keeper%40elsewhere").status(http.StatusOK).list())

	id := anna.post(processesPath, map[string]any{"definition": "errand", "values": map[string]any{"team": "Harbour"}}).status(http.StatusCreated).id()
	one := workPath + "/" + b.opens(t, id, 1, "bert")
	require.Equal(t, []string{"anna"}, bert.get(one+"/choices?field=helper&q=ann").status(http.StatusOK).names("name"))
	require.Contains(t, strings.Join(bert.get(one+"/choices?kind=user").status(http.StatusOK).names("name"), " "), "anna", "to whom it can be delegated")
	bert.get(one+"/choices?field=team").problem(http.StatusNotFound, "notFound")
	anna.get(one+"/choices?field=helper").problem(http.StatusForbidden, "denied")
	b.clerk(t, "stranger", nil).get(one+"/choices?field=helper").problem(http.StatusNotFound, "notFound")
}
