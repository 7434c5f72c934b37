package cli

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/rs/zerolog"

	"provost/internal/app"
	"provost/internal/config"
)

// auditCommands work on the audit trail.
type auditCommands struct {
	Verify auditVerifyCommand `cmd:"" help:"Check that no sealed row of the audit trail was edited, removed or inserted."`
}

// auditVerifyCommand checks the hash chain of the audit trail.
type auditVerifyCommand struct {
	config.Common
	config.Database
	JSON bool `name:"json" help:"Print JSON."`
}

// Validate checks the form of the settings; the parser calls it.
func (c *auditVerifyCommand) Validate() error {
	return errors.Join(c.Common.Validate(), c.Database.Validate())
}

// auditVerified is what the command prints for programs.
type auditVerified struct {
	Intact       bool   `json:"intact"`
	Blocks       int64  `json:"blocks"`
	Rows         int64  `json:"rows"`
	UnsealedTail int64  `json:"unsealedTail"`
	FirstBad     int64  `json:"firstBad,omitempty"`
	Reason       string `json:"reason,omitempty"`
	Head         string `json:"head"`
}

// errTampered is the refusal of a trail that is not as it was sealed; the sentence before it says where.
var errTampered = errors.New("the audit trail was changed after it was sealed")

// Run implements the command.
func (c *auditVerifyCommand) Run(ctx context.Context, p *process) error {
	if err := c.Required(); err != nil {
		return err
	}
	core, err := app.OpenCore(ctx, app.CoreSettings{Common: c.Common, Database: c.Database})
	if err != nil {
		return err
	}
	defer func() { _ = core.Close(context.WithoutCancel(ctx)) }() // nothing is left to be written
	report, err := app.Seals(core, zerolog.Nop()).Verify(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(p, auditVerified{
			Intact: report.Intact(), Blocks: report.Blocks, Rows: report.Rows, UnsealedTail: report.UnsealedTail,
			FirstBad: report.FirstBad, Reason: report.Reason, Head: hex.EncodeToString(report.Head.Hash),
		})
	} else if report.Intact() {
		_, err = fmt.Fprintf(p.stdout, "The audit trail is intact: %d rows in %d blocks. %d newer rows are not sealed yet. Head %x.\n",
			report.Rows, report.Blocks, report.UnsealedTail, report.Head.Hash)
	}
	if err != nil {
		return err
	}
	if !report.Intact() {
		return fmt.Errorf("%w: block %d: %s", errTampered, report.FirstBad, report.Reason)
	}
	return nil
}
