package agent

import "sync"

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

// lock waits for the key and gives the function that frees it.
func (l *keyedLock) lock(key string) func() {
	l.mu.Lock()
	e := l.held[key]
	if e == nil {
		e = &entry{}
		l.held[key] = e
	}
	e.users++
	l.mu.Unlock()
	e.mu.Lock()
	return func() {
		e.mu.Unlock()
		l.mu.Lock()
		defer l.mu.Unlock()
		if e.users--; e.users == 0 {
			delete(l.held, key)
		}
	}
}
