package worker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/mail"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"provost/bpm"
	"provost/internal/authn"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/parameter"
	"provost/internal/process"
	"provost/internal/session"
	"provost/internal/task"
	"provost/internal/testenv/enginetest"
	"provost/workflows/messages"
)

// approvers decide about what is asked for at the office; each of them may.
var approvers = []string{"bob", "carla"} //nolint:gochecknoglobals // a constant

// office is a platform where people ask for a role: somebody approves it, it is granted, and a letter says so. Worker processes do the work.
type office struct {
	*enginetest.Bench
	t        *testing.T
	engine   childSettings
	temporal client.Client
	post     *postbox
	role     entitlement.Role
	people   map[string]identity.User
	tokens   map[string]string // of the approvers
	asked    int
}

// newOffice opens an office on the servers that tests share.
func newOffice(t *testing.T) *office {
	t.Helper()
	s := newStack(t)
	return officeOn(s)
}

// officeOn opens an office at a stack.
func officeOn(s *stack) *office {
	s.t.Helper()
	o := &office{Bench: s.Bench, t: s.t, engine: s.engine, temporal: s.dial(), post: openPostbox(s.t), people: map[string]identity.User{}, tokens: map[string]string{}}
	o.Set(parameter.MailHost, "127.0.0.1")
	o.Set(parameter.MailPort, strconv.Itoa(o.post.port))
	o.Set(parameter.MailFrom, "provost@example.org")
	o.role = o.Role("reader", s.system.Name)
	names := append([]string{"asker"}, approvers...)
	o.UsersAs(o.As(released), names...)
	hasher, err := authn.NewHasher(authn.Params{Memory: 19 * 1024, Time: 2, Threads: 1}, 1)
	require.NoError(s.t, err)
	sessions := session.New(o.Tenant.Sessions(), o.Tenant, hasher, session.Settings{})
	for _, name := range names {
		found, err := o.Tenant.Users().Named(o.Ctx, name)
		require.NoError(s.t, err)
		o.people[name] = found[0]
		_, token, err := sessions.CreateToken(o.as(name), session.TokenRequest{UserID: found[0].ID, Name: "sample"}, authz.Principal{})
		require.NoError(s.t, err)
		o.tokens[name] = token.Reveal()
	}
	for code, limit := range map[string]string{"access": "P1D", "hurried": "PT3S"} {
		_, err = o.ProcessDefinitions.Deploy(o.Ctx, code+".bpmn", request(code, limit))
		require.NoError(s.t, err)
	}
	return o
}

// request is the process by which somebody asks for a role; when nobody decides in time, a letter says that.
func request(code, limit string) []byte {
	flow := func(from, to string) string {
		return fmt.Sprintf(`<sequenceFlow id="%s-%s" sourceRef="%s" targetRef="%s"/>`, from, to, from, to)
	}
	letter := func(id, subject string) string {
		return fmt.Sprintf(`<sendTask id="%s" name="%s"><extensionElements><idm:mail address="asker@example.com" subject="%s">A sample.</idm:mail></extensionElements></sendTask>`, id, id, subject)
	}
	return []byte(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:idm="urn:provost:idm:1" targetNamespace="urn:sample" id="d">
		<process id="` + code + `" name="Sample ` + code + `" isExecutable="true"><extensionElements><idm:process type="request"/><idm:acl initiators="*"/></extensionElements>
		<startEvent id="start"><extensionElements><idm:form><idm:field name="user"/><idm:field name="grants"/></idm:form></extensionElements></startEvent>
		<userTask id="approve" name="Approve"><extensionElements><idm:assignment expression="` + strings.Join(approvers, ", ") + `"/><idm:approval mode="displayPending"/></extensionElements></userTask>
		<boundaryEvent id="late" attachedToRef="approve"><timerEventDefinition id="t"><timeDuration>` + limit + `</timeDuration></timerEventDefinition></boundaryEvent>
		<serviceTask id="apply" name="Apply"><extensionElements><idm:apply entitlements="true"/></extensionElements></serviceTask>` +
		letter("granted", "Decided") + letter("missed", "Nobody decided") + `<endEvent id="end"/><endEvent id="over"/>` +
		flow("start", "approve") + flow("approve", "apply") + flow("apply", "granted") + flow("granted", "end") + flow("late", "missed") + flow("missed", "over") +
		`</process></definitions>`)
}

// as gives the context of somebody who is signed in.
func (o *office) as(name string) context.Context {
	o.t.Helper()
	p, err := o.LoadPrincipal(o.Ctx, o.people[name].ID)
	require.NoError(o.t, err)
	return authz.With(o.Ctx, p)
}

// demand is one process at the office.
type demand struct {
	process process.Process
	holder  string    // who asks for the role
	task    uuid.UUID // of the approvers
	due     time.Time // when the time of the approvers is over
	said    map[string]error
}

// ask has people ask for the role, each in a process of their own, and waits until the approvers have the tasks.
func (o *office) ask(code string, count int) []*demand {
	o.t.Helper()
	var names []string
	for range count {
		o.asked++
		names = append(names, fmt.Sprintf("holder%04d", o.asked))
	}
	o.UsersAs(o.As(released), names...)
	out := make([]*demand, count)
	for i, name := range names {
		line := fmt.Sprintf(`[{"key":"1","action":"grant","user":%q,"role":"%s@%s"}]`, name, o.role.Name, o.role.System)
		started, err := o.Processes.Start(o.as("asker"), code, bpm.Values{"user": json.RawMessage(`"` + name + `"`), "grants": json.RawMessage(line)})
		require.NoError(o.t, err)
		out[i] = &demand{process: started, holder: name, said: map[string]error{}}
	}
	for _, d := range out {
		require.True(o.t, within(60*time.Second, func() bool { return o.open(d) }), "the approvers are asked")
	}
	return out
}

// open looks for the task of a demand and for its clock, which may be over already.
func (o *office) open(d *demand) bool {
	found := o.Texts(`select t.id || ' ' || to_char(coalesce(j.due_at, t.opened_at) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
		from process_tasks t left join process_jobs j on j.process_id = t.process_id where t.process_id = $1`, d.process.ID)
	if len(found) == 0 {
		return false
	}
	id, due, _ := strings.Cut(found[0], " ")
	d.task = uuid.MustParse(id)
	var err error
	d.due, err = time.Parse(time.RFC3339Nano, due)
	require.NoError(o.t, err)
	return true
}

// press has somebody decide, and keeps what they are told.
func (o *office) press(d *demand, who, outcome string) {
	_, d.said[who] = o.Platform.Tasks.Complete(o.as(who), d.task, task.Completion{Outcome: outcome})
}

// blocked holds back every grant until it is let go.
func (o *office) blocked() (free func()) {
	o.t.Helper()
	conn, err := pgx.Connect(o.Ctx, o.URL)
	require.NoError(o.t, err)
	_, err = conn.Exec(o.Ctx, "begin; lock table t_master.grants in exclusive mode")
	require.NoError(o.t, err)
	return func() { require.NoError(o.t, conn.Close(context.WithoutCancel(o.Ctx))) }
}

// stuck tells whether somebody waits for a lock of the grants.
func (o *office) stuck() bool {
	return o.Count("select count(*) from pg_locks where relation = 't_master.grants'::regclass and not granted") > 0
}

func (o *office) worker() *child {
	o.t.Helper()
	settings := o.engine
	settings.Server = "one"
	return startChild(o.t, settings)
}

// counter starts a process that serves the interface.
func (o *office) counter() *child {
	o.t.Helper()
	settings := o.engine
	settings.Server, settings.API = "api", true
	return startChild(o.t, settings)
}

// send gives a decision to the interface, and gives the status of the answer; 0 when there is none.
func (o *office) send(url string, d *demand, who, outcome string) (int, string) {
	body, err := json.Marshal(map[string]string{"outcome": outcome})
	require.NoError(o.t, err)
	ctx, cancel := context.WithTimeout(o.Ctx, 20*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/api/v1/tasks/"+d.task.String()+"/complete", bytes.NewReader(body))
	require.NoError(o.t, err)
	request.Header.Set("Authorization", "Bearer "+o.tokens[who])
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, string(text)
}

// closed tells how the workflow of a demand ended in the engine; empty while it runs.
func (o *office) closed(d *demand) string {
	described, err := o.temporal.DescribeWorkflowExecution(o.Ctx, messages.Process{ID: d.process.ID}.WorkflowID(), "")
	if err != nil || described.GetWorkflowExecutionInfo().GetCloseTime() == nil {
		return ""
	}
	return described.GetWorkflowExecutionInfo().GetStatus().String()
}

// postbox is a mail server that counts the letters by their Message-ID.
type postbox struct {
	mu      sync.Mutex
	port    int
	letters map[string]int
}

func openPostbox(t *testing.T) *postbox {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address, ok := listener.Addr().(*net.TCPAddr)
	require.True(t, ok)
	p := &postbox{port: address.Port, letters: map[string]int{}}
	server := smtp.NewServer(p)
	server.AllowInsecureAuth, server.ReadTimeout = true, 10*time.Second
	go func() { _ = server.Serve(listener) }() // ends with the test
	t.Cleanup(func() { _ = server.Close() })
	return p
}

// of gives how often every letter of a process came.
func (p *postbox) of(id uuid.UUID) map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[string]int{}
	for letter, times := range p.letters {
		if strings.Contains(letter, id.String()) {
			out[letter] = times
		}
	}
	return out
}

// NewSession implements smtp.Backend.
func (p *postbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &slot{p}, nil }

type slot struct{ *postbox }

func (*slot) Mail(string, *smtp.MailOptions) error { return nil }
func (*slot) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (*slot) Reset()                               {}
func (*slot) Logout() error                        { return nil }

func (s *slot) Data(r io.Reader) error {
	letter, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	if _, err = io.Copy(io.Discard, letter.Body); err != nil {
		return err
	}
	id := strings.Trim(letter.Header.Get("Message-ID"), "<>")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letters[id]++
	return nil
}

// dial connects to the engine of a stack.
func (s *stack) dial() client.Client {
	s.T.Helper()
	c, err := client.NewLazyClient(client.Options{
		HostPort: s.engine.Address, Namespace: s.engine.Namespace, HeadersProvider: bearer(s.engine.Token), Logger: quiet(),
	})
	require.NoError(s.T, err)
	s.T.Cleanup(c.Close)
	return c
}
