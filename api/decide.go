package api

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"provost/bpm"
	"provost/internal/fault"
	"provost/internal/notice"
	"provost/internal/parameter"
	"provost/internal/task"
)

//go:embed decide.html
var decideSource string

//go:embed decide.css
var decideStyle []byte

var decidePage = template.Must(template.New("decide").Parse(decideSource)) //nolint:gochecknoglobals // read once, never changed

// decidePolicy lets the page of a link do nothing but show itself and send its form.
const decidePolicy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Limits of links that decide: requests of one client in a minute, and the size of a form.
const (
	decisionsPerMinute = 30
	maxDecisionForm    = 64 << 10
)

// serveDecisions adds the pages of links in mails that decide about a task. They need no signing in and know no session: the token in the
// address is all the authority there is. To look changes nothing, however often a mail scanner does.
func (a *API) serveDecisions() {
	gate := &gate{most: decisionsPerMinute, seen: map[string]int{}}
	a.mux.HandleFunc("GET /decide.css", fixed("text/css; charset=utf-8", decideStyle))
	a.mux.HandleFunc(notice.Path, a.missing)
	a.mux.HandleFunc("GET "+notice.Path+"{token}", func(w http.ResponseWriter, r *http.Request) { a.decision(w, r, gate, a.lookAtDecision) })
	a.mux.HandleFunc("POST "+notice.Path+"{token}", func(w http.ResponseWriter, r *http.Request) { a.decision(w, r, gate, a.decide) })
}

// ballot is what the page of a link shows.
type ballot struct {
	task.Sheet
	Language string
	Said     string // a phrase instead of the form, or above it
	Open     bool   // it can be decided
	Done     bool
	Comment  string
	Link     string // of the task in the console
	status   int
}

// Say gives a phrase of the page.
func (s *ballot) Say(name string) string { return notice.Phrase(s.Language, name, nil) }

// For says for whom the page is.
func (s *ballot) For() string { return notice.Phrase(s.Language, "page.for", s.Person.UserName) }

// way is a button. The main one is filled, as in the console: the first that the definition names, which of approvals is to approve.
type way struct {
	Value, Name string
	Main        bool
}

// Buttons are the ways to decide.
func (s *ballot) Buttons() []way {
	var out []way
	for i, d := range s.Ways() {
		name := cmp.Or(d.Name, s.Say("page.title"))
		switch {
		case d.Flow == task.ApproveAll && s.Deciding:
			name = s.Say("page.approve")
		case d.Flow == task.DenyAll && s.Deciding:
			name = s.Say("page.deny")
		}
		out = append(out, way{Value: d.Flow, Name: name, Main: i == 0})
	}
	return out
}

// shown is a value of the form.
type shown struct{ Label, Value string }

// unshown are types of fields that the page leaves to the console: what is no text, and lines, which it lists.
var unshown = []string{"password", "binary", "photo", "attachment", "separator", "ssoInput", "html", "grant"} //nolint:gochecknoglobals // never changed

// Shown are the values of the form, as text.
func (s *ballot) Shown() []shown {
	var out []shown
	for _, f := range s.Fields {
		var value any
		if slices.Contains(unshown, f.Type) || json.Unmarshal(s.Values[f.Name], &value) != nil {
			continue
		}
		if text := s.asText(value, f.Values); text != "" {
			out = append(out, shown{cmp.Or(f.Label, f.Name), text})
		}
	}
	return out
}

// asText writes a value for people, by the label of its choice where it has one; empty for what is none.
func (s *ballot) asText(value any, choices []bpm.Value) string {
	switch v := value.(type) {
	case string:
		at := slices.IndexFunc(choices, func(c bpm.Value) bool { return c.Code == v && c.Label != "" })
		if at >= 0 {
			return choices[at].Label
		}
		return v
	case bool:
		if v {
			return s.Say("page.yes")
		}
		return s.Say("page.no")
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		parts := make([]string, 0, len(v))
		for _, one := range v {
			if text := s.asText(one, choices); text != "" {
				parts = append(parts, text)
			}
		}
		return strings.Join(parts, ", ")
	}
	return ""
}

// Pending are the lines that are decided about now.
func (s *ballot) Pending() []string {
	var out []string
	for _, l := range s.Lines {
		if l.Decision == "" {
			out = append(out, l.Title)
		}
	}
	return out
}

// decision answers a request for the page of a link.
func (a *API) decision(w http.ResponseWriter, r *http.Request, gate *gate, answer func(r *http.Request, hash []byte) (*ballot, error)) {
	h := w.Header()
	h.Set("Content-Security-Policy", decidePolicy)
	h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	settings, err := a.deps.Platform.Settings.Notices(r.Context())
	s := &ballot{}
	hash, known := notice.HashToken(r.PathValue("token"))
	switch {
	case err != nil:
	case !gate.enter(a.clientOf(r), time.Now()):
		s.Said, s.status = "busy", http.StatusTooManyRequests
		h.Set("Retry-After", "60")
	case !settings.Shortcuts:
		s.Refusal = task.RefusedOff
	case !known:
		s.Refusal = task.RefusedUnknown
	default:
		s, err = answer(r, hash)
	}
	if err != nil {
		zerolog.Ctx(r.Context()).Error().Err(err).Msg("a link in a mail could not be answered")
		s = &ballot{Said: "trouble", status: http.StatusServiceUnavailable}
	}
	a.showBallot(w, r, s, settings)
}

// showBallot lays the page out, in the language of its person, else of the browser.
func (a *API) showBallot(w http.ResponseWriter, r *http.Request, s *ballot, settings parameter.Notices) {
	own := s.Sheet.Language
	if own == "" && settings.Language == "" {
		own, _, _ = strings.Cut(r.Header.Get("Accept-Language"), ",")
	}
	s.Language = notice.LanguageOf(own, settings)
	if s.Refusal != "" {
		s.Said, s.status = string(s.Refusal), http.StatusGone
	}
	if s.Refusal == task.RefusedUnknown {
		s.status = http.StatusNotFound
	}
	if s.Said != "" {
		s.Said = s.Say("page." + s.Said)
	}
	var page bytes.Buffer
	if err := decidePage.Execute(&page, s); err != nil {
		panic("lay page of a link out: " + err.Error()) // only a mistake in our own template gets here
	}
	if s.status != 0 {
		w.WriteHeader(s.status)
	}
	_, _ = w.Write(page.Bytes()) // a client that went away cannot be told
}

func (a *API) lookAtDecision(r *http.Request, hash []byte) (*ballot, error) {
	found, err := a.deps.Platform.Tasks.LookByShortcut(r.Context(), hash)
	s := &ballot{Sheet: found, Open: found.Refusal == ""}
	if s.Open {
		s.Link = "/tasks/" + found.ID.String()
	}
	return s, err
}

// decide takes the form of the page. What is refused is shown above the form, which still decides.
func (a *API) decide(r *http.Request, hash []byte) (*ballot, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, maxDecisionForm)
	if err := r.ParseForm(); err != nil {
		return a.again(r, hash, "refused")
	}
	outcome, comment := r.PostForm.Get("outcome"), r.PostForm.Get("comment")
	if outcome == "" {
		return a.again(r, hash, "refused")
	}
	found, err := a.deps.Platform.Tasks.DecideByShortcut(r.Context(), hash, outcome, comment)
	switch {
	case fault.CodeOf(err) != "" && !fault.Is(err, fault.Unavailable):
		return a.again(r, hash, "refused")
	case err != nil:
		return nil, err
	case found.Refusal != "":
		return &ballot{Sheet: found}, nil
	}
	return &ballot{Sheet: found, Done: true, Said: "done"}, nil
}

// again shows the form once more, with what was wrong.
func (a *API) again(r *http.Request, hash []byte, said string) (*ballot, error) {
	s, err := a.lookAtDecision(r, hash)
	if err != nil || s.Refusal != "" {
		return s, err
	}
	s.Said, s.status, s.Comment = said, http.StatusUnprocessableEntity, r.PostForm.Get("comment")
	return s, nil
}

// gate lets each client in so often in a minute. It counts in memory: behind several API processes each counts for itself. That is enough, because
// it spares the process and protects no secret: tokens have 256 random bits (docs/adr/0011).
type gate struct {
	most int

	mu     sync.Mutex
	minute int64
	seen   map[string]int
}

func (g *gate) enter(client string, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if minute := now.Unix() / 60; minute != g.minute {
		g.minute = minute
		clear(g.seen)
	}
	g.seen[client]++
	return g.seen[client] <= g.most
}
