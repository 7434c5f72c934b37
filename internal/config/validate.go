package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"provost/internal/secret"
)

// InvalidError is a setting that cannot be used. Its sentence names the flag, its twin in
// the environment and what to write.
type InvalidError struct {
	// Flag is the name without the leading dashes.
	Flag string
	// Problem goes on after the name: "is needed: …". It never quotes a secret.
	Problem string
}

// Error returns the sentence.
func (e *InvalidError) Error() string {
	return fmt.Sprintf("--%s (%s) %s", e.Flag, EnvName(e.Flag), e.Problem)
}

// EnvName returns the environment variable that stands for a flag.
func EnvName(flag string) string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func oneOf(flag, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return &InvalidError{flag, fmt.Sprintf("is %q, but must be one of %s", value, strings.Join(allowed, ", "))}
}

func notEmpty(flag, value string) error {
	if value != "" {
		return nil
	}
	return &InvalidError{flag, "must not be empty"}
}

func atLeast(flag string, value, least int64) error {
	if value >= least {
		return nil
	}
	return &InvalidError{flag, fmt.Sprintf("is %d, but must be at least %d", value, least)}
}

func longerThanZero(flag string, value time.Duration) error {
	if value > 0 {
		return nil
	}
	return &InvalidError{flag, fmt.Sprintf("is %s, but must be longer than zero, such as 15s", value)}
}

// hostPort accepts the empty string: whether a setting is needed depends on the command.
func hostPort(flag, value, example string) error {
	if value == "" {
		return nil
	}
	_, port, err := net.SplitHostPort(value)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return &InvalidError{flag, fmt.Sprintf("is %q, but must be host:port, such as %s", value, example)}
	}
	return nil
}

func webURL(flag, value string) error {
	if value == "" {
		return nil
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return &InvalidError{flag, fmt.Sprintf("is %q, but must be an address such as https://idm.example.com", value)}
	}
	return nil
}

// postgresURL never quotes the value: it holds a password.
func postgresURL(flag string, value secret.Value) error {
	if value.Empty() {
		return nil
	}
	u, err := url.Parse(value.Reveal())
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return &InvalidError{flag, "must be of the form postgres://user:password@host/database, with special characters of the password percent-encoded"}
	}
	return nil
}

func together(flag, value, otherFlag, otherValue string) error {
	if (value == "") == (otherValue == "") {
		return nil
	}
	if value == "" {
		flag, otherFlag = otherFlag, flag
	}
	return &InvalidError{flag, fmt.Sprintf("needs --%s (%s) as well", otherFlag, EnvName(otherFlag))}
}
