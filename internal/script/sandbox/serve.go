// Package sandbox is the inside of a script process: it reads batches of calls, runs each in a fresh JavaScript world
// (goja) and answers. Scripts see JSON-like values and explicit functions, never a reflected Go value.
package sandbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"

	"provost/internal/script/wire"
)

// maxGoStack ends the process when a built-in function recurses without bound (a thousandfold nested JSON text).
const maxGoStack = 32 << 20

// errParentGone is returned to a script that waits for a host call when the parent has hung up.
var errParentGone = errors.New("parent has hung up")

// Serve announces itself with a ready frame, then answers run and check frames until in ends, which returns nil, or
// ctx does. The zone of scripts is the one of the process.
//
// A script that never ends does not keep Serve from returning: the caller is expected to end the process then.
func Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	debug.SetMaxStack(maxGoStack)
	s := &server{
		out:     out,
		batches: make(chan *wire.Message),
		replies: make(chan *wire.Reply),
		gone:    make(chan struct{}),
		cache:   newCache(),
	}
	defer close(s.gone)
	if err := s.send(&wire.Message{Kind: wire.KindReady}); err != nil {
		return err
	}
	ended := make(chan error, 2)
	go func() { ended <- s.read(bufio.NewReaderSize(in, 64<<10)) }()
	go func() { ended <- s.work() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// server connects the reader of frames with the one worker that runs scripts.
type server struct {
	mu      sync.Mutex
	out     io.Writer
	batches chan *wire.Message
	replies chan *wire.Reply
	gone    chan struct{}
	cache   *cache
}

func (s *server) send(m *wire.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := wire.Write(s.out, m); err != nil {
		return fmt.Errorf("answer parent: %w", err)
	}
	return nil
}

// read hands frames to the worker, or to the script that waits for a reply.
func (s *server) read(in io.Reader) error {
	for {
		m, err := wire.Read(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read from parent: %w", err)
		}
		select {
		case <-s.gone:
			return nil
		case s.lane(m) <- m:
		case s.replyLane(m) <- m.Reply:
		}
	}
}

// lane and replyLane pick the one channel a frame belongs to; the other is nil and never ready.
func (s *server) lane(m *wire.Message) chan<- *wire.Message {
	if m.Kind == wire.KindReply {
		return nil
	}
	return s.batches
}

func (s *server) replyLane(m *wire.Message) chan<- *wire.Reply {
	if m.Kind != wire.KindReply {
		return nil
	}
	return s.replies
}

func (s *server) work() error {
	for {
		select {
		case <-s.gone:
			return nil
		case m := <-s.batches:
			if err := s.answer(m); err != nil {
				return err
			}
		}
	}
}

func (s *server) answer(m *wire.Message) error {
	if m.Run == nil {
		return fmt.Errorf("%s frame without a batch", m.Kind)
	}
	if err := s.send(&wire.Message{Kind: wire.KindBegin}); err != nil {
		return err
	}
	if m.Kind == wire.KindCheck {
		for i, script := range m.Run.Scripts {
			report := s.cache.get(script).report(i)
			if err := s.send(&wire.Message{Kind: wire.KindReport, Report: report}); err != nil {
				return err
			}
		}
		return s.send(&wire.Message{Kind: wire.KindDone})
	}
	for _, call := range m.Run.Calls {
		result := s.evaluate(m.Run, call)
		if err := s.send(&wire.Message{Kind: wire.KindResult, Result: result}); err != nil {
			return err
		}
	}
	return s.send(&wire.Message{Kind: wire.KindDone})
}

// ask performs a host call: one frame out, one reply in.
func (s *server) ask(call *wire.HostCall) (*wire.Reply, error) {
	if err := s.send(&wire.Message{Kind: wire.KindHost, Host: call}); err != nil {
		return nil, err
	}
	select {
	case reply := <-s.replies:
		return reply, nil
	case <-s.gone:
		return nil, errParentGone
	}
}
