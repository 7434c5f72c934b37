package api

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"provost/internal/fault"
	"provost/internal/object"
	"provost/internal/query"
)

// BulkChange sets or clears attributes of many objects: those named, or all that answer the search.
type BulkChange struct {
	IDs     []uuid.UUID    `json:"ids,omitempty" maxItems:"100000" doc:"The objects; without them, all that answer q and filter"`
	Q       string         `json:"q,omitempty" maxLength:"500"`
	Filter  string         `json:"filter,omitempty" maxLength:"10000"`
	Changes map[string]any `json:"changes" minProperties:"1" doc:"Attribute → value; null clears. Custom attributes as attributes.code, or nested"`
	DryRun  bool           `json:"dryRun,omitempty" doc:"Only say what would happen"`
	Atomic  bool           `json:"atomic,omitempty" doc:"Keep nothing when an object is rejected"`
}

// RejectedObject is an object that could not be changed.
type RejectedObject struct {
	ID       uuid.UUID `json:"id"`
	Name     string    `json:"name"`
	Location string    `json:"location" doc:"Attribute, when one is at fault"`
	Message  string    `json:"message"`
}

// BulkReport says what a bulk change did, or would do.
type BulkReport struct {
	Matched       int              `json:"matched"`
	Changed       int              `json:"changed"`
	Unchanged     int              `json:"unchanged"`
	RejectedCount int              `json:"rejectedCount"`
	Rejected      []RejectedObject `json:"rejected" doc:"The first thousand"`
	DryRun        bool             `json:"dryRun"`
	Kept          bool             `json:"kept" doc:"False for a dry run, and when an atomic change was taken back"`
}

type bulkInput struct{ Body BulkChange }

type bulkOutput struct{ Body BulkReport }

func (r resource[T, P]) addBulk() {
	op := r.operation(http.MethodPost, "bulk", "/bulk", "Change many "+r.plural(), func(op *huma.Operation) {
		op.OperationID, op.DefaultStatus = "bulk-"+r.path, http.StatusOK
		op.Description = "All objects count as one source for the task limit."
	})
	register(r.api, holding(r.permissions.Update), op, r.bulk)
}

func (r resource[T, P]) bulk(ctx context.Context, in *bulkInput) (*bulkOutput, error) {
	targets, err := r.targets(ctx, &in.Body)
	if err != nil {
		return nil, err
	}
	changes := nest(in.Body.Changes)
	if err := r.mayName(ctx, uuid.Nil, changes); err != nil {
		return nil, err
	}
	report := BulkReport{Matched: len(targets), DryRun: in.Body.DryRun, Rejected: []RejectedObject{}}
	edits := make([]*object.Edit[T], len(targets))
	for i := range targets {
		after := targets[i]
		if err := r.input.apply(changes, &after); err != nil {
			return nil, underChanges(err)
		}
		edits[i] = &object.Edit[T]{ID: P(&targets[i]).Base().ID, After: &after}
	}
	b := &batch[T, P]{service: r.service, dryRun: in.Body.DryRun, atomic: in.Body.Atomic}
	if report.Kept, err = b.run(ctx, edits); err != nil {
		return nil, err
	}
	for i, e := range edits {
		switch {
		case e.Err != nil:
			report.reject(e.ID, P(&targets[i]).Title(), e.Err)
		case e.Unchanged:
			report.Unchanged++
		default:
			report.Changed++
		}
	}
	if report.Kept {
		r.publish(uuid.Nil)
	}
	return &bulkOutput{Body: report}, nil
}

// targets gives the objects meant, within what the caller may see.
func (r resource[T, P]) targets(ctx context.Context, in *BulkChange) ([]T, error) {
	if len(in.IDs) > 0 {
		return r.service.Store.Get(ctx, principalOf(ctx).Scope(r.permissions.Query), in.IDs...)
	}
	if strings.TrimSpace(in.Filter) == "" && strings.TrimSpace(in.Q) == "" {
		return nil, fault.InvalidField("ids", "Name the objects, or give a filter that finds them.")
	}
	var out []T
	err := r.service.Each(ctx, query.List{Q: in.Q, Filter: in.Filter}, func(item T) error {
		if len(out) >= maxRows {
			return fault.InvalidField("filter", "More than %d objects match. Narrow the filter.", maxRows)
		}
		out = append(out, item)
		return nil
	})
	return out, err
}

// nest turns members named attributes.code into members of attributes.
func nest(changes map[string]any) map[string]any {
	out := make(map[string]any, len(changes))
	custom := map[string]any{}
	for name, value := range changes {
		if code, ok := strings.CutPrefix(name, attributePrefix); ok {
			custom[code] = value
			continue
		}
		out[name] = value
	}
	if len(custom) == 0 {
		return out
	}
	if given, ok := out["attributes"].(map[string]any); ok {
		maps.Copy(custom, given)
	}
	out["attributes"] = custom
	return out
}

// underChanges puts the locations of a problem where the request has them.
func underChanges(err error) error {
	p, ok := errors.AsType[*Problem](err)
	if !ok {
		return err
	}
	for i := range p.Errors {
		p.Errors[i].Location = "changes." + p.Errors[i].Location
	}
	return p
}

func (b *BulkReport) reject(id uuid.UUID, name string, err error) {
	b.RejectedCount++
	if len(b.Rejected) >= maxRejected {
		return
	}
	row := rejectedRow(0, name, err)
	b.Rejected = append(b.Rejected, RejectedObject{ID: id, Name: name, Location: row.Location, Message: row.Message})
}
