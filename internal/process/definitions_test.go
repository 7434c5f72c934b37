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
	"provost/internal/process/processtest"
	"provost/internal/query"
)

func TestDeployingMakesVersions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.Deploy(processtest.Sample{ID: "leave", Folder: "People/Leave"})
	require.Equal(t, 1, first.Number)
	require.Equal(t, "admin", first.DeployedBy)
	require.Len(t, first.SHA256, 64)
	require.Equal(t, first.ID, b.Deploy(processtest.Sample{ID: "leave", Folder: "People/Leave"}).ID, "the same once more is no new version")
	second := b.Deploy(processtest.Sample{ID: "leave", Name: "Leave of absence"})
	require.Equal(t, 2, second.Number)

	page, err := b.ProcessDefinitions.List(b.Ctx, query.List{Filter: `enabled eq true and kind eq "request"`, Q: "leave"})
	require.NoError(t, err)
	require.Equal(t, 1, page.Total)
	d := page.Items[0]
	require.Equal(t, "leave Leave of absence  2 admin", strings.Join([]string{d.Code, d.Name, d.Folder, "2", d.DeployedBy}, " "))
	require.Equal(t, &second.ID, d.VersionID)

	versions, err := b.ProcessDefinitions.Versions(b.Ctx, d.ID)
	require.NoError(t, err)
	require.Equal(t, []int{2, 1}, []int{versions[0].Number, versions[1].Number})
	_, source, err := b.ProcessDefinitions.Source(b.Ctx, first.ID)
	require.NoError(t, err)
	require.Contains(t, string(source), `folder="People/Leave"`)
	require.Equal(t, []string{"create", "publish", "update", "publish"}, b.Texts("select action from audit_entries where object_type = 'processDefinition' order by id"))
}

func TestErrorsAreToldAllAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bad := processtest.Sample{ID: "leave", More: `<task id="t1"/><sequenceFlow id="f9" sourceRef="nowhere" targetRef="done"/>`}
	findings, err := b.ProcessDefinitions.Check(b.Ctx, bad.Source())
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
	_, err = b.ProcessDefinitions.Deploy(b.Ctx, "bad.bpmn", bad.Source())
	processtest.Refused(t, err, fault.Invalid, "f9")
	require.Len(t, fieldsOf(err), count)
	for text, word := range map[string]string{"": "nothing in the file", " \n": "nothing in the file", "PK\x03\x04rest": "Java classes", "<a": "source"} {
		_, err = b.ProcessDefinitions.Deploy(b.Ctx, "", []byte(text))
		processtest.Refused(t, err, fault.Invalid, word)
	}
	require.Empty(t, b.Texts("select code from process_definitions union all select id::text from process_versions union all select action from audit_entries where object_type = 'processDefinition'"))
}

func TestDisabledDefinitionsStartNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna := b.User("anna")
	p := b.Started(anna, processtest.Sample{ID: "leave"})
	found, err := b.ProcessDefinitions.Get(b.Ctx, p.DefinitionID)
	require.NoError(t, err)
	require.EqualValues(t, 1, found.Running)
	_, err = b.ProcessDefinitions.SetEnabled(b.Ctx, found.ID, found.Version+1, false)
	processtest.Refused(t, err, fault.Stale)
	off, err := b.ProcessDefinitions.SetEnabled(b.Ctx, found.ID, found.Version, false)
	require.NoError(t, err)
	require.False(t, off.Enabled)
	again, err := b.ProcessDefinitions.SetEnabled(b.Ctx, found.ID, 0, false)
	require.NoError(t, err)
	require.Equal(t, off.Version, again.Version)
	_, err = b.Processes.Start(b.As(anna), "leave", nil)
	processtest.Refused(t, err, fault.NotFound, "leave")
	catalogue, err := b.Processes.Catalogue(b.As(anna))
	require.NoError(t, err)
	require.Empty(t, catalogue)
	b.Opened(p.ID, b.Opening(1, "anna"))
	b.Deploy(processtest.Sample{ID: "leave", Name: "Newer"})
	still, err := b.ProcessDefinitions.Get(b.Ctx, found.ID)
	require.NoError(t, err)
	require.False(t, still.Enabled, "a new version of what was disabled stays disabled")
	processtest.Refused(t, b.ProcessDefinitions.Delete(b.Ctx, found.ID, 0), fault.Conflict, "processes")
	b.Deploy(processtest.Sample{ID: "unused"})
	unused := uuid.MustParse(b.Texts("select id::text from process_definitions where code = 'unused'")[0])
	processtest.Refused(t, b.ProcessDefinitions.Delete(b.Ctx, unused, 99), fault.Stale)
	require.NoError(t, b.ProcessDefinitions.Delete(b.Ctx, unused, 0))
	processtest.Refused(t, b.ProcessDefinitions.Delete(b.Ctx, unused, 0), fault.NotFound)
	_, err = b.ProcessDefinitions.SetEnabled(b.Ctx, unused, 0, true)
	processtest.Refused(t, err, fault.NotFound)
}

func TestDifferencesBetweenVersions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.Deploy(processtest.Sample{ID: "leave"})
	second := b.Deploy(processtest.Sample{
		ID: "leave", Name: "Leave", Task: `<idm:task title="Please decide"/>`,
		More: `<endEvent id="extra"/><boundaryEvent id="late" attachedToRef="decide"><timerEventDefinition id="t"><timeDuration>P2D</timeDuration></timerEventDefinition></boundaryEvent>
			<sequenceFlow id="f4" sourceRef="late" targetRef="extra"/>`,
	})
	changes, err := b.ProcessDefinitions.Differences(b.Ctx, first.ID, second.ID)
	require.NoError(t, err)
	var told []string
	for _, c := range changes {
		told = append(told, string(c.Change)+" "+c.Element+" "+c.Property)
	}
	require.Contains(t, told, "added late ")
	require.Contains(t, told, "added extra ")
	require.Contains(t, told, "changed leave name")
	require.NotContains(t, strings.Join(told, ","), "refused", "what is the same is not told")
	none, err := b.ProcessDefinitions.Differences(b.Ctx, second.ID, second.ID)
	require.NoError(t, err)
	require.Empty(t, none)
	back, err := b.ProcessDefinitions.Differences(b.Ctx, second.ID, first.ID)
	require.NoError(t, err)
	require.Len(t, back, len(changes))
	_, err = b.ProcessDefinitions.Differences(b.Ctx, uuid.New(), first.ID)
	processtest.Refused(t, err, fault.NotFound)
}

func TestDrafts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	d, err := b.ProcessDefinitions.NewDraft(b.Ctx, process.Draft{Name: " Leave ", Source: "<not yet"})
	require.NoError(t, err)
	require.Equal(t, "Leave", d.Name)
	_, err = b.ProcessDefinitions.NewDraft(b.Ctx, process.Draft{Name: "leave"})
	processtest.Refused(t, err, fault.Conflict)
	_, err = b.ProcessDefinitions.NewDraft(b.Ctx, process.Draft{Name: ""})
	processtest.Refused(t, err, fault.Invalid, "name")
	missing := uuid.New()
	_, err = b.ProcessDefinitions.NewDraft(b.Ctx, process.Draft{DefinitionID: &missing})
	processtest.Refused(t, err, fault.Invalid, "definitionId")

	_, err = b.ProcessDefinitions.PublishDraft(b.Ctx, d.ID, 0)
	processtest.Refused(t, err, fault.Invalid)
	saved, err := b.ProcessDefinitions.SaveDraft(b.Ctx, d.ID, d.Version, "Leave", string(processtest.Sample{ID: "leave"}.Source()))
	require.NoError(t, err)
	require.Equal(t, d.Version+1, saved.Version)
	_, err = b.ProcessDefinitions.SaveDraft(b.Ctx, d.ID, d.Version, "Leave", "")
	processtest.Refused(t, err, fault.Stale, "admin")
	_, err = b.ProcessDefinitions.SaveDraft(b.Ctx, d.ID, 0, "Leave", strings.Repeat("x", process.MaxSource+1))
	processtest.Refused(t, err, fault.Invalid, "source")
	v, err := b.ProcessDefinitions.PublishDraft(b.Ctx, d.ID, saved.Version)
	require.NoError(t, err)
	require.Equal(t, 1, v.Number)
	_, err = b.ProcessDefinitions.Draft(b.Ctx, d.ID)
	processtest.Refused(t, err, fault.NotFound)

	next, err := b.ProcessDefinitions.NewDraft(b.Ctx, process.Draft{DefinitionID: &v.DefinitionID})
	require.NoError(t, err)
	require.Equal(t, "Sample request leave", next.Name+" "+next.Code)
	require.Contains(t, next.Source, `<process id="leave"`, "it begins with the current version")
	_, err = b.ProcessDefinitions.SaveDraft(b.Ctx, next.ID, 0, "Other", string(processtest.Sample{ID: "other"}.Source()))
	require.NoError(t, err)
	_, err = b.ProcessDefinitions.PublishDraft(b.Ctx, next.ID, 0)
	processtest.Refused(t, err, fault.Invalid, "has to stay leave")
	drafts, err := b.ProcessDefinitions.Drafts(b.Ctx)
	require.NoError(t, err)
	require.Len(t, drafts, 1)
	require.Empty(t, drafts[0].Source)
	processtest.Refused(t, b.ProcessDefinitions.DeleteDraft(b.Ctx, next.ID, 99), fault.Stale)
	require.NoError(t, b.ProcessDefinitions.DeleteDraft(b.Ctx, next.ID, 0))
	processtest.Refused(t, b.ProcessDefinitions.DeleteDraft(b.Ctx, next.ID, 0), fault.NotFound)
	require.Equal(t, []string{"1"}, b.Texts("select count(*)::text from process_versions"), "throwing a draft away leaves what is deployed")
}

// Every use case of definitions asks for its permission, and for nothing that another one asks for.
func TestWhoMayDoWhatWithDefinitions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.Deploy(processtest.Sample{ID: "leave"})
	d := b.ProcessDefinitions
	draft, err := d.NewDraft(b.Ctx, process.Draft{Name: "Sample"})
	require.NoError(t, err)
	for name, ask := range map[string]struct {
		needs authz.Permission
		do    func(as uuid.UUID) error
	}{
		"list": {authz.ProcessDefinitionQuery, func(u uuid.UUID) error { _, err := d.List(b.As(u), query.List{}); return err }},
		"each": {authz.ProcessDefinitionQuery, func(u uuid.UUID) error {
			return d.Each(b.As(u), query.List{}, func(process.Definition) error { return nil })
		}},
		"get":      {authz.ProcessDefinitionQuery, func(u uuid.UUID) error { _, err := d.Get(b.As(u), v.DefinitionID); return err }},
		"check":    {authz.ProcessDefinitionQuery, func(u uuid.UUID) error { _, err := d.Check(b.As(u), nil); return err }},
		"versions": {authz.ProcessDefinitionQuery, func(u uuid.UUID) error { _, err := d.Versions(b.As(u), v.DefinitionID); return err }},
		"source":   {authz.ProcessDefinitionQuery, func(u uuid.UUID) error { _, _, err := d.Source(b.As(u), v.ID); return err }},
		"compare":  {authz.ProcessDefinitionQuery, func(u uuid.UUID) error { _, err := d.Differences(b.As(u), v.ID, v.ID); return err }},
		"deploy": {authz.ProcessDefinitionPublish, func(u uuid.UUID) error {
			_, err := d.Deploy(b.As(u), "", processtest.Sample{ID: "leave"}.Source())
			return err
		}},
		"enable": {authz.ProcessDefinitionPublish, func(u uuid.UUID) error { _, err := d.SetEnabled(b.As(u), v.DefinitionID, 0, true); return err }},
		"delete": {authz.ProcessDefinitionDelete, func(u uuid.UUID) error { return ignore(d.Delete(b.As(u), uuid.New(), 0), fault.NotFound) }},
		"drafts": {authz.ProcessDefinitionQuery, func(u uuid.UUID) error { _, err := d.Drafts(b.As(u)); return err }},
		"draft":  {authz.ProcessDefinitionQuery, func(u uuid.UUID) error { _, err := d.Draft(b.As(u), draft.ID); return err }},
		"begin": {authz.ProcessDefinitionCreate, func(u uuid.UUID) error {
			_, err := d.NewDraft(b.As(u), process.Draft{Name: u.String()})
			return err
		}},
		"revise": {authz.ProcessDefinitionUpdate, func(u uuid.UUID) error {
			_, err := d.NewDraft(b.As(u), process.Draft{Name: "of " + u.String(), DefinitionID: &v.DefinitionID})
			return err
		}},
		"save": {authz.ProcessDefinitionUpdate, func(u uuid.UUID) error { _, err := d.SaveDraft(b.As(u), draft.ID, 0, "Sample", ""); return err }},
		"drop": {authz.ProcessDefinitionUpdate, func(u uuid.UUID) error { return ignore(d.DeleteDraft(b.As(u), uuid.New(), 0), fault.NotFound) }},
		"publish": {authz.ProcessDefinitionPublish, func(u uuid.UUID) error {
			_, err := d.PublishDraft(b.As(u), uuid.New(), 0)
			return ignore(err, fault.NotFound)
		}},
	} {
		others := []authz.Permission{authz.ProcessQuery, authz.ProcessUpdate, authz.UserUpdate}
		for _, p := range []authz.Permission{authz.ProcessDefinitionCreate, authz.ProcessDefinitionUpdate, authz.ProcessDefinitionPublish, authz.ProcessDefinitionDelete} {
			if p != ask.needs && ask.needs != authz.ProcessDefinitionQuery {
				others = append(others, p)
			}
		}
		require.NoError(t, ask.do(b.User(name+"-may", ask.needs)), name)
		require.ErrorIs(t, ask.do(b.User(name+"-may-not", others...)), authz.ErrDenied, name)
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
