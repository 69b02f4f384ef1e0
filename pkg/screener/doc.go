// Package screener is the worker that turns events into decisions: it takes events
// from the bus, asks history for facts, screens, stores the decision, and only then
// acknowledges the event.
//
// A [Screener] has the process shape of every worker here: New wires and checks,
// Start begins, Stop drains. What it needs from NATS and Redis it says in small
// interfaces (dependencies.go), so that package app can give it the real ones and
// a test can give it others.
//
// # One decision in effect
//
// At least one decision is stored for each event and trigger; the first stored is
// the decision, and every reader ignores later ones. So before deciding an event
// that was delivered before, or that history has seen, the screener looks the
// decision up. A crash between storing and acknowledging therefore ends in a
// look-up, not in a second decision. An event whose identity was seen with other
// content is never taken for a duplicate: it is rejected and becomes a dead letter.
//
// # Lists
//
// Nothing is consumed before a list snapshot is loaded, verified and compiled:
// there is no moment in which an event could pass unscreened. A newer snapshot is
// compiled beside the running one and swapped in by a pointer; one that cannot be
// read leaves the old one in place and is counted (lists.go).
//
// # History that is gone
//
// When the history store does not answer, events are screened all the same, with
// facts that say "unavailable". Whether an event was decided before is then looked up
// on the bus, while the stream is short enough for that; beyond, a second copy is
// noticed when its decision is stored, for as long as the bus recognises duplicates. Events decided in
// the gap are missing from history, so the gap is noted on the bus first, and the
// store is told to call itself incomplete as soon as it answers again, by this process
// or by the next; facts stay unknown until history is rebuilt.
package screener
