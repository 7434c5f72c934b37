package bpm

import (
	"encoding/base64"
	"regexp"
	"strings"
	"unicode/utf8"

	"provost/bpm/xmltree"
)

// Resource is a file that is attached to a definition for its scripts: a library, a table, a text (guide page 052, Resources tab). Scripts read it by
// resource(name), and run it by load(name).
type Resource struct {
	Name string
	Text string

	at *xmltree.Element
}

// How large resources may be, in bytes: they are read with the library whenever scripts run.
const (
	resourceLimit  = 256 << 10
	resourcesLimit = 1 << 20
)

// resourceName is what a resource may be called: as files are, without folders.
var resourceName = regexp.MustCompile(`^[\p{L}\p{N}_][\p{L}\p{N} _.()+-]{0,99}$`)

// resource reads a file that is attached to the process.
func (r *reader) resource(e *xmltree.Element) {
	one := Resource{Name: e.Attr("name"), Text: e.Text(), at: e}
	if e.Attr("encoding") == "base64" {
		decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(one.Text), ""))
		if err != nil || !utf8.Valid(decoded) {
			r.add(BadResource, e, "the resource %.80q is no text in base64: attach texts, JSON and JavaScript, in UTF-8", one.Name)
			return
		}
		one.Text = string(decoded)
	}
	r.definition.Resources = append(r.definition.Resources, one)
}

// resources checks the files that are attached.
func (c *checker) resources() {
	seen, size := map[string]bool{}, 0
	for _, r := range c.definition.Resources {
		switch {
		case r.Name == "":
			continue // Parse says so
		case !resourceName.MatchString(r.Name):
			c.add(ResourceName, r.at, "the resource %.80q cannot be called so: use letters, digits, blanks, dots and hyphens, 100 at most", r.Name)
		case seen[r.Name]:
			c.add(ResourceName, r.at, "there are two resources %.80q: scripts could not tell them apart", r.Name)
		}
		seen[r.Name] = true
		if size += len(r.Text); len(r.Text) > resourceLimit {
			c.add(ResourceTooLarge, r.at, "the resource %.80q has %d bytes, more than %d", r.Name, len(r.Text), resourceLimit)
		}
		if strings.HasSuffix(r.Name, ".js") {
			c.keep(r.at, r.Text, "the resource "+r.Name)
		}
		c.add(ResourceAttached, r.at, "the resource %.80q is attached, with %d bytes", r.Name, len(r.Text))
	}
	if size > resourcesLimit {
		c.add(ResourceTooLarge, c.definition.process, "all resources have %d bytes together, more than %d", size, resourcesLimit)
	}
}

// files are the resources as scripts read them; nil for none.
func (d *Definition) files() map[string]string {
	var out map[string]string
	for _, r := range d.Resources {
		if out == nil {
			out = map[string]string{}
		}
		out[r.Name] = r.Text
	}
	return out
}
