package scriptservice_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/agent"
	"provost/internal/authz"
	"provost/internal/connector"
	"provost/internal/connector/connectortest"
	"provost/internal/mapping"
	"provost/internal/mapscript"
	"provost/internal/script"
	"provost/internal/scriptservice/site"
	"provost/internal/synctask"
)

// rows gives agents their systems from the database of the test.
type rows struct{ b *bench }

// System implements agent.Source.
func (r rows) System(_ context.Context, id uuid.UUID) (account.System, error) {
	return r.b.Systems.Get(r.b.ctx, id)
}

// Version implements agent.Source.
func (r rows) Version(_ context.Context, id uuid.UUID) (int64, error) {
	s, err := r.b.Systems.Get(r.b.ctx, id)
	return s.Version, err
}

// Targets implements agent.Source; nothing is applied in these tests.
func (rows) Targets(context.Context, uuid.UUID, []synctask.Target) ([]agent.Target, error) {
	return nil, nil
}

// invoking is a memory system that records what scripts invoke, and answers with it.
type invoking struct {
	*connectortest.MemoryConnector
	calls *[]string
}

// Invoke implements connector.Invoker.
func (i invoking) Invoke(_ context.Context, verb, path string, params map[string]any) ([]map[string]any, error) {
	*i.calls = append(*i.calls, verb+" "+path)
	if verb == "break" {
		return nil, connector.Errorf(connector.ClassUnsupported, "invoke", "the verb is not one of ours")
	}
	return []map[string]any{{"verb": verb, "user": params["user"]}}, nil
}

// getting hides that a connector can find by example.
type getting struct{ *connectortest.MemoryConnector }

// Find has another shape than a Finder's.
func (getting) Find() {}

// managed is an agent with one object ROLE in its system, and the calls that reach it.
type managed struct {
	*bench
	system account.System
	calls  []string
}

func withAgent(t *testing.T, change ...func(*account.System)) *managed {
	t.Helper()
	m := &managed{bench: setup(t)}
	memory := connectortest.NewMemory()
	wrapped := memory.Kind()
	open := wrapped.Open
	wrapped.Open = func(ctx context.Context, config connector.Config) (connector.Connector, error) {
		opened, err := open(ctx, config)
		if err != nil {
			return nil, err
		}
		return invoking{opened.(*connectortest.MemoryConnector), &m.calls}, nil
	}
	plain := memory.Kind()
	plain.Name = "plain"
	plain.Open = func(ctx context.Context, config connector.Config) (connector.Connector, error) {
		opened, err := open(ctx, config)
		if err != nil {
			return nil, err
		}
		return getting{opened.(*connectortest.MemoryConnector)}, nil
	}
	direct, err := open(t.Context(), connector.Config{})
	require.NoError(t, err)
	_, err = direct.(connector.Creator).Create(t.Context(), connector.Class{Name: "ROLE"}, connector.Attributes{"name": "R1", "sys_id": "77"})
	require.NoError(t, err)
	pool := agent.NewPool(rows{m.bench}, connector.NewRegistry(wrapped, plain), nil, slog.New(slog.DiscardHandler))
	t.Cleanup(pool.Close)
	m.services.Bind(m.Platform, pool, &mapscript.Runner{Host: m.host, Services: m.services, Language: script.JavaScript})
	m.system = m.bench.system("ServiceNow", append([]func(*account.System){func(s *account.System) {
		s.Connector = connectortest.MemoryName
		s.Mappings = []mapping.ObjectMapping{
			{SystemObject: "USER", ObjectType: mapping.TypeUser, Rows: []mapping.Row{{System: "name", Direction: mapping.DirectionBoth, Provost: "accountName"}}},
			{SystemObject: "ROLE", ObjectType: mapping.TypeRole, Properties: map[string]string{"key": "name"}, Rows: []mapping.Row{
				{System: "name", Direction: mapping.DirectionBoth, Provost: "name"},
				{System: "label", Direction: mapping.DirectionOut, Provost: `name.toUpperCase() + " of " + serverService.getGroupInfo("world", null).name`},
			}},
		}
	}}, change...)...)
	return m
}

// within runs a script for the agent, as the installation's own.
func (m *managed) within(text string, bindings map[string]any) (script.Result, error) {
	m.t.Helper()
	return m.host.Run(site.With(m.t.Context(), m.system.ID), script.Request{
		Scripts: []script.Source{{Name: "mapping", Text: text, Language: script.Autodetect}}, Calls: []script.Call{{Bindings: bindings}}, Services: m.services,
	})
}

func TestSampleSearchesTheSystem(t *testing.T) {
	t.Parallel()
	m := withAgent(t)
	text := sample(t, "086", "##### Snippet to query the sys\\_id attribute for a grant owner")
	result, err := m.within(text, map[string]any{"ownerRoleName": "R1"})
	require.NoError(t, err)
	require.Equal(t, "77", result.Value)
	require.Equal(t, "Searching id for R1\nFOUND 77\n", result.Output)
	found, err := m.within(`var eo = new com.soffid.iam.sync.intf.ExtensibleObject(); eo.objectType = "role"; eo.name = "R2"; dispatcherService.search(eo)`, nil)
	require.NoError(t, err)
	require.Nil(t, found.Value)
	_, err = m.within(`var eo = new com.soffid.iam.sync.intf.ExtensibleObject(); eo.objectType = "HOST"; dispatcherService.search(eo)`, nil)
	require.ErrorContains(t, err, `objectType "HOST" is none of the agent's objects (USER, ROLE)`)
}

func TestSearchByKeyWhereTheConnectorFindsNothingByExample(t *testing.T) {
	t.Parallel()
	m := withAgent(t, func(s *account.System) { s.Connector = "plain" })
	const search = `var eo = new com.soffid.iam.sync.intf.ExtensibleObject(); eo.objectType = "ROLE"; eo[key] = value;
		var f = dispatcherService.search(eo); f == null ? "none" : f.sys_id`
	for _, c := range [][3]string{{"name", "R1", "77"}, {"name", "R2", "none"}} {
		result, err := m.within(search, map[string]any{"key": c[0], "value": c[1]})
		require.NoError(t, err)
		require.Equal(t, c[2], result.Value)
	}
	_, err := m.within(search, map[string]any{"key": "label", "value": "x"})
	require.ErrorContains(t, err, "finds objects by their key only")
}

func TestSampleInvokesTheSystem(t *testing.T) {
	t.Parallel()
	m := withAgent(t)
	text := sample(t, "086", "##### Snippet of invoke usage on a relational database")
	_, err := m.within(text, map[string]any{"source": map[string]any{
		"granted": []any{}, "accountName": "jane", "userType": "I", "userName": "jane", "attributes": map[string]any{"dominio": "0042"},
	}})
	require.NoError(t, err)
	require.Equal(t, []string{
		"delete from ITREPRT where IDUSER=:user", "SELECT * from MRGEUCT where IDUSER=:user and MOARPR=:cc",
	}, m.calls)
	require.Empty(t, m.query("select actor from audit_entries where object_type = 'script'"), "a mapping's own calls are the agent's work")

	_, err = m.within(`dispatcherService.invoke("break", "x", null)`, nil)
	require.ErrorContains(t, err, "the verb is not one of ours")
	_, err = m.within(`dispatcherService.invoke("select", "x", "y")`, nil)
	require.ErrorContains(t, err, "the parameters must be a map (argument 3)")
}

func TestPublishedScriptInvokesANamedSystem(t *testing.T) {
	t.Parallel()
	m := withAgent(t)
	text := strings.Replace(sample(t, "086", "##### Snippet of invoke usage on a Active Directory I"), "AD soffid.pat", "ServiceNow", 1)
	require.Equal(t, "** list.size -- 1\n", m.output(text))
	require.Equal(t, []string{"select (&(objectClass=user))"}, m.calls)
	require.Equal(t, []string{"admin DispatcherService.invoke"},
		m.query("select actor || ' ' || object_name from audit_entries where object_type = 'script'"))

	reader := authorised(m.bench, "reader", authz.SystemQuery)
	published := script.Authority{Publisher: reader.ID.String(), Scopes: everything()}
	_, err := m.services.Call(site.With(t.Context(), m.system.ID), published, script.DispatcherService, "invoke", []any{"select", "x"})
	require.ErrorContains(t, err, "system:update", "dispatcherService gives a person no more than their permissions")
	require.Len(t, m.calls, 1)
}

func TestReadOnlyAgentsAreOnlyRead(t *testing.T) {
	t.Parallel()
	m := withAgent(t, func(s *account.System) { s.ReadOnly = true })
	_, err := m.within(`dispatcherService.invoke("delete", "from x", null)`, nil)
	require.ErrorContains(t, err, "the agent ServiceNow is read-only")
	_, err = m.within(`dispatcherService.invoke("SELECT", "from x", null)`, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"SELECT from x"}, m.calls)
	plain := withAgent(t, func(s *account.System) { s.Connector = "plain" })
	_, err = plain.within(`dispatcherService.invoke("select", "x", null)`, nil)
	require.ErrorContains(t, err, "runs no operations for scripts")
}

func TestTranslationsOfTheMapping(t *testing.T) {
	t.Parallel()
	m := withAgent(t)
	result, err := m.within(`
		var eo = new com.soffid.iam.sync.intf.ExtensibleObject(); eo.setObjectType("role"); eo.name = "r9";
		var out1 = dispatcherService.soffidToSystem(eo);
		var back = dispatcherService.systemToSoffid(out1);
		out1.objectType + " " + out1.name + " " + out1.label + " | " + back.objectType + " " + back.name + " " + back.label`, nil)
	require.NoError(t, err)
	require.Equal(t, "ROLE r9 R9 of world | role r9 null", result.Value)
}
