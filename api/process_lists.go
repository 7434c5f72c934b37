package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"provost/internal/process"
	"provost/internal/query"
)

type processColumnsOutput struct{ Body []process.Column }

// processList is a list of processes with the values that it can show.
type processList struct {
	path, name, summary, description string
	list                             func(context.Context, query.List) (query.Page[process.Process], error)
	each                             rows[process.Process]
	columns                          func(context.Context) ([]process.Column, error)
}

const valuesDoc = "The values in /attributes below this can be filtered and sorted by; rows hold those that columns names."

// registerProcessLists adds what people started, and what they may see beside that.
func (a *API) registerProcessLists(p *process.Processes) {
	a.listProcesses("Requests", processList{
		path: "/requests", name: "requests", summary: "Processes that the caller started, newest first",
		description: "With what they filled in. " + valuesDoc, list: p.Mine, each: p.EachOfMine, columns: p.ColumnsOfMine,
	})
	a.listProcesses("Processes", processList{
		path: "/processes", name: "processes", summary: "Processes that the caller may see, newest first",
		description: "Those they started, manage, observe, or had a task of; all with process:query. q looks in everything that a process knows. " + valuesDoc,
		list:        p.List, each: p.Each, columns: p.Columns,
	})
}

func (a *API) listProcesses(tag string, l processList) {
	register(a, signedIn, huma.Operation{
		OperationID: "list-" + l.name, Method: http.MethodGet, Path: l.path, Tags: []string{tag}, Summary: l.summary, Description: l.description,
		Middlewares: huma.Middlewares{csvWith("list-"+l.name, l.table)},
	}, func(ctx context.Context, in *ListInput) (*listOutput[process.Process], error) {
		page, err := l.list(ctx, in.list())
		return &listOutput[process.Process]{Total: page.Total, Body: filled(page.Items)}, err
	})
	a.tellCSV(l.path)
	register(a, signedIn, huma.Operation{
		OperationID: "list-attributes-of-" + l.name, Method: http.MethodGet, Path: l.path + "/attributes", Tags: []string{tag},
		Summary:     "Values that the list can show, filter and sort by",
		Description: "Of the current versions of definitions. Those who look after a process see its values as they are; whoever started it what they filled in.",
	}, func(ctx context.Context, _ *struct{}) (*processColumnsOutput, error) {
		columns, err := l.columns(ctx)
		return &processColumnsOutput{Body: filled(columns)}, err
	})
}

// table gives the list as CSV: each value is a column of its own.
func (l *processList) table(ctx huma.Context) ([]string, rows[process.Process], error) {
	columns, err := l.columns(ctx.Context())
	names := slices.DeleteFunc(memberNames[process.Process](), func(name string) bool { return name == "values" })
	for i := range columns {
		names = append(names, columns[i].Name)
	}
	return names, l.each, err
}
