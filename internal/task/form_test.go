package task_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/platform"
	"provost/internal/process"
	"provost/internal/process/processtest"
	"provost/internal/script"
	"provost/internal/script/scripttest"
	"provost/internal/task"
)

// scripted is a bench whose forms run scripts.
func scripted(t *testing.T) *bench {
	t.Helper()
	b := setup(t)
	b.Platform = platform.New(b.Tenant, platform.Deps{Scripts: scripttest.New(t, script.Options{})})
	return b
}

const travelAttributes = `<idm:attribute name="kind" label="Kind" type="string"><idm:value code="trip"/><idm:value code="rest"/></idm:attribute>
	<idm:attribute name="place" label="Place" type="string"/><idm:attribute name="days" label="Days" type="number"/>
	<idm:attribute name="cost" label="Cost" type="number"/><idm:attribute name="code" label="Code" type="string"/>
	<idm:attribute name="decidedAs" label="Decided as" type="string"/>`

// travelForm has triggers of every occasion: the place is shown and needed for trips, the cost follows the days, the code is for the platform alone.
const travelForm = `<idm:form><idm:field name="kind"/><idm:field name="place"/><idm:field name="days"/><idm:field name="cost" readOnly="true"/><idm:field name="code"/>
	<idm:trigger on="onLoad">if (days == null) days = 1; inputFields.get("place").setVisible(kind == "trip"); inputFields.get("code").setVisible(false)</idm:trigger>
	<idm:trigger on="onChange" field="kind">var place = inputFields.get("place");
		place.setVisible(value == "trip"); place.setRequired(value == "trip"); place.setListOfValues(["ROM:Rome", "OSL:Oslo"]);
		if (value == "trip") place.setValue("ROM")</idm:trigger>
	<idm:trigger on="onChange" field="days">cost = value * 100; inputField.setWarning(0, value > 30 ? "At most 30 days." : null)</idm:trigger>
	<idm:trigger on="onPrepareTransition">if (transition == "Approve" &amp;&amp; days == 13) throw "Thirteen days bring bad luck.";
		code = (kind || "none") + days; decidedAs = transition</idm:trigger></idm:form>`

func travel() processtest.Sample {
	return processtest.Sample{ID: "travel", Attributes: travelAttributes, TaskForm: travelForm, StartForm: ``}
}

func values(t *testing.T, text string) bpm.Values {
	t.Helper()
	out := bpm.Values{}
	require.NoError(t, json.Unmarshal([]byte(text), &out))
	return out
}

// told is a form in one line: place!:Place means that the place is required, cost~ that it is only shown.
func told(v process.FormView) string {
	var out []string
	for _, f := range v.Fields {
		text := f.Name
		if f.Required {
			text += "!"
		}
		if f.ReadOnly {
			text += "~"
		}
		if value, ok := v.Values[f.Name]; ok {
			text += "=" + string(value)
		}
		for _, choice := range f.Values {
			text += "," + choice.Code
		}
		out = append(out, text)
	}
	for name, text := range v.Messages {
		out = append(out, name+": "+text)
	}
	return strings.Join(out, " ")
}

func TestTriggersChangeTheFormAsItIsFilledIn(t *testing.T) {
	t.Parallel()
	b := scripted(t)
	anna, starter := b.User("anna"), b.User("starter")
	p := b.Started(starter, travel())
	id := b.Opened(p.ID, b.Opening(1, "anna"))
	opened, err := b.Tasks.Get(b.As(anna), id)
	require.NoError(t, err)
	require.Equal(t, "kind,trip,rest days=1 cost~", told(opened.FormView), "what onLoad set, without what it hides")
	require.Equal(t, []string{"kind", "days"}, opened.Reacts)
	choice, err := b.Tasks.Choice(b.As(anna), id, "place", "")
	require.NoError(t, err, "the place may be shown before anything is kept")
	require.Equal(t, "string", choice.Kind)
	_, err = b.Tasks.Choice(b.As(anna), id, "cost", "")
	processtest.Refused(t, err, fault.NotFound, "no field")
	for name, test := range map[string]struct{ given, changed, want string }{
		"a trip needs a place, of those offered": {`{"kind": "trip"}`, "kind", `kind="trip",trip,rest place!="ROM",ROM,OSL days=1 cost~`},
		"another place stays":                    {`{"kind": "trip", "place": "OSL"}`, "place", `kind="trip",trip,rest place!="OSL",ROM,OSL days=1 cost~`},
		"until the kind changes again":           {`{"kind": "trip", "place": "OSL"}`, "kind", `kind="trip",trip,rest place!="ROM",ROM,OSL days=1 cost~`},
		"no trip needs none":                     {`{"kind": "rest"}`, "kind", `kind="rest",trip,rest days=1 cost~`},
		"the cost follows the days":              {`{"days": 4}`, "days", `kind,trip,rest days=4 cost~=400`},
		"whatever the client says of it":         {`{"days": 4, "cost": 1}`, "", `kind,trip,rest days=4 cost~=400`},
		"and a message comes with them":          {`{"days": 40}`, "days", `kind,trip,rest days=40 cost~=4000 days: At most 30 days.`},
	} {
		form, err := b.Tasks.Fill(b.As(anna), id, values(t, test.given), test.changed)
		require.NoError(t, err, name)
		require.Equal(t, test.want, told(form), name)
	}
	require.Equal(t, []string{"{}"}, b.Texts("select payload::text from process_tasks"), "nothing is kept")
	for who, code := range map[uuid.UUID]fault.Code{starter: fault.Denied, b.User("stranger"): fault.NotFound} {
		_, err := b.Tasks.Fill(b.As(who), id, nil, "")
		processtest.Refused(t, err, code)
	}
	_, err = b.Tasks.Fill(t.Context(), id, nil, "")
	require.ErrorIs(t, err, authz.ErrNoPrincipal)
}

func TestTheServerPlaysTriggersAgainWhenATaskIsCompleted(t *testing.T) {
	t.Parallel()
	b := scripted(t)
	anna := b.User("anna")
	p := b.Started(b.User("starter"), travel())
	id := b.Opened(p.ID, b.Opening(1, "anna"))
	before := b.state()
	for name, test := range map[string]struct{ outcome, given, word string }{
		"a read-only field":           {"yes", `{"days": 4, "cost": 1}`, "Cost cannot be changed"},
		"a field that onLoad hides":   {"yes", `{"code": "mine"}`, "no field code"},
		"a place without a trip":      {"yes", `{"kind": "rest", "place": "ROM"}`, "no field place"},
		"a place that is not offered": {"yes", `{"kind": "trip", "place": "PAR"}`, "none of the values"},
		"a trip to nowhere":           {"yes", `{"kind": "trip", "place": ""}`, "Place is required"},
		"too many days":               {"yes", `{"days": 31}`, "At most 30 days."},
		"what the transition refuses": {"yes", `{"days": 13}`, "Thirteen days bring bad luck."},
		"a variable that is no field": {"yes", `{"decidedAs": "x"}`, "no field decidedAs"},
		"a name that triggers bring":  {"yes", `{"transition": "Refuse"}`, "no field transition"},
	} {
		processtest.Refused(t, b.completes(anna, id, task.Completion{Outcome: test.outcome, Values: values(t, test.given)}), fault.Invalid, test.word)
		require.Equal(t, before, b.state(), name)
	}
	processtest.Refused(t, b.completes(anna, id, task.Completion{Outcome: "yes", Values: values(t, `{"days": 13}`)}), fault.Invalid, "outcome")
	_, err := b.Tasks.SaveDraft(b.As(anna), id, 0, values(t, `{"kind": "trip", "place": "OSL"}`))
	require.NoError(t, err, "the place can be kept because the kind shows it")
	kept, err := b.Tasks.Get(b.As(anna), id)
	require.NoError(t, err)
	require.Equal(t, `kind="trip",trip,rest place!="OSL",ROM,OSL days=1 cost~`, told(kept.FormView), "the draft is played again")
	require.NoError(t, b.completes(anna, id, task.Completion{Outcome: "yes", Values: values(t, `{"days": 5, "cost": 500}`)}), "a shown value may come back")
	require.Equal(t, []string{`{"code": "trip5", "cost": 500, "days": 5, "kind": "trip", "place": "OSL", "decidedAs": "Approve"}`}, b.Texts("select payload::text from process_tasks"))
	over, err := b.Tasks.Get(b.As(anna), id)
	require.NoError(t, err)
	require.Contains(t, told(over.FormView), `days=5 cost~=500`)
}

func TestDraftsOfFieldsThatAreGoneAreDropped(t *testing.T) {
	t.Parallel()
	b := scripted(t)
	anna := b.User("anna")
	p := b.Started(b.User("starter"), travel())
	id := b.Opened(p.ID, b.Opening(1, "anna"))
	_, err := b.Tasks.SaveDraft(b.As(anna), id, 0, values(t, `{"kind": "trip", "place": "OSL"}`))
	require.NoError(t, err)
	require.NoError(t, b.completes(anna, id, task.Completion{Outcome: "no", Values: values(t, `{"kind": "rest"}`)}))
	require.Equal(t, []string{`{"code": "rest1", "days": 1, "kind": "rest", "decidedAs": "Refuse"}`}, b.Texts("select payload::text from process_tasks"))
}

func TestTriggersOfTheStartForm(t *testing.T) {
	t.Parallel()
	b := scripted(t)
	s := travel()
	s.StartForm, s.TaskForm = strings.TrimSuffix(strings.TrimPrefix(travelForm, "<idm:form>"), "</idm:form>"), ""
	v := b.Deploy(s)
	anna := b.User("anna")
	form, err := b.Processes.Form(b.As(anna), v.DefinitionID)
	require.NoError(t, err)
	require.Equal(t, "kind,trip,rest days=1 cost~", told(form.FormView))
	form, err = b.Processes.Fill(b.As(anna), v.DefinitionID, values(t, `{"days": 3}`), "days")
	require.NoError(t, err)
	require.Equal(t, "kind,trip,rest days=3 cost~=300", told(form.FormView))
	_, err = b.Processes.Start(b.As(anna), "travel", values(t, `{"days": 3, "cost": 2}`))
	processtest.Refused(t, err, fault.Invalid, "Cost cannot be changed")
	started, err := b.Processes.Start(b.As(anna), "travel", values(t, `{"days": 3}`))
	require.NoError(t, err)
	require.Equal(t, []string{`300 none3`}, b.Texts("select (variables->>'cost') || ' ' || (variables->>'code') from processes where id = $1", started.ID))
	_, err = b.Processes.Fill(b.As(anna), uuid.New(), nil, "")
	processtest.Refused(t, err, fault.NotFound)
}

func TestTriggersThatFailSayWhere(t *testing.T) {
	t.Parallel()
	b := scripted(t)
	anna := b.User("anna")
	for id, test := range map[string]struct{ trigger, word string }{
		"misfit": {`<idm:trigger on="onLoad">days = "many"</idm:trigger>`, "it sets days to a value that does not fit: a number is expected"},
		"syntax": {`<idm:trigger on="onLoad">for (;;) { }</idm:trigger>`, "trigger onLoad fails"},
	} {
		s := travel()
		s.ID, s.StartForm = id, `<idm:field name="days"/>`+test.trigger
		v := b.Deploy(s)
		_, err := b.Processes.Form(b.As(anna), v.DefinitionID)
		processtest.Refused(t, err, fault.Invalid, test.word)
	}
	s := travel()
	s.ID, s.StartForm = "thrown", `<idm:field name="days"/><idm:trigger on="onChange" field="days">throw new Error("Not today.")</idm:trigger>`
	v := b.Deploy(s)
	form, err := b.Processes.Fill(b.As(anna), v.DefinitionID, values(t, `{"days": 1}`), "days")
	require.NoError(t, err)
	require.Equal(t, "days=1 days: Not today.", told(form.FormView))
}
