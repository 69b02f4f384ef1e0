// Package bus is everything Chokepoint does on NATS JetStream, and the only
// package that imports a NATS client.
//
// NATS is the record: an event, a decision or a case that is stored here exists,
// and nothing else does. The streams and buckets, their subjects and what each of
// them promises are in [Bus.Ensure]; a worker calls it once after [Connect].
//
//	b, err := bus.Connect(ctx, config, logger)
//	if err != nil {
//		return err
//	}
//	defer b.Close()
//	if err := b.Ensure(ctx); err != nil {
//		return err // names stream, field, what it has and what we want
//	}
//	receipts := b.PublishEvents(ctx, events) // returns after the acknowledgements
//
// # What is promised
//
// A [Receipt] without an error means that the server has stored the message. An
// error means that it may or may not be stored: publish it again, the server
// recognises it by its identity for [Config.DuplicateWindow].
//
// A consumer gets every message at least once. What the [Handler] says about a
// message is its verdict: nil acknowledges it, an error made by [Permanent] moves
// it to the stream DEADLETTERS and ends it, every other error brings it again
// after a growing delay, for ever. That distinction is made here and nowhere
// else. A panic is a failure of its message alone, and permanent when repeated.
//
// At least one decision is stored for each event and trigger. The first stored is
// the decision; [Bus.LookupDecision] finds it.
//
// # What is not here
//
// Nothing here knows what an event or a case contains: payloads are bytes. The
// package reads no clock to decide anything, and no payload is ever logged.
package bus
