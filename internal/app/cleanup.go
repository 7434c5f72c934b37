package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// Cleanup is a list of things to end, the last begun first. The zero value is empty and ready. It is not safe for concurrent Add.
type Cleanup struct {
	mu   sync.Mutex
	ends []ending
}

type ending struct {
	name string
	end  func(ctx context.Context) error
}

// Add notes how to end what was begun just now; name goes on after "stop".
func (c *Cleanup) Add(name string, end func(ctx context.Context) error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ends = append(c.ends, ending{name, end})
}

// Run ends everything, in reverse order, and gives all errors joined. What fails does not keep the rest from ending. Running it again
// does nothing.
func (c *Cleanup) Run(ctx context.Context) error {
	c.mu.Lock()
	ends := c.ends
	c.ends = nil
	c.mu.Unlock()
	var failed []error
	for _, e := range slices.Backward(ends) {
		if err := e.end(ctx); err != nil {
			failed = append(failed, fmt.Errorf("stop %s: %w", e.name, err))
		}
	}
	return errors.Join(failed...)
}
