package sandbox_test

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/script/sandbox"
	"provost/internal/script/wire"
)

// TestMain makes UTC the zone, as the host process does.
func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

// evaluate serves one text over pipes, without a process, and answers what the script came to.
func evaluate(t *testing.T, text string, bindings map[string]any) *wire.Result {
	t.Helper()
	raw, err := wire.Encode(bindings)
	require.NoError(t, err)
	messages := serve(t, &wire.Message{Kind: wire.KindRun, Run: &wire.Run{
		Scripts: []wire.Script{{Name: "test", Text: text, Language: "autodetect"}},
		Calls:   []wire.Call{{Bindings: raw}},
		Now:     time.Date(2026, 3, 1, 12, 30, 15, 0, time.UTC),
		Limits:  wire.Limits{Wall: 30 * time.Second, Output: 1 << 20},
	}})
	require.Equal(t, wire.KindBegin, messages[1].Kind)
	require.Equal(t, wire.KindResult, messages[2].Kind)
	return messages[2].Result
}

// serve sends frames and answers all that came back until done.
func serve(t *testing.T, requests ...*wire.Message) []*wire.Message {
	t.Helper()
	requestReader, requestWriter := io.Pipe()
	answerReader, answerWriter := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- sandbox.Serve(context.Background(), requestReader, answerWriter) }()
	go func() {
		for _, m := range requests {
			_ = wire.Write(requestWriter, m)
		}
	}()
	var messages []*wire.Message
	for {
		m, err := wire.Read(answerReader)
		require.NoError(t, err)
		messages = append(messages, m)
		if m.Kind == wire.KindDone {
			break
		}
	}
	require.NoError(t, requestWriter.Close())
	require.NoError(t, <-ended)
	require.Equal(t, wire.KindReady, messages[0].Kind)
	return messages
}

func value(t *testing.T, raw json.RawMessage) any {
	t.Helper()
	v, err := wire.Decode(raw)
	require.NoError(t, err)
	return v
}

func TestJavaStyleHelpers(t *testing.T) {
	t.Parallel()
	list := map[string]any{"l": []any{"a", "b", "c"}, "m": map[string]any{"a": 1, "b": nil, "userName": "j"}}
	tests := map[string]struct {
		text string
		want any
	}{
		"text equals":             {"'a'.equals('a') && !'a'.equals('b') && !'a'.equals(null)", true},
		"text of a box":           {"new java.lang.String('a').equals('a')", true},
		"ignore case":             {"'aB'.equalsIgnoreCase('Ab') && !'a'.equalsIgnoreCase(null)", true},
		"empty, contains":         {"''.isEmpty() && ' '.isBlank() && 'abc'.contains('bc')", true},
		"length both ways":        {"'abc'.length + 'abc'.length()", int64(6)},
		"length of a list":        {"l.length() + l.length", int64(6)},
		"own length method":       {"({ length: function () { return 9 } }).length()", int64(9)},
		"matches whole":           {"'abc'.matches('[a-c]+') && !'abcd'.matches('[a-c]+')", true},
		"hash code":               {"['hello'.hashCode(), 'abcdefghij'.hashCode(), ''.hashCode()]", []any{int64(99162322), int64(-634317659), int64(0)}},
		"bytes":                   {"'é'.getBytes()", []byte{0xc3, 0xa9}},
		"compare":                 {"['a'.compareTo('b'), 'b'.compareToIgnoreCase('A')]", []any{int64(-1), int64(1)}},
		"list size and get":       {"l.size() + l.get(1) + l[2] + l.isEmpty()", "3bcfalse"},
		"list of":                 {"var s = ''; for (x of l) s += x; s", "abc"},
		"list add":                {"l.add('d'); l.add(0, 'z'); l.join('')", "zabcd"},
		"list remove":             {"l.remove('a'); l.remove(0); l", []any{"c"}},
		"list contains":           {"l.contains('b') && l.containsAll(['a', 'c']) && !l.contains('x')", true},
		"list iterator":           {"var s = '', it = l.iterator(); while (it.hasNext()) { var x = it.next(); if (x == 'b') it.remove(); else s += x } s + l.size()", "ac2"},
		"list more":               {"l.addAll(['d']); l.removeAll(['a']); l.set(0, 'B'); l.addFirst(1); l.addLast(2); l.removeFirst(); l.subList(0, 2).getLast() + l.indexOf('d')", "c2"},
		"map get and put":         {"m.put('c', 3); m.get('c') + m.get('a') + String(m.get('x'))", "4null"},
		"map entries":             {"m.remove('b'); m.containsKey('b') + ' ' + m.containsValue('j') + ' ' + m.keySet() + ' ' + m.values() + ' ' + m.size()", "false true a,userName 1,j 2"},
		"map entry set":           {"var s = ''; for (e of m.entrySet()) s += e.getKey() + '=' + e.value + ';'; s", "a=1;b=null;userName=j;"},
		"map defaults":            {"m.getOrDefault('x', 5) + m.putIfAbsent('a', 9)", int64(6)},
		"missing entry is null":   {"m.missing === null && m.b === null && !('missing' in m)", true},
		"bean getter and setter":  {"m.setUserName('k'); m.getUserName() + m.userName + m.getMissing()", "kknull"},
		"bean is and names":       {"m.setActive(true); m.setURL('u'); [m.isActive(), m.URL, m.getURL()]", []any{true, "u", "u"}},
		"bean unboxes":            {"m.setObsolete(new java.lang.Boolean(false)); m.obsolete === false", true},
		"map as text":             {"String(m)", "{a=1, b=null, userName=j}"},
		"map equals":              {"m.equals(new java.util.HashMap(m)) && !m.equals(new java.util.HashMap())", true},
		"plain object unaffected": {"var o = {}; typeof o.x + typeof o.get", "undefinedundefined"},
		"json of a map":           {"JSON.stringify(m)", `{"a":1,"b":null,"userName":"j"}`},
		"collections":             {"var a = new java.util.ArrayList(l), b = new java.util.LinkedList(); b.add(1); a.size() + b.get(0)", int64(4)},
		"set":                     {"var s = new java.util.HashSet(); s.add('a'); s.add('a'); [s.size(), s instanceof java.util.Set, l instanceof java.util.Set]", []any{int64(1), true, false}},
		"instanceof":              {"[l instanceof java.util.List, m instanceof java.util.Map, 'a' instanceof java.lang.String, 1 instanceof java.lang.String]", []any{true, true, true, false}},
		"numbers":                 {"java.lang.Integer.parseInt('12') + new java.lang.Long(3) + java.lang.Integer.valueOf('-1')", int64(14)},
		"builder":                 {"var b = new java.lang.StringBuilder('a'); b.append('b').append(1).insert(0, 'z'); b.toString() + b.length()", "zab14"},
		"exception":               {"try { throw new java.lang.Exception('no') } catch (e) { e.getMessage() }", "no"},
		"short names":             {"new HashMap().size() + Integer.parseInt('4')", int64(4)},
		"short name replaced":     {"System = 5; System + 1", int64(6)},
		"Java.type":               {"var Q = Java.type('com.soffid.zkdb.api.Query'); var q = new Q(); q.setFilter('x'); q.filter", "x"},
		"Packages":                {"new Packages.java.util.HashMap().isEmpty()", true},
		"data class":              {"var u = new com.soffid.iam.api.User(); [u instanceof com.soffid.iam.base.api.User, u instanceof com.soffid.iam.api.Group]", []any{true, false}},
		"constants":               {"[es.caib.seycon.ng.comu.AccountType.SHARED, com.soffid.iam.api.AccountStatus.FORCED_DISABLED]", []any{"S", "FD"}},
		"locator instance":        {"com.soffid.iam.ServiceLocator.instance() === serviceLocator", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := evaluate(t, tt.text, list)
			require.Nil(t, result.Failure)
			require.Equal(t, tt.want, value(t, result.Value))
		})
	}
}

func TestJavaDatesAndNames(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 30, 15, 0, time.UTC)
	tests := map[string]struct {
		text string
		want any
	}{
		"date now":            {"new java.util.Date()", now},
		"date compare":        {"new java.util.Date(0).before(new java.util.Date()) && new java.util.Date().after(new java.util.Date(1))", true},
		"calendar":            {"var c = java.util.Calendar.getInstance(); c.add(c.YEAR, -18); c.add(java.util.Calendar.MONTH, 1); c.getTime()", time.Date(2008, 4, 1, 12, 30, 15, 0, time.UTC)},
		"calendar leap day":   {"var c = new java.util.GregorianCalendar(2024, 1, 29); c.add(1, 1); c.getTime()", time.Date(2025, 2, 28, 0, 0, 0, 0, time.UTC)},
		"calendar fields":     {"var c = java.util.Calendar.getInstance(); [c.get(c.YEAR), c.get(c.MONTH), c.get(c.DAY_OF_WEEK), c.get(c.DAY_OF_YEAR), c.get(c.HOUR)]", []any{int64(2026), int64(2), int64(1), int64(60), int64(0)}},
		"calendar set":        {"var c = java.util.Calendar.getInstance(); c.set(2020, 0, 31); c.set(c.HOUR_OF_DAY, 0); c", time.Date(2020, 1, 31, 0, 30, 15, 0, time.UTC)},
		"format":              {"new java.text.SimpleDateFormat(\"yyyy-MM-dd'T'HH:mm:ss.SSS EEE MMMM h a '''x'''\").format(new Date())", "2026-03-01T12:30:15.000 Sun March 12 PM 'x'"},
		"default format":      {"new java.text.SimpleDateFormat().format(new Date())", "3/1/26, 12:30 PM"},
		"format a calendar":   {"new java.text.SimpleDateFormat('dd/MM/yy').format(java.util.Calendar.getInstance())", "01/03/26"},
		"parse":               {"new java.text.SimpleDateFormat('dd/MM/yyyy HH:mm').parse('05/11/1999 07:08')", time.Date(1999, 11, 5, 7, 8, 0, 0, time.UTC)},
		"parse without marks": {"new java.text.SimpleDateFormat('yyyyMMddHHmmssZ').parse('20260102030405+0130')", time.Date(2026, 1, 2, 1, 34, 5, 0, time.UTC)},
		"parse month name":    {"new java.text.SimpleDateFormat('d MMM yyyy h a').parse('3 Feb 2020 1 pm')", time.Date(2020, 2, 3, 13, 0, 0, 0, time.UTC)},
		"converter":           {"new com.soffid.iam.json.CalendarConverter().fromString('2020-01-02T03:04:05Z')", time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)},
		"names":               {"var n = new javax.naming.ldap.LdapName('CN=Sample\\\\, Jane+UID=1,OU=\"A, B\",DC=example'); [n.rdns.length, n.getRdn(0).getType(), n.rdns.get(2).value, n.rdns[1].value, n.size()]", []any{int64(3), "DC", "Sample, Jane+UID=1", "A, B", int64(3)}},
		"name bytes":          {"new javax.naming.ldap.LdapName('CN=J\\\\C3\\\\A9').rdns[0].value", "Jé"},
		"name as text":        {"String(new javax.naming.ldap.LdapName('CN=a\\\\,b, DC=c'))", "CN=a\\,b,DC=c"},
		"name prefix":         {"String(new javax.naming.ldap.LdapName('CN=a,OU=b,DC=c').getPrefix(2))", "OU=b,DC=c"},
		"escape":              {"javax.naming.ldap.Rdn.escapeValue(' a,b+c ')", "\\ a\\,b\\+c\\ "},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := evaluate(t, tt.text, nil)
			require.Nil(t, result.Failure)
			require.Equal(t, tt.want, value(t, result.Value))
		})
	}
}

func TestJavaHelpersRefuse(t *testing.T) {
	t.Parallel()
	for text, message := range map[string]string{
		"new java.text.SimpleDateFormat('QQ')":                        "letter Q is not known",
		"new java.text.SimpleDateFormat('yyyy').parse('x')":           "not a date",
		"new com.soffid.iam.json.CalendarConverter().fromString('x')": "not a date",
		"var c = java.util.Calendar.getInstance(); c.add(-18, 1)":     "cannot add to calendar field -18",
		"new javax.naming.ldap.LdapName('nonsense')":                  "not a distinguished name",
		"java.lang.Integer.parseInt('x')":                             "not a number",
		"new java.util.List()":                                        "has no constructor",
		"new java.util.Date(100, 1, 1)":                               "use java.util.Calendar",
		"com.soffid.iam.crypt.Crypt.genSalt(99999)":                   "between 1 and 1024",
		"com.soffid.iam.crypt.Crypt.pBKDF2Sha1('a', 'b', 1e9)":        "iterations must be between",
		"java.lang.Runtime.getRuntime()":                              "cannot run commands",
		"Runtime.getRuntime()":                                        "cannot run commands",
		"java.lang.Thread.sleep(5)":                                   "cannot start threads",
		"java.sql.DriverManager":                                      "cannot open databases",
		"setTimeout('text', 5)":                                       "setTimeout wants a function",
		"for (var i = 0; i < 2000; i++) setTimeout(Date, 1e6)":        "more than 1000 timers",
	} {
		result := evaluate(t, text, nil)
		require.NotNil(t, result.Failure, text)
		require.Contains(t, result.Failure.Message, message)
	}
}

func TestCheckDescribesWithoutRunning(t *testing.T) {
	t.Parallel()
	messages := serve(t, &wire.Message{Kind: wire.KindCheck, Run: &wire.Run{Scripts: []wire.Script{
		{Name: "pure", Text: "a == 1", Language: "autodetect"},
		{Name: "reaches", Text: "/*js*/ serviceLocator.getUserService()", Language: "beanshell"},
		{Name: "old", Text: "String a = \"x\"; return a;", Language: "autodetect"},
		{Name: "marked", Text: "/*bsh*/ a = 1", Language: "javascript"},
		{Name: "broken", Text: "a = = b", Language: "javascript"},
		{Name: "files", Text: "if (x) new java.io.File('a')", Language: "javascript"},
	}}})
	var reports []wire.Report
	for _, m := range messages {
		if m.Kind == wire.KindReport {
			reports = append(reports, *m.Report)
		}
	}
	require.Equal(t, []wire.Report{
		{Index: 0, Language: "javascript", Pure: true},
		{Index: 1, Language: "javascript"},
		{Index: 2, Language: "beanshell", Translated: `var a = "x"; return a;`, Pure: true},
		{Index: 3, Language: "beanshell", Translated: "/*bsh*/ a = 1", Pure: true},
		{Index: 4, Language: "javascript", Pure: true, Failures: []wire.Failure{
			{Kind: "syntax", Message: "Unexpected token =", Line: 1, Column: 5},
		}},
		{Index: 5, Language: "javascript", Pure: true, Failures: []wire.Failure{{
			Kind: "refused", Message: "class java.io.File is refused: scripts cannot reach local files", Line: 1, Column: 12,
		}}},
	}, reports)
}

func TestServeEndsOnNonsense(t *testing.T) {
	t.Parallel()
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- sandbox.Serve(context.Background(), reader, io.Discard) }()
	_, err := writer.Write([]byte{0xff, 0xff, 0xff, 0xff})
	require.NoError(t, err)
	require.ErrorIs(t, <-ended, wire.ErrFrameTooLarge)
}

func TestServeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	reader, _ := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- sandbox.Serve(ctx, reader, io.Discard) }()
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
}
