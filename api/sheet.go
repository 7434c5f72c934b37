package api

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"provost/internal/fault"
)

// maxRows bounds the rows of one file: they are held in memory until all are written.
const maxRows = 200_000

// sheet is a CSV file whose columns stand for attributes; "" marks a column that is not loaded.
type sheet struct {
	columns    []string
	attributes []string
	rows       [][]string
	lines      []int
}

// readSheet reads a CSV file. The separator is the one of comma, semicolon and tab that the header uses most.
func readSheet(file io.Reader, mapping map[string]string) (*sheet, error) {
	buffered := bufio.NewReader(file)
	if mark, _ := buffered.Peek(3); bytes.Equal(mark, []byte("\ufeff")) {
		_, _ = buffered.Discard(3) // just peeked at
	}
	head, _ := buffered.Peek(4096)
	reader := csv.NewReader(buffered)
	reader.Comma = separatorOf(head)
	reader.FieldsPerRecord = -1
	header, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, fault.InvalidField("file", "The file is empty. Its first line must name the columns.")
	}
	if err != nil {
		return nil, csvFault(err)
	}
	s := &sheet{columns: header}
	for _, column := range header {
		if mapping == nil {
			s.attributes = append(s.attributes, strings.TrimSpace(column))
			continue
		}
		s.attributes = append(s.attributes, strings.TrimSpace(mapping[column]))
	}
	if err := s.readRows(reader); err != nil {
		return nil, err
	}
	return s, nil
}

func separatorOf(head []byte) rune {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	best, most := ',', 0
	for _, separator := range ",;\t" {
		if n := bytes.Count(line, []byte(string(separator))); n > most {
			best, most = separator, n
		}
	}
	return best
}

func (s *sheet) readRows(reader *csv.Reader) error {
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return csvFault(err)
		}
		if len(s.rows) >= maxRows {
			return fault.InvalidField("file", "A file may have at most %d rows. Split it.", maxRows)
		}
		line, _ := reader.FieldPos(0)
		for i := range cells {
			if !utf8.ValidString(cells[i]) {
				return fault.InvalidField("file", "Line %d is not UTF-8. Save the file as UTF-8.", line)
			}
			cells[i] = arm(strings.TrimSpace(cells[i]))
		}
		s.rows, s.lines = append(s.rows, cells), append(s.lines, line)
	}
}

func csvFault(err error) error {
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		return fault.InvalidField("file", "Line %d, column %d: %s.", parse.Line, parse.Column, parse.Err)
	}
	return err
}

// check refuses a file before anything is read from it: unknown attributes, and two columns for one attribute.
func (s *sheet) check(known []string) error {
	var c fault.Collector
	seen := map[string]bool{}
	for i, attribute := range s.attributes {
		location := "mapping." + s.columns[i]
		switch {
		case attribute == "":
		case !slices.Contains(known, attribute):
			c.Add(location, "there is no attribute %q", attribute)
		case seen[attribute]:
			c.Add(location, "the attribute %q has a column already", attribute)
		default:
			seen[attribute] = true
		}
	}
	if len(seen) == 0 && c.Err() == nil {
		c.Add("mapping", "no column is loaded")
	}
	return c.Err()
}

// rowValues gives the members that a row sets.
func rowValues[T any](attributes, cells []string) (map[string]any, error) {
	kinds := map[string]reflect.Type{}
	for _, f := range members(reflect.TypeFor[T]()) {
		kinds[f.Name] = f.Type
	}
	out := map[string]any{}
	custom := map[string]any{}
	for i, name := range attributes {
		if name == "" {
			continue
		}
		if i >= len(cells) {
			return nil, fault.InvalidField(name, "The row has %s cells, the header %s.", strconv.Itoa(len(cells)), strconv.Itoa(len(attributes)))
		}
		if code, ok := strings.CutPrefix(name, attributePrefix); ok {
			custom[code] = attributeValue(cells[i])
			continue
		}
		value, err := cellValue(kinds[name], name, cells[i])
		if err != nil {
			return nil, err
		}
		out[name] = value
	}
	if len(custom) > 0 {
		out["attributes"] = custom
	}
	return out, nil
}
