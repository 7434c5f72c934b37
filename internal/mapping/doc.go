// Package mapping translates objects between Provost and the systems it manages, attribute by attribute (guide 045,
// "Attribute mapping"; guide 086 lists the attributes of the objects).
//
// An [ObjectMapping] binds one kind of object of a system to an [ObjectType] of Provost with [Row]s: the system's
// attribute on the left, an arrow, Provost's attribute on the right. A side is a path expression ([Path]), compiled once
// and evaluated in process, or, on the source side of a one-way row, a script. [Compile] checks a mapping and reports
// all of its faults at once; [Compiled.Out] and [Compiled.In] translate whole batches and hand every script of the batch
// to an [Evaluator] in a single call, so that script processes are asked once per batch and not once per attribute.
//
// The package also says when two values are the same for a managed system ([Equal], [Diff], [Hash]): a single value
// equals a list of one, lists are sets, "TRUE" from a directory equals true, and nothing equals the empty text.
//
// The package is pure: standard library only, no input or output, no clock, no script engine.
package mapping
