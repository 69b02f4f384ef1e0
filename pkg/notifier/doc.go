// Package notifier turns decisions into cases on queues, and tells people of them.
//
// It consumes the decisions that are not "pass". For each it appends to the dockets
// of the keys it concerns (package casework) by compare-and-set, all of them in one
// atomic batch, puts what the queues should show, and hands over the notices that
// are due (package escalate). Only then is the decision acknowledged.
//
// # Why nothing is lost or doubled
//
// Records are the truth; everything else is made from them, never from the act of
// appending. So a crash between any two steps is repaired by doing the whole thing
// again: on redelivery the plan is empty, because the docket has taken the decision
// in, and the projection and the notices are made from the state as before.
//
// The queue is brought to what the state says by writing and then looking ([Queues])
// until nothing needs to be written. The look reads the records too: if another
// replica appended before it, we see that and write what it means; if it appends
// after our last look, its own projection comes after ours. Either way the last
// write shows the last state. This rests on reads that see every earlier append.
//
// Notices are told by a worker of their own, because a receiver that hangs must not
// stop the casework. They are not kept in any queue of ours: which are due follows
// from the state, which are told stands in the ledger, and a pass over all open
// cases at the start and every [Config.ReconcileEvery] finds what a crash left
// between the two. The same pass puts back what is missing on the queues.
//
// # Replicas
//
// Any number of notifiers share the work without knowing of each other. Two that
// touch one docket meet at the compare-and-set: the one that loses reads again and
// plans again. Within one process the work on a docket is serialised first, which
// spares the conflicts.
//
// A decision that is not the one in effect for its event and trigger (the first
// stored) is counted and otherwise ignored. A decision that can never be handled is
// returned as [PermanentError], for the caller to put with the dead letters.
package notifier
