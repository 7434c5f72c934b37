// Package filter is the one query language of Provost: the filter of SCIM (RFC 7644 §3.4.2.2), used by the advanced
// search (guide 091), REST, scripts, role rules and pickers.
//
// A text is parsed once into a small typed tree ([Parse]), which can be
//
//   - printed in its canonical form ([Node.String]; parsing that form yields the same tree),
//   - checked against the attributes a person may use ([Schema.Check]),
//   - evaluated over an object in memory ([Match]), or
//   - compiled to a SQL condition with bind arguments only ([Compile]).
//
// Match and Compile agree on every rule: an attribute that holds nothing is null, `ne` is true for null, every other
// comparison with null is false, several values match when any one does, an empty list counts as null, and `not`
// is plain two-valued negation. Text is compared without regard to case unless its attribute is case-exact.
//
// A [Schema] names what may be asked. Secret or unreadable attributes are refused by name, so a filter cannot be used
// to guess what may not be read.
//
// The package is pure: standard library only, no input or output, no clock.
package filter
