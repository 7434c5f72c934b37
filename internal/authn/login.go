package authn

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// MaxLoginName is the longest login name that is looked up, in bytes.
const MaxLoginName = 256

// NormalizeLogin returns the form of a login name by which users are found, so that Ann,
// ann and " ANN " are one person however her keyboard writes accents: trimmed, composed
// and width-folded (NFKC), case-folded. A name that is too long, or holds what cannot be
// part of one, becomes empty, which finds nobody.
func NormalizeLogin(name string) string {
	if len(name) > MaxLoginName {
		return ""
	}
	folded := norm.NFKC.String(cases.Fold().String(norm.NFKC.String(strings.TrimSpace(name))))
	if strings.ContainsFunc(folded, notInLogin) {
		return ""
	}
	return folded
}

// notInLogin finds control characters, and the replacement character that stands for
// bytes which are not UTF-8.
func notInLogin(r rune) bool {
	return r < ' ' || r == 0x7f || r == '\uFFFD'
}
