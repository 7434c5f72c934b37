package api

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/account"
	"provost/internal/audit"
	"provost/internal/entitlement"
	"provost/internal/mapping"
	"provost/internal/metadata"
	"provost/internal/monitor"
	"provost/internal/notice"
	"provost/internal/offer"
	"provost/internal/process"
	"provost/internal/rehearsal"
	"provost/internal/run"
	"provost/internal/session"
	"provost/internal/task"
)

// schemaNames are the names in the document of types whose own name says too little without their package.
var schemaNames = map[reflect.Type]string{ //nolint:gochecknoglobals // immutable
	reflect.TypeFor[account.Access]():            "AccountAccess",
	reflect.TypeFor[entitlement.Content]():       "RoleContent",
	reflect.TypeFor[entitlement.Scope]():         "GrantScope",
	reflect.TypeFor[entitlement.Step]():          "EffectiveRoleStep",
	reflect.TypeFor[audit.Entry]():               "AuditEntry",
	reflect.TypeFor[metadata.Attribute]():        "AttributeDefinition",
	reflect.TypeFor[metadata.Options]():          "AttributeOptions",
	reflect.TypeFor[metadata.Value]():            "AttributeValue",
	reflect.TypeFor[metadata.Field]():            "SchemaField",
	reflect.TypeFor[mapping.Row]():               "MappingRow",
	reflect.TypeFor[mapping.Trigger]():           "MappingTrigger",
	reflect.TypeFor[account.Guard]():             "RunGuard",
	reflect.TypeFor[notice.Wanted]():             "NoticesWanted",
	reflect.TypeFor[session.Identity]():          "SessionUser",
	reflect.TypeFor[session.Token]():             "APIToken",
	reflect.TypeFor[TokenRequest]():              "APITokenRequest",
	reflect.TypeFor[NewToken]():                  "NewAPIToken",
	reflect.TypeFor[account.CorrelationRule]():   "CorrelationRule",
	reflect.TypeFor[entitlement.EffectiveRole](): "EffectiveRole",
	reflect.TypeFor[run.Options]():               "RunOptions",
	reflect.TypeFor[run.Verdict]():               "RunVerdict",
	reflect.TypeFor[mapping.Change]():            "AttributeChange",
	reflect.TypeFor[monitor.Load]():              "SyncLoad",
	reflect.TypeFor[monitor.Finished]():          "FinishedTasks",
	reflect.TypeFor[monitor.Selection]():         "SyncTaskSelection",
	reflect.TypeFor[monitor.Steered]():           "SyncTasksSteered",
	reflect.TypeFor[monitor.Actual]():            "ActualAccount",
	reflect.TypeFor[process.Definition]():        "ProcessDefinition",
	reflect.TypeFor[process.Version]():           "ProcessVersion",
	reflect.TypeFor[process.Draft]():             "ProcessDraft",
	reflect.TypeFor[process.Finding]():           "ProcessFinding",
	reflect.TypeFor[bpm.Difference]():            "ProcessDifference",
	reflect.TypeFor[process.Converted]():         "ConvertedProcess",
	reflect.TypeFor[process.Detail]():            "ProcessDetail",
	reflect.TypeFor[process.LogLine]():           "ProcessLogLine",
	reflect.TypeFor[process.WorkPlace]():         "ProcessTask",
	reflect.TypeFor[process.Column]():            "ProcessColumn",
	reflect.TypeFor[process.StartMessage]():      "StartMessage",
	reflect.TypeFor[process.Comment]():           "ProcessComment",
	reflect.TypeFor[process.Document]():          "ProcessDocument",
	reflect.TypeFor[process.Incident]():          "ProcessIncident",
	reflect.TypeFor[process.Pending]():           "ProcessJob",
	reflect.TypeFor[process.Principal]():         "TaskCandidate",
	reflect.TypeFor[process.Candidate]():         "MatchCandidate",
	reflect.TypeFor[process.Compared]():          "MatchAttribute",
	reflect.TypeFor[rehearsal.Result]():          "RehearsalResult",
	reflect.TypeFor[rehearsal.Wait]():            "RehearsalWait",
	reflect.TypeFor[rehearsal.Place]():           "RehearsalPlace",
	reflect.TypeFor[rehearsal.Step]():            "RehearsalStep",
	reflect.TypeFor[rehearsal.Effect]():          "RehearsalEffect",
	reflect.TypeFor[process.FieldView]():         "FormField",
	reflect.TypeFor[process.EngineState]():       "ProcessEngineState",
	reflect.TypeFor[process.Element]():           "ProcessElement",
	reflect.TypeFor[process.Restored]():          "RestoredDocuments",
	reflect.TypeFor[process.DecidedLine]():       "ApprovalLine",
	reflect.TypeFor[offer.Reference]():           "FormReference",
	reflect.TypeFor[task.Detail]():               "TaskDetail",
	reflect.TypeFor[task.Counts]():               "TaskCounts",
	reflect.TypeFor[task.Line]():                 "LineDecision",
	reflect.TypeFor[bpm.Value]():                 "FormChoice",
	reflect.TypeFor[bpm.Decision]():              "TaskDecision",
}

// nameSchema names the schema of a type; a version of an object is named after the object.
func nameSchema(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if name, ok := schemaNames[t]; ok {
		return name
	}
	if t.Kind() == reflect.Struct && strings.HasPrefix(t.Name(), "Versioned[") {
		if f, ok := t.FieldByName("Object"); ok {
			return "Versioned" + nameSchema(f.Type, "")
		}
	}
	return huma.DefaultSchemaNamer(t, hint)
}

// describeAllIDs does for every schema of the document what describeIDs does for one.
func describeAllIDs(registry huma.Registry) {
	for name, schema := range registry.Map() {
		t := registry.TypeFromRef(schemaPrefix + name)
		if t != nil && t.Kind() == reflect.Struct {
			describeIDs(t, schema)
		}
	}
}

// describeIDs marks the members that hold ids: Go's type says it, the text form alone does not.
func describeIDs(t reflect.Type, schema *huma.Schema) {
	for _, f := range reflect.VisibleFields(t) {
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		property := schema.Properties[name]
		if property == nil {
			continue
		}
		switch f.Type {
		case reflect.TypeFor[uuid.UUID]():
			property.Format = "uuid"
		case reflect.TypeFor[*uuid.UUID]():
			property.Format, property.Nullable = "uuid", !strings.Contains(option, "omitempty")
		case reflect.TypeFor[[]uuid.UUID]():
			property.Items.Format = "uuid"
			property.Items.PrecomputeMessages()
		}
		property.PrecomputeMessages()
	}
}
