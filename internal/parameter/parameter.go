// Package parameter is the settings of an installation under the guide's names (page 036): free name and value pairs, of which the
// secret ones are kept apart and shown masked, and typed readers for those the platform itself honours.
package parameter

import (
	"strings"

	"github.com/google/uuid"

	"provost/internal/object"
)

// Mask stands for the value of a secret parameter. Sent back, it means: keep the stored value.
const Mask = "•••"

// Names of the parameters that the platform honours (guide page 036).
const (
	TaskMode       = "soffid.task.mode"
	TaskLimit      = "soffid.task.limit"
	Interpreter    = "soffid.interpreter"
	GroupHolder    = "soffid.entitlement.group.holder"
	NameFormat     = "soffid.nameformat"
	UploadMaxSize  = "soffid.upload.maxsize"
	SchedulerNotif = "soffid.scheduler.error.notify"
	BPMNotify      = "soffid.bpm.error.notify"
	BPMRetry       = "soffid.bpm.error.retry"
	ExternalURL    = "soffid.externalURL"
	TrustedProxies = "soffid.proxy.trustedIps"
	MailHost       = "mail.host"
	MailFrom       = "mail.from"
	MailProtocol   = "mail.transport.protocol"
	MailAuth       = "mail.auth"
	MailUser       = "mail.user"
	MailPassword   = "mail.password"
	MailPort       = "mail.port"
	MailNotices    = "provost.mail.notices"   // the usual notices: true or false
	MailShortcuts  = "provost.mail.shortcuts" // links in mails that decide: true or false
	Language       = "soffid.language"
	LanguageUsual  = "soffid.language.default"
	PublicURL      = "AutoSSOURL"
)

// Engine modes: what a change does (guide page 044).
const (
	ModeReadOnly = "readonly"
	ModeManual   = "manual"
	ModeAuto     = "auto"
)

// Values of soffid.entitlement.group.holder.
const (
	HolderNone     = "none"
	HolderOptional = "optional"
	HolderAlways   = "always"
)

// Parameter is one setting. The value of a secret one is never here: SecretID names it, and readers see the mask.
type Parameter struct {
	object.Meta
	Name        string     `json:"name" db:"name" validate:"required,max=200"`
	Value       string     `json:"value" db:"value" validate:"max=100000"`
	SecretID    *uuid.UUID `json:"secretId,omitempty" db:"secret_id" filter:"-"`
	Secret      bool       `json:"secret" db:"secret,read" sql:"(t.secret_id is not null)"`
	Description string     `json:"description" db:"description" validate:"max=1000"`

	sealed *sealed // a new secret on its way to the vault
}

type sealed struct {
	id   uuid.UUID
	text string
}

// Title names the parameter.
func (p *Parameter) Title() string { return p.Name }

// IsSecret tells whether the value of a parameter of this name is a secret: mail.password, the document server's password and every
// other name that ends in password.
func IsSecret(name string) bool {
	return strings.HasSuffix(strings.ToLower(strings.TrimSpace(name)), "password")
}
