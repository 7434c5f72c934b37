package mapping

// TriggerCall is one object a trigger is asked about, in the words of the guide (045, "Triggers"). Source is nil for load triggers, Old for
// an object that is new, New for one that goes.
type TriggerCall struct {
	Source, Old, New map[string]any
}

// TriggerResult is what a trigger said about one object.
type TriggerResult struct {
	// OK is false when the trigger vetoed.
	OK bool
	// New is the new object as the trigger left it.
	New map[string]any
	// Err is why the trigger did not come to an end for this object.
	Err error
}
