package csv

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits of a record. A quote that is never closed must not swallow the file.
const (
	maxRecordBytes = 1 << 20
	maxRecordLines = 1000
	maxFields      = 4096
)

// record is one row as it stands in the file.
type record struct {
	// line is the number of its first line, starting at 1.
	line int
	// raw are its bytes with the line end.
	raw    []byte
	fields []string
	// err says why the fields could not be read.
	err error
}

// scanner splits a stream into records. Lines of a record that turned out not to end are given back, all but the first, so that the rows
// after an open quote are read on their own.
type scanner struct {
	reader    *bufio.Reader
	separator byte
	// returned are lines to be read again, and line the number of the next one.
	returned [][]byte
	line     int
}

func newScanner(r io.Reader, separator byte) *scanner {
	return &scanner{reader: bufio.NewReaderSize(r, 64<<10), separator: separator, line: 1}
}

var errLineTooLong = fmt.Errorf("the line is longer than %d bytes", maxRecordBytes)

// next returns the next record that is not an empty line, or io.EOF. Records with err set are returned as well; any other error is the
// stream's.
func (s *scanner) next() (record, error) {
	for {
		first := s.line
		text, err := s.readLine()
		if errors.Is(err, errLineTooLong) {
			return record{line: first, raw: text, err: err}, nil
		}
		if err != nil {
			return record{}, err
		}
		if len(bytes.TrimRight(text, "\r\n")) == 0 {
			continue
		}
		return s.complete(record{line: first, raw: text})
	}
}

// complete reads lines until the record's quotes are closed. A line with an even number of quotes cannot close one, so it is not tried.
func (s *scanner) complete(r record) (record, error) {
	lines := [][]byte{r.raw}
	whole := bytes.Clone(r.raw)
	fields, err := split(whole, s.separator)
	for errors.Is(err, errOpenQuote) {
		more, readErr := s.readLine()
		if readErr != nil && !errors.Is(readErr, io.EOF) && !errors.Is(readErr, errLineTooLong) {
			return record{}, readErr
		}
		if len(more) > 0 {
			lines = append(lines, more)
		}
		if readErr != nil || len(whole)+len(more) > maxRecordBytes || len(lines) > maxRecordLines {
			return s.giveUp(r, lines), nil //nolint:nilerr // the end of the file is the record's fault, not the stream's
		}
		whole = append(whole, more...)
		if bytes.Count(more, []byte{'"'})%2 == 1 {
			fields, err = split(whole, s.separator)
		}
	}
	if errors.Is(err, errAfterQuote) && len(lines) > 1 {
		return s.giveUp(r, lines), nil
	}
	return record{line: r.line, raw: whole, fields: fields, err: err}, nil
}

// giveUp reports the first line as a record whose quote stays open, and lets the others be read again.
func (s *scanner) giveUp(r record, lines [][]byte) record {
	s.giveBack(lines[1:])
	r.raw, r.err = lines[0], errOpenQuote
	return r
}

func (s *scanner) giveBack(lines [][]byte) {
	s.returned = append(append([][]byte(nil), lines...), s.returned...)
	s.line -= len(lines)
}

// readLine returns the next line with its end. Of a line that is too long it returns the beginning and the error, and skips the rest.
func (s *scanner) readLine() ([]byte, error) {
	if len(s.returned) > 0 {
		text := s.returned[0]
		s.returned = s.returned[1:]
		s.line++
		if len(text) >= maxRecordBytes && !bytes.HasSuffix(text, []byte("\n")) {
			return text, errLineTooLong
		}
		return text, nil
	}
	var text []byte
	tooLong := false
	for {
		part, err := s.reader.ReadSlice('\n')
		if !tooLong {
			text = append(text, part...)
			tooLong = len(text) > maxRecordBytes
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (!errors.Is(err, io.EOF) || len(text) == 0):
			return nil, err
		}
		s.line++
		if tooLong {
			return text[:maxRecordBytes], errLineTooLong
		}
		return text, nil
	}
}

var (
	errOpenQuote    = errors.New("a quote is opened and not closed; double the quotes inside a quoted value")
	errAfterQuote   = errors.New("there is text after a closing quote; double the quotes inside a quoted value")
	errTooManyCells = fmt.Errorf("the row has more than %d cells", maxFields)
)

// split takes a record apart. A quote inside a cell that does not begin with one is an ordinary character, as spreadsheets read it.
func split(raw []byte, separator byte) ([]string, error) {
	raw = trimLineEnd(raw)
	var fields []string
	for {
		cell, rest, more, err := splitCell(raw, separator)
		if err != nil {
			return nil, err
		}
		if len(fields) == maxFields {
			return nil, errTooManyCells
		}
		fields = append(fields, cell)
		if !more {
			return fields, nil
		}
		raw = rest
	}
}

func trimLineEnd(raw []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(raw, []byte("\n")), []byte("\r"))
}

// splitCell returns the first cell, what follows its separator, and whether there was one.
func splitCell(raw []byte, separator byte) (cell string, rest []byte, more bool, err error) {
	if len(raw) == 0 || raw[0] != '"' {
		text, rest, more := bytes.Cut(raw, []byte{separator})
		return string(text), rest, more, nil
	}
	var text []byte
	at := 1
	for {
		end := bytes.IndexByte(raw[at:], '"')
		if end < 0 {
			return "", nil, false, errOpenQuote
		}
		text = append(text, raw[at:at+end]...)
		at += end + 1
		switch {
		case at == len(raw):
			return string(text), nil, false, nil
		case raw[at] == '"':
			text = append(text, '"')
			at++
		case raw[at] == separator:
			return string(text), raw[at+1:], true, nil
		default:
			return "", nil, false, errAfterQuote
		}
	}
}

// join renders cells as a record without a line end. Cells are quoted where they need it to be read back the same.
func join(cells []string, separator byte) []byte {
	var out []byte
	for i, cell := range cells {
		if i > 0 {
			out = append(out, separator)
		}
		out = append(out, quoteCell(cell, separator)...)
	}
	return out
}

func quoteCell(cell string, separator byte) []byte {
	special := string([]byte{separator, '"', '\r', '\n'})
	if !strings.ContainsAny(cell, special) {
		return []byte(cell)
	}
	return append(append([]byte{'"'}, bytes.ReplaceAll([]byte(cell), []byte(`"`), []byte(`""`))...), '"')
}

// detectSeparator returns the candidate that is most frequent outside quotes in the header, or a comma.
func detectSeparator(header []byte) byte {
	counts := map[byte]int{}
	inQuotes := false
	for _, c := range trimLineEnd(header) {
		if c == '"' {
			inQuotes = !inQuotes
		}
		if !inQuotes {
			counts[c]++
		}
	}
	best := byte(',')
	for _, candidate := range []byte{';', '\t', '|'} {
		if counts[candidate] > counts[best] {
			best = candidate
		}
	}
	return best
}
