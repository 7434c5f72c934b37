package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/google/uuid"

	"provost/internal/authz"
)

// Event says that an object of a topic changed. The topic is the name of its resource. It carries no data: whoever is interested reads
// the object again, with their own permissions. The zero id stands for several objects, and for one that the listener is not told.
type Event struct {
	Topic string    `json:"topic"`
	ID    uuid.UUID `json:"id"`
}

// heartbeat keeps proxies from closing a quiet stream.
const heartbeat = 20 * time.Second

// backlog is how many events wait for a slow reader before some are dropped; readers read again after an interruption anyway.
const backlog = 64

// topics are the resources whose changes are told, each with the permission to hear of them.
var topics = map[string]authz.Permission{
	"users": authz.UserQuery, "groups": authz.GroupQuery, "accounts": authz.AccountQuery, "systems": authz.SystemQuery,
	"roles": authz.RoleQuery, "grants": authz.GrantQuery, "sync-tasks": authz.SyncTaskQuery, "runs": authz.RunQuery,
	"process-definitions": authz.ProcessDefinitionQuery, "processes": authz.ProcessQuery, "tasks": authz.ProcessQuery,
	"process-incidents": authz.ProcessQuery, "process-jobs": authz.ProcessQuery,
}

// shared are topics of which everybody has something: who may not see all of it is told the topic alone, and reads their own again.
var shared = map[string]bool{"processes": true, "tasks": true}

// Events is the broker between whoever changes something and the browsers that show it, within this process. The zero value is not
// usable: see NewEvents. Methods are safe for concurrent use.
type Events struct {
	mu        sync.Mutex
	listeners map[chan Event]struct{}
}

// NewEvents gives a broker without listeners.
func NewEvents() *Events { return &Events{listeners: map[chan Event]struct{}{}} }

// Publish tells that an object changed. It never waits: a listener that does not keep up loses events.
func (e *Events) Publish(topic string, id uuid.UUID) {
	if _, known := topics[topic]; !known {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for listener := range e.listeners {
		select {
		case listener <- Event{Topic: topic, ID: id}:
		default:
		}
	}
}

// Listen gives the events from now on; stop ends the listening.
func (e *Events) Listen() (events <-chan Event, stop func()) {
	listener := make(chan Event, backlog)
	e.mu.Lock()
	e.listeners[listener] = struct{}{}
	e.mu.Unlock()
	return listener, func() {
		e.mu.Lock()
		delete(e.listeners, listener)
		e.mu.Unlock()
	}
}

// streamLifetime bounds a stream, so that an ended session or a lost permission closes it: the browser connects again and is asked anew.
const streamLifetime = 5 * time.Minute

func (a *API) registerEvents() {
	register(a, signedIn, huma.Operation{
		OperationID: "listen", Method: http.MethodGet, Path: "/events", Tags: []string{"Events"}, Summary: "Changes as they happen",
		Description: "Server-sent events whose data is {\"topic\", \"id\"}. Only topics that the caller may query are told, and no data of the objects. " +
			"The id is zero for several objects, and for callers who may query some objects of the topic only: those read again what they show.",
		Responses: map[string]*huma.Response{"200": {
			Description: "Stream of events", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	}, a.listen)
}

func (a *API) listen(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	p := principalOf(ctx)
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		_, w := humago.Unwrap(hc)
		a.stream(ctx, w, p)
	}}, nil
}

func (a *API) stream(ctx context.Context, w http.ResponseWriter, p authz.Principal) {
	events, stop := a.deps.Events.Listen()
	defer stop()
	out := http.NewResponseController(w)
	_ = out.SetWriteDeadline(time.Time{}) // a stream outlives the deadline of ordinary answers, where the server has one
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	ctx, cancel := context.WithTimeout(ctx, streamLifetime)
	defer cancel()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	text := ": connected\n\n"
	for {
		if _, err := fmt.Fprint(w, text); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
			text = ": still here\n\n"
		case event := <-events:
			text = eventText(event, p)
		}
	}
}

// eventText gives the lines of an event, or none when the reader may not know of it. A reader whose permission is limited to some groups or
// information systems is told the topic without the id: an id would tell that there is such an object, and finding out for each event and
// each reader whether the object is in scope would cost a query for each pair of them.
func eventText(e Event, p authz.Principal) string {
	scope := p.Scope(topics[e.Topic])
	if scope.Empty() && !shared[e.Topic] {
		return ""
	}
	if !scope.All {
		e.ID = uuid.Nil
	}
	data, err := json.Marshal(e)
	if err != nil {
		return ""
	}
	return "data: " + string(data) + "\n\n"
}
