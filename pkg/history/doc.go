// Package history turns events into what is known of their parties, references and
// lanes: the [decision.Facts] that red flags rest on.
//
// # What is remembered
//
// Every event belongs to a few keys ([Derive]): one for each party, one for each
// reference number, one for each lane (country of origin, country of destination,
// HS heading). A key is a SHA-256, so that neither a store nor a backup of it holds a
// name. Under each key stands a log: the first events that carried it, in the order in
// which they were observed, a few bytes each. All facts are read from logs.
//
// # What is counted
//
// A "thing" is a shipment or a payment whatever its revision: (source, id). Counts are
// of distinct things, so a shipment with five status updates is one event. Facts are
// those before the event: the things observed earlier, without the event itself and
// without its other revisions.
//
// Counts stop at [MaxCount]. What rules ask is "never", "a few times" or "a long
// record"; nobody asks whether it was 40,000 times or 41,000. Because of the limit a
// log never needs to hold more than a hundred things, so a carrier that is part of
// every shipment costs 1.2 KB and not a gigabyte, and counting stays exact: a set that
// knows its members cannot count one of them twice, which a bare counter does after
// every crash.
//
// # Two stores, one answer
//
// [Memory] keeps the logs in the process. Package cache keeps them in Redis. Both take
// records by Observe: write, then read, so that of two events in two processes at least
// one sees the other. An identity (source, id, revision) that comes again gets the very
// facts it got the first time. Both stores pass the suite in package historytest and
// give the same answers.
//
// A store begins incomplete: what it does not know may only be lost. Until MarkComplete
// is called, facts are unavailable rather than zero, because a store that was emptied
// would otherwise make everyone look new.
//
//	store, err := history.NewMemory(history.DefaultMemoryConfig())
//	...
//	err = store.MarkComplete(ctx) // after replaying the events there are
//	observations, err := store.Observe(ctx, []history.Record{{Event: event, Digest: digest}})
//	fmt.Println(observations[0].Facts.Parties[0].Events)
//
// The package is pure: no I/O, no clock, no logging. It imports trade, goods and decision.
package history
