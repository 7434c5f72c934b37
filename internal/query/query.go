// Package query holds the shape of a list request and its answer, the same for every list of the platform.
package query

// Sizes of a page.
const (
	DefaultSize = 50
	MaxSize     = 1000
)

// List asks for one page of objects.
type List struct {
	Q      string // quick search: every word must occur in one of the quick search attributes
	Filter string // SCIM filter (RFC 7644 §3.4.2.2)
	Sort   string // "name,-createdAt"
	Page   int    // 1-based
	Size   int
	// Columns are the attributes wanted; lists whose rows hold more than is always asked for add what is named here.
	Columns []string
}

// Bounded gives the request with page and size brought into their limits.
func (l List) Bounded() List {
	if l.Page < 1 {
		l.Page = 1
	}
	if l.Size < 1 {
		l.Size = DefaultSize
	}
	if l.Size > MaxSize {
		l.Size = MaxSize
	}
	return l
}

// Page is one page of objects and the number of all that match.
type Page[T any] struct {
	Items []T
	Total int
}
