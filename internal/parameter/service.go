package parameter

import (
	"context"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/object"
	"provost/internal/secret"
)

// Parameters is the use cases of parameters.
type Parameters = object.Service[Parameter, *Parameter]

// Vault keeps secrets by id, within the transaction of the context.
type Vault interface {
	// Put seals a secret under a new id.
	Put(ctx context.Context, id uuid.UUID, plaintext string) error
	// Drop removes secrets.
	Drop(ctx context.Context, ids ...uuid.UUID) error
	// Reveal opens a secret; it returns fault.NotFound for an unknown id.
	Reveal(ctx context.Context, id uuid.UUID) (secret.Value, error)
}

// NewParameters gives the use cases of parameters. vault may be nil where no secret is ever set; setting one is refused then.
func NewParameters(base Parameters, vault Vault) *Parameters {
	base.Type, base.Label = "parameter", "parameter"
	base.Permissions = object.Permissions{
		Query: authz.ParameterQuery, Create: authz.ParameterUpdate, Update: authz.ParameterUpdate, Delete: authz.ParameterUpdate,
	}
	base.Store = masked{base.Store}
	base.Rules = &rules{vault: vault}
	return &base
}

type rules struct{ vault Vault }

// Key implements object.Rules.
func (*rules) Key(p *Parameter) string { return p.Name }

// nameRule is what names may be made of: dots separate their parts.
var nameRule = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// Prepare checks the values of known parameters, takes secrets out of the row, and turns an update to an empty value into a deletion
// (guide page 036: to delete a parameter, its value has to be empty).
func (r *rules) Prepare(_ context.Context, edits []*object.Edit[Parameter]) error {
	for _, e := range edits {
		if e.After == nil {
			e.Err = refuseRequired(e.Before)
			continue
		}
		p := e.After
		p.Name = strings.TrimSpace(p.Name)
		switch {
		case !nameRule.MatchString(p.Name):
			e.Err = fault.InvalidField("name", "A parameter name consists of letters, digits, dots, hyphens and underscores.")
		case e.Before != nil && e.Before.Name != p.Name:
			e.Err = fault.InvalidField("name", "%s keeps its name. Delete it and add another parameter.", e.Before.Name)
		case IsSecret(p.Name):
			if err := r.seal(e); err != nil {
				return err
			}
		default:
			p.SecretID = nil
			r.checkPlain(e)
		}
	}
	return nil
}

// checkPlain checks the value of a parameter that is no secret; an empty one deletes.
func (*rules) checkPlain(e *object.Edit[Parameter]) {
	p := e.After
	p.Value = strings.TrimSpace(p.Value)
	switch {
	case p.Value != "":
		e.Err = Check(p.Name, p.Value)
	case e.Before == nil:
		e.Err = fault.InvalidField("value", "%s needs a value.", p.Name)
	default:
		e.After, e.Err = nil, refuseRequired(e.Before)
	}
}

// seal moves a new secret out of the row. The mask means that the stored one stays.
func (r *rules) seal(e *object.Edit[Parameter]) error {
	p := e.After
	text := p.Value
	p.Value = ""
	switch {
	case text == Mask && e.Before != nil && e.Before.SecretID != nil:
		p.SecretID, p.Secret = e.Before.SecretID, true
	case text == Mask:
		e.Err = fault.InvalidField("value", "%s stands for a stored value, and there is none yet. Write the value itself.", Mask)
	case text == "" && e.Before != nil:
		e.After = nil
	case text == "":
		e.Err = fault.InvalidField("value", "%s needs a value.", p.Name)
	case r.vault == nil:
		e.Err = fault.New(fault.Unavailable, "Secrets cannot be stored: the installation has no master key.")
	default:
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make id of secret: %w", err)
		}
		p.SecretID, p.sealed = &id, &sealed{id: id, text: text}
	}
	return nil
}

// Written puts new secrets into the vault and drops those that nothing names any more.
func (r *rules) Written(ctx context.Context, edits []*object.Edit[Parameter]) error {
	var stale []uuid.UUID
	for _, e := range edits {
		if e.After != nil && e.After.sealed != nil {
			if err := r.vault.Put(ctx, e.After.sealed.id, e.After.sealed.text); err != nil {
				return fmt.Errorf("keep secret of %s: %w", e.After.Name, err)
			}
		}
		if e.Before != nil && e.Before.SecretID != nil && (e.After == nil || e.After.SecretID == nil || *e.After.SecretID != *e.Before.SecretID) {
			stale = append(stale, *e.Before.SecretID)
		}
	}
	if len(stale) == 0 || r.vault == nil {
		return nil
	}
	return r.vault.Drop(ctx, stale...)
}

// required are parameters that can be changed but not deleted.
var required = []string{TaskMode, TaskLimit}

func refuseRequired(p *Parameter) error {
	if p != nil && slices.Contains(required, p.Name) {
		return fault.New(fault.Conflict, "%s is needed by the synchronisation engine and cannot be deleted.", p.Name)
	}
	return nil
}

// choices are the values that some parameters may have.
var choices = map[string][]string{
	TaskMode: {ModeReadOnly, ModeManual, ModeAuto}, Interpreter: {"javascript", "beanshell", "autodetect"},
	GroupHolder: {HolderNone, HolderOptional, HolderAlways}, MailAuth: {"true", "false"}, BPMRetry: {"true", "false"},
	MailNotices: {"true", "false"}, MailShortcuts: {"true", "false"}, Language: {"en", "es"}, LanguageUsual: {"en", "es"},
}

// numbers are the least and the greatest value of parameters that are whole numbers.
var numbers = map[string][2]int{TaskLimit: {1, 10_000_000}, MailPort: {1, 65535}, UploadMaxSize: {1, 10_000_000_000}}

// Check tells what is wrong with the value of a parameter, or nil; names it does not know take any value.
func Check(name, value string) error {
	if allowed, ok := choices[name]; ok && !slices.Contains(allowed, value) {
		return fault.InvalidField("value", "%s must be one of %s.", name, strings.Join(allowed, ", "))
	}
	if limits, ok := numbers[name]; ok {
		n, err := strconv.Atoi(value)
		if err != nil || n < limits[0] || n > limits[1] {
			return fault.InvalidField("value", "%s must be a whole number from %d to %d.", name, limits[0], limits[1])
		}
	}
	if name == TrustedProxies {
		if _, err := proxies(value); err != nil {
			return fault.InvalidField("value", "%s must list addresses or networks such as 192.0.2.7 or 2001:db8::/32: %s", name, err)
		}
	}
	if name == ExternalURL || name == PublicURL {
		if u, err := url.Parse(value); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return fault.InvalidField("value", "%s must be an address such as https://provost.example.org.", name)
		}
	}
	if name == MailFrom {
		if _, err := mail.ParseAddress(value); err != nil {
			return fault.InvalidField("value", "%s must be an e-mail address such as provost@example.org.", name)
		}
	}
	return nil
}
