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
	every := client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: maintenanceInterval}}}
	return schedule(ctx, engine, messages.TypeMaintenance, every, "sweep, purge, seal")
}

// digestHour is when the digests of grants are written, in UTC: the day they tell of is over everywhere in Europe and Africa.
const digestHour = 5

// scheduleDigests makes sure that the schedule of the digests of grants exists. A day on which nothing ran is told with the next one.
func scheduleDigests(ctx context.Context, engine client.Client) error {
	daily := client.ScheduleSpec{Calendars: []client.ScheduleCalendarSpec{{Hour: []client.ScheduleRange{{Start: digestHour}}}}}
	return schedule(ctx, engine, messages.TypeGrantDigest, daily, "digests of grants and revokes")
}

// schedule makes sure that a schedule exists whose turns do not overlap.
func schedule(ctx context.Context, engine client.Client, name string, spec client.ScheduleSpec, summary string) error {
	_, err := engine.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID: name, Spec: spec, Overlap: enums.SCHEDULE_OVERLAP_POLICY_SKIP,
		Action: &client.ScheduleWorkflowAction{ID: name, Workflow: name, TaskQueue: messages.CoreQueue, StaticSummary: summary},
	})
	if err != nil && !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return fmt.Errorf("schedule %s: %w", name, err)
	}
	return nil
}
