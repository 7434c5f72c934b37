package process_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/query"
)

func TestDeployingMakesVersions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.deploy(sample{id: "leave", folder: "People/Leave"})
	require.Equal(t, 1, first.Number)
	require.Equal(t, "admin", first.DeployedBy)
	require.Len(t, first.SHA256, 64)
	require.Equal(t, first.ID, b.deploy(sample{id: "leave", folder: "People/Leave"}).ID, "the same once more is no new version")
	second := b.deploy(sample{id: "leave", name: "Leave of absence"})
	require.Equal(t, 2, second.Number)

	page, err := b.ProcessDefinitions.List(b.ctx, query.List{Filter: `enabled eq true and kind eq "request"`, Q: "leave"})
	require.NoError(t, err)
	require.Equal(t, 1, page.Total)
	d := page.Items[0]
	require.Equal(t, "leave Leave of absence  2 admin", strings.Join([]string{d.Code, d.Name, d.Folder, "2", d.DeployedBy}, " "))
	require.Equal(t, &second.ID, d.VersionID)

	versions, err := b.ProcessDefinitions.Versions(b.ctx, d.ID)
	require.NoError(t, err)
	require.Equal(t, []int{2, 1}, []int{versions[0].Number, versions[1].Number})
	_, source, err := b.ProcessDefinitions.Source(b.ctx, first.ID)
	require.NoError(t, err)
	require.Contains(t, string(source), `folder="People/Leave"`)
	require.Equal(t, []string{"create", "publish", "update", "publish"}, b.texts("select action from audit_entries where object_type = 'processDefinition' order by id"))
}

func TestErrorsAreToldAllAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bad := sample{id: "leave", more: `<task id="t1"/><sequenceFlow id="f9" sourceRef="nowhere" targetRef="done"/>`}
	findings, err := b.ProcessDefinitions.Check(b.ctx, bad.source())
	require.NoError(t, err)
	count := 0
	for _, f := range findings {
		if f.Severity == process.SeverityError {
			count++
			require.NotEmpty(t, f.Message)
			require.NotEmpty(t, f.Code)
		}
	}
	require.GreaterOrEqual(t, count, 2)
	_, err = b.ProcessDefinitions.Deploy(b.ctx, "bad.bpmn", bad.source())
	refused(t, err, fault.Invalid, "f9")
	require.Len(t, fieldsOf(err), count)
	for text, word := range map[string]string{"": "nothing in the file", " \n": "nothing in the file", "PK\x03\x04rest": "Java classes", "<a": "source"} {
		_, err = b.ProcessDefinitions.Deploy(b.ctx, "", []byte(text))
		refused(t, err, fault.Invalid, word)
	}
	require.Empty(t, b.texts("select code from process_definitions union all select id::text from process_versions union all select action from audit_entries where object_type = 'processDefinition'"))
}

func TestDisabledDefinitionsStartNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna := b.user("anna")
	p := b.started(anna, sample{id: "leave"})
	found, err := b.ProcessDefinitions.Get(b.ctx, p.DefinitionID)
	require.NoError(t, err)
	require.EqualValues(t, 1, found.Running)
	_, err = b.ProcessDefinitions.SetEnabled(b.ctx, found.ID, found.Version+1, false)
	refused(t, err, fault.Stale)
	off, err := b.ProcessDefinitions.SetEnabled(b.ctx, found.ID, found.Version, false)
	require.NoError(t, err)
	require.False(t, off.Enabled)
	again, err := b.ProcessDefinitions.SetEnabled(b.ctx, found.ID, 0, false)
	require.NoError(t, err)
	require.Equal(t, off.Version, again.Version)
	_, err = b.Processes.Start(b.as(anna), "leave", nil)
	refused(t, err, fault.NotFound, "leave")
	catalogue, err := b.Processes.Catalogue(b.as(anna))
	require.NoError(t, err)
	require.Empty(t, catalogue)
	b.opened(p.ID, b.opening(1, "anna"))
	b.deploy(sample{id: "leave", name: "Newer"})
	still, err := b.ProcessDefinitions.Get(b.ctx, found.ID)
	require.NoError(t, err)
	require.False(t, still.Enabled, "a new version of what was disabled stays disabled")
	refused(t, b.ProcessDefinitions.Delete(b.ctx, found.ID, 0), fault.Conflict, "processes")
	b.deploy(sample{id: "unused"})
	unused := uuid.MustParse(b.texts("select id::text from process_definitions where code = 'unused'")[0])
	refused(t, b.ProcessDefinitions.Delete(b.ctx, unused, 99), fault.Stale)
	require.NoError(t, b.ProcessDefinitions.Delete(b.ctx, unused, 0))
	refused(t, b.ProcessDefinitions.Delete(b.ctx, unused, 0), fault.NotFound)
	_, err = b.ProcessDefinitions.SetEnabled(b.ctx, unused, 0, true)
	refused(t, err, fault.NotFound)
}

func TestDifferencesBetweenVersions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.deploy(sample{id: "leave"})
	second := b.deploy(sample{
		id: "leave", name: "Leave", task: `<idm:task title="Please decide"/>`,
		more: `<endEvent id="extra"/><boundaryEvent id="late" attachedToRef="decide"><timerEventDefinition id="t"><timeDuration>P2D</timeDuration></timerEventDefinition></boundaryEvent>
			<sequenceFlow id="f4" sourceRef="late" targetRef="extra"/>`,
	})
	changes, err := b.ProcessDefinitions.Differences(b.ctx, first.ID, second.ID)
	require.NoError(t, err)
	var told []string
	for _, c := range changes {
		told = append(told, string(c.Change)+" "+c.Element+" "+c.Property)
	}
	require.Contains(t, told, "added late ")
	require.Contains(t, told, "added extra ")
	require.Contains(t, told, "changed leave name")
	require.NotContains(t, strings.Join(told, ","), "refused", "what is the same is not told")
	none, err := b.ProcessDefinitions.Differences(b.ctx, second.ID, second.ID)
	require.NoError(t, err)
	require.Empty(t, none)
	back, err := b.ProcessDefinitions.Differences(b.ctx, second.ID, first.ID)
	require.NoError(t, err)
	require.Len(t, back, len(changes))
	_, err = b.ProcessDefinitions.Differences(b.ctx, uuid.New(), first.ID)
	refused(t, err, fault.NotFound)
}

func TestDrafts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	d, err := b.ProcessDefinitions.NewDraft(b.ctx, process.Draft{Name: " Leave ", Source: "<not yet"})
	require.NoError(t, err)
	require.Equal(t, "Leave", d.Name)
	_, err = b.ProcessDefinitions.NewDraft(b.ctx, process.Draft{Name: "leave"})
	refused(t, err, fault.Conflict)
	_, err = b.ProcessDefinitions.NewDraft(b.ctx, process.Draft{Name: ""})
	refused(t, err, fault.Invalid, "name")
	missing := uuid.New()
	_, err = b.ProcessDefinitions.NewDraft(b.ctx, process.Draft{DefinitionID: &missing})
	refused(t, err, fault.Invalid, "definitionId")

	_, err = b.ProcessDefinitions.PublishDraft(b.ctx, d.ID, 0)
	refused(t, err, fault.Invalid)
	saved, err := b.ProcessDefinitions.SaveDraft(b.ctx, d.ID, d.Version, "Leave", string(sample{id: "leave"}.source()))
	require.NoError(t, err)
	require.Equal(t, d.Version+1, saved.Version)
	_, err = b.ProcessDefinitions.SaveDraft(b.ctx, d.ID, d.Version, "Leave", "")
	refused(t, err, fault.Stale, "admin")
	_, err = b.ProcessDefinitions.SaveDraft(b.ctx, d.ID, 0, "Leave", strings.Repeat("x", process.MaxSource+1))
	refused(t, err, fault.Invalid, "source")
	v, err := b.ProcessDefinitions.PublishDraft(b.ctx, d.ID, saved.Version)
	require.NoError(t, err)
	require.Equal(t, 1, v.Number)
	_, err = b.ProcessDefinitions.Draft(b.ctx, d.ID)
	refused(t, err, fault.NotFound)

	next, err := b.ProcessDefinitions.NewDraft(b.ctx, process.Draft{DefinitionID: &v.DefinitionID})
	require.NoError(t, err)
	require.Equal(t, "Sample request leave", next.Name+" "+next.Code)
	require.Contains(t, next.Source, `<process id="leave"`, "it begins with the current version")
	_, err = b.ProcessDefinitions.SaveDraft(b.ctx, next.ID, 0, "Other", string(sample{id: "other"}.source()))
	require.NoError(t, err)
	_, err = b.ProcessDefinitions.PublishDraft(b.ctx, next.ID, 0)
	refused(t, err, fault.Invalid, "has to stay leave")
	drafts, err := b.ProcessDefinitions.Drafts(b.ctx)
	require.NoError(t, err)
	require.Len(t, drafts, 1)
	require.Empty(t, drafts[0].Source)
	refused(t, b.ProcessDefinitions.DeleteDraft(b.ctx, next.ID, 99), fault.Stale)
	require.NoError(t, b.ProcessDefinitions.DeleteDraft(b.ctx, next.ID, 0))
	refused(t, b.ProcessDefinitions.DeleteDraft(b.ctx, next.ID, 0), fault.NotFound)
	require.Equal(t, []string{"1"}, b.texts("select count(*)::text from process_versions"), "throwing a draft away leaves what is deployed")
}

// Every use case of definitions asks for its permission, and for nothing that another one asks for.
func TestWhoMayDoWhatWithDefinitions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.deploy(sample{id: "leave"})
	d := b.ProcessDefinitions
	draft, err := d.NewDraft(b.ctx, process.Draft{Name: "Sample"})
	require.NoError(t, err)
	for name, ask := range map[string]struct {
		needs authz.Permission
		do    func(as uuid.UUID) error
	}{
		"list": {authz.ProcessDefinitionQuery, func(u uuid.UUID) error { _, err := d.List(b.as(u), query.List{}); return err }},
		"each": {authz.ProcessDefinitionQuery, func(u uuid.UUID) error {
			return d.Each(b.as(u), query.List{}, func(process.Definition) error { return nil })
		}},
		"get":      {authz.ProcessDefinitionQuery, func(u uuid.UUID) error { _, err := d.Get(b.as(u), v.DefinitionID); return err }},
		"check":    {authz.ProcessDefinitionQuery, func(u uuid.UUID) error { _, err := d.Check(b.as(u), nil); return err }},
		"versions": {authz.ProcessDefinitionQuery, func(u uuid.UUID) error { _, err := d.Versions(b.as(u), v.DefinitionID); return err }},
		"source":   {authz.ProcessDefinitionQuery, func(u uuid.UUID) error { _, _, err := d.Source(b.as(u), v.ID); return err }},
		"compare":  {authz.ProcessDefinitionQuery, func(u uuid.UUID) error { _, err := d.Differences(b.as(u), v.ID, v.ID); return err }},
		"deploy":   {authz.ProcessDefinitionPublish, func(u uuid.UUID) error { _, err := d.Deploy(b.as(u), "", sample{id: "leave"}.source()); return err }},
		"enable":   {authz.ProcessDefinitionPublish, func(u uuid.UUID) error { _, err := d.SetEnabled(b.as(u), v.DefinitionID, 0, true); return err }},
		"delete":   {authz.ProcessDefinitionDelete, func(u uuid.UUID) error { return ignore(d.Delete(b.as(u), uuid.New(), 0), fault.NotFound) }},
		"drafts":   {authz.ProcessDefinitionQuery, func(u uuid.UUID) error { _, err := d.Drafts(b.as(u)); return err }},
		"draft":    {authz.ProcessDefinitionQuery, func(u uuid.UUID) error { _, err := d.Draft(b.as(u), draft.ID); return err }},
		"begin": {authz.ProcessDefinitionCreate, func(u uuid.UUID) error {
			_, err := d.NewDraft(b.as(u), process.Draft{Name: u.String()})
			return err
		}},
		"revise": {authz.ProcessDefinitionUpdate, func(u uuid.UUID) error {
			_, err := d.NewDraft(b.as(u), process.Draft{Name: "of " + u.String(), DefinitionID: &v.DefinitionID})
			return err
		}},
		"save": {authz.ProcessDefinitionUpdate, func(u uuid.UUID) error { _, err := d.SaveDraft(b.as(u), draft.ID, 0, "Sample", ""); return err }},
		"drop": {authz.ProcessDefinitionUpdate, func(u uuid.UUID) error { return ignore(d.DeleteDraft(b.as(u), uuid.New(), 0), fault.NotFound) }},
		"publish": {authz.ProcessDefinitionPublish, func(u uuid.UUID) error {
			_, err := d.PublishDraft(b.as(u), uuid.New(), 0)
			return ignore(err, fault.NotFound)
		}},
	} {
		others := []authz.Permission{authz.ProcessQuery, authz.ProcessUpdate, authz.UserUpdate}
		for _, p := range []authz.Permission{authz.ProcessDefinitionCreate, authz.ProcessDefinitionUpdate, authz.ProcessDefinitionPublish, authz.ProcessDefinitionDelete} {
			if p != ask.needs && ask.needs != authz.ProcessDefinitionQuery {
				others = append(others, p)
			}
		}
		require.NoError(t, ask.do(b.user(name+"-may", ask.needs)), name)
		require.ErrorIs(t, ask.do(b.user(name+"-may-not", others...)), authz.ErrDenied, name)
	}
}

// fieldsOf gives what a fault says field by field.
func fieldsOf(err error) []fault.Field {
	f, _ := errors.AsType[*fault.Error](err)
	if f == nil {
		return nil
	}
	return f.Fields
}

// ignore forgives a fault that says that the use case got as far as looking.
func ignore(err error, code fault.Code) error {
	if fault.Is(err, code) {
		return nil
	}
	return err
}
