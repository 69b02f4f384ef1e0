// Package scenario tells stories to the whole of Chokepoint in one process, and
// compares what happens with what is written down.
//
// A story is a file in testdata. Each paragraph is a command, its input, four dashes
// and what it printed; `go test ./pkg/internal/scenario -rewrite` writes down what happens
// now, for a person to read before it is believed. A story starts from nothing: NATS
// runs inside the test on a folder of its own, ingestor, screener and notifier are those
// of `chokepoint up`, and events go in over HTTP.
//
//	start [redis] [duplicate-window=2s]   run everything; with redis, a real redis-server
//	restart                               end everything in good order, NATS too, and start again
//	lists [file=NAME] [filler=N] [cut=N]  publish an invented list, with N invented entries more, or its last N bytes cut off
//	ready [yes]                           what /readyz answers; yes waits until it is 200
//	post [no-wait]                        post an event and print the decision
//	decision ID [revision=N]              wait for the decision on an event
//	poison [kind=payment]                 store bytes in EVENTS as no ingestor would
//	flush                                 empty Redis
//	outlive                               wait until NATS has forgotten which events it saw
//	rebuild                               rebuild history
//	queue NAME, cases, deadletters        what stands there, when everything has come to rest
//	reconcile, verify                     what the operator's commands answer
//
// Output leaves out what differs from run to run (times, digests, list versions) and what
// belongs to others' tests (scores): a story is about what happens to an event.
package scenario
