package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"provost/workflows/messages"
)

// maintenanceInterval is how often stale tasks are looked for: one that nobody works on is noticed within two minutes.
const maintenanceInterval = time.Minute

// scheduleMaintenance makes sure that the schedule of the upkeep exists. It is not the consequence of any change in the database, so it
// does not travel through the outbox.
func scheduleMaintenance(ctx context.Context, engine client.Client) error {
	_, err := engine.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID:      messages.TypeMaintenance,
		Spec:    client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: maintenanceInterval}}},
		Overlap: enums.SCHEDULE_OVERLAP_POLICY_SKIP,
		Action: &client.ScheduleWorkflowAction{
			ID: messages.TypeMaintenance, Workflow: messages.TypeMaintenance, TaskQueue: messages.CoreQueue,
			StaticSummary: "sweep, purge, seal",
		},
	})
	if err != nil && !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return fmt.Errorf("schedule maintenance: %w", err)
	}
	return nil
}
