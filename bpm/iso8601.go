package bpm

// isDuration reports whether a text is a duration as the engine reads it.
func isDuration(text string) bool {
	_, err := ParsePeriod(text)
	return err == nil
}

// isDate reports whether a text is a date, with or without time, as the engine reads it.
func isDate(text string) bool {
	_, err := ParseMoment(text)
	return err == nil
}

// isCycle reports whether a text is a repetition as the engine reads it.
func isCycle(text string) bool {
	_, err := ParseCycle(text)
	return err == nil
}
