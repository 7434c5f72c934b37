package scriptservice

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"provost/internal/fault"
	"provost/internal/filter"
	"provost/internal/query"
	"provost/internal/script"
)

// MaxResources bounds the answer to a query without a page size, which is held in memory.
const MaxResources = 10_000

// errEnough ends a stream early.
var errEnough = errors.New("enough")

// request is a Query of a script: a filter and a window on what it finds. size 0 asks for everything from start on.
type request struct {
	list        query.List
	start, size int
}

// search is the method that takes a Query and gives a PagedResult (guide page 089).
func (k *kind[T, P]) search() method {
	return method{reads, func(ctx context.Context, c *call) (any, error) {
		r, err := k.request(c)
		if err != nil {
			return nil, err
		}
		if err := k.checkHidden(ctx, c, r.list); err != nil {
			return nil, err
		}
		return k.paged(ctx, c, r)
	}}
}

// jsonQuery is the method of older versions: a filter gives a list, and with start and page size a PagedResult.
func (k *kind[T, P]) jsonQuery() method {
	return method{reads, func(ctx context.Context, c *call) (any, error) {
		condition, err := c.text(0, "the query")
		if err != nil {
			return nil, err
		}
		r := request{}
		if r.list.Filter, err = k.translate(condition); err != nil {
			return nil, err
		}
		if err := k.checkHidden(ctx, c, r.list); err != nil {
			return nil, err
		}
		if len(c.args) < 2 {
			items, _, err := k.window(ctx, c, r)
			if err != nil {
				return nil, err
			}
			return k.showAll(ctx, c, items)
		}
		if r.start, err = c.count("startIndex", c.args.at(1)); err != nil {
			return nil, err
		}
		if r.size, err = c.count("pageSize", c.args.at(2)); err != nil {
			return nil, err
		}
		return k.paged(ctx, c, r)
	}}
}

func (k *kind[T, P]) paged(ctx context.Context, c *call, r request) (any, error) {
	items, total, err := k.window(ctx, c, r)
	if err != nil {
		return nil, err
	}
	resources, err := k.showAll(ctx, c, items)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		script.ClassKey: "PagedResult", "resources": resources, "totalResults": total, "startIndex": r.start, "itemsPerPage": len(resources),
	}, nil
}

// request reads the Query in the first argument; none asks for everything.
func (k *kind[T, P]) request(c *call) (request, error) {
	var r request
	if c.args.at(0) == nil {
		return r, nil
	}
	q, err := c.object("Query")
	if err != nil {
		return r, err
	}
	for name, value := range q {
		switch name {
		case script.ClassKey:
		case "filter":
			var condition string
			if condition, err = asText(value); err == nil {
				r.list.Filter, err = k.translate(condition)
			}
		case "text", "quickSearch":
			r.list.Q, err = asText(value)
		case "sort", "sortBy":
			var order string
			order, err = asText(value)
			r.list.Sort = k.order(order)
		case "startIndex":
			r.start, err = c.count(name, value)
		case "pageSize":
			r.size, err = c.count(name, value)
		default:
			if !empty(value) {
				err = c.wrong("a Query has no %s; it has filter, text, sort, startIndex and pageSize", name)
			}
		}
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

func (c *call) count(name string, value any) (int, error) {
	n, err := asCount(value)
	if err != nil {
		return 0, c.wrong("%s %s", name, err)
	}
	return n, nil
}

func (k *kind[T, P]) order(order string) string {
	parts := strings.Split(order, ",")
	for i, part := range parts {
		name, minus := strings.CutPrefix(strings.TrimSpace(part), "-")
		ours, _ := k.ours(name)
		if minus {
			ours = "-" + ours
		}
		parts[i] = ours
	}
	return strings.Join(parts, ",")
}

// window gives the objects from start on that the call may see, and the number of all that match.
func (k *kind[T, P]) window(ctx context.Context, c *call, r request) ([]T, int, error) {
	if r.size > query.MaxSize {
		return nil, 0, c.wrong("pageSize may be at most %d", query.MaxSize)
	}
	if r.size == 0 {
		return k.rest(ctx, c, r)
	}
	service := k.service(c.Platform)
	list := r.list
	list.Size, list.Page = r.size, r.start/r.size+1
	first, err := service.List(ctx, list)
	if err != nil {
		return nil, 0, err
	}
	skip := r.start % r.size
	if skip == 0 {
		return first.Items, first.Total, nil
	}
	list.Page++
	second, err := service.List(ctx, list)
	if err != nil {
		return nil, 0, err
	}
	return slices.Concat(first.Items[min(skip, len(first.Items)):], second.Items[:min(skip, len(second.Items))]), first.Total, nil
}

// rest gives everything from start on, up to MaxResources.
func (k *kind[T, P]) rest(ctx context.Context, c *call, r request) ([]T, int, error) {
	var items []T
	total := 0
	err := k.service(c.Platform).Each(ctx, r.list, func(t T) error {
		if total++; total > r.start {
			items = append(items, t)
		}
		if len(items) > MaxResources {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil, 0, c.wrong("the query finds more than %d objects: set pageSize and ask for pages", MaxResources)
	}
	return items, total, err
}

// translate brings a filter in the guide's names into one in ours. What a script put into it stays a literal: the filter is parsed and
// printed again, never joined.
func (k *kind[T, P]) translate(condition string) (string, error) {
	if strings.TrimSpace(condition) == "" {
		return "", nil
	}
	node, err := filter.Parse(condition)
	if err != nil {
		return "", fault.InvalidField("filter", "The query cannot be read: %s", err.Error())
	}
	return k.rename(node).String(), nil
}

func (k *kind[T, P]) rename(node filter.Node) filter.Node {
	switch n := node.(type) {
	case filter.And:
		return filter.And{Terms: k.renameAll(n.Terms)}
	case filter.Or:
		return filter.Or{Terms: k.renameAll(n.Terms)}
	case filter.Not:
		return filter.Not{Term: k.rename(n.Term)}
	case filter.Present:
		n.Path, _ = k.renamePath(n.Path)
		return n
	case filter.ValuePath:
		n.Path, _ = k.renamePath(n.Path)
		return n
	case filter.Compare:
		var words map[string]string
		n.Path, words = k.renamePath(n.Path)
		if our, ok := words[n.Value.Text]; ok && n.Value.Kind == filter.KindString {
			n.Value = filter.Text(our)
		}
		return n
	default:
		return node
	}
}

func (k *kind[T, P]) renameAll(terms []filter.Node) []filter.Node {
	out := make([]filter.Node, len(terms))
	for i, t := range terms {
		out[i] = k.rename(t)
	}
	return out
}

func (k *kind[T, P]) renamePath(p filter.Path) (filter.Path, map[string]string) {
	if p.URN != "" {
		return p, nil
	}
	ours, words := k.ours(p.String())
	return filter.NewPath(strings.Split(ours, ".")...), words
}

// checkHidden refuses filters and orders by attributes that the call may not see: their answers would tell the values.
func (k *kind[T, P]) checkHidden(ctx context.Context, c *call, list query.List) error {
	var asked []string
	if list.Filter != "" {
		node, err := filter.Parse(list.Filter)
		if err != nil {
			return fault.InvalidField("filter", "The query cannot be read: %s", err.Error())
		}
		filter.Walk(node, func(n filter.Node) bool {
			switch x := n.(type) {
			case filter.Compare:
				asked = append(asked, x.Path.String())
			case filter.Present:
				asked = append(asked, x.Path.String())
			}
			return true
		})
	}
	for part := range strings.SplitSeq(list.Sort, ",") {
		asked = append(asked, strings.TrimPrefix(strings.TrimSpace(part), "-"))
	}
	asked = slices.DeleteFunc(asked, func(path string) bool { return !strings.HasPrefix(strings.ToLower(path), attributesName+".") })
	if len(asked) == 0 {
		return nil
	}
	visible, err := k.visible(ctx, c)
	if err != nil {
		return err
	}
	for _, path := range asked {
		code := path[len(attributesName)+1:]
		if !slices.ContainsFunc(slices.Collect(maps.Keys(visible.codes)), func(known string) bool { return strings.EqualFold(known, code) }) {
			return c.wrong("a %s has no attribute %s that the script may see", k.label, code)
		}
	}
	return nil
}

// where is a list request for the objects whose attribute has a value.
func where(attribute, value string) query.List {
	return query.List{Filter: attribute + " eq " + filter.Quote(value)}
}

// every gives all objects that match a condition of ours.
func (k *kind[T, P]) every(ctx context.Context, c *call, list query.List) ([]T, error) {
	items, _, err := k.rest(ctx, c, request{list: list})
	return items, err
}
