package notice

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	html "html/template"
	"strings"
	text "text/template"
	"time"

	"provost/internal/parameter"
)

//go:embed texts
var texts embed.FS

// book are the phrases of a language, by name.
type book map[string]*text.Template

//nolint:gochecknoglobals // read once, never changed
var (
	books  = map[string]book{"en": mustRead("en"), "es": mustRead("es")}
	plain  = text.Must(text.New("mail.txt").ParseFS(texts, "texts/mail.txt"))
	marked = html.Must(html.New("mail.html").ParseFS(texts, "texts/mail.html"))
)

// mustRead reads the phrases of a language, which are part of the program.
func mustRead(language string) book {
	source, err := texts.ReadFile("texts/" + language + ".json")
	if err != nil {
		panic(err)
	}
	var phrases map[string]string
	if err := json.Unmarshal(source, &phrases); err != nil {
		panic(fmt.Errorf("phrases of %s: %w", language, err))
	}
	out := book{}
	for name, phrase := range phrases {
		out[name] = text.Must(text.New(name).Option("missingkey=error").Parse(phrase))
	}
	return out
}

// LanguageOf gives the language in which somebody is written to: that of everybody, else their own, else the usual one.
func LanguageOf(own string, settings parameter.Notices) string {
	for _, tag := range []string{settings.Language, own, settings.Usual} {
		code, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		if _, known := books[code]; known {
			return code
		}
	}
	return "en"
}

// Phrase says something in a language.
func Phrase(language, name string, data any) string {
	phrase := books[language][name]
	if phrase == nil {
		return name
	}
	var out strings.Builder
	if err := phrase.Execute(&out, data); err != nil {
		return name
	}
	return out.String()
}

// content is a mail before it is laid out.
type content struct {
	Greeting   string
	Paragraphs []string
	Facts      []fact
	Items      []string
	Links      []link
	Footer     string
	Choice     *link // where the recipient chooses which mails they get; nil where there is nothing to choose
}

type fact struct{ Label, Value string }

type link struct{ Label, URL string }

// subject gives the subject of a mail.
func (m *Mail) subject(language string) string {
	if m.Letter != nil && (m.Kind == Task || m.Kind == Copy) && m.Letter.Subject != "" {
		return m.Letter.Subject
	}
	return Phrase(language, "subject."+m.occasion(), m)
}

// occasion names the phrases of a mail; of an outcome, what it is.
func (m *Mail) occasion() string {
	switch {
	case m.Kind == Copy:
		return string(Task)
	case m.Kind != Outcome:
		return string(m.Kind)
	case m.Status != "completed":
		return string(Outcome) + "." + m.Status
	}
	approved, denied := 0, 0
	for _, l := range m.Lines {
		switch l.Decision {
		case "approved":
			approved++
		case "denied":
			denied++
		}
	}
	switch {
	case approved > 0 && denied > 0:
		return "outcome.partly"
	case approved > 0:
		return "outcome.approved"
	case denied > 0:
		return "outcome.denied"
	}
	return "outcome.completed"
}

// content writes a mail. A task whose definition writes its notice has that, and the links below it.
func (m *Mail) content(language, base, shortcut string) *content {
	say := func(name string) string { return Phrase(language, name, m) }
	c := &content{Footer: say("footer")}
	if m.Letter != nil && (m.Kind == Task || m.Kind == Copy) {
		c.Paragraphs = paragraphs(m.Letter.Text)
	} else {
		c.Greeting = say("greeting")
		c.Paragraphs = []string{say("intro." + m.occasion())}
		c.Paragraphs = append(c.Paragraphs, paragraphs(m.Facts.Comment)...)
		c.Facts, c.Items = m.facts(say), m.items(language)
	}
	if shortcut != "" {
		c.Paragraphs = append(c.Paragraphs, say("shortcut"))
		c.Links = append(c.Links, link{say("link.shortcut"), shortcut})
	}
	switch {
	case base == "":
	case m.TaskID != nil && m.Kind != Copy:
		c.Links = append(c.Links, link{say("link.task"), base + "/tasks/" + m.TaskID.String()})
	case m.ProcessID != nil:
		c.Links = append(c.Links, link{say("link.process"), base + "/processes/" + m.ProcessID.String()})
	}
	if base != "" && m.choice() != "" {
		c.Choice = &link{say("footer.choice"), base + ChoicePath}
	}
	return c
}

// facts are what is known of the process and the task.
func (m *Mail) facts(say func(string) string) []fact {
	var out []fact
	add := func(name, value string) {
		if value != "" {
			out = append(out, fact{say("fact." + name), value})
		}
	}
	if m.ProcessID != nil {
		add("process", fmt.Sprintf("%d · %s", m.Number, m.Process))
	}
	if m.TaskID != nil || m.Kind == Incident {
		add("initiator", m.Initiator)
	}
	add("step", m.Facts.Step)
	if m.TaskID != nil {
		add("due", moment(m.DueAt))
		add("expires", moment(m.ExpireAt))
	}
	return out
}

// items are the lines that are decided about, what was decided, or what a digest lists.
func (m *Mail) items(language string) []string {
	var out []string
	for _, l := range m.Lines {
		item := l.Title
		if l.Decision != "" {
			item += ": " + Phrase(language, "decision."+l.Decision, m)
		}
		out = append(out, item)
	}
	for _, d := range m.Decisions {
		out = append(out, strings.TrimSpace(Phrase(language, "decided."+d.Kind, d)))
	}
	for _, e := range m.Facts.Entries {
		out = append(out, Phrase(language, "entry."+e.Action, entry{e, moment(&e.At)}))
	}
	if m.Facts.More > 0 {
		out = append(out, Phrase(language, "entry.more", m.Facts))
	}
	return out
}

// entry is a line of a digest with its time as people read it.
type entry struct {
	Entry

	When string
}

// Due is the due date as people read it.
func (m *Mail) Due() string { return moment(m.DueAt) }

// moment is a time as people read it everywhere; empty for none.
func moment(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format("2006-01-02 15:04 UTC")
}

// paragraphs takes a text apart at its empty lines.
func paragraphs(of string) []string {
	var out []string
	for part := range strings.SplitSeq(strings.ReplaceAll(of, "\r\n", "\n"), "\n\n") {
		if part = strings.Trim(part, "\n"); strings.TrimSpace(part) != "" {
			out = append(out, part)
		}
	}
	return out
}

// render lays a mail out, as text and as HTML. The layouts are ours, so that they can be filled in always.
func (c *content) render(language string) (asText, asHTML string) {
	var a, b bytes.Buffer
	data := struct {
		*content
		Language string
	}{c, language}
	if err := plain.Execute(&a, data); err != nil {
		panic(fmt.Errorf("lay mail out: %w", err))
	}
	if err := marked.Execute(&b, data); err != nil {
		panic(fmt.Errorf("lay mail out: %w", err))
	}
	return a.String(), b.String()
}
