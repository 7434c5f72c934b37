package xmltree

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// charset reads the encodings that old editors write, beside UTF-8.
func (p *parser) charset(label string, input io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-8", "utf8", "us-ascii":
		return input, nil // bytes beyond ASCII are checked to be UTF-8 by the decoder
	case "iso-8859-1", "latin1", "latin-1":
		return &singleByte{input: input}, nil
	case "windows-1252", "cp1252":
		return &singleByte{input: input, high: &windows1252}, nil
	}
	return nil, &RefusedError{
		Reason: BadEncoding, Line: 1,
		Message: fmt.Sprintf("the encoding %.40q cannot be read: save the document as UTF-8 (ISO-8859-1 and windows-1252 are read as well)", label),
	}
}

// windows1252 is what the bytes 0x80 to 0x9F stand for there; 0 where they are not assigned.
var windows1252 = [32]rune{
	'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
	0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ',
}

// singleByte turns an encoding of one byte per character into UTF-8.
type singleByte struct {
	input io.Reader
	high  *[32]rune // nil: as in ISO-8859-1
	rest  []byte    // encoded, and not yet asked for
}

// Read implements io.Reader.
func (s *singleByte) Read(out []byte) (int, error) {
	if len(s.rest) == 0 {
		var raw [512]byte
		n, err := s.input.Read(raw[:])
		if n == 0 {
			return 0, err
		}
		for _, b := range raw[:n] {
			s.rest = utf8.AppendRune(s.rest, s.decode(b))
		}
	}
	n := copy(out, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

func (s *singleByte) decode(b byte) rune {
	if s.high == nil || b < 0x80 || b > 0x9F {
		return rune(b)
	}
	if r := s.high[b-0x80]; r != 0 {
		return r
	}
	return utf8.RuneError
}
