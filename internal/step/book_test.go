package step_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/identity"
	"provost/internal/notify"
	"provost/internal/object"
	"provost/internal/process"
	"provost/internal/query"
	"provost/internal/script"
	"provost/internal/script/scripttest"
	"provost/internal/step"
)

func TestMain(m *testing.M) { scripttest.Main(m) }

// now is when everything happens.
func now() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// id gives the same id for the same name.
func id(name string) uuid.UUID { return uuid.NewSHA1(uuid.NameSpaceURL, []byte(name)) }

// book is a ledger that keeps what is written, with one definition.
type book struct {
	process.Ledger

	library bpm.Library
	opened  []process.Opening
	asked   asked
}

// asked counts what was asked of the stores and of the script host, each a query or a batch.
type asked struct{ lookups, roles, users, applications, batches int }

func (b *book) Library(context.Context, uuid.UUID) (*bpm.Library, error) { return &b.library, nil }

func (*book) Brief(context.Context, uuid.UUID) (process.Brief, error) {
	return process.Brief{Number: 7, Name: "Sample", Initiator: process.Person{UserName: "ada", FullName: "Ada Sample"}}, nil
}

// Resolve knows everybody but those whose name begins with no.
func (b *book) Resolve(_ context.Context, wanted []process.Reference) (map[string][]process.Principal, error) {
	b.asked.lookups++
	known := map[string][]process.Principal{}
	for _, r := range wanted {
		if !strings.HasPrefix(r.Text, "no") {
			known[r.Text] = []process.Principal{{Kind: process.UserPrincipal, ID: id(r.Name), Name: r.Name}}
		}
	}
	return known, nil
}

func (b *book) Principals(ctx context.Context, names []string) (found []process.Principal, unknown []string, err error) {
	known, err := b.Resolve(ctx, process.References(names...))
	found, unknown = process.Among(known, names...)
	return found, unknown, err
}

func (*book) Addresses(_ context.Context, of []process.Principal) ([]string, error) {
	addresses := make([]string, len(of))
	for i, p := range of {
		addresses[i] = p.Name + "@example.org"
	}
	return addresses, nil
}

func (b *book) Open(_ context.Context, _ uuid.UUID, openings []process.Opening) error {
	b.opened = append(b.opened, openings...)
	return nil
}

// rows are objects by name.
type rows[T any] struct {
	object.Store[T]

	all   map[string]T
	finds func(query.List) []T
	asked *int
}

func (r rows[T]) Named(_ context.Context, keys ...string) ([]T, error) {
	*r.asked++
	var out []T
	for _, key := range slices.Compact(slices.Sorted(slices.Values(keys))) {
		if found, ok := r.all[key]; ok {
			out = append(out, found)
		}
	}
	return out, nil
}

func (r rows[T]) Get(_ context.Context, _ authz.Scope, ids ...uuid.UUID) ([]T, error) {
	*r.asked++
	var out []T
	for name, one := range r.all {
		if slices.Contains(ids, id(name)) {
			out = append(out, one)
		}
	}
	return out, nil
}

func (r rows[T]) List(_ context.Context, _ authz.Scope, l query.List) (query.Page[T], error) {
	return query.Page[T]{Items: r.finds(l)}, nil
}

// counted is a script host that counts its batches.
type counted struct {
	step.Host

	asked *int
}

func (c counted) Evaluate(ctx context.Context, request script.Request) ([]script.Result, error) {
	*c.asked++
	return c.Host.Evaluate(ctx, request)
}

// pillar keeps the messages that are posted.
type pillar struct{ sent []notify.Message }

func (p *pillar) Send(_ context.Context, m notify.Message) error {
	p.sent = append(p.sent, m)
	return nil
}

// bench is the service over a book: the shop is bob's, the bank is carla's.
type bench struct {
	*step.Service

	book *book
	post *pillar
}

func setup(t *testing.T, steps map[string]*bpm.Step) *bench {
	t.Helper()
	b := &bench{book: &book{library: bpm.Library{Name: "Sample", Steps: steps}}, post: &pillar{}}
	role := func(name, application string) entitlement.Role {
		return entitlement.Role{Name: name, System: "shop", InformationSystem: application, InformationSystemID: id(application)}
	}
	person := func(name string) identity.User {
		return identity.User{Meta: object.Meta{ID: id(name)}, UserName: name, FullName: strings.ToUpper(name[:1]) + name[1:] + " Sample"}
	}
	b.Service = &step.Service{
		Ledger: b.book, Host: counted{scripttest.New(t, script.Options{}), &b.book.asked.batches}, Post: b.post,
		RoleRows: rows[entitlement.Role]{asked: &b.book.asked.roles, all: map[string]entitlement.Role{
			`shop\reader`: role("reader", "Shop"), `shop\writer`: role("writer", "Shop"), `shop\teller`: role("teller", "Bank"), `shop\guest`: role("guest", "Yard"),
		}},
		UserRows: rows[identity.User]{asked: &b.book.asked.users, all: map[string]identity.User{"ada": person("ada"), "bob": person("bob")}, finds: func(l query.List) []identity.User {
			return map[string][]identity.User{
				`lastName eq "Sample"`: {person("ada"), person("bob"), person("carla")}, `email eq "b@example.org"`: {person("bob")}, "carla": {person("carla")},
			}[l.Filter+l.Q]
		}},
		InformationSystemRows: rows[entitlement.InformationSystem]{asked: &b.book.asked.applications, all: map[string]entitlement.InformationSystem{
			"Shop": {Meta: object.Meta{ID: id("Shop")}, Owner: "bob"}, "Bank": {Meta: object.Meta{ID: id("Bank")}, Owner: "carla"}, "Yard": {Meta: object.Meta{ID: id("Yard")}},
		}},
	}
	return b
}

// asks opens the tasks of the step with the id ask.
func (b *bench) asks(t *testing.T, values bpm.Values) process.Opened {
	t.Helper()
	opened, err := b.Open(t.Context(), process.Asking{Now: now(), Values: values, Asks: []bpm.Ask{{Work: 3, Node: "ask", Visit: 1}}})
	require.NoError(t, err)
	require.Len(t, opened, 1)
	return opened[0]
}

// grants is the variable with requests.
func grants(requests string) bpm.Values { return bpm.Values{"grants": json.RawMessage(requests)} }
