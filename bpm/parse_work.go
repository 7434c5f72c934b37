package bpm

import (
	"strings"

	"provost/bpm/xmltree"
)

// work reads what is to be done at a task.
func (r *reader) work(n *element) {
	extensions := extensionElements(n.source)
	switch n.kind {
	case UserTask:
		n.work = &Work{Type: Screen}
		n.detail.Form = formOf(n.source)
		n.detail.Actors = &Assignment{Expression: standardActors(n.source)}
	case ScriptTask:
		n.work = &Work{Type: Script, Script: childText(n.source, "script")}
	case ServiceTask:
		n.work = &Work{Type: Noop}
	case SendTask:
		n.work = &Work{Type: Mail}
	default: // gateways have no work
		return
	}
	kinds := 0
	for _, x := range extensions {
		if r.kindOfWork(n, x) {
			kinds++
		}
		switch x.Name {
		case "task":
			n.detail.Title, n.detail.Due, n.detail.Uploads = x.Attr("title"), x.Attr("due"), isTrue(x, "uploads")
			if n.detail.Deadline == nil { // that of an approval stands there
				n.detail.Deadline = deadlineOf(x)
			}
		case "assignment":
			n.detail.Actors = &Assignment{Expression: x.Attr("expression"), Script: x.Text()}
		case "job":
			n.work.Quick, n.work.Async = isTrue(x, "quick"), isTrue(x, "async")
		}
	}
	if kinds > 1 {
		r.add(SeveralWorks, n.source, "%s says in %d ways what is to be done: keep one of idm:approval and idm:match, of idm:apply and idm:invoke", n.label(), kinds)
	}
}

// kindOfWork reads an extension element that says what is done, and reports whether it is one.
func (r *reader) kindOfWork(n *element, x *xmltree.Element) bool {
	switch x.Name {
	case "approval":
		n.work.Type = Approval
		n.detail.Approval = approvalOf(x)
		if late := deadlineOf(x); late != nil {
			n.detail.Deadline = late
		}
	case "match":
		n.work.Type = Match
		n.detail.Match = matchOf(x)
	case "apply":
		n.work.Type = Apply
		n.detail.Apply = &ApplyOf{
			UserChanges: isTrue(x, "userChanges"), Entitlements: isTrue(x, "entitlements"),
			Account: isTrue(x, "account"), Delegation: isTrue(x, "delegation"),
		}
	case "invoke":
		n.work.Type, n.work.System, n.work.Result = Invoke, x.Attr("system"), x.Attr("result")
		n.detail.Invoke = invokeOf(x)
	case "mail":
		n.detail.Mail = &MailOf{
			Actors: x.Attr("actors"), Address: x.Attr("address"), Subject: x.Attr("subject"), Message: x.Text(), Shortcut: isTrue(x, "shortcut"),
		}
		return false // a task for people may have one too
	default:
		return false
	}
	return true
}

// deadlineOf reads what happens when a task is late; nil when nothing does.
func deadlineOf(x *xmltree.Element) *DeadlineOf {
	d := DeadlineOf{
		Remind: x.Attr("remind"), Escalate: x.Attr("escalate"), Escalation: x.Attr("escalation"), Expire: x.Attr("expire"), ExpireFlow: x.Attr("expireFlow"),
	}
	if d == (DeadlineOf{}) {
		return nil
	}
	return &d
}

func approvalOf(x *xmltree.Element) *ApprovalOf {
	a := &ApprovalOf{
		Mode: x.Attr("mode"), Quorum: x.Attr("quorum"), Self: x.Attr("self"),
		RoleFilter: x.Attr("roleFilter"), ApplicationFilter: x.Attr("applicationFilter"),
		ApproveFlow: x.Attr("approveFlow"), DenyFlow: x.Attr("denyFlow"), Stages: []string{},
	}
	if a.Quorum == "" {
		a.Quorum = "one"
	}
	if a.Self == "" {
		a.Self = "refuse"
	}
	for _, s := range x.All(Namespace, "stage") {
		a.Stages = append(a.Stages, s.Attr("actors"))
	}
	return a
}

// defaultThreshold and defaultWeight make every query that finds somebody enough.
const defaultThreshold, defaultWeight = 1, 1

func matchOf(x *xmltree.Element) *MatchOf {
	m := &MatchOf{Threshold: defaultThreshold, Queries: []Query{}}
	if x.Attr("threshold") != "" {
		m.Threshold = whole(x, "threshold")
	}
	for _, q := range x.All(Namespace, "query") {
		query := Query{Type: q.Attr("type"), Text: q.Text(), Weight: defaultWeight}
		if q.Attr("weight") != "" {
			query.Weight = whole(q, "weight")
		}
		m.Queries = append(m.Queries, query)
	}
	return m
}

func invokeOf(x *xmltree.Element) *InvokeOf {
	call := &InvokeOf{System: x.Attr("system"), Method: x.Attr("method"), Path: x.Attr("path"), Result: x.Attr("result")}
	for _, a := range x.All(Namespace, "argument") {
		call.Arguments = append(call.Arguments, Argument{Name: a.Attr("name"), Expression: a.Text()})
	}
	return call
}

// formOf reads the form of a task or of the start; nil when there is none.
func formOf(e *xmltree.Element) *Form {
	for _, x := range extensionElements(e) {
		if x.Name != "form" {
			continue
		}
		form := &Form{Fields: []Field{}}
		for _, f := range x.All(Namespace, "field") {
			form.Fields = append(form.Fields, fieldOf(f))
		}
		for _, t := range x.All(Namespace, "trigger") {
			form.Triggers = append(form.Triggers, Trigger{On: t.Attr("on"), Field: t.Attr("field"), Script: t.Text()})
		}
		return form
	}
	return nil
}

func fieldOf(x *xmltree.Element) Field {
	f := Field{
		Name: x.Attr("name"), Label: x.Attr("label"), ReadOnly: isTrue(x, "readOnly"), Required: isTrue(x, "required"), Filter: x.Attr("filter"),
	}
	if script := x.First(Namespace, "validation"); script != nil {
		f.Validation = script.Text()
	}
	if script := x.First(Namespace, "visibility"); script != nil {
		f.Visibility = script.Text()
	}
	return f
}

// standardActors gives what BPMN's own resource roles say about who does a task.
func standardActors(e *xmltree.Element) string {
	var found []string
	for _, role := range []string{"humanPerformer", "potentialOwner", "performer"} {
		for _, owner := range e.All(bpmnSpace, role) {
			if assignment := owner.First(bpmnSpace, "resourceAssignmentExpression"); assignment != nil {
				if text := childText(assignment, "formalExpression"); text != "" {
					found = append(found, text)
				}
			}
		}
	}
	return strings.Join(found, ", ")
}
