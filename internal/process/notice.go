package process

// Escalation says who is asked from the due date of a task on.
type Escalation struct {
	// Replace takes the task from those who were asked before.
	Replace bool        `json:"replace"`
	To      []Principal `json:"to"`
	// Unknown are names that nobody goes by.
	Unknown []string `json:"unknown"`
}

// Letter is a notice as the definition of a task writes it.
type Letter struct {
	Subject string `json:"subject"`
	Text    string `json:"text"`
	// Shortcut adds a link by which those who are asked decide without signing in.
	Shortcut bool `json:"shortcut"`
}
