package api

import (
	"context"
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"provost/internal/fault"
	"provost/internal/query"
)

const csvMediaType = "text/csv"

// wantsCSV tells whether a list is asked for as a table.
func wantsCSV(format, accept string) bool {
	if format != "" {
		return format == "csv"
	}
	first, _, _ := strings.Cut(accept, ",")
	first, _, _ = strings.Cut(first, ";")
	return strings.EqualFold(strings.TrimSpace(first), csvMediaType)
}

// documentCSV tells the document that the list comes as CSV too.
func (r resource[T, P]) documentCSV() {
	answer := r.api.huma.OpenAPI().Paths[Base+"/"+r.path].Get.Responses["200"]
	answer.Content[csvMediaType] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
}

// serveCSV answers a list as CSV when that is asked for: every row that matches, whatever the page, streamed as it is read. The header
// holds the attributes' names, which an import understands.
func (r resource[T, P]) serveCSV(ctx huma.Context, next func(huma.Context)) {
	if !wantsCSV(ctx.Query("format"), ctx.Header("Accept")) {
		next(ctx)
		return
	}
	request, w := humago.Unwrap(ctx)
	columns, each, err := r.table(ctx.Context(), strings.Split(ctx.Query("columns"), ","))
	if err != nil {
		writeProblem(w, request, err)
		return
	}
	serveTable(ctx.Context(), &table{w: w, name: r.path + ".csv"}, request, columns, each)
}

// table gives the columns and the rows that the caller may see; a column they may not see is denied by name.
func (r resource[T, P]) table(ctx context.Context, wanted []string) ([]string, rows[T], error) {
	v, err := r.veiler(ctx)
	if err != nil {
		return nil, nil, err
	}
	for i := range wanted {
		wanted[i] = strings.TrimSpace(wanted[i])
	}
	if err := v.guard.Seen(wanted); err != nil {
		return nil, nil, err
	}
	columns, err := r.columns(ctx, false)
	return columns, func(ctx context.Context, l query.List, yield func(T) error) error {
		return r.service.Each(ctx, l, func(item T) error {
			v.veil(&item)
			return yield(item)
		})
	}, err
}

// rows streams the objects that a list request finds.
type rows[T any] func(ctx context.Context, l query.List, yield func(T) error) error

// serveTable streams rows as CSV, with the columns that the request names.
func serveTable[T any](ctx context.Context, out *table, r *http.Request, columns []string, each rows[T]) {
	err := writeTable(ctx, out, r.URL.Query(), columns, each)
	switch {
	case err == nil:
		out.finish()
	case !out.begun:
		writeProblem(out.w, r, err)
	default:
		logUnforeseen(ctx, err)
		panic(http.ErrAbortHandler) // the reader must not take half a table for a whole one
	}
}

func writeTable[T any](ctx context.Context, out *table, q url.Values, columns []string, each rows[T]) error {
	if chosen := q.Get("columns"); chosen != "" {
		var err error
		if columns, err = choose(columns, strings.Split(chosen, ",")); err != nil {
			return err
		}
	}
	l := query.List{Q: q.Get("q"), Filter: q.Get("filter"), Sort: q.Get("sort"), Columns: columns}
	err := each(ctx, l, func(item T) error {
		if err := out.begin(columns); err != nil {
			return err
		}
		return out.row(cellsOf(item, columns))
	})
	if err != nil {
		return err
	}
	return out.begin(columns)
}

// choose gives the columns asked for, in the order asked.
func choose(known, wanted []string) ([]string, error) {
	out := make([]string, 0, len(wanted))
	for _, name := range wanted {
		name = strings.TrimSpace(name)
		if !slices.Contains(known, name) {
			return nil, fault.InvalidField("columns", "There is no attribute %q. Known are %s.", name, strings.Join(known, ", "))
		}
		out = append(out, name)
	}
	return out, nil
}

// table writes CSV (RFC 4180) to a response; the header goes out with the first row, so that an error before it is still a problem.
type table struct {
	w     http.ResponseWriter
	name  string
	csv   *csv.Writer
	begun bool
}

func (t *table) begin(columns []string) error {
	if t.begun {
		return nil
	}
	t.begun = true
	t.w.Header().Set("Content-Type", csvMediaType+"; charset=utf-8; header=present")
	t.w.Header().Set("Content-Disposition", `attachment; filename="`+t.name+`"`)
	t.csv = csv.NewWriter(t.w)
	return t.csv.Write(columns)
}

func (t *table) row(cells []string) error {
	for i, cell := range cells {
		cells[i] = disarm(cell)
	}
	return t.csv.Write(cells)
}

func (t *table) finish() { t.csv.Flush() }
