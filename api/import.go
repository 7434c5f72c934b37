package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"provost/internal/fault"
	"provost/internal/metadata"
	"provost/internal/object"
)

// Modes of an import.
const (
	importAdd    = "add"
	importUpdate = "update"
	importDelete = "delete"
	importAll    = "all"
)

// maxRejected bounds the rejected rows that a report lists; all are counted.
const maxRejected = 1000

type importForm struct {
	File    huma.FormFile `form:"file" contentType:"text/csv,text/plain,application/octet-stream,application/vnd.ms-excel" required:"true" doc:"CSV with a header; comma, semicolon or tab"`
	Mapping string        `form:"mapping" required:"false" doc:"JSON object: column of the file → attribute, \"\" to leave it out; columns not named are left out. Without it columns are attributes' names"`
	Mode    string        `form:"mode" required:"false" enum:"add,update,delete,all" doc:"all, the default, adds and updates"`
	DryRun  bool          `form:"dryRun" required:"false" doc:"Only say what would happen"`
	Atomic  bool          `form:"atomic" required:"false" doc:"Keep nothing when a row is rejected"`
}

type importInput struct {
	RawBody huma.MultipartFormFiles[importForm]
}

// RejectedRow is a line of a file that could not be loaded.
type RejectedRow struct {
	Line     int    `json:"line" doc:"Counted from 1, the header included"`
	Key      string `json:"key" doc:"What names the object"`
	Location string `json:"location" doc:"Attribute, when one is at fault"`
	Message  string `json:"message"`
}

// ImportReport says what an import did, or would do.
type ImportReport struct {
	Rows          int           `json:"rows"`
	Created       int           `json:"created"`
	Updated       int           `json:"updated"`
	Deleted       int           `json:"deleted"`
	Unchanged     int           `json:"unchanged"`
	RejectedCount int           `json:"rejectedCount"`
	Rejected      []RejectedRow `json:"rejected" doc:"The first thousand"`
	DryRun        bool          `json:"dryRun"`
	Kept          bool          `json:"kept" doc:"False for a dry run, and when an atomic import was taken back"`
}

type importOutput struct{ Body ImportReport }

func (r resource[T, P]) addImport() {
	op := r.operation(http.MethodPost, "import", "/import", "Load "+r.plural()+" from CSV", func(op *huma.Operation) {
		op.OperationID, op.DefaultStatus = "import-"+r.path, http.StatusOK
		op.Description = "Rows are matched by id when the file has it, otherwise by what names the object. A column named attributes.code is a " +
			"custom attribute; an empty cell clears. All rows of a file count as one source for the task limit."
		op.Extensions = map[string]any{"x-permissions": r.writePermissions()}
	})
	register(r.api, holding(r.permissions.Query), op, r.importCSV)
}

// writePermissions names what a mass change may need besides looking, as its rows say.
func (r resource[T, P]) writePermissions() []string {
	out := []string{string(r.permissions.Create), string(r.permissions.Update), string(r.permissions.Delete)}
	return slices.Compact(out)
}

func (r resource[T, P]) importCSV(ctx context.Context, in *importInput) (*importOutput, error) {
	form := in.RawBody.Data()
	if form.Mode == "" {
		form.Mode = importAll
	}
	mapping, err := readMapping(form.Mapping)
	if err != nil {
		return nil, err
	}
	sheet, err := readSheet(form.File, mapping)
	if err != nil {
		return nil, err
	}
	columns, err := r.columns(ctx, true)
	if err != nil {
		return nil, err
	}
	if err := sheet.check(columns); err != nil {
		return nil, err
	}
	v, err := r.veiler(ctx)
	if err != nil {
		return nil, err
	}
	load := &loading[T, P]{resource: r, sheet: sheet, mode: form.Mode, guard: v.guard}
	edits, err := load.edits(ctx)
	if err != nil {
		return nil, err
	}
	b := &batch[T, P]{service: r.service, dryRun: form.DryRun, atomic: form.Atomic}
	kept, err := b.run(ctx, edits)
	if err != nil {
		return nil, err
	}
	report := load.report()
	report.DryRun, report.Kept = form.DryRun, kept
	if kept {
		r.publish(uuid.Nil)
	}
	return &importOutput{Body: report}, nil
}

func readMapping(text string) (map[string]string, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil //nolint:nilnil // no mapping: columns are attributes' names
	}
	var mapping map[string]string
	if err := json.Unmarshal([]byte(text), &mapping); err != nil {
		return nil, fault.InvalidField("mapping", "The mapping must be a JSON object of column and attribute.")
	}
	return mapping, nil
}

// loading turns the rows of a sheet into edits.
type loading[T any, P object.Pointer[T]] struct {
	resource resource[T, P]
	sheet    *sheet
	mode     string
	guard    *metadata.Guard // of what new objects may be given
	rows     []*loadedRow[T]
}

// loadedRow is one line on its way.
type loadedRow[T any] struct {
	line   int
	key    string
	values map[string]any
	edit   *object.Edit[T]
	err    error
}

// edits reads every row, finds what it is about, and gives the edits of those that are sound.
func (l *loading[T, P]) edits(ctx context.Context) ([]*object.Edit[T], error) {
	for i, cells := range l.sheet.rows {
		row := &loadedRow[T]{line: l.sheet.lines[i]}
		row.values, row.err = rowValues[T](l.sheet.attributes, cells)
		l.rows = append(l.rows, row)
	}
	for start := 0; start < len(l.rows); start += batchSize {
		if err := l.match(ctx, l.rows[start:min(start+batchSize, len(l.rows))]); err != nil {
			return nil, err
		}
	}
	var edits []*object.Edit[T]
	for _, row := range l.rows {
		if row.err == nil {
			edits = append(edits, row.edit)
		}
	}
	return edits, nil
}

// match finds the objects that rows are about, by id or by natural key, and makes their edits.
func (l *loading[T, P]) match(ctx context.Context, rows []*loadedRow[T]) error {
	drafts, err := l.drafts(ctx, rows)
	if err != nil {
		return err
	}
	var ids []uuid.UUID
	var keys []string
	for i, row := range rows {
		if row.err != nil {
			continue
		}
		row.key = l.resource.service.Rules.Key(&drafts[i])
		if id := P(&drafts[i]).Base().ID; id != uuid.Nil {
			ids = append(ids, id)
		}
		if row.key != "" {
			keys = append(keys, row.key)
		}
	}
	found, err := l.find(ctx, ids, keys)
	if err != nil {
		return err
	}
	for i, row := range rows {
		if row.err == nil {
			l.decide(row, drafts[i], found.of(P(&drafts[i]).Base().ID, row.key))
		}
		if row.err == nil && row.edit.ID == uuid.Nil {
			row.err = l.guard.Given(named(withoutNulls(row.values)))
		}
	}
	return nil
}

// drafts gives the object that each sound row describes.
func (l *loading[T, P]) drafts(ctx context.Context, rows []*loadedRow[T]) ([]T, error) {
	drafts := make([]T, len(rows))
	var sound []*T
	for i, row := range rows {
		if row.err != nil {
			continue
		}
		drafts[i] = l.resource.newDraft()
		if row.err = l.resource.input.apply(row.values, &drafts[i]); row.err == nil {
			sound = append(sound, &drafts[i])
		}
	}
	return drafts, complete(ctx, l.resource.lookups, sound)
}

// known are the objects that exist, by id and by key.
type known[T any] struct {
	byID  map[uuid.UUID]*T
	byKey map[string]*T
}

func (k *known[T]) of(id uuid.UUID, key string) *T {
	if t := k.byID[id]; t != nil {
		return t
	}
	if key == "" {
		return nil
	}
	return k.byKey[strings.ToLower(key)]
}

// find looks within what the caller may see: a row about anything else is a new object, whose name then proves to be taken.
func (l *loading[T, P]) find(ctx context.Context, ids []uuid.UUID, keys []string) (*known[T], error) {
	service := l.resource.service
	scope := principalOf(ctx).Scope(service.Permissions.Query)
	named, err := service.Store.Named(ctx, keys...)
	if err != nil {
		return nil, err
	}
	for i := range named {
		ids = append(ids, P(&named[i]).Base().ID)
	}
	visible, err := service.Store.Get(ctx, scope, ids...)
	if err != nil {
		return nil, err
	}
	k := &known[T]{byID: map[uuid.UUID]*T{}, byKey: map[string]*T{}}
	for i := range visible {
		k.byID[P(&visible[i]).Base().ID] = &visible[i]
		k.byKey[strings.ToLower(service.Rules.Key(&visible[i]))] = &visible[i]
	}
	return k, nil
}

// decide says what a row does, given the object it is about, if there is one.
func (l *loading[T, P]) decide(row *loadedRow[T], draft T, existing *T) {
	if row.key == "" {
		row.key = P(&draft).Title()
	}
	switch {
	case existing == nil && (l.mode == importAdd || l.mode == importAll):
		row.edit = &object.Edit[T]{After: &draft}
	case existing == nil:
		row.err = fault.New(fault.NotFound, "There is no such %s to %s.", l.resource.label, l.mode)
	case l.mode == importAdd:
		row.err = fault.New(fault.Conflict, "There is such a %s already.", l.resource.label)
	case l.mode == importDelete:
		row.edit = &object.Edit[T]{ID: P(existing).Base().ID}
	default:
		after := *existing
		if row.err = l.resource.input.apply(row.values, &after); row.err == nil {
			row.edit = &object.Edit[T]{ID: P(existing).Base().ID, After: &after}
		}
	}
}

// report says what became of the rows, once their edits are written.
func (l *loading[T, P]) report() ImportReport {
	report := ImportReport{Rows: len(l.rows), Rejected: []RejectedRow{}}
	var done counts
	for _, row := range l.rows {
		err := row.err
		if err == nil {
			err = row.edit.Err
		}
		if err == nil {
			done.add(row.edit.Before == nil && row.edit.After != nil, row.edit.After == nil, row.edit.Unchanged)
			continue
		}
		report.RejectedCount++
		if len(report.Rejected) < maxRejected {
			report.Rejected = append(report.Rejected, rejectedRow(row.line, row.key, err))
		}
	}
	report.Created, report.Updated, report.Deleted, report.Unchanged = done.created, done.updated, done.deleted, done.unchanged
	return report
}

func rejectedRow(line int, key string, err error) RejectedRow {
	out := RejectedRow{Line: line, Key: key, Message: "It could not be written."}
	p, ok := errors.AsType[*Problem](err)
	if !ok {
		p = knownProblem(err)
	}
	if p == nil {
		return out
	}
	out.Message = p.Detail
	if len(p.Errors) > 0 {
		out.Location, out.Message = p.Errors[0].Location, p.Errors[0].Message
	}
	return out
}
