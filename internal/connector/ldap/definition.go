package ldap

import (
	"errors"
	"strings"
)

var errNoSchema = errors.New("the directory shows no schema")

// definition is a schema definition (RFC 4512, section 4.1) as its keywords and their words: NAME → one or more, MUST → the list.
type definition map[string][]string

// parseDefinition reads "( oid KEY word KEY ( word $ word ) KEY 'text' )". It takes what it understands and never fails.
func parseDefinition(text string) definition {
	words := definitionWords(text)
	d := definition{}
	key := "OID"
	for i, w := range words {
		switch {
		case w.quoted, i == 0, !isKeyword(w.text):
			d[key] = append(d[key], w.text)
		default:
			key = w.text
			if !d.has(key) {
				d[key] = nil
			}
		}
	}
	return d
}

type definitionWord struct {
	text   string
	quoted bool
}

func definitionWords(text string) []definitionWord {
	var words []definitionWord
	for len(text) > 0 {
		switch c := text[0]; c {
		case ' ', '(', ')', '$', '\t', '\n', '\r':
			text = text[1:]
		case '\'':
			end := strings.IndexByte(text[1:], '\'')
			if end < 0 {
				return words
			}
			words = append(words, definitionWord{text[1 : end+1], true})
			text = text[end+2:]
		default:
			end := strings.IndexAny(text, " ()$'\t\n\r")
			if end < 0 {
				end = len(text)
			}
			words = append(words, definitionWord{text[:end], false})
			text = text[end:]
		}
	}
	return words
}

var definitionKeywords = map[string]bool{
	"NAME": true, "DESC": true, "OBSOLETE": true, "SUP": true, "EQUALITY": true, "ORDERING": true, "SUBSTR": true, "SYNTAX": true,
	"SINGLE-VALUE": true, "COLLECTIVE": true, "NO-USER-MODIFICATION": true, "USAGE": true, "ABSTRACT": true, "STRUCTURAL": true,
	"AUXILIARY": true, "MUST": true, "MAY": true,
}

func isKeyword(word string) bool {
	return definitionKeywords[word] || strings.HasPrefix(word, "X-")
}

func (d definition) first(key string) string {
	if len(d[key]) == 0 {
		return ""
	}
	return d[key][0]
}

func (d definition) has(key string) bool {
	_, ok := d[key]
	return ok
}

func parseAttributeType(text string) (attributeType, []string) {
	d := parseDefinition(text)
	syntax, _, _ := strings.Cut(d.first("SYNTAX"), "{")
	a := attributeType{
		name: d.first("NAME"), description: d.first("DESC"), superior: d.first("SUP"), syntax: syntax, equality: d.first("EQUALITY"),
		single: d.has("SINGLE-VALUE"), readOnly: d.has("NO-USER-MODIFICATION"),
	}
	return a, d["NAME"]
}

func parseObjectClass(text string) (objectClass, []string) {
	d := parseDefinition(text)
	kind := "STRUCTURAL"
	for _, k := range []string{"ABSTRACT", "AUXILIARY"} {
		if d.has(k) {
			kind = k
		}
	}
	c := objectClass{
		name: d.first("NAME"), description: d.first("DESC"), kind: kind, superiors: d["SUP"], must: d["MUST"], may: d["MAY"],
	}
	return c, d["NAME"]
}
