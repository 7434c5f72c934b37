package agent

import (
	"slices"
	"sync"
)

// keyedLock makes calls for one key wait for each other, and holds memory only for keys in use.
type keyedLock struct {
	mu   sync.Mutex
	held map[string]*entry
}

type entry struct {
	mu    sync.Mutex
	users int
}

func newKeyedLock() *keyedLock { return &keyedLock{held: map[string]*entry{}} }

// lock waits for every one of the keys and gives the function that frees them. They are taken in one order, so that two calls never wait
// for each other.
func (l *keyedLock) lock(keys ...string) func() {
	keys = slices.Clone(keys)
	slices.Sort(keys)
	keys = slices.Compact(keys)
	entries := l.enter(keys)
	for _, e := range entries {
		e.mu.Lock()
	}
	return func() {
		for _, e := range entries {
			e.mu.Unlock()
		}
		l.leave(keys)
	}
}

func (l *keyedLock) enter(keys []string) []*entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	entries := make([]*entry, len(keys))
	for i, key := range keys {
		e := l.held[key]
		if e == nil {
			e = &entry{}
			l.held[key] = e
		}
		e.users++
		entries[i] = e
	}
	return entries
}

func (l *keyedLock) leave(keys []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range keys {
		if e := l.held[key]; e.users > 1 {
			e.users--
		} else {
			delete(l.held, key)
		}
	}
}
