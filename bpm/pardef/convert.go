package pardef

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"provost/bpm"
	"provost/bpm/xmltree"
)

const (
	bpmnSpace = "http://www.omg.org/spec/BPMN/20100524/MODEL"
	xsiSpace  = "http://www.w3.org/2001/XMLSchema-instance"
)

// converter builds a BPMN document from a definition.
type converter struct {
	findings []bpm.Finding
	document *xmltree.Document
	process  *xmltree.Element
	head     *xmltree.Element // extension elements of the process
	kind     bpm.Kind
	declared map[string]bool // variables
	ids      map[string]bool // in use
	steps    []*step
	byName   map[string]*step
}

// step is a node of the definition with what became of it.
type step struct {
	source  object
	name    string
	kind    string // start, screen, grant-screen …
	id      string
	element *xmltree.Element // nil for what was left out
	host    *step            // of a timer on another step
	out     []transition
}

// transition is a way from one step to another.
type transition struct {
	id, name, script string
	to               *step
}

func element(name string) *xmltree.Element { return xmltree.New("bpmn", bpmnSpace, name) }

func extension(name string) *xmltree.Element { return xmltree.New("idm", bpm.Namespace, name) }

// convert builds the document.
func (c *converter) convert(data object) {
	c.ids, c.byName, c.declared = map[string]bool{}, map[string]*step{}, map[string]bool{}
	folder, name := folderOf(data.text("name"))
	code := c.id(name, "process")
	root := element("definitions").Declare("bpmn", bpmnSpace).Declare("idm", bpm.Namespace).Declare("xsi", xsiSpace)
	root.Set("id", c.id("definitions_"+code, "definitions")).Set("targetNamespace", "urn:provost:process")
	c.document = &xmltree.Document{Root: root}
	c.process = root.Add(element("process").Set("id", code).Set("name", name).Set("isExecutable", "true"))
	c.describe(c.process, data.text("description"))
	c.head = c.process.Add(element("extensionElements"))
	c.kind = c.kindOf(data.text("type"))
	typed := extension("process").Set("type", string(c.kind))
	setText(typed, "folder", folder)
	c.head.Add(typed)
	c.access(data)
	c.attributes(data)
	c.read(data)
	for _, s := range c.steps {
		c.build(s)
	}
	for _, s := range c.steps {
		c.connect(s)
	}
}

// kinds are the types of processes, as files name them.
var kinds = map[string]bpm.Kind{
	"user": bpm.UserManagement, "users": bpm.UserManagement, "permission": bpm.PermissionsManagement, "permissions": bpm.PermissionsManagement,
	"request": bpm.PermissionsRequest, "accountreservation": bpm.AccountReservation, "reservation": bpm.AccountReservation,
	"delegation": bpm.Delegation, "delegate": bpm.Delegation,
}

func (c *converter) kindOf(text string) bpm.Kind {
	if kind, ok := kinds[plain(text)]; ok {
		return kind
	}
	c.note(bpm.ImportKind, "", "the process has the type %.40q, which is none: it was made a process for users", text)
	return bpm.UserManagement
}

// plain leaves only the letters of a word, in small ones.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(text))
}

// access brings over who may do what.
func (c *converter) access(data object) {
	acl := extension("acl")
	for _, who := range []string{"initiators", "managers", "observers"} {
		var names []string
		for _, name := range strings.FieldsFunc(data.text(who), func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\t' }) {
			if name == "tothom" {
				name = "*"
			}
			names = append(names, name)
		}
		setText(acl, who, strings.Join(names, ", "))
	}
	c.head.Add(acl)
}

// dataTypes are the types of attributes, as files name them; others become text.
var dataTypes = map[string]string{
	"string": "string", "text": "string", "multiline": "multiline", "html": "html", "number": "number", "integer": "number", "long": "number", "boolean": "boolean",
	"date": "date", "datetime": "dateTime", "email": "email", "password": "password", "binary": "binary", "photo": "photo", "attachment": "attachment",
	"separator": "separator", "ssoform": "ssoInput", "user": "user", "group": "group", "grouptype": "groupType", "role": "role", "account": "account",
	"application": "informationSystem", "informationsystem": "informationSystem", "usertype": "userType", "maildomain": "mailDomain", "system": "system",
	"dispatcher": "system", "customobject": "object", "object": "object",
}

// attributes declares the attributes of the process.
func (c *converter) attributes(data object) {
	for _, v := range bpm.BuiltIn(c.kind) {
		c.declared[v.Name] = true
	}
	own := map[string]bool{}
	for _, a := range data.list("attributes") {
		name := a.text("name", "code")
		if name == "" || own[name] {
			c.note(bpm.ImportIgnored, name, "an attribute without a name of its own was left out")
			continue
		}
		own[name], c.declared[name] = true, true
		kind, known := dataTypes[strings.TrimSuffix(plain(a.text("type", "dataType")), "enum")]
		if !known {
			kind = "string"
			c.note(bpm.ImportDeclared, name, "the attribute has the type %.40q, which is none: it was declared as text", a.text("type", "dataType"))
		}
		x := c.head.Add(extension("attribute").Set("name", name).Set("label", orElse(a.text("label"), name)).Set("type", kind))
		setText(x, "objectType", a.text("dataObjectType"))
		setFlag(x, "multiple", a.flag("multiValued", "multivalued"))
		if size := a.number("size"); size > 0 {
			x.Set("size", strconv.Itoa(size))
		}
		for _, v := range a.lines("values") {
			value, label, _ := strings.Cut(v, ":")
			if value = strings.TrimSpace(value); value != "" {
				setText(x.Add(extension("value").Set("code", value)), "label", strings.TrimSpace(label))
			}
		}
	}
}

// declare makes sure that a variable exists which a form names.
func (c *converter) declare(name, step string) {
	if name == "" || c.declared[name] {
		return
	}
	c.declared[name] = true
	c.head.Add(extension("attribute").Set("name", name).Set("label", name).Set("type", "string"))
	c.note(bpm.ImportDeclared, step, "the field %.80s is not an attribute of the process: it was declared as text, give it its type", name)
}

// describe adds a documentation.
func (c *converter) describe(e *xmltree.Element, text string) {
	if text != "" {
		e.Add(element("documentation")).Write(text)
	}
}

// id gives an unused id made of a name.
func (c *converter) id(name, otherwise string) string {
	base := slug(name, otherwise)
	id := base
	for n := 2; c.ids[id]; n++ {
		id = fmt.Sprintf("%s_%d", base, n)
	}
	c.ids[id] = true
	return id
}

// slug makes a name an id of XML: letters, digits and underscores, beginning with a letter.
func slug(name, otherwise string) string {
	var out strings.Builder
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			out.WriteRune(r)
		case out.Len() > 0 && !strings.HasSuffix(out.String(), "_"):
			out.WriteByte('_')
		}
		if out.Len() >= 60 {
			break
		}
	}
	id := strings.Trim(out.String(), "_")
	if id == "" {
		return otherwise
	}
	if id[0] >= '0' && id[0] <= '9' {
		return otherwise + "_" + id
	}
	return id
}

// folderOf takes the folder off a name: "Users/Leavers/Leave" is Leave in Users/Leavers.
func folderOf(name string) (folder, last string) {
	parts := slices.DeleteFunc(strings.Split(name, "/"), func(s string) bool { return strings.TrimSpace(s) == "" })
	if len(parts) == 0 {
		return "", "Process"
	}
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return strings.Join(parts[:len(parts)-1], "/"), parts[len(parts)-1]
}

func setText(e *xmltree.Element, name, value string) {
	if value != "" {
		e.Set(name, value)
	}
}

func setFlag(e *xmltree.Element, name string, value bool) {
	if value {
		e.Set(name, "true")
	}
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
