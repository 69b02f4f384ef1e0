// Command chokepoint is everything in one process, and the operator's commands.
//
//	chokepoint demo                 three shipments, three outcomes, explained
//	chokepoint up --lists DIR       ingestor, screener and notifier with NATS inside
//	chokepoint screen event FILE    what would be decided about an event, and why
//	chokepoint lists check          what a folder of publishers' files holds
//	chokepoint audit reconcile      proof that every event taken in has an answer
//
// Each command is one file here. Every command that prints results has --json; what
// takes longer than a second shows progress on a terminal and none in a pipe.
//
// Exit codes: 0 done, 1 the answer is no (a file refused, an event unaccounted
// for, a decision that is not a pass where one was asked for), 2 wrong use, 3 it
// could not be done.
package main
