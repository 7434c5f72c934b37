package acceptance

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"

	"provost/bpm"
	"provost/internal/account"
	"provost/internal/identity"
	"provost/internal/ldapdev"
	"provost/internal/mapping"
	"provost/internal/parameter"
	"provost/internal/process"
	"provost/internal/run"
)

// plant is a world with a secret wherever one may be, and the administrator who reads it all.
type plant struct {
	*world
	secrets secrets
	log     string // path of the log
	admin   *reader
	stream  func() []byte // ends the stream of events and gives what it said
}

// TestPlantedSecret plants secrets of every kind, uses them, makes calls with them fail, and then looks for them everywhere: in all
// tables, in all workflow histories, in every answer that the API gives to a reader, and in the log at its most talkative.
func TestPlantedSecret(t *testing.T) {
	p := newPlant(t)
	p.workWithAgents()
	p.workWithScript()
	p.workWithPeople()
	p.makeObjects()
	p.makeProcesses()
	operations := slices.DeleteFunc(reads(t), func(o operation) bool { return o.id == "listen" }) // heard from the beginning
	answers := p.admin.everything(operations)
	answers["the stream of events"] = p.stream()

	for place, text := range map[string]map[string][]byte{
		"table": p.tables(t), "history": p.histories(t), "answer": answers, "log": p.logged(t),
	} {
		all := []byte{}
		for name, content := range text {
			require.Empty(t, p.secrets.in(content), "%s %s", place, name)
			all = append(all, content...)
		}
		require.Contains(t, strings.ToLower(string(all)), "directory", "what is no secret is found in the same way: %s", place)
	}
}

func newPlant(t *testing.T) *plant {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, log.Close()) })
	p := &plant{world: begin(t, "auto", log), log: log.Name(), secrets: secrets{}}
	password, _, err := p.Sessions.EnsureAdministrator(p.ctx)
	require.NoError(t, err)
	p.secrets["the administrator's first password"] = password
	p.admin = &reader{t: t, ctx: p.ctx, url: p.URL()}
	p.open("the administrator's session", p.admin, "admin", password)
	p.listen(t)
	return p
}

// secret makes a secret that is written differently in every encoding.
func (p *plant) secret(name string) string {
	value := fmt.Sprintf(`planted"47%d&ä/+%% zebra`, 10+len(p.secrets))
	p.secrets[name] = value
	return value
}

// open signs somebody in and keeps what the cookie holds.
func (p *plant) open(name string, r *reader, user, password string) {
	p.t.Helper()
	response := r.signIn(user, password)
	require.Less(p.t, response.StatusCode, 300)
	require.NotEmpty(p.t, r.cookies)
	p.secrets[name] = r.cookies[0].Value
}

// listen keeps all that the stream of events says.
func (p *plant) listen(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(p.ctx)
	listener := &reader{t: t, ctx: ctx, url: p.URL(), cookies: p.admin.cookies}
	response := listener.send(http.MethodGet, "/api/v1/events", "text/event-stream", nil)
	require.Equal(t, http.StatusOK, response.StatusCode)
	heard := make(chan []byte, 1)
	go func() {
		text, _ := io.ReadAll(response.Body) // it ends with the connection
		heard <- text
	}()
	p.stream = func() []byte {
		cancel()
		defer response.Body.Close()
		return <-heard
	}
	t.Cleanup(cancel)
}

// workWithAgents uses the password of a directory, and then lets agents fail in the ways that show what they were told.
func (p *plant) workWithAgents() {
	p.t.Helper()
	planted := p.secret("the password of the directory's agent")
	slapd, parameters := directory(p.t, ldapdev.Options{Suffix: suffix, AdminPassword: planted, InitialLDIF: []byte(
		"dn: ou=people," + suffix + "\nobjectClass: organizationalUnit\nou: people\n")})
	require.Equal(p.t, planted, parameters["password"])
	target := p.system(account.System{Name: "Directory", Connector: "ldap", Parameters: parameters, Mappings: []mapping.ObjectMapping{people()}})
	source := p.hr(p.file("hr.csv", "userName,firstName,lastName\nada,Ada,Sample\n"), "userName",
		mapping.Row{System: "userName", Direction: mapping.DirectionIn, Provost: "userName"},
		mapping.Row{System: "lastName", Direction: mapping.DirectionIn, Provost: "lastName"},
	)
	p.start(source, run.Load, run.Completed)
	p.settled()
	require.Len(p.t, entries(p.t, slapd, "ou=people,"+suffix, "(objectClass=inetOrgPerson)", "uid"), 1, "the password works, so it was really used")
	p.setPassword(slapd, p.secret("the password of an account in the directory"))
	p.start(target, run.Reconcile, run.Completed)
	wrong := p.secret("a password that the directory refuses")
	p.tryAgent("Refused", "ldap", map[string]string{"host": parameters["host"], "port": parameters["port"], "bindDN": parameters["bindDN"], "password": wrong, "baseDN": suffix, "ssl": "none"})
	p.tryAgent("Nowhere", "sql", map[string]string{"host": "127.0.0.1", "port": "1", "database": "sample", "user": "ann", "password": p.secret("the password for a database that is not there")})
	p.tryAgent("Unknown", "sql", map[string]string{"url": p.withoutUser(), "user": "nobody_of_the_sample", "password": p.secret("a password that the database refuses")})
	p.refuseAddress(p.secret("a password in an address"))
}

// withoutUser is the address of our own database for somebody else.
func (p *plant) withoutUser() string {
	address, err := url.Parse(p.url)
	require.NoError(p.t, err)
	if password, ok := address.User.Password(); ok {
		p.secrets["the password of our own database"] = password
	}
	address.User = nil
	return address.String()
}

// tryAgent makes a system that cannot be reached and asks for a test of it, as saved and as somebody is editing it.
func (p *plant) tryAgent(name, kind string, parameters map[string]string) {
	p.t.Helper()
	made := p.system(account.System{Name: name, Connector: kind, Parameters: parameters})
	for _, body := range []any{nil, map[string]any{"parameters": parameters}} {
		status, answer := p.admin.call(http.MethodPost, "/api/v1/systems/"+made.ID.String()+"/test", "application/json", body)
		require.Equal(p.t, http.StatusOK, status, "%s", answer)
		require.Contains(p.t, string(answer), "false", "the test fails: %s", name)
		require.Empty(p.t, p.secrets.in(answer), name)
	}
}

// refuseAddress checks that an address with a password in it is not even kept: only parameters that are secret are sealed.
func (p *plant) refuseAddress(password string) {
	p.t.Helper()
	for _, address := range []string{
		"postgres://ann:" + url.PathEscape(password) + "@127.0.0.1:1/sample", "postgres://127.0.0.1:1/sample?password=" + url.QueryEscape(password),
	} {
		body := map[string]any{"name": "Address", "connector": "sql", "server": server, "parameters": map[string]string{"url": address, "user": "ann"}}
		status, answer := p.admin.call(http.MethodPost, "/api/v1/systems", "application/json", body)
		require.Equal(p.t, http.StatusUnprocessableEntity, status, "%s", answer)
		require.Contains(p.t, string(answer), "url")
		require.Empty(p.t, p.secrets.in(answer))
	}
}

// workWithScript lets a mapping ask for a secret parameter, which fails and says so in the tasks.
func (p *plant) workWithScript() {
	p.t.Helper()
	_, err := p.Platform.Parameters.Create(p.ctx, parameter.Parameter{Name: parameter.MailPassword, Value: p.secret("a secret parameter")})
	require.NoError(p.t, err)
	target, err := p.Platform.Systems.Named(p.ctx, "Directory")
	require.NoError(p.t, err)
	target.Mappings = []mapping.ObjectMapping{people(mapping.Row{
		System: "description", Direction: mapping.DirectionOut, Provost: `serverService.getConfig("mail.password")`,
	})}
	_, err = p.Platform.Systems.Update(p.ctx, target.ID, 0, target)
	require.NoError(p.t, err)
	p.change("ada", func(u *identity.User) { u.LastName = "Directory" })
	said := ""
	defer func() {
		if p.t.Failed() {
			p.t.Logf("the tasks say: %s", said)
		}
	}()
	require.Eventually(p.t, func() bool {
		said = p.value("select coalesce(string_agg(message, '; '), '') from sync_parts")
		return strings.Contains(said, "is a secret")
	}, patience, 50*time.Millisecond, "the task says what was refused")
}

// workWithPeople signs somebody in, with a wrong password first, lets them change it, and makes an API token.
func (p *plant) workWithPeople() {
	p.t.Helper()
	first, second := p.secret("a user's first password"), p.secret("a user's own password")
	status, answer := p.admin.call(http.MethodPost, "/api/v1/users/"+p.user("ada").ID.String()+"/password", "application/json", map[string]string{"password": first})
	require.Equal(p.t, http.StatusNoContent, status, "%s", answer)
	ada := &reader{t: p.admin.t, ctx: p.ctx, url: p.URL()}
	require.Equal(p.t, http.StatusUnauthorized, ada.signIn("ada", p.secret("a password that is wrong")).StatusCode)
	p.open("a user's session", ada, "ada", first)
	status, answer = ada.call(http.MethodPost, "/api/v1/session/password", "application/json", map[string]string{"current": first, "new": second})
	require.Equal(p.t, http.StatusNoContent, status, "%s", answer)

	status, answer = p.admin.call(http.MethodPost, "/api/v1/tokens", "application/json", map[string]string{"name": "acceptance"})
	require.Equal(p.t, http.StatusCreated, status, "%s", answer)
	var token struct {
		Secret string `json:"secret"`
	}
	require.NoError(p.t, json.Unmarshal(answer, &token))
	p.secrets["an API token"] = token.Secret
	program := &reader{t: p.admin.t, ctx: p.ctx, url: p.URL(), token: token.Secret}
	status, answer = program.call(http.MethodGet, "/api/v1/users", "application/json", nil)
	require.Equal(p.t, http.StatusOK, status, "%s", answer)
}

// makeObjects makes one object of each resource that has none, so that there is something to read.
func (p *plant) makeObjects() {
	p.t.Helper()
	add := p.admin.make
	ada, target := p.user("ada").ID.String(), p.value("select id::text from systems where name = 'Directory'")
	p.attribute("shoeSize")
	add("mail-domains", map[string]any{"name": "example.com"})
	add("group-types", map[string]any{"name": "workgroup"})
	group := add("groups", map[string]any{"name": "planets"})
	add("memberships", map[string]any{"userId": ada, "groupId": group})
	application := add("information-systems", map[string]any{"name": "Register", "kind": "application"})
	domain := add("scope-domains", map[string]any{"name": "region", "kind": "values", "informationSystemId": application})
	add("scope-values", map[string]any{"scopeDomainId": domain, "value": "north"})
	roles := map[string]string{}
	for _, name := range []string{"reader", "writer", "auditor"} {
		roles[name] = add("roles", map[string]any{"name": name, "systemId": target, "informationSystemId": application})
	}
	add("role-contents", map[string]any{"roleId": roles["writer"], "containedRoleId": roles["reader"]})
	add("group-roles", map[string]any{"groupId": group, "roleId": roles["reader"]})
	status, answer := p.admin.call(http.MethodPost, "/api/v1/grants", "application/json", map[string]any{"userId": ada, "roleId": roles["writer"]})
	require.Equal(p.t, http.StatusCreated, status, "%s", answer)
	add("authorizations", map[string]any{"permission": "user:query", "roleId": roles["auditor"]})
	shared := add("accounts", map[string]any{"name": "backup", "systemId": target, "type": "shared", "userType": "I"})
	add("account-access", map[string]any{"accountId": shared, "userId": ada, "level": "sso"})
}

// makeProcesses makes one of everything that processes have and that is read.
func (p *plant) makeProcesses() {
	p.t.Helper()
	admin := p.administrator()
	p.deploy(bpm.PermissionsRequest)
	p.deploy(bpm.Delegation)
	started := p.begins(admin, "request", nil)
	p.task(admin, "choose")
	note, err := p.Platform.Processes.Attach(p.as(admin), started.ID, nil, "note.txt", "text/plain", []byte("sample"))
	require.NoError(p.t, err)
	_, err = p.Platform.ProcessDefinitions.NewDraft(p.as(admin), process.Draft{Name: "Sample", Source: string(definition("sample", ""))})
	require.NoError(p.t, err)
	p.admin.known = map[string][]string{
		"/api/v1/process-versions":  {p.value("select id::text from process_versions limit 1")},
		"/api/v1/process-documents": {note.ID.String()},
	}
}

// tables gives the content of every table, ours and the engine's; what is binary is in hex.
func (p *plant) tables(t *testing.T) map[string][]byte {
	t.Helper()
	conn := connect(t, p.url)
	defer conn.Close(p.ctx)
	rows, err := conn.Query(p.ctx, `select quote_ident(schemaname) || '.' || quote_ident(tablename) from pg_tables
		where schemaname not in ('pg_catalog', 'information_schema')`)
	require.NoError(t, err)
	var names []string
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		names = append(names, name)
	}
	require.NoError(t, rows.Err())
	require.Greater(t, len(names), 40)
	out := map[string][]byte{}
	for _, name := range names {
		var text string
		require.NoError(t, conn.QueryRow(p.ctx, "select coalesce(string_agg(to_jsonb(x)::text, e'\\n'), '') from "+name+" x").Scan(&text))
		out[name] = []byte(text)
	}
	return out
}

// histories gives every event of every workflow as it is stored, payloads included.
func (p *plant) histories(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for page := []byte(nil); ; {
		list, err := p.Temporal.ListWorkflow(p.ctx, &workflowservice.ListWorkflowExecutionsRequest{NextPageToken: page})
		require.NoError(t, err)
		for _, e := range list.GetExecutions() {
			id, run := e.GetExecution().GetWorkflowId(), e.GetExecution().GetRunId()
			text, err := proto.Marshal(e)
			require.NoError(t, err)
			history := p.Temporal.GetWorkflowHistory(p.ctx, id, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
			for history.HasNext() {
				event, err := history.Next()
				require.NoError(t, err)
				binary, err := proto.Marshal(event)
				require.NoError(t, err)
				text = append(text, binary...)
			}
			out[id+"/"+run] = text
		}
		if page = list.GetNextPageToken(); len(page) == 0 {
			break
		}
	}
	require.NotEmpty(t, out)
	return out
}

// logged gives the log so far.
func (p *plant) logged(t *testing.T) map[string][]byte {
	t.Helper()
	text, err := os.ReadFile(p.log)
	require.NoError(t, err)
	require.Contains(t, string(text), `"level":"debug"`)
	return map[string][]byte{p.log: text}
}
