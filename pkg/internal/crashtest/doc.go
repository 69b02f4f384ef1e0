// Package crashtest kills Chokepoint while it works and then counts what is left.
//
// Its test builds the programs, starts a real nats-server and a real redis-server, and
// runs an ingestor, two screeners and two notifiers as processes of their own. While
// thousands of invented events are posted over HTTP, each of them is ended with SIGKILL
// and started again, and Redis is emptied with FLUSHALL. When everything has come to
// rest, the promises of docs/architecture.md are checked one by one (audit_test.go):
//
//   - every event that was answered 202 is stored and has a decision or, where it was
//     poison or contradicted an earlier one, a dead letter; `audit reconcile` agrees;
//   - every decision recomputes to the byte (`verify`);
//   - every listed party was held and has one open case, with every event in it, on one
//     queue;
//   - nobody looks new because Redis was empty, and after `history rebuild` history
//     knows every event again.
//
// Nothing here knows how the programs work inside: they are fed over HTTP, asked through
// their commands, and read through the streams that people read too. A test of one
// failure in isolation stands beside it (outage_test.go).
//
// Without nats-server (in NATS_SERVER or on the PATH) or redis-server the tests are
// skipped with the reason, and fail where CI=true. CHOKEPOINT_CRASH_EVENTS posts more
// events than the usual number, -short fewer.
package crashtest
