package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"
)

// GrantDigest is one turn of the schedule that tells information systems what was granted and revoked in them the day before. The mails are
// written only; the workflow of notices sends them.
func GrantDigest(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Minute, Summary: "write the digests of grants"})
	return workflow.ExecuteActivity(ctx, upkeep.DigestGrants).Get(ctx, nil)
}
