// Package child runs servers of others (PostgreSQL, slapd, Temporal) as children that never outlive the program that started them.
//
// A child is the leader of its own process group, so Ctrl-C in a terminal reaches only the parent, which then stops its
// children in order. Where the kernel offers it (Linux), the child also gets a signal when the parent dies without having
// stopped it, a kill -9 included.
package child

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
)

// ErrStopTimeout is returned by Stop when the child had to be killed because it did not end within the context.
var ErrStopTimeout = errors.New("child did not stop in time and was killed")

// Process is a running (or ended) child.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// Start starts cmd. The signal death is what the child gets when this process dies first. Attributes already set in
// cmd.SysProcAttr, such as Credential, are kept. The child is reaped by Start itself: callers must not call cmd.Wait.
func Start(cmd *exec.Cmd, death syscall.Signal) (*Process, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	dieWithParent(cmd.SysProcAttr, death)

	p := &Process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go p.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return p, nil
}

// run starts the child and waits for its end on one OS thread: the kernel sends the death signal when the *thread* that
// forked the child ends, and the Go runtime ends idle threads when it likes, unless a goroutine is locked to them.
func (p *Process) run(started chan<- error) {
	runtime.LockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		runtime.UnlockOSThread()
		return
	}
	p.err = p.cmd.Wait()
	close(p.done)
}

// PID returns the process id of the child, also after its end.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the child has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err waits for the end of the child and returns nil for exit status 0, otherwise an *exec.ExitError.
func (p *Process) Err() error {
	<-p.done
	return p.err
}

// Stop sends sig and waits for the end of the child. When ctx ends first the whole process group is killed and the error
// wraps ErrStopTimeout. Stopping a child that has ended is no error.
func (p *Process) Stop(ctx context.Context, sig syscall.Signal) error {
	if p.ended() {
		return nil
	}
	if err := p.cmd.Process.Signal(sig); err != nil && !p.ended() {
		return fmt.Errorf("signal process %d: %w", p.PID(), err)
	}
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
	}
	// The group is gone when the child ended in this very moment: nothing is left to kill then.
	_ = syscall.Kill(-p.PID(), syscall.SIGKILL)
	<-p.done
	return fmt.Errorf("stop process %d: %w", p.PID(), ErrStopTimeout)
}

func (p *Process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}
