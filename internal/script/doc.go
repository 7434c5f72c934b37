// Package script evaluates the scripts of mappings, rules, triggers and processes outside the calling process.
//
// A Host keeps a pool of child processes that run `provost script-host` (ServeHost). A batch of calls goes to one
// child as a length-prefixed JSON frame, results and host calls come back the same way. Each call gets a fresh
// JavaScript world whose only way out are explicit functions; each call is bounded in time, memory and output, and a
// child that does not obey is killed and replaced without the other calls of the batch noticing.
//
// The host objects, the Java-style helpers and the class names are those of the guide, pages 045, 086, 087, 088 and
// 089, so that the samples printed there run as written; BeanShell is translated first (package beanshell).
// What is deliberately out of reach: files, commands, the network, any Java class not named by the guide.
package script
