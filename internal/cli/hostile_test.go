package cli

import (
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

// diagram is a document with a process, and perhaps something before it.
func diagram(before, body string) string {
	return before + `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:idm="urn:provost:idm:1" xmlns:xi="http://www.w3.org/2001/XInclude" targetNamespace="urn:sample" id="d">
		<process id="p" name="Sample" isExecutable="true"><extensionElements><idm:process type="user"/><idm:acl initiators="*"/></extensionElements>` +
		body + `</process></definitions>`
}

// around is a process whose only step is given; it has the id step.
func around(step string) string {
	return diagram("", `<startEvent id="start"/>`+step+`<endEvent id="end"/>`+arrow("start", "step")+arrow("step", "end"))
}

func arrow(from, to string) string {
	return fmt.Sprintf(`<sequenceFlow id="%s-%s" sourceRef="%s" targetRef="%s"/>`, from, to, from, to)
}

func utf16Text(text string) string {
	out := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return string(out)
}

const fine = `<startEvent id="start"/><endEvent id="end"/>` + `<sequenceFlow id="f" sourceRef="start" targetRef="end"/>`

// malformed are documents that are none, or that mean harm; trap is an address that nobody may call, and planted a file that nobody may read.
func malformed(trap, planted string) map[string]struct{ text, code string } {
	laughs := `<!DOCTYPE d [<!ENTITY a0 "ha">`
	for i := range 30 {
		laughs += fmt.Sprintf(`<!ENTITY a%d "&a%d;&a%d;&a%d;">`, i+1, i, i, i)
	}
	link := func(throw, catch, name string) string {
		return fmt.Sprintf(`<intermediateThrowEvent id="%s"><linkEventDefinition id="l%s" name="%s"/></intermediateThrowEvent>
			<intermediateCatchEvent id="%s"><linkEventDefinition id="m%s" name="%s"/></intermediateCatchEvent>`, throw, throw, name, catch, catch, name)
	}
	return map[string]struct{ text, code string }{
		"nothing":                 {"", "xml-malformed"},
		"a letter":                {"<", "xml-malformed"},
		"truncated":               {diagram("", fine)[:300], "xml-malformed"},
		"billion laughs":          {diagram(laughs+`]>`, `<documentation>&a30;</documentation>`+fine), "xml-doctype"},
		"entity of a file":        {diagram(`<!DOCTYPE d [<!ENTITY x SYSTEM "file://`+planted+`">]>`, `<documentation>&x;</documentation>`+fine), "xml-doctype"},
		"entity of the network":   {diagram(`<!DOCTYPE d [<!ENTITY x SYSTEM "`+trap+`">]>`, `<documentation>&x;</documentation>`+fine), "xml-doctype"},
		"entity in an attribute":  {diagram(`<!DOCTYPE d [<!ENTITY x SYSTEM "`+trap+`">]>`, `<startEvent id="start" name="&x;"/>`), "xml-doctype"},
		"parameter entity":        {diagram(`<!DOCTYPE d [<!ENTITY % x SYSTEM "`+trap+`"> %x;]>`, fine), "xml-doctype"},
		"types of the network":    {diagram(`<!DOCTYPE d SYSTEM "`+trap+`/d.dtd">`, fine), "xml-doctype"},
		"style of the network":    {diagram(`<?xml-stylesheet href="`+trap+`"?>`, fine), ""},
		"inclusion of a file":     {diagram("", `<xi:include href="file://`+planted+`" parse="text"/>`+fine), ""},
		"import of the network":   {strings.Replace(diagram("", fine), "<process", `<import importType="http://www.w3.org/2001/XMLSchema" namespace="urn:x" location="`+trap+`"/><process`, 1), ""},
		"schema of the network":   {strings.Replace(diagram("", fine), "<definitions", `<definitions xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x `+trap+`"`, 1), ""},
		"depth":                   {diagram("", strings.Repeat("<a>", 10_000)+strings.Repeat("</a>", 10_000)), "xml-too-deep"},
		"sub-processes in each":   {diagram("", strings.Repeat(`<subProcess id="s">`, 10_000)), "xml-too-deep"},
		"fifty megabytes":         {diagram("", "<!--"+strings.Repeat("x", 50<<20)+"-->"+fine), "xml-too-large"},
		"an attribute too long":   {diagram("", `<startEvent id="`+strings.Repeat("x", 1<<20)+`"/>`+fine), "bad-id"},
		"many attributes":         {diagram("", strings.Replace(fine, `id="start"`, `id="start" `+manyAttributes(100_000), 1)), ""},
		"garbage of two bytes":    {"\xff\xfe\x00\xd8\x00\xd8" + strings.Repeat("\x01\xdc", 50), "xml-encoding"},
		"text of two bytes":       {utf16Text(diagram("", fine)), "xml-encoding"},
		"an encoding of nowhere":  {diagram(`<?xml version="1.0" encoding="klingon"?>`, fine), "xml-encoding"},
		"not the encoding it is":  {diagram(`<?xml version="1.0" encoding="UTF-8"?>`, "<documentation>\xff\xfe\xfa</documentation>"+fine), "xml-malformed"},
		"an archive":              {"PK\x03\x04\x14\x00\x08\x00" + strings.Repeat("\x00", 100), "xml-malformed"},
		"NULs":                    {strings.Repeat("\x00", 1000), "xml-malformed"},
		"a NUL inside":            {diagram("", "<documentation>a\x00b</documentation>"+fine), "xml-malformed"},
		"a NUL by number":         {diagram("", "<documentation>a&#0;b</documentation>"+fine), "xml-malformed"},
		"another language":        {"<html><body/></html>", "not-bpmn"},
		"another namespace":       {strings.Replace(diagram("", fine), "20100524", "20990101", 1), "not-bpmn"},
		"no process":              {`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>`, "no-process"},
		"ids twice":               {diagram("", fine+`<endEvent id="end"/>`), "duplicate-id"},
		"links in a circle":       {diagram("", `<startEvent id="start"/>`+link("t1", "c1", "a")+link("t2", "c2", "b")+arrow("start", "t1")+arrow("c1", "t2")+arrow("c2", "t1")+`<endEvent id="end"/>`), "no-way-out"},
		"a flow to nowhere":       {diagram("", fine+arrow("start", "gone")), "dangling-reference"},
		"a flow to itself":        {around(`<scriptTask id="step"><script>1</script></scriptTask>` + arrow("step", "step")), ""},
		"an event at itself":      {around(`<boundaryEvent id="step" attachedToRef="step"><timerEventDefinition id="t"><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>`), "boundary-not-on-activity"},
		"a complex gateway":       {around(`<complexGateway id="step"/>`), "unsupported-element"},
		"a transaction":           {around(`<transaction id="step"/>`), "unsupported-element"},
		"without an order":        {around(`<adHocSubProcess id="step"/>`), "unsupported-element"},
		"compensation":            {around(`<intermediateThrowEvent id="step"><compensateEventDefinition id="c"/></intermediateThrowEvent>`), "unsupported-event"},
		"a conditional event":     {around(`<intermediateCatchEvent id="step"><conditionalEventDefinition id="c"><condition>true</condition></conditionalEventDefinition></intermediateCatchEvent>`), "unsupported-event"},
		"a choreography":          {strings.ReplaceAll(diagram("", fine), "process", "choreography"), "no-process"},
		"a script that ends soon": {around(`<scriptTask id="step"><script>if (</script></scriptTask>`), "script-syntax"},
		"a timer too far":         {around(`<intermediateCatchEvent id="step"><timerEventDefinition id="t"><timeDuration>P999999999999999999999Y</timeDuration></timerEventDefinition></intermediateCatchEvent>`), "bad-timer"},
		"a count too large":       {around(`<scriptTask id="step"><script>1</script><standardLoopCharacteristics loopMaximum="99999999999999999999"><loopCondition>true</loopCondition></standardLoopCharacteristics></scriptTask>`), "loop-bounds"},
	}
}

func manyAttributes(count int) string {
	var text strings.Builder
	for i := range count {
		fmt.Fprintf(&text, `a%d="x" `, i)
	}
	return text.String()
}

// Whatever is in a file: it is checked in a moment, what is wrong is told, nothing is fetched, and no other file is read.
func TestCheckOfHostileFiles(t *testing.T) {
	t.Parallel()
	const secret = "sample-text-that-must-not-appear"
	planted := filepath.Join(t.TempDir(), "planted.txt")
	require.NoError(t, os.WriteFile(planted, []byte(secret), 0o600))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	var called atomic.Int32
	t.Cleanup(func() { require.Zero(t, called.Load(), "nothing is fetched") })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			called.Add(1)
			_ = conn.Close()
		}
	}()
	for name, c := range malformed("http://"+listener.Addr().String(), planted) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			code, said, complained := bpmCall(t, c.text, "check", "-")
			require.Less(t, time.Since(begin), 20*time.Second)
			require.NotContains(t, said+complained, secret)
			require.Less(t, len(said), 100_000, "findings are for people")
			if c.code == "" {
				require.Equal(t, exitDone, code, said)
				return
			}
			require.Equal(t, exitRefused, code, complained)
			require.Contains(t, said, "["+c.code+"]")
		})
	}
}
