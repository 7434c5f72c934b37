package csv

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// scan reads all records and renders them, errors included, with their line numbers.
func scan(t *testing.T, text string) []string {
	t.Helper()
	s := newScanner(strings.NewReader(text), ',')
	var seen []string
	for {
		r, err := s.next()
		if errors.Is(err, io.EOF) {
			return seen
		}
		require.NoError(t, err)
		if r.err != nil {
			seen = append(seen, fmt.Sprintf("%d! %v", r.line, r.err))
			continue
		}
		seen = append(seen, fmt.Sprintf("%d: %s", r.line, strings.Join(r.fields, "|")))
	}
}

func TestScanner(t *testing.T) {
	t.Parallel()
	open, after := errOpenQuote.Error(), errAfterQuote.Error()
	cases := map[string]struct {
		text string
		want []string
	}{
		"nothing":              {"", nil},
		"plain":                {"a,b\nc,d\n", []string{"1: a|b", "2: c|d"}},
		"no last line end":     {"a,b", []string{"1: a|b"}},
		"windows lines":        {"a,b\r\nc,d\r\n", []string{"1: a|b", "2: c|d"}},
		"empty lines":          {"\n\r\na\n\nb\n", []string{"3: a", "5: b"}},
		"empty cells":          {",\n,,\n", []string{"1: |", "2: ||"}},
		"quoted":               {`"a,b","c ""d"""` + "\n", []string{`1: a,b|c "d"`}},
		"quoted line ends":     {"\"a\nb\r\n\nc\",d\ne\n", []string{"1: a\nb\r\n\nc|d", "5: e"}},
		"inner quote":          {"5\" disk,b\n", []string{"1: 5\" disk|b"}},
		"text after quote":     {"\"a\"b,c\nd\n", []string{"1! " + after, "2: d"}},
		"open quote at end":    {"\"a,b\nc,d\ne,f\n", []string{"1! " + open, "2: c,d"[:3] + "c|d", "3: e|f"}},
		"open quote, closed":   {"a,\"b\nc,\"d\"\ne\n", []string{"1! " + open, "2: c|d", "3: e"}},
		"two open quotes":      {"\"a\n\"b\nc\n", []string{"1! " + open, "2! " + open, "3: c"}},
		"blank inside a quote": {"\"a\n \nb\"\n", []string{"1: a\n \nb"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, scan(t, c.text))
		})
	}
}

func TestScannerLimits(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxRecordBytes+10)
	require.Equal(t, []string{"1: a", "2! " + errLineTooLong.Error(), "3: b"}, scan(t, "a\n"+long+"\nb\n"))
	require.Equal(t, []string{"1! " + errLineTooLong.Error()}, scan(t, long))
	require.Equal(t, []string{"1! " + errTooManyCells.Error(), "2: b"}, scan(t, strings.Repeat(",", maxFields)+"\nb\n"))
	lines := scan(t, "\"a\n"+strings.Repeat("b\n", 3*maxRecordLines))
	require.Len(t, lines, 1+3*maxRecordLines)
	require.Equal(t, "1! "+errOpenQuote.Error(), lines[0])
	require.Equal(t, fmt.Sprintf("%d: b", 1+3*maxRecordLines), lines[len(lines)-1])
	require.Equal(t, []string{"1! " + errOpenQuote.Error(), "2! " + errLineTooLong.Error(), "3: c"}, scan(t, "\"a\n"+long+"\nc\n")[:3])
}

type brokenReader struct{ err error }

func (b brokenReader) Read([]byte) (int, error) { return 0, b.err }

func TestScannerReportsTheStreamsErrors(t *testing.T) {
	t.Parallel()
	s := newScanner(io.MultiReader(strings.NewReader("a\n\"b"), brokenReader{io.ErrClosedPipe}), ',')
	_, err := s.next()
	require.NoError(t, err)
	_, err = s.next()
	require.ErrorIs(t, err, io.ErrClosedPipe)
}

func TestDetectSeparator(t *testing.T) {
	t.Parallel()
	for header, wanted := range map[string]byte{
		"a,b": ',', "a;b;c,d": ';', "a\tb": '\t', "a|b": '|', "name": ',', `"a;b;c",d`: ',', "": ',', "a;b\n1,2,3": ';', "a,b;c": ',',
	} {
		line, _, _ := strings.Cut(header, "\n")
		require.Equal(t, string(wanted), string(detectSeparator([]byte(line))), "%q", header)
	}
}

// What join writes, the scanner reads back, whatever the cells hold.
func FuzzRoundTrip(f *testing.F) {
	f.Add("a", "b,c", `d "e"`, uint(0))
	f.Add("", "\r\n", " \"", uint(1))
	f.Add("x\r", "\n", "\t", uint(2))
	f.Fuzz(func(t *testing.T, a, b, c string, choice uint) {
		if len(a)+len(b)+len(c) > maxRecordBytes/4 || strings.Count(a+b+c, "\n") > maxRecordLines-2 {
			return
		}
		const offered = ",;\t|"
		separator := offered[choice%uint(len(offered))]
		cells := []string{"key", a, b, c}
		text := append(join(cells, separator), '\n')
		s := newScanner(bytes.NewReader(append(bytes.Clone(text), "last\n"...)), separator)
		r, err := s.next()
		require.NoError(t, err)
		require.NoError(t, r.err)
		require.Equal(t, cells, r.fields)
		require.Equal(t, text, r.raw)
		r, err = s.next()
		require.NoError(t, err)
		require.Equal(t, "last", strings.Join(r.fields, string(separator)))
	})
}

// Whatever a file holds, every byte belongs to one record or an empty line, lines are numbered in order, and reading ends.
func FuzzScanner(f *testing.F) {
	f.Add("a,b\n\"c\nd\",e\n\"f\n")
	f.Add("\"\"\"\n\r\n\"a\"b\n")
	f.Fuzz(func(t *testing.T, text string) {
		s := newScanner(strings.NewReader(text), ',')
		last, total := 0, 0
		for {
			r, err := s.next()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			require.Greater(t, r.line, last)
			require.LessOrEqual(t, r.line, strings.Count(text, "\n")+1)
			last = r.line
			total += len(r.raw)
		}
		require.LessOrEqual(t, total, len(text))
		require.GreaterOrEqual(t, total, len(strings.NewReplacer("\r", "", "\n", "").Replace(text))-maxRecordBytes)
	})
}
