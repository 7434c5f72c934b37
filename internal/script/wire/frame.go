// Package wire is what a script host and its child say to each other: length-prefixed JSON frames over pipes, the
// messages in them, and the values that scripts take and give.
package wire

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxFrame is the size in bytes a frame may have.
const MaxFrame = 64 << 20

// ErrFrameTooLarge is returned for a frame over MaxFrame, before anything of it is read or written.
var ErrFrameTooLarge = errors.New("frame exceeds 64 MiB")

// Write sends m as one frame. Frames of concurrent writers must be kept apart by the caller.
func Write(w io.Writer, m *Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode %s frame: %w", m.Kind, err)
	}
	if len(body) > MaxFrame {
		return fmt.Errorf("%s frame of %d bytes: %w", m.Kind, len(body), ErrFrameTooLarge)
	}
	frame := make([]byte, 4, 4+len(body))
	binary.BigEndian.PutUint32(frame, uint32(len(body))) //nolint:gosec // bounded by MaxFrame above
	if _, err := w.Write(append(frame, body...)); err != nil {
		return fmt.Errorf("write %s frame: %w", m.Kind, err)
	}
	return nil
}

// Read receives one frame. At a clean end of the stream the error is io.EOF.
func Read(r io.Reader) (*Message, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		return nil, fmt.Errorf("read frame length: %w", err)
	}
	size := binary.BigEndian.Uint32(head[:])
	if size > MaxFrame {
		return nil, ErrFrameTooLarge
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, fmt.Errorf("read frame of %d bytes: %w", size, err)
	}
	m := new(Message)
	if err := json.Unmarshal(body, m); err != nil {
		return nil, fmt.Errorf("decode frame: %w", err)
	}
	return m, nil
}
