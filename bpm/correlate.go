package bpm

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// MaxKey is how many characters the key of a message may have.
const MaxKey = 255

// readKey reads what the script of a key came to: a text, or a number as it is written.
func readKey(value json.RawMessage) (string, error) {
	var key string
	if err := json.Unmarshal(value, &key); err != nil {
		var number *json.Number
		if json.Unmarshal(value, &number) != nil || number == nil {
			return "", fmt.Errorf("its script came to %s: it has to come to a text or a number", clip(string(value)))
		}
		key = number.String()
	}
	switch {
	case key == "" || string(value) == "null":
		return "", errors.New("its script came to nothing: a message would be anybody's")
	case utf8.RuneCountInString(key) > MaxKey:
		return "", fmt.Errorf("it is longer than %d characters", MaxKey)
	}
	return key, nil
}

// badKey is the fault of an event whose key cannot be one.
func badKey(n *Node, err error) Fault {
	return Fault{Code: "bad-key", Message: fmt.Sprintf("The key of the message of %s cannot be used: %v.", n.ID, err)}
}
