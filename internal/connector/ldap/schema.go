package ldap

import (
	"context"
	"sort"
	"strings"
	"sync"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"provost/internal/connector"
)

// Attribute syntaxes (RFC 4517, section 3.3).
const (
	syntaxBoolean = "1.3.6.1.4.1.1466.115.121.1.7"
	syntaxDN      = "1.3.6.1.4.1.1466.115.121.1.12"
	syntaxTime    = "1.3.6.1.4.1.1466.115.121.1.24"
	syntaxInteger = "1.3.6.1.4.1.1466.115.121.1.27"
)

var binarySyntaxes = map[string]bool{
	"1.3.6.1.4.1.1466.115.121.1.4":  true, // audio
	"1.3.6.1.4.1.1466.115.121.1.5":  true, // binary
	"1.3.6.1.4.1.1466.115.121.1.8":  true, // certificate
	"1.3.6.1.4.1.1466.115.121.1.9":  true, // certificate list
	"1.3.6.1.4.1.1466.115.121.1.10": true, // certificate pair
	"1.3.6.1.4.1.1466.115.121.1.28": true, // JPEG
	"1.3.6.1.4.1.1466.115.121.1.40": true, // octet string
}

// commonDNs are attributes known to hold DNs before, or without, the server's schema.
var commonDNs = map[string]bool{
	"member": true, "uniquemember": true, "memberof": true, "manager": true, "owner": true, "seealso": true, "secretary": true,
	"roleoccupant": true, "dn": true, "basedn": true, "distinguishedname": true,
}

// attributeType is one attribute of the schema, with what it inherits filled in.
type attributeType struct {
	name        string
	description string
	superior    string
	syntax      string
	equality    string
	single      bool
	readOnly    bool
}

// objectClass is one object class of the schema.
type objectClass struct {
	name        string
	description string
	kind        string
	superiors   []string
	must, may   []string
}

// schema is what the server says about itself. The nil schema knows nothing and answers with guesses.
type schema struct {
	attributes map[string]attributeType
	classes    map[string]objectClass
}

func (k *schema) attribute(name string) attributeType {
	if k == nil {
		return attributeType{}
	}
	bare, _, _ := strings.Cut(name, ";")
	return k.attributes[strings.ToLower(bare)]
}

func (k *schema) holdsDN(attribute string) bool {
	return k.attribute(attribute).syntax == syntaxDN || commonDNs[strings.ToLower(attribute)]
}

// comparable reports whether single values of the attribute can be deleted, which needs an equality rule.
func (k *schema) comparable(attribute string) bool {
	a := k.attribute(attribute)
	return a.name == "" || a.equality != ""
}

// allows reports whether entries of the object classes may hold the attribute. Unknown classes are taken to allow nothing.
func (k *schema) allows(classes []string, attribute string) bool {
	if k == nil {
		return false
	}
	for _, name := range k.lineage(classes) {
		class := k.classes[name]
		for _, candidate := range append(class.must, class.may...) {
			if k.isA(attribute, candidate) {
				return true
			}
		}
		if name == "extensibleobject" {
			return true
		}
	}
	return false
}

// isA reports whether two attribute names mean the same attribute.
func (k *schema) isA(name, other string) bool {
	a, b := k.attribute(name), k.attribute(other)
	return strings.EqualFold(name, other) || a.name != "" && a.name == b.name
}

// lineage returns the classes and their superiors, in lower case.
func (k *schema) lineage(classes []string) []string {
	var all []string
	seen := map[string]bool{}
	var walk func(names []string)
	walk = func(names []string) {
		for _, name := range names {
			name = strings.ToLower(name)
			if seen[name] {
				continue
			}
			seen[name] = true
			all = append(all, name)
			walk(k.classes[name].superiors)
		}
	}
	walk(classes)
	return all
}

// schemaLife is how long a schema is believed.
const schemaLife = 10 * time.Minute

// schemaCache keeps the server's schema.
type schemaCache struct {
	mu    sync.Mutex
	known *schema
	read  time.Time
}

func (c *schemaCache) last() *schema {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known
}

// schema returns the server's schema, or nil if it cannot be read: operations go on without it.
func (d *Directory) schema(l *link) *schema {
	d.schemas.mu.Lock()
	known, read := d.schemas.known, d.schemas.read
	d.schemas.mu.Unlock()
	if !read.IsZero() && time.Since(read) < schemaLife {
		return known
	}
	fresh, err := readSchema(l)
	if err != nil {
		if isNetwork(err) {
			return known
		}
		fresh = known
	}
	d.schemas.mu.Lock()
	defer d.schemas.mu.Unlock()
	d.schemas.known, d.schemas.read = fresh, time.Now()
	return fresh
}

// readSchema reads the subschema subentry the root DSE names (RFC 4512, section 4.4).
func readSchema(l *link) (*schema, error) {
	root, err := baseSearch(l, "", []string{"subschemaSubentry"})
	if err != nil {
		return nil, err
	}
	where := root.GetAttributeValue("subschemaSubentry")
	request := goldap.NewSearchRequest(where, goldap.ScopeBaseObject, goldap.NeverDerefAliases, 1, 0, false,
		"(objectClass=subschema)", []string{"attributeTypes", "objectClasses"}, nil)
	result, err := l.Search(request)
	if err != nil {
		return nil, err
	}
	if len(result.Entries) == 0 {
		return nil, goldap.NewError(goldap.LDAPResultNoSuchObject, errNoSchema)
	}
	return buildSchema(result.Entries[0].GetAttributeValues("attributeTypes"), result.Entries[0].GetAttributeValues("objectClasses")), nil
}

func buildSchema(attributeTypes, objectClasses []string) *schema {
	k := &schema{attributes: map[string]attributeType{}, classes: map[string]objectClass{}}
	for _, text := range attributeTypes {
		a, names := parseAttributeType(text)
		for _, name := range names {
			k.attributes[strings.ToLower(name)] = a
		}
	}
	for name := range k.attributes {
		k.attributes[name] = k.inherit(k.attributes[name], 0)
	}
	for _, text := range objectClasses {
		c, names := parseObjectClass(text)
		for _, name := range names {
			k.classes[strings.ToLower(name)] = c
		}
	}
	return k
}

// maxInheritance stops at schemas that inherit in a circle.
const maxInheritance = 20

func (k *schema) inherit(a attributeType, depth int) attributeType {
	if a.superior == "" || depth > maxInheritance {
		return a
	}
	superior := k.inherit(k.attributes[strings.ToLower(a.superior)], depth+1)
	if a.syntax == "" {
		a.syntax = superior.syntax
	}
	if a.equality == "" {
		a.equality = superior.equality
	}
	return a
}

// Schema returns the structural and auxiliary object classes with the attributes their entries must or may have.
func (d *Directory) Schema(ctx context.Context) ([]connector.ClassSchema, error) {
	ctx, cancel := d.limits.Task(ctx)
	defer cancel()
	var known *schema
	err := d.pool.with(ctx, "schema", true, func(l *link) error {
		var err error
		known, err = readSchema(l)
		return err
	})
	if err != nil {
		return nil, err
	}
	var classes []connector.ClassSchema
	for key, class := range known.classes {
		if class.kind != "ABSTRACT" && strings.EqualFold(key, class.name) {
			classes = append(classes, known.describe(class))
		}
	}
	sort.Slice(classes, func(i, j int) bool { return classes[i].Name < classes[j].Name })
	return classes, nil
}

func (k *schema) describe(class objectClass) connector.ClassSchema {
	found := map[string]connector.AttributeSchema{}
	add := func(names []string, required bool) {
		for _, name := range names {
			a := k.attribute(name)
			if found[name].Required {
				continue
			}
			found[name] = connector.AttributeSchema{
				Name: name, Description: a.description, Type: typeOf(a.syntax), MultiValued: !a.single, Required: required, ReadOnly: a.readOnly,
			}
		}
	}
	for _, name := range k.lineage([]string{class.name}) {
		add(k.classes[name].must, true)
		add(k.classes[name].may, false)
	}
	described := connector.ClassSchema{Name: class.name, Description: class.description}
	for _, a := range found {
		described.Attributes = append(described.Attributes, a)
	}
	sort.Slice(described.Attributes, func(i, j int) bool { return described.Attributes[i].Name < described.Attributes[j].Name })
	return described
}

func typeOf(syntax string) string {
	switch {
	case binarySyntaxes[syntax]:
		return "binary"
	case syntax == syntaxBoolean:
		return "boolean"
	case syntax == syntaxInteger:
		return "integer"
	case syntax == syntaxTime:
		return "time"
	case syntax == syntaxDN:
		return "reference"
	default:
		return "string"
	}
}
