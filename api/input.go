package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// schemaPrefix leads references to schemas within the document.
const schemaPrefix = "#/components/schemas/"

// keptByServer are members that clients may send back as they read them, but that only the server sets.
var keptByServer = map[string]bool{"id": true, "version": true, "createdAt": true, "createdBy": true, "updatedAt": true, "updatedBy": true, "builtin": true}

// inputSchema checks what clients send for a type: the members of its answers, none required, because a change names only what changes
// and the rules for new objects belong to the service.
type inputSchema struct {
	registry huma.Registry
	name     string
	schema   *huma.Schema
}

// newInputSchema registers the schemas of T, for answers and, as <T>Input, for requests.
func newInputSchema[T any](registry huma.Registry) *inputSchema {
	t := reflect.TypeFor[T]()
	reference := registry.Schema(t, true, t.Name())
	answer := registry.SchemaFromRef(reference.Ref)
	describeIDs(t, answer)
	input := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false, Properties: map[string]*huma.Schema{}}
	for name, property := range answer.Properties {
		copied := *property
		copied.ReadOnly = copied.ReadOnly || keptByServer[name]
		property.ReadOnly = copied.ReadOnly
		copied.PrecomputeMessages()
		input.Properties[name] = &copied
	}
	input.PrecomputeMessages()
	name := strings.TrimPrefix(reference.Ref, schemaPrefix) + "Input"
	registry.Map()[name] = input
	return &inputSchema{registry: registry, name: name, schema: input}
}

// body documents a request body of this schema.
func (s *inputSchema) body(mediaTypes ...string) *huma.RequestBody {
	content := map[string]*huma.MediaType{}
	for _, mediaType := range mediaTypes {
		content[mediaType] = &huma.MediaType{Schema: &huma.Schema{Ref: schemaPrefix + s.name}}
	}
	return &huma.RequestBody{Required: true, Content: content}
}

// read fills target with a JSON object, over what it holds already.
func (s *inputSchema) read(body []byte, target any) error {
	members, err := s.parse(body)
	if err != nil {
		return err
	}
	if err := s.check(members); err != nil {
		return err
	}
	return s.fill(members, target)
}

// merge applies a JSON merge patch (RFC 7396) to target.
func (s *inputSchema) merge(body []byte, target any) error {
	patch, err := s.parse(body)
	if err != nil {
		return err
	}
	return s.apply(patch, target)
}

// apply merges members into target; null clears one.
func (s *inputSchema) apply(patch map[string]any, target any) error {
	if err := s.check(patch); err != nil {
		return err
	}
	text, err := json.Marshal(target)
	if err != nil {
		return err
	}
	var current map[string]any
	if err := json.Unmarshal(text, &current); err != nil {
		return err
	}
	merged, _ := mergePatch(current, patch).(map[string]any)
	reflect.ValueOf(target).Elem().SetZero()
	return s.fill(merged, target)
}

func (s *inputSchema) parse(body []byte) (map[string]any, error) {
	var members map[string]any
	err := json.Unmarshal(body, &members)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return nil, unreadable(fmt.Sprintf("The body is not JSON: %s, at byte %d", syntax.Error(), syntax.Offset))
	}
	if err != nil || members == nil {
		return nil, unreadable("The body must be a JSON object")
	}
	return members, nil
}

func unreadable(why string) error {
	return humaProblem(http.StatusBadRequest, why, &huma.ErrorDetail{Location: "body", Message: why})
}

// check validates the members against the schema; null, which clears an attribute, fits every type.
func (s *inputSchema) check(members map[string]any) error {
	var result huma.ValidateResult
	path := huma.NewPathBuffer([]byte{}, 0)
	huma.Validate(s.registry, s.schema, path, huma.ModeWriteToServer, withoutNulls(members), &result)
	if len(result.Errors) == 0 {
		return nil
	}
	return humaProblem(http.StatusUnprocessableEntity, "Some attributes cannot be used as they are", result.Errors...)
}

func (s *inputSchema) fill(members map[string]any, target any) error {
	text, err := json.Marshal(members)
	if err != nil {
		return err
	}
	err = json.Unmarshal(text, target)
	var mismatch *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &mismatch):
		return humaProblem(http.StatusUnprocessableEntity, "Wrong type",
			&huma.ErrorDetail{Location: mismatch.Field, Message: "a " + mismatch.Value + " does not fit here"})
	default:
		return humaProblem(http.StatusUnprocessableEntity, "The body does not fit: "+err.Error())
	}
}

func withoutNulls(members map[string]any) map[string]any {
	out := make(map[string]any, len(members))
	for name, value := range members {
		switch v := value.(type) {
		case nil:
		case map[string]any:
			out[name] = withoutNulls(v)
		default:
			out[name] = value
		}
	}
	return out
}

// mergePatch is the algorithm of RFC 7396 §2.
func mergePatch(target, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	members, ok := target.(map[string]any)
	if !ok {
		members = map[string]any{}
	}
	for name, value := range changes {
		if value == nil {
			delete(members, name)
			continue
		}
		members[name] = mergePatch(members[name], value)
	}
	return members
}
