package pardef_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/bpm/pardef"
)

// compiledFile imports a file that can be published, and compiles it.
func compiledFile(t *testing.T, data string) (bpm.Plan, bpm.Library) {
	t.Helper()
	document, findings := pardef.Import([]byte(data))
	require.NotNil(t, document, "%v", findings)
	definition, remarks := bpm.Review(document)
	require.False(t, bpm.Refused(remarks), "%v in %s", remarks, document)
	return definition.Compile()
}

// between is a file with one step between the start and the end.
func between(step string) string {
	return file(`{"action":"on","target":"a"}`, `{"name":"a",`+step+`,`+toEnd+`},`)
}

func TestSteps(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data       string
		node, step string // JSON of the work or event of the node, and of the step
	}{
		"screen": {
			between(`"type":"screen","mailActor":"boss"`),
			`{"type":"screen"}`,
			`{"name":"a","actors":{"expression":"boss"},"decisions":[{"flow":"a_to_1","name":"go"}]}`,
		},
		"screen with a script": {
			between(`"type":"SCREEN","customScript":"return owner;","mailActor":"ignored","taskName":"Ask #{userName}"`),
			`{"type":"screen"}`,
			`{"name":"a","title":"Ask #{userName}","actors":{"script":"return owner;"},"decisions":[{"flow":"a_to_1","name":"go"}]}`,
		},
		"notice of a screen": {
			between(`"type":"screen","mailActor":"boss","mailSubject":"S","mailMessage":"M","mailShortcut":false`),
			`{"type":"screen"}`,
			`{"name":"a","actors":{"expression":"boss"},"decisions":[{"flow":"a_to_1","name":"go"}],"mail":{"subject":"S","message":"M"}}`,
		},
		"grants to enter": {
			between(`"type":"grant_screen","mailActor":"boss","grantScreenType":"ENTER","roleFilter":"r","applicationFilter":"a"`),
			`{"type":"approval"}`,
			`{"name":"a","actors":{"expression":"boss"},"decisions":[{"flow":"a_to_1","name":"go"}],
				"approval":{"mode":"enter","stages":[],"quorum":"one","self":"refuse","roleFilter":"r","applicationFilter":"a"}}`,
		},
		"match": {
			between(`"type":"match-screen","mailActor":"boss","filters":[{"query":"#{lastName}"}]`),
			`{"type":"match"}`,
			`{"name":"a","actors":{"expression":"boss"},"decisions":[{"flow":"a_to_1","name":"go"}],"match":{"threshold":1,"queries":[{"type":"text","text":"#{lastName}","weight":1}]}}`,
		},
		"apply": {
			between(`"type":"apply","applyUserChanges":"yes","applyEntitlements":0`),
			`{"type":"apply"}`,
			`{"name":"a","apply":{"userChanges":true}}`,
		},
		"mail": {
			between(`"type":"mail","mailActor":"boss","mailSubject":"S","mailMesage":"M","description":"D","async":"true"`),
			`{"type":"mail","async":true}`,
			`{"name":"a","description":"D","mail":{"actors":"boss","subject":"S","message":"M"}}`,
		},
		"system": {
			between(`"type":"system","system":"ad","method":"m","invocationFields":[{"name":"x","expression":"1"}]`),
			`{"type":"invoke","system":"ad"}`,
			`{"name":"a","invoke":{"system":"ad","method":"m","arguments":[{"name":"x","expression":"1"}]}}`,
		},
		"timer": {
			between(`"type":"timer","time":"90 minutes"`),
			`{"type":"timer","timer":{"duration":"PT90M"}}`,
			`null`,
		},
		"timer at a date": {
			between(`"type":"timer","time":"2026-01-31"`),
			`{"type":"timer","timer":{"date":"2026-01-31"}}`,
			`null`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan, library := compiledFile(t, c.data)
			node := nodeOf(t, plan, "a")
			var did any = node.Work
			if node.Work == nil {
				did = node.Event
			}
			requireJSON(t, c.node, did)
			step := library.Steps["a"]
			if step != nil && step.Actors != nil {
				step.Actors.Script = library.Scripts[step.Actors.Script]
			}
			requireJSON(t, c.step, step)
		})
	}
}

func requireJSON(t *testing.T, want string, got any) {
	t.Helper()
	text, err := json.Marshal(got)
	require.NoError(t, err)
	require.JSONEq(t, want, string(text))
}

func TestTimersOnSteps(t *testing.T) {
	t.Parallel()
	const task = `{"name":"a","type":"screen","mailActor":"boss","diagramId":"7","outTransitions":[{"action":"yes","target":"e"},{"action":"no","target":"b"}]},` +
		`{"name":"b","type":"action","customScript":"1",` + toEnd + `},`
	for name, c := range map[string]struct {
		timer        string
		interrupting bool
		ways         []string
		script       string
		cycle        string
	}{
		"takes a transition of the step": {`"time":"1 day","transition":"no"`, true, []string{"no>b"}, "", ""},
		"has its own":                    {`"time":"1 day",` + toEnd, true, []string{"go>e"}, "", ""},
		"has two of its own":             {`"time":"1 day","outTransitions":[{"action":"x","target":"b"},{"action":"y","target":"e"}]`, true, []string{"x>b"}, "", ""},
		"only runs a script":             {`"time":"1 day","customScript":"days = 1"`, false, []string{">"}, "days = 1", ""},
		"repeats":                        {`"time":"1 day","customScript":"days = 1","repeat":"true"`, false, []string{">"}, "days = 1", "R/P1D"},
		"takes what is not there":        {`"time":"1 day","transition":"perhaps"`, true, []string{">"}, "", ""},
		"leads back to the step":         {`"time":"1 day","outTransitions":[{"action":"again","target":"t"}]`, true, []string{"again>a"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan, library := compiledFile(t, file(`{"target":"a"}`, task+`{"name":"t","type":"timer","diagramParentId":"7",`+c.timer+`},`))
			n := nodeOf(t, plan, "t")
			require.Equal(t, bpm.BoundaryEvent, n.Type)
			require.Equal(t, "a", plan.Nodes[n.Attached].ID)
			require.Equal(t, c.interrupting, n.Interrupting)
			require.Equal(t, c.ways, ways(plan, n))
			require.Equal(t, c.script, library.Scripts[n.Event.Script])
			require.Equal(t, c.cycle, n.Event.Timer.Cycle)
		})
	}
}

// TestNamesInAnyCase: members are found whatever their case, and texts are read where numbers and booleans are meant.
func TestNamesInAnyCase(t *testing.T) {
	t.Parallel()
	data := between(`"type":"screen","MAILACTOR":"boss","UploadDocuments":"1","fields":[{"Name":"userName","READONLY":1,"Required":"false"}]`)
	_, library := compiledFile(t, strings.Replace(data, `"initiators":"*"`, `"Initiators":["anna","tothom"],"ATTRIBUTES":[{"code":"size","dataType":"long","Size":12,"values":"a:A\nb"}]`, 1))
	require.Equal(t, []string{"anna", "*"}, library.Access.Initiators)
	require.Equal(t, []bpm.Attribute{{
		Name: "size", Label: "size", Type: "number", Size: 12, Values: []bpm.Value{{Code: "a", Label: "A"}, {Code: "b", Label: "b"}},
	}}, library.Attributes)
	step := library.Steps["a"]
	require.Equal(t, "boss", step.Actors.Expression)
	require.True(t, step.Uploads)
	require.Equal(t, []bpm.Field{{Name: "userName", ReadOnly: true}}, step.Form.Fields)
}

// TestTheMisspeltNameLoses: a member under its right name wins over the misspelt one, and an empty one never wins.
func TestTheMisspeltNameLoses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ members, want string }{
		"both":        {`"mailMesage":"wrong","mailMessage":"right"`, "right"},
		"one empty":   {`"mailMesage":"right","mailMessage":""`, "right"},
		"two cases":   {`"MailMessage":"","mailmessage":"right"`, "right"},
		"white space": {`"mailMessage":"  right  "`, "right"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, library := compiledFile(t, between(`"type":"mail","mailActor":"boss","mailSubject":"S",`+c.members))
			require.Equal(t, c.want, library.Steps["a"].Mail.Message)
		})
	}
}

// TestIdsAreNeverTwice: names that become the same id, and names like the ids that are made.
func TestIdsAreNeverTwice(t *testing.T) {
	t.Parallel()
	data := file(`{"target":"a 1"}`, `
		{"name":"a 1","type":"action","customScript":"1","outTransitions":[{"target":"a-1"}]},
		{"name":"a-1","type":"action","customScript":"1","outTransitions":[{"target":"a_1_to_1"}]},
		{"name":"a_1_to_1","type":"action","customScript":"1","outTransitions":[{"target":"p"}]},
		{"name":"p","type":"action","customScript":"1","outTransitions":[{"target":"p_diagram"}]},
		{"name":"p_diagram","type":"action","customScript":"1","outTransitions":[{"target":"definitions_p"}]},
		{"name":"definitions_p","type":"action","customScript":"1",`+toEnd+`},`)
	plan, _ := compiledFile(t, data)
	require.Len(t, plan.Nodes, 8)
	seen := map[string]bool{plan.ID: true}
	for _, n := range plan.Nodes {
		require.False(t, seen[n.ID], n.ID)
		seen[n.ID] = true
	}
	for _, f := range plan.Flows {
		require.False(t, seen[f.ID], f.ID)
		seen[f.ID] = true
	}
}

// TestAFirstWayWithoutAName: the decision that is put behind a step names the flow by its id.
func TestAFirstWayWithoutAName(t *testing.T) {
	t.Parallel()
	plan, library := compiledFile(t, file(`{"target":"a"}`, `{"name":"a","type":"action","customScript":"1","outTransitions":[{"target":"e"},{"target":"b"}]},{"name":"b","type":"action","customScript":"1",`+toEnd+`},`))
	gate := plan.Nodes[plan.Flows[nodeOf(t, plan, "a").Out[0]].To]
	require.Equal(t, `return "`+plan.Flows[gate.Out[0]].ID+`"`, library.Scripts[gate.Decision])
}
