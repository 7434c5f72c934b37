package script

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Language says how the text of a script is read.
type Language string

// The languages of guide page 089. Autodetect reads the text as JavaScript and, where that does not parse,
// as BeanShell; a leading comment /*js*/ or /*bsh*/ decides without a try.
const (
	Autodetect Language = "autodetect"
	JavaScript Language = "javascript"
	BeanShell  Language = "beanshell"
)

// Source is one script. The name appears in errors; it need not be unique.
type Source struct {
	Name     string
	Text     string
	Language Language
}

// Call is one evaluation of one script of the request.
type Call struct {
	// Script is the index into Request.Scripts.
	Script int
	// Bindings become variables of the script and the entries of its THIS. Values are nil, string, bool, int,
	// int64, float64, time.Time, []byte, []any, []string and map[string]any, nested at will. A name that the
	// language or the engine already uses (Date, out, serviceLocator …) is reachable through THIS only.
	Bindings map[string]any
	// Capture asks for the bindings the script changed.
	Capture bool
}

// Request is a batch of calls that share authority, clock and seed and run one after the other.
type Request struct {
	Scripts   []Source
	Calls     []Call
	Authority Authority
	// Services answers the host calls of the scripts; nil refuses all of them.
	Services Services
	// Resources are files that scripts read by name: resource(name) gives the text, load(name) runs it as JavaScript.
	Resources map[string]string
	// Now is what the scripts see as the time of their start; zero means the real time.
	Now time.Time
	// Seed fixes Math.random; each call of the batch draws its own sequence from it.
	Seed int64
}

// Result is what one call came to. Value and Bindings hold nil, string, bool, int64, float64, time.Time, []byte,
// []any and map[string]any; numbers without a fraction are int64, NaN and infinities are nil.
type Result struct {
	Value    any
	Bindings map[string]any
	// Output is what out.print, System.out and log wrote.
	Output string
	// Err is nil when the script ran to its end. errors.As finds a *LimitError in it when a limit ended the call.
	Err *Error
}

// Authority travels with every host call. The engine carries it and enforces nothing.
type Authority struct {
	// Publisher is the id of the person who published the script.
	Publisher string `json:"publisher"`
	// Scopes are the permissions the script declared.
	Scopes []string `json:"scopes,omitempty"`
	// ScriptHash is the SHA-256 of the running script's text in hex; the engine fills it in per call.
	ScriptHash string `json:"scriptHash,omitempty"`
}

// Services performs the host calls of scripts.
//
// Service is the short class name for what a script reaches through serviceLocator ("UserService", whichever way
// it was spelled), ServerService and DispatcherService for the variables of these names, and RemotePrefix plus the
// short name for remoteServiceLocator. Arguments and the answer have the types of Call.Bindings; a data object made
// by `new com.soffid.iam.api.User()`, or answered with it before, carries its short class name under ClassKey.
//
// An error becomes an exception of the script with the error's text, so the text must be fit for the script's
// author. ErrUnknownService and ErrUnknownMethod are turned into a sentence that names what is missing. Call must
// return soon after ctx ends.
type Services interface {
	Call(ctx context.Context, authority Authority, service, method string, args []any) (any, error)
}

// Names under which host calls reach Services.
const (
	// ServerService is the lookup interface of mappings (guide page 045).
	ServerService = "serverService"
	// DispatcherService is the agent's own interface of mappings (guide page 086).
	DispatcherService = "dispatcherService"
	// RemotePrefix precedes services taken from remoteServiceLocator.
	RemotePrefix = "remote/"
	// ClassKey is the entry of a data object that holds its short class name.
	ClassKey = "@class"
)

// Errors of this package.
var (
	ErrUnknownService = errors.New("unknown service")
	ErrUnknownMethod  = errors.New("unknown method")
	ErrClosed         = errors.New("script host is closed")
	ErrBadRequest     = errors.New("bad script request")
	// ErrNested says that scripts make each other run without an end in sight.
	ErrNested = errors.New("scripts make each other run more than 4 deep: look for a script that changes what starts it again")
)

// Kind classifies why a call failed.
type Kind string

// The kinds of Error. The last four are limits and come with a LimitError.
const (
	// KindSyntax: the text is not a script of its language.
	KindSyntax Kind = "syntax"
	// KindRefused: the script asks for something no script gets (files, commands, network, foreign classes).
	KindRefused Kind = "refused"
	// KindRuntime: an exception nobody caught.
	KindRuntime Kind = "runtime"
	// KindService: a host call failed and the script did not catch it.
	KindService Kind = "service"
	KindTime    Kind = "time"
	KindMemory  Kind = "memory"
	KindOutput  Kind = "output"
	KindCrash   Kind = "crash"
)

// Error is the failure of one call. Line and Column count from 1 and are 0 where no place is known; for BeanShell
// the column is that of the translated line.
type Error struct {
	Message string
	Line    int
	Column  int
	Script  string
	Kind    Kind
}

// Error returns the place and the message.
func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("script %s: %s", e.Script, e.Message)
	}
	return fmt.Sprintf("script %s, line %d: %s", e.Script, e.Line, e.Message)
}

// Unwrap returns the *LimitError of a call that a limit ended, otherwise nil.
func (e *Error) Unwrap() error {
	switch e.Kind {
	case KindTime, KindMemory, KindOutput, KindCrash:
		return &LimitError{Kind: e.Kind, Script: e.Script}
	default:
		return nil
	}
}

// LimitError says that a call used more than it may, or took its process down (KindCrash). It is found inside
// Result.Err, and is the error of Evaluate itself when the whole batch ran out of time.
type LimitError struct {
	Kind   Kind
	Script string
}

// Error names the limit.
func (e *LimitError) Error() string {
	switch e.Kind {
	case KindTime:
		return fmt.Sprintf("script %s ran longer than allowed", e.Script)
	case KindMemory:
		return fmt.Sprintf("script %s used more memory than allowed", e.Script)
	case KindOutput:
		return fmt.Sprintf("script %s wrote or returned more than allowed", e.Script)
	default:
		return fmt.Sprintf("script %s took its process down", e.Script)
	}
}

// Report is what Check says about one source.
type Report struct {
	// Language the text was read as.
	Language Language
	// Translated is the JavaScript that runs, where it differs from the text.
	Translated string
	// Pure is true when the text names none of the services, nor sleep or setTimeout: conditions that are pure are
	// cheap enough for a local activity.
	Pure bool
	// Findings are the reasons why the script cannot run; none means it compiles.
	Findings []*Error
}
