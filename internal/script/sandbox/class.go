package sandbox

import (
	"slices"
	"strings"
)

// knownClasses are the Java classes scripts may use besides the data objects; js/java.js holds each of them.
var knownClasses = []string{
	"com.soffid.iam.ServiceLocator", "com.soffid.iam.crypt.Crypt", "com.soffid.iam.json.CalendarConverter",
	"es.caib.seycon.ng.ServiceLocator",
	"java.lang.Boolean", "java.lang.Double", "java.lang.Exception", "java.lang.Integer", "java.lang.Long",
	"java.lang.Math", "java.lang.Object", "java.lang.RuntimeException", "java.lang.String", "java.lang.StringBuffer",
	"java.lang.StringBuilder", "java.lang.System",
	"java.text.SimpleDateFormat",
	"java.util.ArrayList", "java.util.Arrays", "java.util.Calendar", "java.util.Collection", "java.util.Date",
	"java.util.GregorianCalendar", "java.util.HashMap", "java.util.HashSet", "java.util.Iterator",
	"java.util.LinkedHashMap", "java.util.LinkedHashSet", "java.util.LinkedList", "java.util.List", "java.util.Map",
	"java.util.Set", "java.util.TreeMap", "java.util.TreeSet", "java.util.Vector",
	"javax.naming.ldap.LdapName", "javax.naming.ldap.Rdn",
}

// enumerations are the constants the guide documents (page 086; the account states of the account page).
var enumerations = map[string]map[string]any{
	"AccountType": {"USER": "U", "SHARED": "S", "PRIVILEGED": "P", "IGNORED": "I"},
	"AccountStatus": {
		"ACTIVE": "a", "FORCED_ACTIVE": "FA", "LOCKED": "l", "DISABLED": "d", "FORCED_DISABLED": "FD",
		"REMOVED": "r", "ARCHIVED": "x",
	},
}

// dataPackages hold plain data objects: any class of theirs is a bag of properties with its short name as class.
// They cover the spellings of guide pages 086 to 089.
var dataPackages = []string{
	"com.soffid.iam.api", "com.soffid.iam.base.api", "com.soffid.iam.iga.api", "com.soffid.iam.sync.intf",
	"com.soffid.zkdb.api", "es.caib.seycon.ng.comu", "es.caib.seycon.ng.sync.intf",
}

// dataClass returns the short name if the class is a data object.
func dataClass(name string) (short string, ok bool) {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 || !startsUpper(name[dot+1:]) {
		return "", false
	}
	return name[dot+1:], slices.Contains(dataPackages, name[:dot])
}

func startsUpper(s string) bool { return s != "" && s[0] >= 'A' && s[0] <= 'Z' }

// refusals are the sentences for what people try; the first prefix that matches speaks.
var refusals = []struct{ prefix, sentence string }{
	{"java.lang.Runtime", "scripts cannot run commands of the host: use an agent with the shell connector"},
	{"java.lang.Process", "scripts cannot run commands of the host: use an agent with the shell connector"},
	{"java.io.", "scripts cannot reach local files"},
	{"java.nio.", "scripts cannot reach local files"},
	{"java.net.", "scripts cannot open network connections: call an agent through dispatcherService.invoke"},
	{"javax.net.", "scripts cannot open network connections: call an agent through dispatcherService.invoke"},
	{"java.sql.", "scripts cannot open databases: call an agent through dispatcherService.invoke"},
	{"javax.sql.", "scripts cannot open databases: call an agent through dispatcherService.invoke"},
	{"javax.mail.", "scripts cannot build mail parts or attach local files: use the methods of the mail service"},
	{"javax.activation.", "scripts cannot build mail parts or attach local files: use the methods of the mail service"},
	{"java.lang.reflect.", "scripts cannot inspect or load classes"},
	{"java.lang.Class", "scripts cannot inspect or load classes"},
	{"java.lang.Thread", "scripts cannot start threads"},
	{"java.util.concurrent.", "scripts cannot start threads"},
}

// refusal says why a class is out of reach, or "" for one that scripts may use.
func refusal(name string) string {
	if _, ok := dataClass(name); ok {
		return ""
	}
	if _, ok := slices.BinarySearch(knownClasses, name); ok || slices.Contains(knownClasses, name) {
		return ""
	}
	for _, r := range refusals {
		if strings.HasPrefix(name, r.prefix) {
			return "class " + name + " is refused: " + r.sentence
		}
	}
	return "class " + name + " is refused: it is not among the classes of the script guide"
}
