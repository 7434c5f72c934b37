package process

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"provost/bpm"
	"provost/internal/account"
	"provost/internal/audit"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/fault"
)

// Direct starts the processes that decide about what people changed directly: whoever makes the change starts the process, whoever its
// initiators are. It implements entitlement.Approver.
type Direct struct {
	Store ProcessStore
	Audit audit.Recorder
}

// Decides tells why the definition with a code cannot decide about direct changes: it has to be enabled and of the type permissions management.
func (d *Direct) Decides(ctx context.Context, code string) error {
	_, err := d.library(ctx, code, bpm.PermissionsManagement)
	return err
}

// Reserves tells why the definition with a code cannot decide about reservations of accounts, or nil. It implements account.Reservations.
func (d *Direct) Reserves(ctx context.Context, code string) error {
	_, err := d.library(ctx, code, bpm.AccountReservation)
	return err
}

// kindNames are what the types of processes that start by something else are called.
var kindNames = map[bpm.Kind]string{bpm.PermissionsManagement: "permissions management", bpm.AccountReservation: "account reservation"}

func (d *Direct) library(ctx context.Context, code string, kind bpm.Kind) (*bpm.Library, error) {
	library, err := d.Store.StartableLibrary(ctx, code)
	if fault.Is(err, fault.NotFound) {
		return nil, fault.New(fault.Conflict, "The process %q, which has to decide, is not deployed, or disabled. Enable it, or choose another one.", code)
	}
	if err != nil {
		return nil, err
	}
	if library.Kind != kind {
		return nil, fault.New(fault.Conflict, "The process %q is not one of %s, and cannot decide about this.", code, kindNames[kind])
	}
	return library, nil
}

// Ask starts a process whose lines are the changes.
func (d *Direct) Ask(ctx context.Context, a entitlement.Approval) (uuid.UUID, error) {
	library, err := d.library(ctx, a.Process, bpm.PermissionsManagement)
	if err != nil {
		return uuid.Nil, err
	}
	lines := make([]LineContent, 0, len(a.Grants)+len(a.Contents))
	for i := range a.Grants {
		lines = append(lines, lineOf(strconv.Itoa(len(lines)+1), &a.Grants[i]))
	}
	for i := range a.Contents {
		lines = append(lines, lineOfContent(strconv.Itoa(len(lines)+1), &a.Contents[i]))
	}
	text, err := json.Marshal(lines)
	if err != nil {
		return uuid.Nil, fmt.Errorf("encode lines: %w", err)
	}
	n := New{Code: a.Process, Values: defaults(library)}
	n.Values[LinesVariable] = text
	if n.Initiator, err = d.initiator(ctx); err != nil {
		return uuid.Nil, err
	}
	if n.Subject, err = d.subject(ctx, n.Values, lines, n.Initiator); err != nil {
		return uuid.Nil, err
	}
	made, err := d.begin(ctx, n)
	return made.ID, err
}

// begin starts a process, and writes into the trail that it did.
func (d *Direct) begin(ctx context.Context, n New) (Process, error) {
	if err := introduce(n.Values, n.Initiator); err != nil {
		return Process{}, err
	}
	id, err := d.Store.Begin(ctx, n)
	if err != nil {
		return Process{}, err
	}
	made, err := d.Store.Get(ctx, id)
	if err != nil {
		return Process{}, err
	}
	return made, record(ctx, d.Audit, "start", AuditProcess, id, made.Name, nil, map[string]any{
		"number": made.Number, "definition": n.Code, "subject": n.Subject.UserName,
	})
}

// Reservation is the use of an account that somebody asks for.
type Reservation struct {
	Account   string // name@system
	System    string
	LoginName string
	Until     time.Time
	Comments  string
}

// Reserve starts a process that decides whether the caller gets the use of an account.
func (d *Direct) Reserve(ctx context.Context, code string, r Reservation) (Process, error) {
	library, err := d.library(ctx, code, bpm.AccountReservation)
	if err != nil {
		return Process{}, err
	}
	n := New{Code: code, Values: defaults(library)}
	if n.Initiator, err = d.initiator(ctx); err != nil {
		return Process{}, err
	}
	n.Subject = n.Initiator
	for name, text := range map[string]string{
		"account": r.Account, "system": r.System, "loginName": r.LoginName, "user": n.Initiator.UserName,
		"until": r.Until.UTC().Format(time.RFC3339), "comments": r.Comments,
	} {
		if n.Values[name], err = raw(text); err != nil {
			return Process{}, err
		}
	}
	return d.begin(ctx, n)
}

// initiator is who makes the change; the platform itself has no user.
func (d *Direct) initiator(ctx context.Context) (Person, error) {
	who, ok := authz.From(ctx)
	if !ok {
		return Person{}, authz.ErrNoPrincipal
	}
	if who.UserID == uuid.Nil {
		return Person{UserName: who.UserName, FullName: who.UserName}, nil
	}
	found, known, err := d.Store.Person(ctx, who.UserID.String())
	if err == nil && !known {
		err = authz.ErrNoPrincipal
	}
	return found, err
}

// subject is the user whom all lines are about, who becomes the variable user; the initiator where there are several, or none.
func (d *Direct) subject(ctx context.Context, values bpm.Values, lines []LineContent, initiator Person) (Person, error) {
	for i := range lines {
		if lines[i].User == "" || lines[i].User != lines[0].User {
			return initiator, nil
		}
	}
	found, known, err := d.Store.Person(ctx, lines[0].User)
	if err != nil || !known {
		return initiator, err
	}
	values["user"], err = raw(found.UserName)
	return found, err
}

// lineOf writes a pending grant as a line.
func lineOf(key string, a *entitlement.Asked) LineContent {
	g := a.Grant
	line := LineContent{
		Key: key, Action: LineGrant, User: g.User, Account: g.Account + "@" + g.System, Role: g.Role + "@" + g.System,
		Scope: g.Scope, ScopeName: g.ScopeName, HolderGroupID: g.HolderGroupID, GrantID: &g.ID, StartAt: g.StartAt, EndAt: g.EndAt,
	}
	if a.Revoke {
		line.Action = LineRevoke
	}
	return line
}

// lineOfContent writes a pending content of a role as a line.
func lineOfContent(key string, a *entitlement.AskedContent) LineContent {
	c := a.Content
	line := LineContent{
		Key: key, Action: LineGrant, Role: c.ContainedRole + "@" + c.ContainedRoleSystem, Container: c.Role + "@" + c.RoleSystem,
		Scope: c.Scope, ContentID: &c.ID,
	}
	if a.Remove {
		line.Action = LineRevoke
	}
	return line
}

var (
	_ entitlement.Approver = (*Direct)(nil)
	_ account.Reservations = (*Direct)(nil)
)
