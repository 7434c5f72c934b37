package beanshell

import "strings"

// shortNames are the classes BeanShell knows without an import and that JavaScript does not, or knows as something
// else.
var shortNames = map[string]string{
	"Arrays": "java.util", "ArrayList": "java.util", "Calendar": "java.util", "Collection": "java.util",
	"Date": "java.util", "GregorianCalendar": "java.util", "HashMap": "java.util", "HashSet": "java.util",
	"Iterator": "java.util", "LinkedHashMap": "java.util", "LinkedHashSet": "java.util", "LinkedList": "java.util",
	"List": "java.util", "Map": "java.util", "Set": "java.util", "TreeMap": "java.util", "TreeSet": "java.util",
	"Vector":  "java.util",
	"Boolean": "java.lang", "Double": "java.lang", "Exception": "java.lang", "Integer": "java.lang",
	"Long": "java.lang", "Object": "java.lang", "Runtime": "java.lang", "RuntimeException": "java.lang",
	"ProcessBuilder": "java.lang", "String": "java.lang", "StringBuffer": "java.lang", "StringBuilder": "java.lang",
	"System": "java.lang", "Thread": "java.lang",
	"File": "java.io", "FileInputStream": "java.io", "FileOutputStream": "java.io", "FileReader": "java.io",
	"FileWriter": "java.io", "BufferedReader": "java.io", "URL": "java.net", "Socket": "java.net",
}

// boxes are classes whose `new` means the plain value.
var boxes = map[string]bool{"Boolean": true, "Integer": true, "Long": true, "Double": true, "String": true}

// resolve answers the full name of a class known by its short one, or the name as it is.
func (t *translator) resolve(name string) string {
	if strings.Contains(name, ".") || t.declared[name] {
		return name
	}
	if pkg, ok := shortNames[name]; ok {
		return pkg + "." + name
	}
	if len(t.packages) > 0 && name[0] >= 'A' && name[0] <= 'Z' {
		return t.packages[0] + "." + name
	}
	return name
}

func (t *translator) identifier(i int) {
	word := t.text(i)
	afterDot := t.text(i-1) == "."
	switch {
	case afterDot && word == "length" && isLengthCall(t.original, i):
		t.tokens[i].Text = "$length"
	case afterDot && word == "class":
		t.findAt(i, "class objects cannot be translated")
	case afterDot:
		return
	case untranslatable[word] != "":
		t.findAt(i, untranslatable[word])
	case word == "import":
		t.imports(i)
	case modifiers[word] && t.is(i+1, Identifier):
		t.drop(i, i+1)
	case word == "return" || word == "throw":
		t.lineAfter(i)
	case word == "for" && t.text(i+1) == "(":
		t.forEach(i + 2)
	case word == "catch" && t.text(i+1) == "(":
		t.catches(i + 1)
	case word == "new":
		t.creation(i)
	case word == "instanceof":
		t.instance(i)
	case t.declaration(i), t.method(i, i), t.function(i):
		return
	default:
		t.static(i)
	}
}

// lineAfter keeps a value that begins on the next line: JavaScript would end the statement at the line break.
func (t *translator) lineAfter(i int) {
	if !strings.Contains(t.original[i+1].Space, "\n") {
		return
	}
	switch t.text(i + 1) {
	case ";", "}", "":
	default:
		t.tokens[i].Text = t.text(i) + " 0,"
	}
}

// qualified reads names with points between them and answers where they end.
func (t *translator) qualified(i int) (name string, end int) {
	end = i + 1
	for t.text(end) == "." && t.is(end+1, Identifier) {
		end += 2
	}
	return joined(t.original[i:end]), end
}

// typeAt reads a type (qualified name, type arguments, []) and answers where it ends, -1 if none begins here.
func (t *translator) typeAt(i int) (end int, name string) {
	if !t.name(i) {
		return -1, ""
	}
	name, end = t.qualified(i)
	if t.text(end) == "<" {
		if end = t.typeArguments(end); end < 0 {
			return -1, ""
		}
	}
	for t.text(end) == "[" && t.text(end+1) == "]" {
		end += 2
	}
	return end, name
}

// typeArguments skips <…> if it holds nothing but types.
func (t *translator) typeArguments(i int) int {
	depth := 0
	for ; i < len(t.original); i++ {
		switch text := t.text(i); {
		case text == "<":
			depth++
		case text == ">", text == ">>", text == ">>>":
			depth -= len(text)
		case t.is(i, Identifier), text == ",", text == ".", text == "?", text == "&", text == "[", text == "]":
		default:
			return -1
		}
		if depth <= 0 {
			return i + 1
		}
	}
	return -1
}

// declaration turns `Type name` before =, ; , or : into `var name`.
func (t *translator) declaration(i int) bool {
	if t.text(i) == "function" {
		return false
	}
	end, _ := t.typeAt(i)
	if end < 0 || !t.name(end) || strings.Contains(t.tokens[end].Space, "\n") {
		return false
	}
	after := end + 1
	for t.text(after) == "[" && t.text(after+1) == "]" {
		after += 2
	}
	switch t.text(after) {
	case "=", ";", ",", ":":
	default:
		return t.method(i, end)
	}
	if t.text(i) != "let" && t.text(i) != "const" {
		t.tokens[i].Text = "var"
	}
	t.drop(i+1, end)
	t.drop(end+1, after)
	t.declared[t.text(end)] = true
	t.at = after - 1
	return true
}

// method turns `Type name(Type a, Type b) throws X {`, or `name(a, b) {` where a statement starts, into a function.
func (t *translator) method(from, i int) bool {
	if t.text(i+1) != "(" || !t.name(i) || from == i && !t.startsStatement(i) {
		return false
	}
	closing := t.partner(i + 1)
	if closing < 0 {
		return false
	}
	brace := closing + 1
	if t.text(brace) == "throws" {
		for brace < len(t.original) && t.text(brace) != "{" {
			brace++
		}
	}
	if t.text(brace) != "{" || t.is(brace+1, Text) && t.text(brace+2) == "}" {
		return false
	}
	t.drop(from, i)
	t.drop(closing+1, brace)
	t.tokens[from].Text = "function"
	if from == i {
		t.tokens[i].Text = "function " + t.text(i)
	}
	t.parameters(i+1, closing)
	t.body[brace] = true
	t.at = brace - 1
	return true
}

// function reads a JavaScript function in a mixed script: its body is a block.
func (t *translator) function(i int) bool {
	if t.text(i) != "function" {
		return false
	}
	opening := i + 1
	if t.is(opening, Identifier) {
		opening++
	}
	if t.text(opening) != "(" {
		return false
	}
	if closing := t.partner(opening); closing > 0 {
		t.body[closing+1] = true
		t.at = closing
	}
	return true
}

// parameters keeps the last word of each.
func (t *translator) parameters(opening, closing int) {
	last := -1
	depth := 0
	for i := opening + 1; i < closing; i++ {
		switch text := t.text(i); {
		case text == "<":
			depth++
		case text == ">", text == ">>":
			depth -= len(text)
		}
		if t.text(i) == "," && depth == 0 {
			last = -1
			continue
		}
		if last >= 0 {
			t.tokens[last].Text = ""
		}
		if t.is(i, Identifier) {
			last = i
			t.declared[t.text(i)] = true
			continue
		}
		t.tokens[i].Text = ""
	}
}

func (t *translator) startsStatement(i int) bool {
	switch prev := t.text(i - 1); prev {
	case "", ";", "else", "do":
		return true
	case "{", "}":
		return t.tokens[i-1].Text == prev
	case ")":
		return t.block[i-1]
	default:
		return false
	}
}

// forEach turns `for (Type a : list)` into `for (var a of list)`. i is the token after the parenthesis.
func (t *translator) forEach(i int) {
	if modifiers[t.text(i)] {
		t.drop(i, i+1)
		i++
	}
	name := i
	if end, _ := t.typeAt(i); end > 0 && t.name(end) {
		name = end
	}
	if !t.name(name) || t.text(name+1) != ":" {
		return
	}
	t.drop(i, name)
	t.tokens[name].Text = "var " + t.text(name)
	t.tokens[name+1].Text = " of "
	t.declared[t.text(name)] = true
	t.push(t.at+1, plain)
	t.at = name + 1
}

// catches keeps the variable of a catch.
func (t *translator) catches(opening int) {
	closing := t.partner(opening)
	if closing < opening+2 || !t.name(closing-1) {
		return
	}
	t.drop(opening+1, closing-1)
	t.declared[t.text(closing-1)] = true
	t.block[closing] = true
	t.at = closing
}

// imports makes a class a variable; a package is searched for the data objects of the script.
func (t *translator) imports(i int) {
	end := i + 1
	if t.text(end) == "static" {
		t.findAt(end, "static imports cannot be translated")
	}
	begin := end
	for end < len(t.original) && (t.is(end, Identifier) || t.text(end) == "." || t.text(end) == "*") {
		end++
	}
	name := joined(t.original[begin:end])
	t.drop(i, end)
	t.at = end - 1
	if pkg, wildcard := strings.CutSuffix(name, ".*"); wildcard {
		if strings.HasPrefix(pkg, "com.soffid.") || strings.HasPrefix(pkg, "es.caib.") {
			t.packages = append(t.packages, pkg)
		}
		return
	}
	short := name[strings.LastIndexByte(name, '.')+1:]
	if name == "" || short == "" {
		t.findAt(i, "an import wants the name of a class")
		return
	}
	t.declared[short] = true
	t.tokens[i].Text = "var " + short + ` = Java.type("` + name + `")`
}

// creation reads new T(…), new T[n] and new T[] {…}.
func (t *translator) creation(i int) {
	if !t.name(i + 1) {
		return
	}
	name, end := t.qualified(i + 1)
	afterName := end
	if t.text(end) == "<" {
		if end = t.typeArguments(end); end < 0 {
			return
		}
	}
	if t.text(end) == "[" {
		t.newArray(i, end)
		return
	}
	t.drop(afterName, end)
	t.drop(i+1, afterName)
	t.tokens[i+1].Text = t.resolve(name)
	if short := strings.TrimPrefix(name, "java.lang."); boxes[short] && !t.declared[short] {
		t.tokens[i].Text = ""
	}
	t.at = end - 1
	if closing := t.partner(end); t.text(end) == "(" && closing > 0 && t.text(closing+1) == "{" {
		t.findAt(i, "anonymous classes cannot be translated")
		t.body[closing+1] = true
	}
}

// newArray handles both forms from `new` at i with the first [ at bracket.
func (t *translator) newArray(i, bracket int) {
	closing := t.partner(bracket)
	if closing < 0 {
		return
	}
	t.drop(i, bracket)
	if closing == bracket+1 {
		for t.text(closing+1) == "[" && t.text(closing+2) == "]" {
			closing += 2
		}
		t.drop(bracket, closing+1)
		t.at = closing
		return
	}
	if t.text(closing+1) == "[" {
		t.findAt(i, "arrays of several dimensions cannot be translated")
	}
	t.tokens[i].Text = "Array"
	t.tokens[bracket].Text = "("
	t.push(bracket, arraySize)
	t.at = bracket
}

// instance resolves the class after instanceof.
func (t *translator) instance(i int) {
	end, name := t.typeAt(i + 1)
	if end < 0 {
		return
	}
	if t.text(end-1) == "]" {
		t.findAt(i, "instanceof an array cannot be translated")
	}
	t.drop(i+1, end)
	t.tokens[i+1].Text = t.resolve(name)
	t.at = end - 1
}

// static resolves a class known by its short name where a member of it is named.
func (t *translator) static(i int) {
	if t.text(i+1) == "." && t.name(i) && t.text(i)[0] >= 'A' && t.text(i)[0] <= 'Z' {
		if _, ok := shortNames[t.text(i)]; ok {
			t.tokens[i].Text = t.resolve(t.text(i))
		}
	}
}
