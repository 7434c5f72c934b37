package bpm

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseMoment(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"2026-01-31":                "2026-01-31T00:00:00Z",
		"2026-01-31T08:00":          "2026-01-31T08:00:00Z",
		"2026-01-31T08:00:01.5":     "2026-01-31T08:00:01.5Z",
		"2026-01-31T08:00:00Z":      "2026-01-31T08:00:00Z",
		"2026-01-31T08:00+01:00":    "2026-01-31T07:00:00Z",
		"2026-01-31T23:30:00-05:00": "2026-02-01T04:30:00Z",
	}
	for text, want := range cases {
		got, err := ParseMoment(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got.Format(time.RFC3339Nano))
		require.Equal(t, time.UTC, got.Location())
	}
	for _, text := range []string{"", "today", "2026-13-01", "2026-02-30", "31.01.2026", "2026-01-31 08:00", "20260131", "9999-12-31T23:30:00-01:00"} {
		_, err := ParseMoment(text)
		require.Error(t, err, text)
	}
}

func TestPeriods(t *testing.T) {
	t.Parallel()
	from := time.Date(2024, time.January, 31, 10, 0, 0, 0, time.UTC)
	cases := map[string]string{
		"P1D":          "2024-02-01T10:00:00Z",
		"P2W":          "2024-02-14T10:00:00Z",
		"PT90M":        "2024-01-31T11:30:00Z",
		"P1M":          "2024-02-29T10:00:00Z", // the last day of a shorter month
		"P13M":         "2025-02-28T10:00:00Z",
		"P1Y":          "2025-01-31T10:00:00Z",
		"P1M1D":        "2024-03-01T10:00:00Z",
		"P1Y2M3DT4H5M": "2025-04-03T14:05:00Z",
		"PT1.5S":       "2024-01-31T10:00:01.5Z",
		"PT0,25S":      "2024-01-31T10:00:00.25Z",
		"PT36H":        "2024-02-01T22:00:00Z",
		"P0D":          "2024-01-31T10:00:00Z",
		"PT86400000S":  "2026-10-27T10:00:00Z",
		"P1W1D":        "2024-02-08T10:00:00Z",
	}
	for text, want := range cases {
		p, err := ParsePeriod(text)
		require.NoError(t, err, text)
		got, err := p.After(from)
		require.NoError(t, err, text)
		require.Equal(t, want, got.Format(time.RFC3339Nano), text)
	}
	for _, text := range []string{
		"", "P", "PT", "P1", "1D", "P-1D", "-P1D", "P1DT", "P1H", "PT1D", "P1D1Y", "P1D2D", "P1.5D", "PT1.5H", "PT1.S", "PT.S", "PT1.5", "P 1D", "p1d",
		"P1234567890D", "PT1.1234567890S", "PT1.5S2M", "P1DX", "PT1H1H", "P+1D", "PT1.x5S",
	} {
		_, err := ParsePeriod(text)
		require.ErrorContains(t, err, "is no ISO 8601 duration", text)
	}
	far, err := ParsePeriod("P999999999Y")
	require.NoError(t, err)
	_, err = far.After(from)
	require.EqualError(t, err, "the time is after the year 9999: choose an earlier one")
}

func TestCycles(t *testing.T) {
	t.Parallel()
	c, err := ParseCycle("R3/PT1H")
	require.NoError(t, err)
	require.Equal(t, Cycle{Repeats: 3, Every: Period{Seconds: 3600}}, c)
	c, err = ParseCycle("R/2026-01-31T08:00:00Z/P1M")
	require.NoError(t, err)
	require.Equal(t, Cycle{Start: time.Date(2026, time.January, 31, 8, 0, 0, 0, time.UTC), Every: Period{Months: 1}}, c)
	for text, want := range map[string]string{
		"R":                  "is no ISO 8601 repetition",
		"3/PT1H":             "is no ISO 8601 repetition",
		"R1/2/3/4":           "is no ISO 8601 repetition",
		"R1234567890/PT1H":   "is no ISO 8601 repetition",
		"R0/PT1H":            `repeats "0" times`,
		"R-1/PT1H":           `repeats "-1" times`,
		"R3/PT0S":            "repeats without any time between",
		"R3/tomorrow":        "is no ISO 8601 duration",
		"R3/tomorrow/PT1H":   "is no ISO 8601 date",
		"R3/2026-01-31/then": "is no ISO 8601 duration",
	} {
		_, err := ParseCycle(text)
		require.ErrorContains(t, err, want, text)
	}
}

func TestRepetitionsEnd(t *testing.T) {
	t.Parallel()
	now := morning
	d, err := dueAt("R3/P1D", now)
	require.NoError(t, err)
	var days []int
	for more := true; more; d, more = d.next(d.at) {
		days = append(days, d.at.Day())
	}
	require.Equal(t, []int{3, 4, 5}, days)

	d, err = dueAt("R/P1D", now)
	require.NoError(t, err)
	d, more := d.next(now.AddDate(0, 0, 30))
	require.True(t, more)
	require.Equal(t, now.AddDate(0, 0, 31), d.at, "what was missed is not made up for")
	require.Equal(t, -1, d.left)

	d, err = dueAt("R/9999-12-31/P1D", now)
	require.NoError(t, err)
	_, more = d.next(now)
	require.False(t, more, "time ends with the year 9999")
}

func TestTimersOfScripts(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		`"P1D"`: "2026-03-03T08:00:00Z", `"R2/PT1H"`: "2026-03-02T09:00:00Z", `"2026-05-01"`: "2026-05-01T00:00:00Z",
		`0`: "1970-01-01T00:00:00Z", `1772438400000`: "2026-03-02T08:00:00Z", `1772438400000.75`: "2026-03-02T08:00:00Z",
	}
	for result, want := range cases {
		d, err := timing(&Timer{Duration: "key", Scripted: true}, json.RawMessage(result), morning)
		require.NoError(t, err, result)
		require.Equal(t, want, d.at.Format(time.RFC3339Nano), result)
	}
	for _, result := range []string{`null`, `true`, `""`, `"soon"`, `{}`, `-1`, `1e300`, `"P9999Y"`, `"R2/P9999Y"`} {
		_, err := timing(&Timer{Duration: "key", Scripted: true}, json.RawMessage(result), morning)
		require.Error(t, err, result)
	}
	_, err := timing(nil, nil, morning)
	require.EqualError(t, err, "it does not say when")
}

// FuzzMoments reads any text as each of the forms: nothing panics, and what is read is a time that can be written down.
func FuzzMoments(f *testing.F) {
	for _, text := range []string{"P1Y2M3DT4H5M6.7S", "R3/PT1H", "R/2026-01-31/P1M", "2026-01-31T08:00:00Z", "P2W", "PT,S", "R//", "P999999999Y999999999M999999999D"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := dueAt(text, morning)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		_, err = d.at.MarshalJSON()
		require.NoError(t, err)
		if next, more := d.next(morning); more {
			require.True(t, next.at.After(morning))
		}
	})
}
