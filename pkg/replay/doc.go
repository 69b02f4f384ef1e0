// Package replay goes over what is stored again: it proves that nothing went
// missing, that every decision can be reproduced, and rebuilds what is only a cache.
//
//   - [Reconciler] holds a bitmap of the sequences of EVENTS against those that
//     decisions and dead letters carry. An event without either is unaccounted for.
//   - [VerifyAll] recomputes every stored decision from its event, its list and its
//     policy, and compares bytes.
//   - [RebuildHistory] plays EVENTS into a history store from the first event on and
//     then marks the store complete.
//
// Everything that can be long takes a progress function. The package reads through
// small interfaces and does not know NATS.
package replay
