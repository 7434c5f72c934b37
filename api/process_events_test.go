package api

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
)

// Everybody has tasks and requests of their own: they are told that something happened, and of which only when they may see all.
func TestSharedTopics(t *testing.T) {
	t.Parallel()
	id := uuid.New()
	holder := authz.Principal{UserID: uuid.New(), Grants: []authz.Grant{{Permission: authz.ProcessQuery, ScopeKind: authz.ScopeAll}}}
	anybody := authz.Principal{UserID: uuid.New()}
	for _, topic := range []string{"tasks", "processes"} {
		require.Equal(t, `data: {"topic":"`+topic+`","id":"`+id.String()+"\"}\n\n", eventText(Event{Topic: topic, ID: id}, holder))
		require.Equal(t, `data: {"topic":"`+topic+`","id":"`+uuid.Nil.String()+"\"}\n\n", eventText(Event{Topic: topic, ID: id}, anybody))
	}
	for _, topic := range []string{"process-incidents", "process-jobs", "process-definitions", "users"} {
		require.Empty(t, eventText(Event{Topic: topic, ID: id}, anybody), topic)
	}
}
