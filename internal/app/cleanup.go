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
	mu    sync.Mutex
	steps []step
}

type step struct {
	name string
	end  func(ctx context.Context) error
}

// Add notes how to end what was begun just now; name goes on after "stop".
func (c *Cleanup) Add(name string, end func(ctx context.Context) error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.steps = append(c.steps, step{name, end})
}

// Run ends everything, in reverse order, and gives all errors joined. What fails does not keep the rest from ending. Running it again
// does nothing.
func (c *Cleanup) Run(ctx context.Context) error {
	c.mu.Lock()
	steps := c.steps
	c.steps = nil
	c.mu.Unlock()
	var failed []error
	for _, step := range slices.Backward(steps) {
		if err := step.end(ctx); err != nil {
			failed = append(failed, fmt.Errorf("stop %s: %w", step.name, err))
		}
	}
	return errors.Join(failed...)
}
