package bpm

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var updating = os.Getenv("PROVOST_UPDATE_GOLDEN") == "1"

const updateHint = "run PROVOST_UPDATE_GOLDEN=1 go test ./bpm"

// The descriptor in the form of moddle.
type (
	descriptor struct {
		Name   string            `json:"name"`
		URI    string            `json:"uri"`
		Prefix string            `json:"prefix"`
		XML    map[string]string `json:"xml"`
		Types  []describedType   `json:"types"`
	}
	describedType struct {
		Name       string              `json:"name"`
		SuperClass []string            `json:"superClass"`
		Meta       map[string][]string `json:"meta,omitempty"`
		Properties []describedProperty `json:"properties,omitempty"`
	}
	describedProperty struct {
		Name     string   `json:"name"`
		Type     string   `json:"type"`
		IsAttr   bool     `json:"isAttr,omitempty"`
		IsBody   bool     `json:"isBody,omitempty"`
		IsMany   bool     `json:"isMany,omitempty"`
		Required bool     `json:"required,omitempty"`
		Holds    string   `json:"holds,omitempty"`
		Choices  []string `json:"choices,omitempty"`
	}
)

func upper(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// describe writes the table of extensions as a descriptor.
func describe() descriptor {
	d := descriptor{Name: "Provost identity governance", URI: Namespace, Prefix: "idm", XML: map[string]string{"tagAlias": "lowerCase"}}
	for _, x := range extensions {
		one := describedType{Name: upper(x.name), SuperClass: []string{"Element"}}
		if !x.nested {
			one.Meta = map[string][]string{"allowedIn": {}}
			for _, host := range x.hosts {
				one.Meta["allowedIn"] = append(one.Meta["allowedIn"], "bpmn:"+upper(host))
			}
		}
		for _, p := range x.attributes {
			one.Properties = append(one.Properties, describeProperty(p))
		}
		if x.body {
			one.Properties = append(one.Properties, describedProperty{Name: "body", Type: "String", IsBody: true})
		}
		for _, child := range extensions {
			if !child.nested || !slices.Contains(child.hosts, x.name) {
				continue
			}
			property := describedProperty{Name: child.name, Type: upper(child.name), IsMany: child.many}
			if child.many {
				property.Name = strings.ReplaceAll(child.name+"s", "ys", "ies")
			}
			one.Properties = append(one.Properties, property)
		}
		d.Types = append(d.Types, one)
	}
	return d
}

func describeProperty(p property) describedProperty {
	one := describedProperty{Name: p.name, Type: "String", IsAttr: true, Required: p.required, Choices: p.choices}
	switch p.holds {
	case flagValue:
		one.Type = "Boolean"
	case numberValue:
		one.Type = "Integer"
	case durationValue, flowValue:
		one.Holds = string(p.holds)
	case textValue: // as it is
	}
	return one
}

// TestDescriptorSaysWhatIsParsed compares idm.json with the table that Parse checks documents against.
func TestDescriptorSaysWhatIsParsed(t *testing.T) {
	t.Parallel()
	text, err := json.MarshalIndent(describe(), "", "  ")
	require.NoError(t, err)
	if updating {
		require.NoError(t, os.WriteFile("idm.json", append(text, '\n'), 0o644))
		return
	}
	require.Equal(t, string(Moddle()), string(text)+"\n", updateHint)
}

// TestReferenceIsComplete compares the tables of the language reference with the code.
func TestReferenceIsComplete(t *testing.T) {
	t.Parallel()
	const file = "../docs/process-language.md"
	source, err := os.ReadFile(file)
	require.NoError(t, err)
	text := string(source)
	for name, table := range map[string]string{"extensions": extensionTable(), "codes": codeTable(), "variables": variableTable()} {
		begin, end := "<!-- "+name+":begin (kept true by a test of bpm) -->\n", "<!-- "+name+":end -->"
		before, rest, found := strings.Cut(text, begin)
		require.True(t, found, "no table %s", name)
		documented, after, found := strings.Cut(rest, end)
		require.True(t, found, "the table %s does not end", name)
		if !updating {
			require.Equal(t, table, documented, updateHint)
		}
		text = before + begin + table + end + after
	}
	for _, name := range slices.Sorted(slices.Values(nodeNames())) {
		require.Contains(t, text, "`"+name+"`", "the reference does not have the element %s", name)
	}
	if updating {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
}

func nodeNames() []string {
	var names []string
	for name := range nodeTypes {
		names = append(names, name)
	}
	for name := range eventTypes {
		names = append(names, name)
	}
	return names
}

func extensionTable() string {
	var out strings.Builder
	out.WriteString("| element | stands in | attributes | text |\n|---|---|---|---|\n")
	for _, x := range extensions {
		hosts := make([]string, len(x.hosts))
		for i, host := range x.hosts {
			hosts[i] = "`" + host + "`"
			if x.nested {
				hosts[i] = "`idm:" + host + "`"
			}
		}
		attributes := make([]string, len(x.attributes))
		for i, p := range x.attributes {
			attributes[i] = attributeText(p)
		}
		content, many := "", ""
		if x.body {
			content = "yes"
		}
		if x.many {
			many = " (any number)"
		}
		fmt.Fprintf(&out, "| `idm:%s`%s | %s | %s | %s |\n", x.name, many, strings.Join(hosts, ", "), strings.Join(attributes, ", "), content)
	}
	return out.String()
}

func attributeText(p property) string {
	text := "`" + p.name + "`"
	if p.required {
		text = "**" + text + "**"
	}
	switch {
	case len(p.choices) > 0:
		return text + " (" + strings.Join(p.choices, ", ") + ")"
	case p.holds != textValue:
		return text + " (" + string(p.holds) + ")"
	}
	return text
}

func codeTable() string {
	var out strings.Builder
	out.WriteString("| code | severity | what it means | what to do |\n|---|---|---|---|\n")
	for _, c := range Codes() {
		severity, means, todo := c.Explain()
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", c, severity, strings.ReplaceAll(means, "|", "\\|"), strings.ReplaceAll(todo, "<", "&lt;"))
	}
	return out.String()
}

func variableTable() string {
	var out strings.Builder
	out.WriteString("| type | variables |\n|---|---|\n")
	row := func(name string, variables []Variable) {
		names := make([]string, len(variables))
		for i, v := range variables {
			names[i] = "`" + v.Name + "` (" + v.Type
			if v.Many {
				names[i] += ", many"
			}
			names[i] += ")"
		}
		fmt.Fprintf(&out, "| %s | %s |\n", name, strings.Join(names, ", "))
	}
	row("every", everywhere)
	for _, kind := range []Kind{UserManagement, PermissionsManagement, PermissionsRequest, AccountReservation, Delegation} {
		row("`"+string(kind)+"`", byKind[kind])
	}
	return out.String()
}
