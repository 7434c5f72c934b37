package bpm

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Period is an ISO 8601 duration: years, months and days by the calendar, the rest by the clock.
type Period struct {
	Years   int   `json:"years,omitempty"`
	Months  int   `json:"months,omitempty"`
	Days    int   `json:"days,omitempty"`
	Seconds int64 `json:"seconds,omitempty"`
	Nanos   int64 `json:"nanos,omitempty"`
}

// Cycle is an ISO 8601 repetition: Repeats times (0 has no end), the first at Start, or one Period from now when Start is zero.
type Cycle struct {
	Repeats int
	Start   time.Time
	Every   Period
}

// Times after lastYear cannot be written down in JSON. Numbers of more digits than maxDigits are a mistake.
const (
	lastYear  = 9999
	maxDigits = 9
)

// moments are the forms of a date that ParseMoment reads.
var moments = []string{
	time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", time.DateOnly,
}

// ParseMoment reads an ISO 8601 date, with or without a time of day. Without one it is midnight, without a zone it is UTC.
func ParseMoment(text string) (time.Time, error) {
	for _, form := range moments {
		if t, err := time.Parse(form, text); err == nil {
			return inRange(t.UTC())
		}
	}
	return time.Time{}, fmt.Errorf("%q is no ISO 8601 date: write 2026-01-31 or 2026-01-31T08:00:00Z", clip(text))
}

// ParsePeriod reads an ISO 8601 duration such as P3D, PT1H30M, P2W or P1Y6M. Only seconds may have a fraction; none is negative.
func ParsePeriod(text string) (Period, error) {
	wrong := fmt.Errorf("%q is no ISO 8601 duration: write P3D, PT1H30M or P1M", clip(text))
	rest, found := strings.CutPrefix(text, "P")
	days, clock, timed := strings.Cut(rest, "T")
	if !found || rest == "" || (timed && clock == "") {
		return Period{}, wrong
	}
	date, ok := numbers(days, "YMWD")
	if !ok {
		return Period{}, wrong
	}
	fraction := ""
	if whole, tail, cut := strings.Cut(strings.Replace(clock, ",", ".", 1), "."); cut {
		digits, isSeconds := strings.CutSuffix(tail, "S")
		if !isSeconds || digits == "" || len(digits) > maxDigits {
			return Period{}, wrong
		}
		clock, fraction = whole+"S", digits
	}
	hours, ok := numbers(clock, "HMS")
	if !ok {
		return Period{}, wrong
	}
	nanos, err := strconv.ParseUint((fraction + "000000000")[:maxDigits], 10, 32)
	if err != nil {
		return Period{}, wrong
	}
	const minute, hour, week = 60, 3600, 7
	return Period{
		Years: date['Y'], Months: date['M'], Days: week*date['W'] + date['D'],
		Seconds: hour*int64(hours['H']) + minute*int64(hours['M']) + int64(hours['S']),
		Nanos:   int64(nanos),
	}, nil
}

// numbers reads numbers that are each followed by a unit, the units in their order and each at most once.
func numbers(text, units string) (map[byte]int, bool) {
	found := map[byte]int{}
	for text != "" {
		end := strings.IndexAny(text, units)
		if end < 1 || end > maxDigits {
			return nil, false
		}
		number, err := strconv.ParseUint(text[:end], 10, 32)
		if err != nil {
			return nil, false
		}
		unit := text[end]
		found[unit] = int(number)
		units, text = units[strings.IndexByte(units, unit)+1:], text[end+1:]
	}
	return found, true
}

// Zero reports whether the period is no time at all.
func (p Period) Zero() bool { return p == Period{} }

// After gives the time one period later. A month later than the 31st is the last day of a shorter month. It is an error when that is after
// the year 9999.
func (p Period) After(t time.Time) (time.Time, error) {
	const day = 24 * 60 * 60
	t = t.UTC()
	month := time.Date(t.Year()+p.Years, t.Month()+time.Month(p.Months), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	days := min(t.Day(), month.AddDate(0, 1, -1).Day()) - 1 + p.Days + int(p.Seconds/day)
	return inRange(month.AddDate(0, 0, days).Add(time.Duration(p.Seconds%day)*time.Second + time.Duration(p.Nanos)))
}

// ParseCycle reads an ISO 8601 repetition: R3/PT1H three times, R/P1D without end, R2/2026-01-31T08:00:00Z/P1W from a time on.
func ParseCycle(text string) (Cycle, error) {
	fields := strings.Split(text, "/")
	number, found := strings.CutPrefix(fields[0], "R")
	if !found || len(fields) < 2 || len(fields) > 3 || len(number) > maxDigits {
		return Cycle{}, fmt.Errorf("%q is no ISO 8601 repetition: write R3/PT1H, or R/P1D for no end", clip(text))
	}
	var c Cycle
	if number != "" {
		repeats, err := strconv.ParseUint(number, 10, 32)
		if err != nil || repeats == 0 {
			return Cycle{}, fmt.Errorf("%q repeats %q times: write a number from 1, or none for no end", clip(text), number)
		}
		c.Repeats = int(repeats)
	}
	var err error
	if c.Every, err = ParsePeriod(fields[len(fields)-1]); err != nil {
		return Cycle{}, err
	}
	if c.Every.Zero() {
		return Cycle{}, fmt.Errorf("%q repeats without any time between: write a duration above zero", clip(text))
	}
	if len(fields) == 3 {
		c.Start, err = ParseMoment(fields[1])
	}
	return c, err
}

// due is when a timer fires: at a time, and then again left times, or without end when left is below zero.
type due struct {
	at    time.Time
	every Period
	left  int
}

// dueAt reads what a timer says, in any of the forms of ISO 8601.
func dueAt(text string, now time.Time) (due, error) {
	switch {
	case strings.HasPrefix(text, "R"):
		return dueInCycle(text, now)
	case strings.HasPrefix(text, "P"):
		period, err := ParsePeriod(text)
		if err != nil {
			return due{}, err
		}
		at, err := period.After(now)
		return due{at: at}, err
	default:
		at, err := ParseMoment(text)
		return due{at: at}, err
	}
}

func dueInCycle(text string, now time.Time) (due, error) {
	cycle, err := ParseCycle(text)
	if err != nil {
		return due{}, err
	}
	first := cycle.Start
	if first.IsZero() {
		if first, err = cycle.Every.After(now); err != nil {
			return due{}, err
		}
	}
	return due{at: first, every: cycle.Every, left: cycle.Repeats - 1}, nil
}

// next gives the time after this one, and whether there is one. What was missed while nobody watched is not made up for.
func (d due) next(now time.Time) (due, bool) {
	if d.left == 0 {
		return due{}, false
	}
	at, err := d.every.After(d.at)
	if err == nil && !at.After(now) {
		at, err = d.every.After(now)
	}
	if err != nil {
		return due{}, false
	}
	return due{at: at, every: d.every, left: max(d.left-1, -1)}, true
}

func inRange(t time.Time) (time.Time, error) {
	if t.Year() < 0 || t.Year() > lastYear {
		return time.Time{}, errors.New("the time is after the year 9999: choose an earlier one")
	}
	return t, nil
}

// clip shortens what a message quotes.
func clip(text string) string { return cut(text, 60) }

// cut shortens a text to as many bytes.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
