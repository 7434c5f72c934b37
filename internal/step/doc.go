// Package step does what the steps of processes say: it runs their scripts, finds the people who are asked, and carries out what they
// decided. The workflow of a process calls it through activities; it acts for the platform, and every change it makes names the process as
// its origin.
//
// A fault is an answer: it becomes a failure that a definition may catch, or an incident. Every other error is worth a retry.
package step
