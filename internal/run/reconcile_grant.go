package run

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"provost/internal/account"
	"provost/internal/agent"
)

// grants compares who holds which role in the system with who holds it here. The system decides about accounts that nobody manages, about
// everything where it is only read or the source, and about roles that this run finds; on managed accounts a difference is drift, which a
// person or a provisioning settles (design: sync-engine, "Who wins").
func (c *comparison) grants(ctx context.Context, _ *agent.Agent) error {
	if !c.run.Listing.Covers(linkGrant) {
		return nil
	}
	if err := c.each(ctx, nothing, kindTypes(linkGrant)...); err != nil {
		return err
	}
	steps := []func(context.Context) error{c.newGrants, c.endedGrants}
	if c.run.Listing.Effective {
		steps = append(steps, c.endedRoles)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// stands reports whether the system decides about the grants of an account.
func (c *comparison) stands(accountType string) bool {
	return accountType == account.Unmanaged || c.follows()
}

// holding names a grant in the change list.
func holding(account, role, scope string) string {
	if scope != "" {
		return fmt.Sprintf("%s holds %s (%s)", account, role, scope)
	}
	return account + " holds " + role
}

func (c *comparison) newGrants(ctx context.Context) error {
	for after := int64(0); ; {
		listed, err := c.service.Store.NewGrants(ctx, *c.run, after, page)
		if err != nil {
			return err
		}
		if len(listed) == 0 {
			return nil
		}
		after = listed[len(listed)-1].Seq
		for i := range listed {
			c.newGrant(&listed[i])
		}
		if err := c.flush(ctx); err != nil {
			return err
		}
		c.heartbeat(c.seq)
	}
}

func (c *comparison) newGrant(g *NewGrant) {
	change := Change{ObjectType: linkGrant, ObjectKey: holding(g.Account, g.Role, g.Scope), Action: Grant}
	switch {
	case g.Problem != "":
		change.Action = Reject
		change.Message = fmt.Sprintf("The role %s cannot be compared as a whole: %s. Nobody loses it in this run.", g.Role, g.Problem)
	case g.Busy && !c.stands(g.AccountType):
		return // a change of ours is still on its way there
	case !g.RoleKnown || c.stands(g.AccountType):
		change.Object = map[string]any{"account": g.Account, "role": g.Role, "scope": g.Scope}
	default:
		change.Action = Drift
		change.Message = "Held in the system, but not here. Grant it here to keep it; provisioning takes back what we write."
	}
	c.add(change)
}

func (c *comparison) endedGrants(ctx context.Context) error {
	for after := uuid.Nil; ; {
		ended, err := c.service.Store.EndedGrants(ctx, *c.run, c.follows(), after, page)
		if err != nil {
			return err
		}
		if len(ended) == 0 {
			return nil
		}
		after = ended[len(ended)-1].ID
		for i := range ended {
			c.endedGrant(&ended[i])
		}
		if err := c.flush(ctx); err != nil {
			return err
		}
		c.heartbeat(c.seq)
	}
}

func (c *comparison) endedGrant(g *EndedGrant) {
	change := Change{ObjectType: linkGrant, ObjectKey: holding(g.Account, g.Role, g.Scope), ObjectID: &g.ID, Action: Revoke}
	switch {
	case c.stands(g.AccountType) && g.Revocable && c.system.FullReconciliation:
		change.Object = map[string]any{"account": g.Account, "role": g.Role, "scope": g.Scope}
		change.Message = "No longer held in " + c.system.Name + "."
	default:
		change.Action = Drift
		change.Message = fmt.Sprintf("Held here (origin %s), but not in the system. Revoke it here, or provision it.", g.Origin)
	}
	c.add(change)
}

func (c *comparison) endedRoles(ctx context.Context) error {
	for after := int64(0); ; {
		ended, err := c.service.Store.EndedRoles(ctx, *c.run, c.follows(), after, page)
		if err != nil {
			return err
		}
		if len(ended) == 0 {
			return nil
		}
		after = ended[len(ended)-1].ID
		for _, e := range ended {
			c.add(Change{
				ObjectType: linkGrant, ObjectKey: holding(e.Account, e.Role, e.Scope), Action: Drift,
				Message: fmt.Sprintf("Held here through a %s, but not in the system. Provisioning brings it there.", e.Via),
			})
		}
		if err := c.flush(ctx); err != nil {
			return err
		}
		c.heartbeat(c.seq)
	}
}
