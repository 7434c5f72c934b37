package bpm

import (
	"slices"
	"strconv"
	"strings"
)

// userTask checks a task for people.
func (c *checker) userTask(e *element) {
	if e.name == "" {
		c.add(MissingName, e.source, "the task %s has no name: people find it by its name", e.id)
	}
	a := e.detail.Actors
	if a.Expression == "" && a.Script == "" && len(a.Lane) == 0 {
		c.add(NobodyAsked, e.source, "%s does not say who does it: add idm:assignment, or idm:lane to its lane", e.label())
	}
	c.literal(e.source, a.Expression, "the assignment")
	c.script(e.source, a.Script, "the assignment")
	c.literal(e.source, e.detail.Title, "the title")
	c.literal(e.source, e.detail.Due, "the due date")
	c.form(e)
	if e.detail.Mail != nil {
		c.texts(e, e.detail.Mail) // without actors and address it goes to those who are asked
		if e.detail.Mail.Shortcut && e.detail.Form.Demands() {
			c.add(MailShortcut, e.source, "the mail of %s has no links that decide: its form has fields that have to be filled in", e.label())
		}
	}
	if e.detail.Approval != nil {
		c.approval(e, e.detail.Approval)
	}
	if e.detail.Deadline != nil {
		c.deadline(e, e.detail.Deadline)
	}
	if e.detail.Match != nil {
		c.match(e, e.detail.Match)
	}
}

// form checks the fields and triggers of a task or start.
func (c *checker) form(e *element) {
	form := e.detail.Form
	if form == nil {
		return
	}
	seen := map[string]bool{}
	for _, f := range form.Fields {
		if seen[f.Name] {
			c.add(DuplicateField, e.source, "the form has the field %.80s twice", f.Name)
		}
		seen[f.Name] = true
		c.variable(e, f.Name, "the form")
		c.script(e.source, f.Validation, "the validation of the field "+f.Name)
		c.script(e.source, f.Visibility, "the visibility of the field "+f.Name)
	}
	for _, t := range form.Triggers {
		if t.Field != "" && !seen[t.Field] {
			c.add(UndeclaredVariable, e.source, "a trigger names the field %.80q, which the form does not have", t.Field)
		}
		if t.Script == "" {
			c.add(EmptyScript, e.source, "the trigger %s has no script", t.On)
		}
		c.script(e.source, t.Script, "the trigger "+t.On)
	}
}

// variable checks that a name stands for a variable of the process.
func (c *checker) variable(e *element, name, where string) {
	switch {
	case name == "" || c.known[name]:
	case !variableName.MatchString(name):
		c.add(BadVariableName, e.source, "%s of %s names %.80q, which cannot be a variable", where, e.label(), name)
	default:
		c.add(UndeclaredVariable, e.source, "%s of %s names %.80q, which is neither an attribute of the process nor built in", where, e.label(), name)
	}
}

// approval checks how lines are decided.
func (c *checker) approval(e *element, a *ApprovalOf) {
	c.variable(e, "grants", "the approval")
	if n, err := strconv.Atoi(a.Quorum); a.Quorum != "one" && a.Quorum != "all" && (err != nil || n < 1) {
		c.add(ApprovalQuorum, e.source, "the quorum of %s is %.40q: use one, all, or a number from 1", e.label(), a.Quorum)
	}
	if (a.ApproveFlow == "") != (a.DenyFlow == "") || a.ApproveFlow != "" && a.ApproveFlow == a.DenyFlow {
		c.add(ApprovalFlows, e.source, "%s must name both an approveFlow and another denyFlow, or none of them", e.label())
	}
	decides := a.Mode == "displayPending"
	if !decides && a.Mode != "" && (len(a.Stages) > 0 || a.ApproveFlow != "") {
		c.add(ApprovalMode, e.source, "nothing is decided in the mode %s: stages and flows by decision of %s have no effect", a.Mode, e.label())
	}
	for _, text := range slices.Concat(a.Stages, []string{a.RoleFilter, a.ApplicationFilter}) {
		c.literal(e.source, text, "the approval")
	}
}

// deadline checks what happens to a task that is late.
func (c *checker) deadline(e *element, d *DeadlineOf) {
	for _, text := range []string{d.Remind, d.Escalate, d.Expire} {
		c.literal(e.source, text, "the deadline")
	}
	if e.detail.Due == "" {
		c.add(DeadlineWithoutDue, e.source, "%s has no due date, from which reminder, escalation and expiry are counted: add due to idm:task", e.label())
	}
	if d.Escalation != "" && d.Escalate == "" {
		c.add(DeadlineIdle, e.source, "%s says how it is escalated and not to whom: add escalate, or remove escalation", e.label())
	}
	decides := e.detail.Approval != nil && (e.detail.Approval.Mode == "" || e.detail.Approval.Mode == "displayPending")
	switch {
	case d.Expire == "" && d.ExpireFlow != "":
		c.add(DeadlineIdle, e.source, "%s says where it goes when it expires and not when: add expire, or remove expireFlow", e.label())
	case d.Expire == "":
	case decides && d.ExpireFlow != "" && d.ExpireFlow == e.detail.Approval.ApproveFlow:
		c.add(ExpireApproves, e.source, "%s would be approved because nobody decided: name another expireFlow, or none to have it denied", e.label())
	case !decides && d.ExpireFlow == "" && len(e.decisions()) > 1:
		c.add(ExpireUndecided, e.source, "%s has several ways out: say by expireFlow which one it takes when it expires", e.label())
	}
}

// match checks whether a search for duplicates can find somebody.
func (c *checker) match(e *element, m *MatchOf) {
	sum := 0
	for _, q := range m.Queries {
		sum += q.Weight
		if q.Text == "" {
			c.add(MatchWithoutQuery, e.source, "a query of %s is empty: write it, or remove it", e.label())
		}
		c.literal(e.source, q.Text, "a query")
	}
	switch {
	case len(m.Queries) == 0:
		c.add(MatchWithoutQuery, e.source, "%s has no query: add idm:query", e.label())
	case sum < m.Threshold:
		c.add(MatchThreshold, e.source, "all queries of %s weigh %d together and the threshold is %d: nobody is ever found", e.label(), sum, m.Threshold)
	}
}

// automatic checks a task that no person does.
func (c *checker) automatic(e *element) {
	w := e.work
	if w.Quick && w.Async {
		c.add(QuickAndAsync, e.source, "%s is both quick and asynchronous: keep one", e.label())
	}
	switch w.Type {
	case Script:
		if w.Script == "" {
			c.add(EmptyScript, e.source, "%s has no script", e.label())
		}
		c.script(e.source, w.Script, "the script")
	case Apply:
		c.apply(e, e.detail.Apply)
	case Invoke:
		c.invoke(e, e.detail.Invoke)
	case Mail:
		c.mail(e, e.detail.Mail)
	default:
		c.add(NothingToDo, e.source, "%s does nothing: add idm:apply or idm:invoke", e.label())
	}
	if w.Quick && w.Type != Script {
		c.add(QuickAndAsync, e.source, "%s cannot be quick: only script tasks can", e.label())
	}
}

// applies says which boxes a kind of process has something for.
func applies(kind Kind, a *ApplyOf) bool {
	switch kind {
	case UserManagement:
		return !a.Account && !a.Delegation
	case PermissionsManagement, PermissionsRequest:
		return !a.Account && !a.Delegation
	case AccountReservation:
		return !a.UserChanges && !a.Entitlements && !a.Delegation
	case Delegation:
		return !a.UserChanges && !a.Entitlements && !a.Account
	}
	return true
}

func (c *checker) apply(e *element, a *ApplyOf) {
	if *a == (ApplyOf{}) {
		c.add(ApplyNothing, e.source, "%s applies nothing: tick at least one of userChanges, entitlements, account and delegation", e.label())
	}
	if !applies(c.definition.Kind, a) {
		c.add(ApplyOtherKind, e.source, "%s applies something that processes of the type %s do not have", e.label(), c.definition.Kind)
	}
}

func (c *checker) invoke(e *element, call *InvokeOf) {
	if call.Result != "" && !variableName.MatchString(call.Result) {
		c.add(BadVariableName, e.source, "the result of %s goes to %.80q, which cannot be a variable", e.label(), call.Result)
	}
	for _, text := range []string{call.System, call.Method, call.Path} {
		c.literal(e.source, text, "the call")
	}
	for _, a := range call.Arguments {
		c.literal(e.source, a.Expression, "the argument "+a.Name)
	}
}

func (c *checker) mail(e *element, m *MailOf) {
	if m == nil || m.Actors == "" && m.Address == "" {
		c.add(MailWithoutRecipient, e.source, "the mail of %s goes to nobody: add actors or an address to idm:mail", e.label())
		return
	}
	c.texts(e, m)
}

// texts checks what a mail says.
func (c *checker) texts(e *element, m *MailOf) {
	if m.Subject == "" || m.Message == "" {
		c.add(MailWithoutSubject, e.source, "the mail of %s has no subject or no text: add them", e.label())
	}
	for _, text := range []string{m.Actors, m.Address, m.Subject, m.Message} {
		c.literal(e.source, text, "the mail")
	}
}

// call checks a call activity.
func (c *checker) call(e *element) {
	switch {
	case e.called == "":
		c.add(CallWithoutCode, e.source, "%s does not say which process it calls: set calledElement to its code", e.label())
	case strings.Contains(e.called, "#{"):
		c.add(CallWithoutCode, e.source, "%s calls %.80q: name one process, so that its version can be pinned; branch with a gateway to call several", e.label(), e.called)
	}
	for _, one := range slices.Concat(e.inputs, e.outputs) {
		if one.Name != "" && !variableName.MatchString(one.Name) {
			c.add(BadVariableName, e.source, "%.80q of %s cannot be a variable", one.Name, e.label())
		}
		if one.Script == "" {
			c.add(EmptyScript, e.source, "%s gives %.80s no value", e.label(), one.Name)
		}
		c.literal(e.source, one.Script, "the value of "+one.Name)
	}
}
