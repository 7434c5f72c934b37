package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"

	"provost/internal/script/beanshell"
	"provost/internal/script/wire"
)

// The languages as they stand in wire.Script and wire.Report.
const (
	languageJavaScript = "javascript"
	languageBeanShell  = "beanshell"
)

// Kinds of wire.Failure; the words of the script package.
const (
	kindSyntax  = "syntax"
	kindRefused = "refused"
	kindRuntime = "runtime"
	kindService = "service"
	kindTime    = "time"
	kindOutput  = "output"
)

// cacheSize is the number of compiled scripts kept; at the limit all are forgotten, which is rare and cheap.
const cacheSize = 1000

// cache keeps compiled scripts by their whole source.
type cache struct {
	programs map[wire.Script]*compiled
}

func newCache() *cache { return &cache{programs: make(map[wire.Script]*compiled)} }

func (c *cache) get(source wire.Script) *compiled {
	if p, ok := c.programs[source]; ok {
		return p
	}
	if len(c.programs) >= cacheSize {
		clear(c.programs)
	}
	p := compile(source)
	c.programs[source] = p
	return p
}

// compiled is a script that can run, or the failures why it cannot.
type compiled struct {
	program    *goja.Program
	language   string
	translated string
	failures   []wire.Failure
	tokens     []beanshell.Token
	// imports are the classes of implicitImports that the text names.
	imports []string
}

// implicitImports are classes known by their short name without an import, as in BeanShell, where JavaScript has no
// name like it.
var implicitImports = map[string]string{
	"ArrayList": "java.util.ArrayList", "Arrays": "java.util.Arrays", "Calendar": "java.util.Calendar",
	"HashMap": "java.util.HashMap", "HashSet": "java.util.HashSet", "LinkedHashMap": "java.util.LinkedHashMap",
	"LinkedList": "java.util.LinkedList", "TreeMap": "java.util.TreeMap",
	"Double": "java.lang.Double", "Exception": "java.lang.Exception", "Integer": "java.lang.Integer",
	"Long": "java.lang.Long", "Runtime": "java.lang.Runtime", "StringBuffer": "java.lang.StringBuffer",
	"StringBuilder": "java.lang.StringBuilder", "System": "java.lang.System",
}

// note keeps the tokens of what runs and the classes they name.
func (c *compiled) note(tokens []beanshell.Token) {
	c.tokens = tokens
	for _, t := range tokens {
		if name := implicitImports[t.Text]; name != "" && !slices.Contains(c.imports, name) {
			c.imports = append(c.imports, name)
		}
	}
}

// compile reads the source in its language. A marker comment at the start wins over everything: /*js*/ or /*bsh*/.
// Without one, autodetect takes what parses as JavaScript, then what can be translated.
func compile(source wire.Script) *compiled {
	language := source.Language
	switch head := strings.TrimSpace(source.Text); {
	case strings.HasPrefix(head, "/*js*/"):
		language = languageJavaScript
	case strings.HasPrefix(head, "/*bsh*/"):
		language = languageBeanShell
	}
	switch language {
	case languageBeanShell:
		return compileBeanShell(source)
	case languageJavaScript:
		return compileJavaScript(source)
	}
	asJavaScript := compileJavaScript(source)
	if asJavaScript.program != nil {
		return asJavaScript
	}
	asBeanShell := compileBeanShell(source)
	if asBeanShell.program == nil && asBeanShell.translated == source.Text {
		return asJavaScript // nothing of BeanShell in it: the first reading explains better
	}
	return asBeanShell
}

func compileJavaScript(source wire.Script) *compiled {
	text, tokens := beanshell.Normalise(source.Text)
	c := &compiled{language: languageJavaScript}
	c.note(tokens)
	c.build(source.Name, text)
	return c
}

func compileBeanShell(source wire.Script) *compiled {
	t := beanshell.Translate(source.Text)
	c := &compiled{language: languageBeanShell, translated: t.Text}
	c.note(beanshell.Scan(t.Text))
	for _, f := range t.Findings {
		c.failures = append(c.failures, wire.Failure{Kind: kindSyntax, Message: f.Message, Line: f.Line, Column: f.Column})
	}
	if len(c.failures) == 0 {
		c.build(source.Name, t.Text)
	}
	return c
}

// functionHead makes a script with a return at top level a function body. It adds no line.
const functionHead = "(function(){"

// build compiles text as a program whose value is its last expression, else as the body of a function, else as one
// expression (an object literal). The failure reported is that of the reading that got furthest.
func (c *compiled) build(name, text string) {
	readings := []struct{ head, tail string }{{"", ""}, {functionHead, "\n}).call(this)"}, {"(", "\n)"}}
	var furthest wire.Failure
	for _, r := range readings {
		program, err := parse(name, r.head+text+r.tail)
		if err == nil {
			c.program = program
			return
		}
		f := syntaxFailure(err, len(r.head))
		if furthest.Message == "" || f.Line > furthest.Line || f.Line == furthest.Line && f.Column > furthest.Column {
			furthest = f
		}
	}
	c.failures = append(c.failures, furthest)
}

// parse compiles without looking for a source map: a comment could name any local file as one.
func parse(name, text string) (program *goja.Program, err error) {
	tree, err := parser.ParseFile(nil, name, text, 0, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, err
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p) // the compiler panics on some errors it finds late
		}
	}()
	return goja.CompileAST(tree, false)
}

// syntaxFailure finds the place of a parser's or compiler's complaint; head is what stands before the first line.
func syntaxFailure(err error, head int) wire.Failure {
	f := wire.Failure{Kind: kindSyntax, Message: err.Error()}
	var list parser.ErrorList
	var single *parser.Error
	var syntax *goja.CompilerSyntaxError
	switch {
	case errors.As(err, &list) && len(list) > 0:
		f.Message, f.Line, f.Column = list[0].Message, list[0].Position.Line, list[0].Position.Column
	case errors.As(err, &single):
		f.Message, f.Line, f.Column = single.Message, single.Position.Line, single.Position.Column
	case errors.As(err, &syntax) && syntax.File != nil:
		p := syntax.File.Position(syntax.Offset)
		f.Message, f.Line, f.Column = syntax.Message, p.Line, p.Column
	}
	if f.Line == 1 {
		f.Column = max(f.Column-head, 1)
	}
	return f
}

// reaching are the names that lead out of the script's own world.
var reaching = map[string]bool{
	"serviceLocator": true, "remoteServiceLocator": true, "serverService": true, "dispatcherService": true,
	"ServiceLocator": true, "sleep": true, "setTimeout": true, "eval": true, "Function": true,
}

// report describes the script and names every class in it that would be refused when reached.
func (c *compiled) report(index int) *wire.Report {
	r := &wire.Report{Index: index, Language: c.language, Pure: true, Failures: c.failures}
	if c.language == languageBeanShell {
		r.Translated = c.translated
	}
	for _, t := range c.tokens {
		if reaching[t.Text] {
			r.Pure = false
		}
	}
	for _, name := range beanshell.ClassNames(c.tokens) {
		if sentence := refusal(name.Text); sentence != "" {
			r.Failures = append(r.Failures, wire.Failure{
				Kind: kindRefused, Message: sentence, Line: name.Line, Column: name.Column,
			})
		}
	}
	return r
}
