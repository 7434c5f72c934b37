package identity

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/change"
)

// touchUp touches groups whose members changed, and all above them: a system may list those who belong to a group through another.
func touchUp(ctx context.Context, people People, groups []uuid.UUID) error {
	if len(groups) == 0 {
		return nil
	}
	above, err := people.GroupsAbove(ctx, groups)
	if err != nil {
		return fmt.Errorf("read tree of groups: %w", err)
	}
	people.Touch(ctx, change.Group, groups...)
	for _, path := range above {
		people.Touch(ctx, change.Group, path...)
	}
	return nil
}

// touchGroupsOf touches every group that lists these users.
func touchGroupsOf(ctx context.Context, people People, users []uuid.UUID) error {
	if len(users) == 0 {
		return nil
	}
	groups, err := people.GroupsWithUsers(ctx, users)
	if err != nil {
		return fmt.Errorf("find groups of users: %w", err)
	}
	people.Touch(ctx, change.Group, groups...)
	return nil
}

// touchBelow touches everybody and everything that is called after groups: members name them, groups below name their parent.
func touchBelow(ctx context.Context, people People, groups []uuid.UUID) error {
	if len(groups) == 0 {
		return nil
	}
	users, below, err := people.BelowGroups(ctx, groups)
	if err != nil {
		return fmt.Errorf("find what lies below groups: %w", err)
	}
	people.Touch(ctx, change.User, users...)
	people.Touch(ctx, change.Group, below...)
	return nil
}
