// Package escalate decides where a case goes and tells people of it: which queue
// it stands on ([Routes]), which notices it is due ([Due]), and how a notice
// reaches its receiver ([Pipeline]).
//
// A notice passes through stages, one file each, in this order:
//
//	dedup_stage   has the receiver been told already? If not, take a lease on telling it
//	retry_stage   tell it, again and again with growing pauses, until it accepts or refuses
//	letter_stage  what is refused for good becomes a dead letter
//	record_stage  write down that it was told, or that it refused
//
// Delivery is at least once. A notice has one key ([Notice.Key]) made of its group,
// its step and its receiver, the same at every attempt and from every replica, so
// that a receiver can drop what it has seen. Between replicas the dedup stage holds
// a lease with an end in the ledger of notifications: normally one replica tells
// the receiver and the others know; when it dies in between, the lease runs out and
// another one tells it again rather than nobody.
//
// A [Receiver] has one method. What it returns decides what happens next: nil is
// delivered, [Permanent] is never tried again, [RetryAfter] is tried when the
// receiver asked for it, and any other error is tried again after a while.
//
//	pipeline, err := escalate.NewPipeline(config, escalate.Deps{Receivers: …, Ledger: …, Letters: …, Clock: time.Now})
//	for _, notice := range escalate.Due(state, route) {
//		result, err := pipeline.Notify(ctx, notice)
//	}
//
// The package talks to the world only through the interfaces it is given, and
// reads the time only from the clock it is given; it waits by real timers.
package escalate
