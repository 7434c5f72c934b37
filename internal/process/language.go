package process

import (
	"bytes"
	"context"
	"fmt"

	"provost/bpm"
	"provost/bpm/pardef"
)

// BPMN is the language of definitions: BPMN 2.0 with our extensions (package bpm), and the .pardef that package pardef imports.
type BPMN struct {
	// Attributes gives the names of the attributes that users have beside the built-in ones: forms may name those too. Nil means none.
	Attributes func(ctx context.Context) ([]string, error)
	// Scripts reads the scripts. Nil leaves them unread.
	Scripts ScriptChecker
}

// Compile implements Language.
func (l BPMN) Compile(ctx context.Context, source []byte) (*Compiled, []Finding, error) {
	imported, found := brought(source)
	if imported == nil {
		return nil, findingsOf(found), nil
	}
	var attributes []string
	if l.Attributes != nil {
		var err error
		if attributes, err = l.Attributes(ctx); err != nil {
			return nil, nil, fmt.Errorf("read the attributes of users: %w", err)
		}
	}
	definition, more := bpm.Parse(imported)
	if definition != nil {
		more = append(more, definition.Check(attributes...)...)
		unread, err := l.unread(ctx, definition)
		if err != nil {
			return nil, nil, err
		}
		more = append(more, unread...)
		bpm.SortFindings(more)
	}
	found = append(found, more...)
	if definition == nil || bpm.Refused(found) {
		return nil, findingsOf(found), nil
	}
	plan, library := definition.Compile()
	return &Compiled{Source: definition.XML(), Plan: plan, Library: library}, findingsOf(found), nil
}

func (l BPMN) unread(ctx context.Context, d *bpm.Definition) ([]bpm.Finding, error) {
	if l.Scripts == nil {
		return nil, nil
	}
	return Misread(ctx, l.Scripts, d)
}

// brought gives a source as BPMN: a .pardef is imported, with findings about what could not be brought over, and an archive is refused. Nil
// means that there is nothing to read.
func brought(source []byte) ([]byte, []bpm.Finding) {
	start := bytes.TrimSpace(bytes.TrimPrefix(source, []byte("\xEF\xBB\xBF")))
	if bytes.HasPrefix(start, []byte("{")) || bytes.HasPrefix(start, []byte("PK")) {
		return pardef.Import(source)
	}
	return source, nil
}

func findingsOf(found []bpm.Finding) []Finding {
	out := make([]Finding, len(found))
	for i, f := range found {
		out[i] = Finding{Element: f.Element, Severity: string(f.Severity), Code: string(f.Code), Message: f.Message, Line: f.Line}
	}
	return out
}

var _ Language = BPMN{}
