package parameter

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"provost/internal/object"
	"provost/internal/secret"
)

// DefaultUploadSize is the largest upload in bytes when soffid.upload.maxsize says nothing (guide page 036: 100 MB).
const DefaultUploadSize = 100_000_000

// DefaultTaskLimit is the number of tasks one transaction may create before they are held.
const DefaultTaskLimit = 100

// Settings reads parameters with their types. It asks the database each time, so that a change is effective at once.
type Settings struct {
	store object.Store[Parameter]
	vault Vault
}

// NewSettings gives the typed readers over the unmasked store.
func NewSettings(store object.Store[Parameter], vault Vault) *Settings {
	return &Settings{store: store, vault: vault}
}

// Text gives the values of parameters by name; absent and secret ones are left out.
func (s *Settings) Text(ctx context.Context, names ...string) (map[string]string, error) {
	found, err := s.store.Named(ctx, names...)
	if err != nil {
		return nil, fmt.Errorf("read parameters: %w", err)
	}
	out := make(map[string]string, len(found))
	for i := range found {
		if !found[i].Secret {
			out[found[i].Name] = found[i].Value
		}
	}
	return out, nil
}

// Engine is how changes travel (guide page 044).
type Engine struct {
	Mode      string `json:"mode"`
	TaskLimit int    `json:"taskLimit"`
}

// Engine gives the engine settings; an installation that says nothing is read only.
func (s *Settings) Engine(ctx context.Context) (Engine, error) {
	values, err := s.Text(ctx, TaskMode, TaskLimit)
	if err != nil {
		return Engine{}, err
	}
	e := Engine{Mode: values[TaskMode], TaskLimit: number(values[TaskLimit], DefaultTaskLimit)}
	if Check(TaskMode, e.Mode) != nil {
		e.Mode = ModeReadOnly
	}
	return e, nil
}

// Mail is how mail is sent. Host is empty while no server is configured.
type Mail struct {
	Host, From, Protocol, User string
	Port                       int
	Auth                       bool
	Password                   secret.Value
}

// Mail gives the mail settings with the password opened.
func (s *Settings) Mail(ctx context.Context) (Mail, error) {
	values, err := s.Text(ctx, MailHost, MailFrom, MailProtocol, MailAuth, MailUser, MailPort)
	if err != nil {
		return Mail{}, err
	}
	m := Mail{
		Host: values[MailHost], From: values[MailFrom], Protocol: strings.ToUpper(values[MailProtocol]), User: values[MailUser],
		Port: number(values[MailPort], 25), Auth: values[MailAuth] == "true",
	}
	if m.Protocol == "" {
		m.Protocol = "SMTP"
	}
	if m.Password, err = s.Secret(ctx, MailPassword); err != nil {
		return Mail{}, err
	}
	return m, nil
}

// Notices is how mails speak to people.
type Notices struct {
	// URL is where people reach the console, without a slash at its end; empty when no parameter says so.
	URL string
	// Language is that of everybody; empty for each person's own. Usual is the one of those whose own is not known.
	Language, Usual string
	// Shortcuts tells whether mails may have links that decide.
	Shortcuts bool
}

// Notices gives how mails speak to people.
func (s *Settings) Notices(ctx context.Context) (Notices, error) {
	values, err := s.Text(ctx, ExternalURL, PublicURL, Language, LanguageUsual, MailShortcuts)
	if err != nil {
		return Notices{}, err
	}
	return Notices{
		URL: strings.TrimRight(cmp.Or(values[ExternalURL], values[PublicURL]), "/"), Language: values[Language], Usual: cmp.Or(values[LanguageUsual], "en"),
		Shortcuts: values[MailShortcuts] != "false",
	}, nil
}

// Secret opens a secret parameter; an absent one is empty.
func (s *Settings) Secret(ctx context.Context, name string) (secret.Value, error) {
	found, err := s.store.Named(ctx, name)
	if err != nil {
		return secret.Value{}, fmt.Errorf("read parameter %s: %w", name, err)
	}
	if len(found) == 0 || found[0].SecretID == nil || s.vault == nil {
		return secret.Value{}, nil
	}
	value, err := s.vault.Reveal(ctx, *found[0].SecretID)
	if err != nil {
		return secret.Value{}, fmt.Errorf("open parameter %s: %w", name, err)
	}
	return value, nil
}

// Notify gives whom to tell of failed scheduled tasks and failed processes: user names or addresses.
func (s *Settings) Notify(ctx context.Context) (scheduler, processes []string, err error) {
	values, err := s.Text(ctx, SchedulerNotif, BPMNotify)
	if err != nil {
		return nil, nil, err
	}
	return list(values[SchedulerNotif]), list(values[BPMNotify]), nil
}

// UploadMaxSize gives the largest upload in bytes.
func (s *Settings) UploadMaxSize(ctx context.Context) (int, error) {
	values, err := s.Text(ctx, UploadMaxSize)
	return number(values[UploadMaxSize], DefaultUploadSize), err
}

// GroupHolder gives whether grants name a holder group: none, optional or always.
func (s *Settings) GroupHolder(ctx context.Context) (string, error) {
	values, err := s.Text(ctx, GroupHolder)
	if err != nil || values[GroupHolder] == "" {
		return HolderNone, err
	}
	return values[GroupHolder], nil
}

// ScriptLanguage gives the language of scripts: javascript, beanshell or autodetect (guide page 044). An installation that says nothing has
// the language of each script detected.
func (s *Settings) ScriptLanguage(ctx context.Context) (string, error) {
	values, err := s.Text(ctx, Interpreter)
	if err != nil || values[Interpreter] == "" {
		return "autodetect", err
	}
	return values[Interpreter], nil
}

// NameFormat gives how full names are made; empty means the default.
func (s *Settings) NameFormat(ctx context.Context) (string, error) {
	values, err := s.Text(ctx, NameFormat)
	return values[NameFormat], err
}

func number(text string, otherwise int) int {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return otherwise
}

func list(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;\t\n", r) })
}
