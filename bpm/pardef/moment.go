package pardef

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	amount     = regexp.MustCompile(`^(\d{1,9})\s*(?:business\s+)?([a-z]+)$`)
	isoLength  = regexp.MustCompile(`^P(?:\d|T\d)[0-9YMWDTHS.]*$`)
	isoDate    = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}(?:T[0-9:.]+(?:Z|[+-]\d{2}:\d{2})?)?$`)
	separators = regexp.MustCompile(`\s*(?:,|\band\b)\s*`)
)

// units are the words for units of time with their letter, and whether they stand behind the T of a duration.
var units = map[string]struct {
	letter string
	clock  bool
}{
	"second": {"S", true}, "seconds": {"S", true}, "minute": {"M", true}, "minutes": {"M", true}, "hour": {"H", true}, "hours": {"H", true},
	"day": {"D", false}, "days": {"D", false}, "week": {"W", false}, "weeks": {"W", false}, "month": {"M", false}, "months": {"M", false},
	"year": {"Y", false}, "years": {"Y", false},
}

// moment reads when a timer fires, and gives the text and the member of a BPMN timer for it. Repeat is whether it fires again and again, or
// after which time.
func moment(text, repeat string) (when, member string, ok bool) {
	when, ok = length(text)
	if !ok {
		isExpression := strings.HasPrefix(text, "#{") && strings.HasSuffix(text, "}")
		if !isExpression && !isoDate.MatchString(text) {
			return text, "timeDuration", false
		}
		return text, "timeDate", true
	}
	if every, found := length(repeat); found {
		return "R/" + every, "timeCycle", true
	}
	if on, err := strconv.ParseBool(strings.ToLower(repeat)); err == nil && on {
		return "R/" + when, "timeCycle", true
	}
	return when, "timeDuration", true
}

// length reads "3 days", "1 hour, 30 minutes", or a duration that is ISO 8601 already.
func length(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if isoLength.MatchString(text) {
		return text, true
	}
	var date, clock string
	for _, part := range separators.Split(strings.ToLower(text), -1) {
		found := amount.FindStringSubmatch(part)
		if found == nil {
			return "", false
		}
		unit, known := units[found[2]]
		switch {
		case !known:
			return "", false
		case unit.clock:
			clock += found[1] + unit.letter
		case unit.letter == "W":
			weeks, err := strconv.Atoi(found[1])
			if err != nil {
				return "", false
			}
			date += strconv.Itoa(7*weeks) + "D"
		default:
			date += found[1] + unit.letter
		}
	}
	if clock != "" {
		clock = "T" + clock
	}
	return "P" + date + clock, true
}
