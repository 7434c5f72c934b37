package process

import (
	"bytes"
	"context"
	"fmt"

	"provost/bpm"
	"provost/bpm/diagram"
	"provost/bpm/pardef"
	"provost/bpm/xmltree"
	"provost/internal/authz"
)

// Converted is a file as the designer can open it.
type Converted struct {
	Source   string    `json:"source" doc:"BPMN with a diagram; empty when nothing could be made of the file"`
	Findings []Finding `json:"findings" doc:"What could not be brought over, or why nothing could"`
}

// drawings is the namespace of diagrams in BPMN documents.
const drawings = "http://www.omg.org/spec/BPMN/20100524/DI"

// Convert makes something that can be drawn of a file: BPMN without a diagram is given one, a .pardef becomes BPMN. Nothing is stored, and what
// the definition itself lacks is left to [Definitions.Check]. It needs processDefinition:query.
func (s *Definitions) Convert(ctx context.Context, file []byte) (Converted, error) {
	if _, err := authz.Check(ctx, authz.ProcessDefinitionQuery); err != nil {
		return Converted{}, err
	}
	text := bytes.TrimSpace(bytes.TrimPrefix(file, []byte("\xEF\xBB\xBF")))
	if !bytes.HasPrefix(text, []byte("<")) {
		document, findings := pardef.Import(file)
		return Converted{Source: string(document), Findings: told(findings)}, nil
	}
	definition, findings := bpm.Parse(file)
	if definition == nil {
		return Converted{Findings: told(findings)}, nil
	}
	source, err := drawn(definition.XML())
	return Converted{Source: string(source), Findings: []Finding{}}, err
}

// drawn gives a document that has no diagram one; a diagram that somebody drew is left as it is.
func drawn(source []byte) ([]byte, error) {
	document, err := xmltree.Parse(source, xmltree.Limits{Bytes: MaxSource, Depth: 200, Elements: 20_000})
	if err != nil {
		return nil, fmt.Errorf("read the document again: %w", err)
	}
	if d := document.Root.First(drawings, "BPMNDiagram"); d != nil {
		return source, nil
	}
	diagram.Add(document)
	return document.Bytes(), nil
}

// told gives findings of the language as this interface has them.
func told(found []bpm.Finding) []Finding {
	findings := make([]Finding, len(found))
	for i, f := range found {
		findings[i] = Finding{Element: f.Element, Severity: string(f.Severity), Code: string(f.Code), Message: f.Message, Line: f.Line}
	}
	return findings
}
