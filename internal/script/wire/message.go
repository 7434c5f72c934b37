package wire

import (
	"encoding/json"
	"time"
)

// MessageKind tells the messages apart.
type MessageKind string

// Messages of the parent: run, check, reply. Messages of the child: ready (once, after its start), begin (a batch has been
// read), result and report (one per call or script, in order), host (wants a reply before it goes on), done (after the
// last result or report).
const (
	KindRun    MessageKind = "run"
	KindCheck  MessageKind = "check"
	KindReply  MessageKind = "reply"
	KindReady  MessageKind = "ready"
	KindBegin  MessageKind = "begin"
	KindResult MessageKind = "result"
	KindReport MessageKind = "report"
	KindHost   MessageKind = "host"
	KindDone   MessageKind = "done"
)

// Message is one frame; the field that belongs to its kind is set.
type Message struct {
	Kind   MessageKind `json:"kind"`
	Run    *Run        `json:"run,omitempty"`
	Result *Result     `json:"result,omitempty"`
	Report *Report     `json:"report,omitempty"`
	Host   *HostCall   `json:"host,omitempty"`
	Reply  *Reply      `json:"reply,omitempty"`
}

// Run is a batch of calls, or with KindCheck a set of scripts to look at.
type Run struct {
	Scripts []Script `json:"scripts"`
	Calls   []Call   `json:"calls,omitempty"`
	// Resources are the files that scripts may read, by name.
	Resources map[string]string `json:"resources,omitempty"`
	// Principal is what the script sees as its own identity.
	Principal string    `json:"principal,omitempty"`
	Now       time.Time `json:"now,omitzero"`
	Seed      int64     `json:"seed,omitempty"`
	Limits    Limits    `json:"limits"`
}

// Limits of one call.
type Limits struct {
	// Wall is the running time in nanoseconds, host calls not counted.
	Wall time.Duration `json:"wall"`
	// Output is the size in bytes of what a call may write, and of what it may return.
	Output int `json:"output"`
}

// Script is a source with its language: "javascript", "beanshell" or "autodetect".
type Script struct {
	Name     string `json:"name"`
	Text     string `json:"text"`
	Language string `json:"language"`
}

// Call is one evaluation. Bindings is an encoded map (see Encode). Index is the call's place in the caller's batch.
type Call struct {
	Index    int             `json:"index"`
	Script   int             `json:"script"`
	Bindings json.RawMessage `json:"bindings,omitempty"`
	Capture  bool            `json:"capture,omitempty"`
}

// Result answers one call; Value and Bindings are encoded values.
type Result struct {
	Index    int             `json:"index"`
	Value    json.RawMessage `json:"value,omitempty"`
	Bindings json.RawMessage `json:"bindings,omitempty"`
	Output   string          `json:"output,omitempty"`
	Failure  *Failure        `json:"failure,omitempty"`
}

// Failure is why a call or a check failed. Kind is one of the script package's kinds.
type Failure struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
}

// Report answers the check of one script.
type Report struct {
	Index      int       `json:"index"`
	Language   string    `json:"language"`
	Translated string    `json:"translated,omitempty"`
	Pure       bool      `json:"pure,omitempty"`
	Failures   []Failure `json:"failures,omitempty"`
}

// HostCall asks the parent for a service; Args is an encoded list.
type HostCall struct {
	Index   int             `json:"index"`
	Service string          `json:"service"`
	Method  string          `json:"method"`
	Args    json.RawMessage `json:"args"`
}

// Reply answers a host call: an encoded value, or the text of an error.
type Reply struct {
	Value json.RawMessage `json:"value,omitempty"`
	Error string          `json:"error,omitempty"`
}
