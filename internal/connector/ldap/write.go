package ldap

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	goldap "github.com/go-ldap/ldap/v3"

	"provost/internal/connector"
)

// Create adds the entry. Its DN is the pseudo attribute dn, or the naming attribute's value under baseDN or the search base.
func (d *Directory) Create(ctx context.Context, class connector.Class, attributes connector.Attributes) (connector.Object, error) {
	s, err := d.shape(class)
	if err != nil {
		return connector.Object{}, err
	}
	dn, err := d.newDN(s, attributes)
	if err != nil {
		return connector.Object{}, err
	}
	ctx, cancel := d.limits.Task(ctx)
	defer cancel()
	var created connector.Object
	err = d.pool.with(ctx, "create", false, func(l *link) error {
		if err := l.Add(addRequest(s, dn, attributes)); err != nil {
			return placeFailure("create", dn, err)
		}
		created, err = d.get(l, s, "create", connector.Key{Name: dn})
		return err
	})
	return created, err
}

// newDN computes the DN of a new entry.
func (d *Directory) newDN(s shape, attributes connector.Attributes) (string, error) {
	dn := text(attributes, attrDN)
	if dn == "" {
		name := text(attributes, s.rdn)
		if name == "" {
			return "", connector.Errorf(connector.ClassData, "create", "the naming attribute %s has no value; map it or map dn", s.rdn)
		}
		parent := text(attributes, attrBaseDN)
		if parent == "" {
			parent = s.base
		}
		dn = rdn(s.rdn, name) + "," + parent
	}
	return dn, d.checkPlace("create", dn)
}

// checkPlace refuses names outside the agent's tree.
func (d *Directory) checkPlace(op, dn string) error {
	if _, err := parseDN(dn); err != nil {
		return &connector.Error{Class: connector.ClassData, Op: op, Message: "correct the mapping of dn", Err: err}
	}
	if !below(dn, d.baseDN) {
		return connector.Errorf(connector.ClassPolicy, op, "%q is not below the agent's base DN %q; correct the mapping of dn", dn, d.baseDN)
	}
	return nil
}

func addRequest(s shape, dn string, attributes connector.Attributes) *goldap.AddRequest {
	request := goldap.NewAddRequest(dn, nil)
	desired := withNaming(dn, attributes)
	if _, given := value(desired, attrObjectClass); !given {
		desired[attrObjectClass] = toAny(s.classes)
	}
	if v, _ := value(desired, s.member); s.placeholder != "" && len(connector.Values(v)) == 0 {
		desired[s.member] = s.placeholder
	}
	for _, name := range sortedNames(desired) {
		if values := connector.Values(desired[name]); !isPseudo(name) && len(values) > 0 {
			request.Attribute(name, encodeAll(values))
		}
	}
	return request
}

// withNaming copies the attributes and adds the values of the entry's own name, which a directory wants to see among them.
func withNaming(dn string, attributes connector.Attributes) connector.Attributes {
	desired := make(connector.Attributes, len(attributes)+1)
	maps.Copy(desired, attributes)
	relative, _, err := splitDN(dn)
	if err != nil {
		return desired
	}
	for _, a := range relative.Attributes {
		name := spelledAs(desired, a.Type)
		values := connector.Values(desired[name])
		holds := func(v any) bool { return foldValue(encode(v)) == foldValue(a.Value) }
		if !slices.ContainsFunc(values, holds) {
			desired[name] = append(values, a.Value)
		}
	}
	return desired
}

func spelledAs(attributes connector.Attributes, name string) string {
	for candidate := range attributes {
		if strings.EqualFold(candidate, name) {
			return candidate
		}
	}
	return name
}

func toAny(texts []string) []any {
	values := make([]any, len(texts))
	for i, t := range texts {
		values[i] = t
	}
	return values
}

func sortedNames(attributes connector.Attributes) []string {
	names := make([]string, 0, len(attributes))
	for name := range attributes {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// placeFailure explains errors of creating or moving an entry: noSuchObject means the parent there, not the entry.
func placeFailure(op, dn string, err error) error {
	switch {
	case goldap.IsErrorWithCode(err, goldap.LDAPResultNoSuchObject):
		_, parent, _ := splitDN(dn)
		return &connector.Error{
			Class: connector.ClassData, Op: op, Err: fmt.Errorf("%v", err), //nolint:errorlint // the cause must not look like a missing entry
			Message: fmt.Sprintf("the parent %q does not exist; create it first or correct the mapping of dn", parent),
		}
	case goldap.IsErrorWithCode(err, goldap.LDAPResultEntryAlreadyExists):
		return connector.Exists(op, dn)
	default:
		return err
	}
}

// Update renames the entry if its desired name differs, then modifies the attributes that differ.
func (d *Directory) Update(
	ctx context.Context, class connector.Class, current connector.Object, desired connector.Attributes,
) (connector.Object, error) {
	s, err := d.shape(class)
	if err != nil {
		return connector.Object{}, err
	}
	ctx, cancel := d.limits.Task(ctx)
	defer cancel()
	var updated connector.Object
	err = d.pool.with(ctx, "update", true, func(l *link) error {
		updated, err = d.update(l, s, current.Ref(), desired)
		return err
	})
	return updated, err
}

// update reads the entry as it is now: what the caller saw may be old, and attributes somebody else changed must not be written back.
func (d *Directory) update(l *link, s shape, key connector.Key, desired connector.Attributes) (connector.Object, error) {
	asked := append(d.requested(s), sortedNames(desired)...)
	entry, err := d.locate(l, s, "update", key, asked)
	if err != nil {
		return connector.Object{}, err
	}
	known := d.schema(l)
	dn := entry.DN
	if s.rename {
		if dn, err = d.rename(l, entry.DN, desired); err != nil {
			return connector.Object{}, err
		}
	}
	if dn != entry.DN {
		if entry, err = baseSearch(l, dn, asked); err != nil {
			return connector.Object{}, err
		}
	}
	request := goldap.NewModifyRequest(entry.DN, nil)
	d.addChanges(request, s, entry, desired, known)
	if len(request.Changes) > 0 {
		if err := l.Modify(request); err != nil {
			return connector.Object{}, modifyFailure(request, err)
		}
	}
	return d.get(l, s, "update", connector.Key{Name: entry.DN})
}

func modifyFailure(request *goldap.ModifyRequest, err error) error {
	if !goldap.IsErrorAnyOf(err, goldap.LDAPResultObjectClassViolation, goldap.LDAPResultInvalidAttributeSyntax,
		goldap.LDAPResultConstraintViolation, goldap.LDAPResultUndefinedAttributeType) {
		return err
	}
	names := make([]string, 0, len(request.Changes))
	for _, change := range request.Changes {
		if !slices.Contains(names, change.Modification.Type) {
			names = append(names, change.Modification.Type)
		}
	}
	return fmt.Errorf("changing %s of %q: %w", strings.Join(names, ", "), request.DN, err)
}

// rename moves the entry to its desired name and returns the DN it has afterwards.
func (d *Directory) rename(l *link, dn string, desired connector.Attributes) (string, error) {
	wanted, err := wantedDN(dn, desired)
	if err != nil {
		return "", &connector.Error{Class: connector.ClassData, Op: "update", Message: "correct the mapping of dn", Err: err}
	}
	if wanted == dn || renderedSame(wanted, dn) {
		return dn, nil
	}
	if err := d.checkPlace("update", wanted); err != nil {
		return "", err
	}
	relative, parent, err := splitDN(wanted)
	if err != nil {
		return "", err
	}
	_, oldParent, err := splitDN(dn)
	if err != nil {
		return "", err
	}
	superior := ""
	if !sameDN(parent, oldParent) {
		superior = parent
	}
	if err := l.ModifyDN(goldap.NewModifyDNRequest(dn, renderRDN(relative), true, superior)); err != nil {
		return "", placeFailure("update", wanted, err)
	}
	return wanted, nil
}

// wantedDN is the DN the desired attributes ask for; what they do not mention stays.
func wantedDN(dn string, desired connector.Attributes) (string, error) {
	if whole := text(desired, attrDN); whole != "" {
		return whole, nil
	}
	relative, parent, err := splitDN(dn)
	if err != nil {
		return "", err
	}
	if base := text(desired, attrBaseDN); base != "" {
		parent = base
	}
	name := renderRDN(relative)
	if len(relative.Attributes) == 1 {
		attribute := relative.Attributes[0]
		v, given := value(desired, attribute.Type)
		if values := connector.Values(v); given && len(values) > 0 && !holdsName(values, attribute.Value) {
			name = rdn(attribute.Type, encode(values[0]))
		}
	}
	return name + "," + parent, nil
}

// holdsName reports whether the values still hold the entry's name, spelling included: a name whose case changed is renamed too.
func holdsName(values []any, name string) bool {
	return slices.ContainsFunc(values, func(v any) bool { return encode(v) == name })
}

// renderedSame reports whether two DNs are the same apart from how they are escaped and the case of the parents.
func renderedSame(a, b string) bool {
	relativeA, parentA, errA := splitDN(a)
	relativeB, parentB, errB := splitDN(b)
	return errA == nil && errB == nil && sameDN(parentA, parentB) && strings.EqualFold(renderRDN(relativeA), renderRDN(relativeB)) &&
		valuesOf(relativeA) == valuesOf(relativeB)
}

func valuesOf(relative *goldap.RelativeDN) string {
	var b strings.Builder
	for _, a := range relative.Attributes {
		b.WriteString(escapeValue(a.Value) + "+")
	}
	return b.String()
}

// Delete deletes the entry.
func (d *Directory) Delete(ctx context.Context, class connector.Class, key connector.Key) error {
	s, err := d.shape(class)
	if err != nil {
		return err
	}
	ctx, cancel := d.limits.Task(ctx)
	defer cancel()
	return d.pool.with(ctx, "delete", false, func(l *link) error {
		entry, err := d.locate(l, s, "delete", key, []string{"1.1"})
		if err != nil {
			return err
		}
		return l.Del(goldap.NewDelRequest(entry.DN, nil))
	})
}
