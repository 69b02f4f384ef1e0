// Package ingestor is the HTTP door: it takes events in, and answers only after they
// are kept.
//
//	POST /v1/events                    one event; 202 after it is stored, or with ?wait=5s
//	                                   200 with the decision
//	GET  /v1/decisions/{source}/{id}   the decision in effect
//	GET  /problems/{name}              what a kind of problem means
//
// Whatever is refused is refused with a problem document (RFC 9457) that says what
// is wrong and where; docs/api.md lists them. What is accepted is on the stream: a
// 2xx is never sent before the publisher said so. Sending the same event again is
// harmless and answers the same. The same identity with other content is refused as
// long as the door remembers it; beyond that, the screener finds it.
//
// The door defends itself: bearer tokens bound to sources, a rate for each, bounded
// bodies, bounded memory for all bodies together, bounded concurrency, slow clients
// cut, and a panic answered like any other fault. Neither logs nor problems repeat
// what an event says of its parties.
//
// The package knows neither NATS nor Redis: [Publisher], [Answers], [Decisions] and
// [Tokens] are small interfaces that package app fills.
//
//	door, err := ingestor.New(ingestor.DefaultConfig(), dependencies)
//	…
//	err = door.Start(ctx)
//	defer door.Stop(stopping)
package ingestor
