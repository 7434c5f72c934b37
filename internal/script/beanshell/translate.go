package beanshell

import (
	"slices"
	"strings"
)

// Finding is something of a script that has no translation, with its place in the original.
type Finding struct {
	Message string
	Line    int
	Column  int
}

// Translation is what became of a script. Text is usable only without findings.
type Translation struct {
	Text     string
	Findings []Finding
}

// Translate turns BeanShell into JavaScript. It accepts any text; a text without BeanShell in it comes back unchanged.
func Translate(text string) Translation {
	tokens := Scan(text)
	t := &translator{
		tokens:   slices.Clone(tokens),
		original: tokens,
		declared: make(map[string]bool),
		block:    make(map[int]bool),
		body:     make(map[int]bool),
	}
	for t.at = 0; t.at < len(t.tokens); t.at++ {
		t.step()
	}
	for _, open := range t.open {
		t.findAt(open.index, "a "+t.original[open.index].Text+" is never closed")
	}
	return Translation{Text: join(t.tokens), Findings: t.findings}
}

// translator walks once over the tokens and edits them in place, so that lines stay where they are.
type translator struct {
	tokens   []Token // edited
	original []Token
	at       int
	findings []Finding
	open     []bracket
	// declared are names the script imports or declares itself: they stand for nothing else.
	declared map[string]bool
	// packages are wildcard imports of data objects.
	packages []string
	// block holds closing parentheses after which a brace begins a block, body the braces that do whatever precedes.
	block map[int]bool
	body  map[int]bool
}

// bracket is an opening bracket on the stack, with what its closing one becomes.
type bracket struct {
	index int
	role  role
}

type role int

const (
	plain role = iota
	blockBrace
	keyRead
	keyWrite
	arrayBrace
	arraySize
)

// controls are the words whose parenthesis is followed by a statement.
var controls = map[string]bool{"if": true, "for": true, "while": true, "switch": true, "catch": true, "with": true}

// keywords cannot be names or types of declarations.
var keywords = map[string]bool{
	"if": true, "for": true, "while": true, "switch": true, "catch": true, "do": true, "else": true, "try": true,
	"finally": true, "return": true, "throw": true, "new": true, "case": true, "default": true, "break": true,
	"continue": true, "instanceof": true, "typeof": true, "delete": true, "in": true, "of": true, "import": true,
	"package": true, "throws": true, "null": true, "true": true, "false": true, "this": true, "super": true,
	"class": true, "interface": true, "enum": true, "extends": true, "implements": true, "synchronized": true,
	"with": true, "yield": true, "await": true,
}

// modifiers vanish.
var modifiers = map[string]bool{
	"public": true, "private": true, "protected": true, "static": true, "final": true, "abstract": true,
	"transient": true, "volatile": true, "native": true,
}

// untranslatable are words that begin something JavaScript has no like for.
var untranslatable = map[string]string{
	"class": "classes cannot be translated", "interface": "interfaces cannot be translated",
	"enum": "enumerations cannot be translated", "synchronized": "synchronized blocks cannot be translated",
	"package": "packages cannot be translated", "goto": "goto cannot be translated",
}

func (t *translator) step() {
	i := t.at
	switch tok := t.original[i]; tok.Kind {
	case Identifier:
		t.identifier(i)
	case Number:
		t.tokens[i].Text = strings.TrimRight(tok.Text, suffixes(tok.Text))
	case Punctuation:
		t.punctuation(i)
	case End, Text, Regexp: // the same in both languages
	}
}

// suffixes are the type letters a number may end with; in hexadecimal only L is one.
func suffixes(number string) string {
	if strings.HasPrefix(number, "0x") || strings.HasPrefix(number, "0X") {
		return "lL"
	}
	return "lLfFdD"
}

func (t *translator) text(i int) string {
	if i < 0 || i >= len(t.original) {
		return ""
	}
	return t.original[i].Text
}

func (t *translator) is(i int, kind Kind) bool {
	return i >= 0 && i < len(t.original) && t.original[i].Kind == kind
}

// name tells an identifier that is not a keyword.
func (t *translator) name(i int) bool {
	return t.is(i, Identifier) && !keywords[t.text(i)]
}

func (t *translator) findAt(i int, message string) {
	tok := t.original[i]
	t.findings = append(t.findings, Finding{Message: message, Line: tok.Line, Column: tok.Column})
}

// drop empties the tokens from..to and keeps their line breaks.
func (t *translator) drop(from, to int) {
	for i := from; i < to; i++ {
		t.tokens[i].Text = ""
	}
}

func (t *translator) punctuation(i int) {
	switch tok := t.text(i); tok {
	case "(":
		if end, ok := t.cast(i); ok {
			t.at = end
			return
		}
		t.push(i, plain)
	case "[":
		t.push(i, plain)
	case "{":
		t.brace(i)
	case ")", "]", "}":
		t.pop(i)
	case "==", "!=":
		t.comparison(i)
	case "->":
		t.findAt(i, "lambda expressions of Java cannot be translated: write function (x) { … }")
	case "::":
		t.findAt(i, "method references cannot be translated: write function (x) { … }")
	case "@":
		t.findAt(i, "annotations cannot be translated")
	}
}

func (t *translator) push(i int, r role) {
	t.open = append(t.open, bracket{index: i, role: r})
}

// pop closes a bracket in the way its opening one was read.
func (t *translator) pop(i int) {
	if len(t.open) == 0 || !matching(t.text(t.open[len(t.open)-1].index), t.text(i)) {
		t.findAt(i, "a "+t.text(i)+" closes nothing")
		return
	}
	top := t.open[len(t.open)-1]
	t.open = t.open[:len(t.open)-1]
	switch top.role {
	case keyRead:
		t.tokens[i].Text = ")"
	case keyWrite, arrayBrace:
		t.tokens[i].Text = "]"
	case arraySize:
		t.tokens[i].Text = ").fill(null)"
	case plain, blockBrace:
	}
	if t.text(i) == ")" && top.index > 0 && controls[t.text(top.index-1)] {
		t.block[i] = true
	}
}

func matching(opening, closing string) bool {
	return opening == "(" && closing == ")" || opening == "[" && closing == "]" || opening == "{" && closing == "}"
}

// brace decides whether a { opens a block, a list of values or, after a value, the key of a map.
func (t *translator) brace(i int) {
	switch {
	case t.body[i]:
		t.push(i, blockBrace)
	case t.startsList(i):
		t.tokens[i].Text = "["
		t.push(i, arrayBrace)
	case t.endsValue(i - 1):
		t.mapKey(i)
	default:
		t.push(i, blockBrace)
	}
}

// startsList: after "= " of an array's declaration, after new T[] (marked by an emptied ]) or inside a list.
func (t *translator) startsList(i int) bool {
	switch prev := t.text(i - 1); prev {
	case "]":
		return t.tokens[i-1].Text == ""
	case "=":
		return true
	case "{", ",":
		return len(t.open) > 0 && t.open[len(t.open)-1].role == arrayBrace
	default:
		return false
	}
}

// endsValue tells whether the token can be the end of an expression that has entries.
func (t *translator) endsValue(i int) bool {
	switch {
	case i < 0:
		return false
	case t.is(i, Identifier):
		return t.name(i) || t.text(i) == "this"
	case t.text(i) == ")":
		return !t.block[i]
	case t.text(i) == "}":
		return t.tokens[i].Text != "}" // a block's stays what it was
	default:
		return t.text(i) == "]"
	}
}

// mapKey turns a{"k"} into a.$at("k") where it is read and into a["k"] where it is assigned.
func (t *translator) mapKey(i int) {
	end := t.partner(i)
	if end == i+1 || end < 0 {
		t.findAt(i, "a { after a value wants the name of an entry: a{\"name\"}")
		t.push(i, blockBrace)
		return
	}
	if assigns(t.text(end + 1)) {
		t.tokens[i].Text = "["
		t.push(i, keyWrite)
		return
	}
	t.tokens[i].Text = ".$at("
	t.push(i, keyRead)
}

func assigns(operator string) bool {
	switch operator {
	case "=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "++", "--":
		return true
	default:
		return false
	}
}

// partner is the index of the bracket that closes the one at i, -1 if none does.
func (t *translator) partner(i int) int {
	depth := 0
	for j := i; j < len(t.original); j++ {
		if t.original[j].Kind != Punctuation {
			continue
		}
		switch t.text(j) {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth == 0 {
				return j
			}
		}
	}
	return -1
}

// comparison with void asks whether a variable exists.
func (t *translator) comparison(i int) {
	if t.text(i+1) != "void" {
		return
	}
	if !t.name(i-1) || t.text(i-2) == "." {
		t.findAt(i, "only a variable can be compared with void")
		return
	}
	t.tokens[i-1].Text = "(typeof " + t.text(i-1)
	t.tokens[i].Text = t.text(i) + "="
	t.tokens[i+1].Text = `"undefined")`
	t.at = i + 1
}

// primitives and how a cast to them is written.
var primitiveCasts = map[string]string{
	"int": "~~", "short": "~~", "byte": "~~", "long": "+", "double": "+", "float": "+", "boolean": "!!", "char": "",
}

// cast removes a (Type) before a value; numbers are converted.
func (t *translator) cast(i int) (end int, ok bool) {
	if t.endsValue(i-1) || i > 0 && controls[t.text(i-1)] {
		return 0, false
	}
	next, name := t.typeAt(i + 1)
	if next < 0 || t.text(next) != ")" || !t.beginsOperand(next+1) {
		return 0, false
	}
	operator, primitive := primitiveCasts[name]
	last := name[strings.LastIndexByte(name, '.')+1:]
	if !primitive && (last[0] < 'A' || last[0] > 'Z') {
		return 0, false
	}
	t.drop(i, next+1)
	t.tokens[i].Text = operator
	return next, true
}

func (t *translator) beginsOperand(i int) bool {
	if t.is(i, Identifier) {
		return t.name(i) || t.text(i) == "new" || t.text(i) == "this"
	}
	return t.is(i, Number) || t.is(i, Text) || t.text(i) == "("
}
