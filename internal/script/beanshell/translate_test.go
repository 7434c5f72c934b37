package beanshell_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/dop251/goja"
	"github.com/stretchr/testify/require"

	"provost/internal/script/beanshell"
)

// translations show each idiom with what it becomes.
var translations = map[string]struct{ in, want string }{
	"nothing to do":        {"a = b + 1; // c\nf(x);", "a = b + 1; // c\nf(x);"},
	"typed variable":       {`String x = "a";`, `var x = "a";`},
	"primitive":            {"int i = 0, j = 1;", "var i = 0, j = 1;"},
	"qualified type":       {"com.soffid.iam.api.User u = null;", "var u = null;"},
	"type arguments":       {"Map<String, List<Long>> m = f();", "var m = f();"},
	"final":                {"final int MAX = 3;", " var MAX = 3;"},
	"array type":           {`String[] a = {"x", "y"};`, `var a = ["x", "y"];`},
	"array after the name": {`String a[] = s.split(",");`, `var a = s.split(",");`},
	"nested list":          {"int[][] a = {{1, 2}, {3}};", "var a = [[1, 2], [3]];"},
	"new list":             {`f(new String[]{"aretha"});`, `f( ["aretha"]);`},
	"new array":            {"a = new int[3];", "a = Array(3).fill(null);"},
	"new with arguments":   {"new ArrayList<String>(x)", "new java.util.ArrayList(x)"},
	"new by short name":    {"m = new HashMap();", "m = new java.util.HashMap();"},
	"new date":             {"d = new Date();", "d = new java.util.Date();"},
	"box":                  {"f(new Boolean(false), new java.lang.Integer(3));", "f( java.lang.Boolean(false),  java.lang.Integer(3));"},
	"own class name":       {"import org.example.Date;\nd = new Date();", "var Date = Java.type(\"org.example.Date\");\nd = new Date();"},
	"import":               {"import java.util.ArrayList;", `var ArrayList = Java.type("java.util.ArrayList");`},
	"package import":       {"import com.soffid.iam.api.*;\nu = new User();", ";\nu = new com.soffid.iam.api.User();"},
	"static member":        {`Integer.parseInt("3")`, `java.lang.Integer.parseInt("3")`},
	"for each":             {"for (a : list) { f(a); }", "for (var a  of  list) { f(a); }"},
	"for each, tight":      {"for(a:la) {}", "for(var a of la) {}"},
	"for each, typed":      {"for (final Map<String,Object> a : list) f(a);", "for (  var a  of  list) f(a);"},
	"for":                  {"for (int i = 0; i < n; i++) { }", "for (var i = 0; i < n; i++) { }"},
	"entry read":           {`x = a{"b"};`, `x = a.$at("b");`},
	"entry of an entry":    {`x = a{"b"}{"c"}.size();`, `x = a.$at("b").$at("c").size();`},
	"entry assigned":       {`a {"b"} = c{"d"};`, `a ["b"] = c.$at("d");`},
	"entry by expression":  {`a{f(x) + "y"}`, `a.$at(f(x) + "y")`},
	"entry of a call":      {`f(x){"k"}`, `f(x).$at("k")`},
	"entry compared":       {`if (a{"b"} == null) { c = 1; }`, `if (a.$at("b") == null) { c = 1; }`},
	"entry incremented":    {`a{"n"}++; a{"m"} += 2;`, `a["n"]++; a["m"] += 2;`},
	"blocks stay":          {"if (x) { y(); } else { z(); } while (a) { b(); }", "if (x) { y(); } else { z(); } while (a) { b(); }"},
	"do and try":           {"do { x(); } while (y); try { z(); } finally { w(); }", "do { x(); } while (y); try { z(); } finally { w(); }"},
	"block after a cast":   {"if ((boolean) x) { y(); }", "if (!! x) { y(); }"},
	"catch":                {"try { f(); } catch (java.lang.Exception e) { g(e); }", "try { f(); } catch ( e) { g(e); }"},
	"method":               {"public void f(String a, int b) { g(a); }", " function f( a, b) { g(a); }"},
	"method that throws":   {"List f() throws Exception, Error { return x; }", "function f()     { return x; }"},
	"untyped method":       {"f(a, b) { return a; }", "function f(a, b) { return a; }"},
	"call then block":      {"f(a); { g(); }", "f(a); { g(); }"},
	"JavaScript function":  {"var f = function (a) { return a; };", "var f = function (a) { return a; };"},
	"cast":                 {"x = (String) y;", "x =  y;"},
	"cast of a call":       {"x = ((com.soffid.iam.api.User) y).getName();", "x = ( y).getName();"},
	"cast to int":          {"int x = (int) 3.7;", "var x = ~~ 3.7;"},
	"parenthesis":          {"x = (a) + (b);", "x = (a) + (b);"},
	"void":                 {"if (x != void && y == void) z();", `if ((typeof x !== "undefined") && (typeof y === "undefined")) z();`},
	"length":               {"s.length() + a.length", "s.$length() + a.length"},
	"instanceof":           {"x instanceof String", "x instanceof java.lang.String"},
	"number suffixes":      {"a = 10L + 1.5f + 0xFFL + 2d;", "a = 10 + 1.5 + 0xFF + 2;"},
	"return on next line":  {"return\n  a{\"b\"} == null ?\n 1 : 2", "return 0,\n  a.$at(\"b\") == null ?\n 1 : 2"},
	"return of nothing":    {"if (x) return\n; y();", "if (x) return\n; y();"},
	"ternary":              {"x = a ? b : c;", "x = a ? b : c;"},
	"words in texts":       {`x = "String y = a{\"b\"}"; // import z`, `x = "String y = a{\"b\"}"; // import z`},
	"less than":            {"x = a < b && c > d;", "x = a < b && c > d;"},
}

func TestTranslate(t *testing.T) {
	t.Parallel()
	for name, tt := range translations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := beanshell.Translate(tt.in)
			require.Empty(t, got.Findings)
			require.Equal(t, squash(tt.want), squash(got.Text))
			_, err := goja.Compile("", "(function () {"+got.Text+"\n})", false)
			require.NoError(t, err)
		})
	}
}

// squash leaves out the blanks that mean nothing: dropped words leave theirs behind.
func squash(text string) string {
	text = regexp.MustCompile(`[ \t]+`).ReplaceAllString(text, " ")
	return regexp.MustCompile(` ?([^\w$"' ]) ?`).ReplaceAllString(text, "$1")
}

func TestTranslateNamesWhatItCannot(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in, message  string
		line, column int
	}{
		"class":           {"\n class A { }", "classes cannot", 2, 2},
		"anonymous class": {"x = new Runnable() { void run() { } };", "anonymous classes", 1, 5},
		"lambda":          {"l.forEach(x -> f(x));", "lambda", 1, 13},
		"method ref":      {"l.map(String::valueOf);", "method references", 1, 13},
		"annotation":      {"@Override\nvoid f() {}", "annotations", 1, 1},
		"class object":    {"f(String.class);", "class objects", 1, 10},
		"synchronized":    {"synchronized (x) { }", "synchronized", 1, 1},
		"dimensions":      {"a = new int[2][3];", "several dimensions", 1, 5},
		"void of a path":  {"if (a.b == void) c();", "only a variable", 1, 9},
		"no entry name":   {"a{};", "wants the name of an entry", 1, 2},
		"unclosed":        {"if (a", "never closed", 1, 4},
		"closes nothing":  {"a = 1; }", "closes nothing", 1, 8},
		"static import":   {"import static a.B.c;", "static imports", 1, 8},
		"instanceof []":   {"x instanceof String[]", "instanceof an array", 1, 3},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			findings := beanshell.Translate(tt.in).Findings
			require.NotEmpty(t, findings)
			require.Contains(t, findings[0].Message, tt.message)
			require.Equal(t, tt.line, findings[0].Line)
			require.Equal(t, tt.column, findings[0].Column)
		})
	}
}

func TestScanKeepsEveryCharacter(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", " \n", "a/b/c", "x = /[/]a\\/b/gi.test(y) / 2", "`a ${f(`b ${c}`)} d`", "'open", "/* open", "// end",
		"a\r\n\tb", "é = 'ü'", "1e-5 + .5 + 0x1F", "\ufeffx", "a?.b ?? c", "\"a\\\"b\"", "x = a ++ / 2",
	} {
		var b strings.Builder
		for _, token := range beanshell.Scan(text) {
			b.WriteString(token.Space)
			b.WriteString(token.Text)
		}
		require.Equal(t, text, b.String())
	}
}

func TestScanTellsRegularExpressionsFromDivision(t *testing.T) {
	t.Parallel()
	kinds := func(text string) (regexps int) {
		for _, token := range beanshell.Scan(text) {
			if token.Kind == beanshell.Regexp {
				regexps++
			}
		}
		return regexps
	}
	require.Equal(t, 1, kinds("return /a b/"))
	require.Equal(t, 1, kinds("x = /\"/"))
	require.Equal(t, 0, kinds("x = a / b / c"))
	require.Equal(t, 0, kinds("x = f(1) / a[2] / 3"))
}

func TestNormaliseTouchesOnlyLengthCalls(t *testing.T) {
	t.Parallel()
	text, _ := beanshell.Normalise(`s.length() > a.length && "x.length()" && length()`)
	require.Equal(t, `s.$length() > a.length && "x.length()" && length()`, text)
	same := "a.length"
	text, _ = beanshell.Normalise(same)
	require.Equal(t, same, text)
}

func TestClassNames(t *testing.T) {
	t.Parallel()
	tokens := beanshell.Scan("new java.util.HashMap();\nx = Packages.javax.mail.Part; y.com.Foo; Java.type('java.io.File'); com.lower.only;")
	names := make(map[string]int)
	for _, n := range beanshell.ClassNames(tokens) {
		names[n.Text] = n.Line
	}
	require.Equal(t, map[string]int{"java.util.HashMap": 1, "javax.mail.Part": 2, "java.io.File": 2}, names)
}

func FuzzTranslate(f *testing.F) {
	f.Add("String x = a{\"b\"}; for (y : z) { f((int) y); }")
	f.Add("public void f(Map<String, List<A>> a) throws B { new C[] { d }; } import e.*;")
	f.Add("return\n`a ${b}` / c / d != void; catch (E e) {")
	f.Fuzz(func(t *testing.T, text string) {
		got := beanshell.Translate(text)
		if strings.Count(got.Text, "\n") != strings.Count(text, "\n") {
			t.Fatalf("lines moved: %q became %q", text, got.Text)
		}
		lines := strings.Count(text, "\n") + 1
		for _, finding := range got.Findings {
			if finding.Line < 1 || finding.Line > lines || finding.Column < 1 || finding.Message == "" {
				t.Fatalf("finding without a place: %+v", finding)
			}
		}
		beanshell.Normalise(text)
		beanshell.ClassNames(beanshell.Scan(text))
	})
}
