// Package pardef brings process definitions over from Soffid: it reads a .pardef, the JSON that its process editor exports, and writes BPMN 2.0
// with our extension and a diagram.
//
// The two do not mean the same by a drawing. There, several transitions out of a task are a choice of whoever does it, a step that no person
// does goes on by its first transition, and a decision's script returns the name of a transition: here that is said with tasks whose flows are
// buttons, with exclusive gateways and with decision scripts. A timer on a step becomes a boundary event.
//
// Names that the exporting product misspells are read as well, in whatever case.
package pardef

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"provost/bpm"
	"provost/bpm/diagram"
)

// sizeLimit is the largest file that is read, in bytes.
const sizeLimit = 5 << 20

// Import turns a .pardef into BPMN. The findings say what could not be brought over, by the names that steps have in the file; the document is
// nil when nothing could. It is meant to be reviewed as any other (bpm.Review): what is wrong with the process itself is found there.
func Import(data []byte) (document []byte, findings []bpm.Finding) {
	c := &converter{}
	refuse := func(code bpm.Code, format string, args ...any) ([]byte, []bpm.Finding) {
		c.note(code, "", format, args...)
		return nil, c.findings
	}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	switch {
	case bytes.HasPrefix(data, []byte("PK")):
		return refuse(bpm.ImportJava, "this is an archive (.par) with Java classes, which cannot run here: draw the process with a template, and bring its scripts over by hand")
	case len(data) > sizeLimit:
		return refuse(bpm.ImportMalformed, "the file has %d bytes, more than %d", len(data), sizeLimit)
	}
	var content any
	if err := json.Unmarshal(data, &content); err != nil {
		return refuse(bpm.ImportMalformed, "the file is not JSON: %s", err)
	}
	file := objectOf(content)
	if kind := file.text("type"); kind != "ProcessDefinition" {
		return refuse(bpm.ImportMalformed, "the file is not a process definition: its type is %.40q instead of \"ProcessDefinition\"", kind)
	}
	if version := file.text("version"); version != "" && version != "1" {
		c.note(bpm.ImportVersion, "", "the file has the version %.20q and is read as version 1", version)
	}
	c.convert(file.object("data"))
	diagram.Add(c.document)
	c.document.Indent()
	return c.document.Bytes(), c.findings
}

// Code proposes the id of a process from its name: what is after the last slash, without what XML does not allow in ids.
func Code(name string) string {
	_, last := folderOf(name)
	return slug(last, "process")
}

// note adds a finding about a step of the file.
func (c *converter) note(code bpm.Code, step, format string, args ...any) {
	f := bpm.NewFinding(code, step, fmt.Sprintf(format, args...))
	if !slices.Contains(c.findings, f) {
		c.findings = append(c.findings, f)
	}
}
