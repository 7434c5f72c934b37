package connector

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Finding is something wrong with a configuration.
type Finding struct {
	// Parameter is the name of the parameter or property.
	Parameter string
	// Message says what to do.
	Message string
}

// Validate returns what is wrong with the parameters of an agent of this kind: unknown names, missing required ones, values that do not
// fit their type. It is empty if the configuration may be opened. Values of secrets never appear in a finding.
func Validate(kind Kind, params map[string]string) []Finding {
	var findings []Finding
	for _, name := range sortedNames(params) {
		p, known := kind.parameter(name)
		if !known {
			findings = append(findings, Finding{name, fmt.Sprintf("%s has no parameter %q; remove it or correct its name", kind.Label, name)})
			continue
		}
		if message := checkValue(p.Type, p.Choices, params[name]); message != "" {
			findings = append(findings, Finding{name, message})
		} else if message := checkRange(p, params[name]); message != "" {
			findings = append(findings, Finding{name, message})
		}
	}
	for _, p := range kind.Parameters {
		if p.Required && strings.TrimSpace(params[p.Name]) == "" && p.Default == "" {
			findings = append(findings, Finding{p.Name, p.Label + " is required"})
		}
	}
	return findings
}

// ValidateClass returns what is wrong with the mapping properties of a class.
func ValidateClass(kind Kind, class Class) []Finding {
	var findings []Finding
	for _, name := range sortedNames(class.Properties) {
		p, known := kind.property(name)
		if !known {
			message := fmt.Sprintf("%s does not know the property %q; remove it or correct its name", kind.Label, name)
			findings = append(findings, Finding{name, message})
			continue
		}
		if message := checkValue(p.Type, p.Choices, class.Properties[name]); message != "" {
			findings = append(findings, Finding{name, message})
		}
	}
	return findings
}

// WithDefaults returns a copy of the parameters in which absent or empty ones have their default.
func WithDefaults(kind Kind, params map[string]string) map[string]string {
	full := make(map[string]string, len(kind.Parameters))
	maps.Copy(full, params)
	for _, p := range kind.Parameters {
		if full[p.Name] == "" && p.Default != "" {
			full[p.Name] = p.Default
		}
	}
	return full
}

func checkValue(kind Type, choices []string, value string) string {
	if value == "" {
		return ""
	}
	switch kind {
	case TypeNumber:
		if _, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64); err != nil {
			return "write a whole number"
		}
	case TypeBoolean:
		if value != "true" && value != "false" {
			return "write true or false"
		}
	case TypeChoice:
		if !slices.Contains(choices, value) {
			return "choose one of " + strings.Join(choices, ", ")
		}
	case TypeString:
		if passwordInAddress.MatchString(value) {
			return "write the address without the password; the password has a field of its own, which is kept sealed"
		}
	case TypeSecret, TypeMultiline:
	}
	return ""
}

// passwordInAddress finds addresses such as postgres://user:password@host/database?password=… Text like this would be kept and shown
// as it is.
var passwordInAddress = regexp.MustCompile(`(?i)://[^/?#\s]*:[^/?#\s]*@|[?&;](ssl)?(password|passwd|pwd)=`)

func checkRange(p Parameter, value string) string {
	if p.Type != TypeNumber || p.Maximum == 0 || value == "" {
		return ""
	}
	n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
	if err != nil || n < p.Minimum || n > p.Maximum {
		return fmt.Sprintf("write a number from %d to %d", p.Minimum, p.Maximum)
	}
	return ""
}

func sortedNames(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
