package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"provost/workflows/messages"
)

// Notices reminds of tasks, escalates and expires them, and sends the mails that tell people of everything that concerns them: it sees to what
// is due, sleeps to the next date and is woken when a mail or a date is written. It ends when nothing is left; what is written next starts it again.
func Notices(ctx workflow.Context, in messages.Notices) error {
	return followDates(ctx, tellWhatIsDue, func() error { return workflow.NewContinueAsNewError(ctx, Notices, in) })
}

// tellWhatIsDue sees to tasks whose date has come, and sends the mails that are due.
func tellWhatIsDue(ctx workflow.Context) (next time.Time, err error) {
	honouring := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Minute, Summary: "remind, escalate, expire",
	})
	if err := workflow.ExecuteActivity(honouring, upkeep.HonourDeadlines).Get(ctx, nil); err != nil {
		return next, fmt.Errorf("honour deadlines: %w", err)
	}
	sending := onCore(ctx, time.Hour, mailPatience, "send mails")
	if err := workflow.ExecuteActivity(sending, upkeep.DeliverMails).Get(ctx, &next); err != nil {
		return next, fmt.Errorf("deliver mails: %w", err)
	}
	return next, nil
}

// mailPatience is how long a batch of mails may take beside a slow server.
const mailPatience = 10 * time.Minute
