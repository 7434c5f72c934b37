package synctask_test

import (
	"github.com/google/uuid"

	"provost/internal/agent"
	"provost/internal/entitlement"
	"provost/internal/object"
)

// budgetless is the budget of a person's change.
var budgetless agent.Budget

func metaOf(id uuid.UUID) object.Meta { return object.Meta{ID: id} }

func grantTo(user, role uuid.UUID) entitlement.GrantRequest {
	return entitlement.GrantRequest{UserID: &user, RoleID: role}
}
