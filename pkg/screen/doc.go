// Package screen turns an event into a decision. It is where the name engine, the
// red flags and the policy meet, and nowhere else does anything decide.
//
// An [Engine] is one snapshot of the control lists, compiled, with one policy. It
// is immutable and safe for concurrent use: a worker that gets newer lists makes a
// new engine beside the old one and swaps a pointer.
//
//	engine, err := screen.New(snapshot, policy)
//	decided, encoded, err := engine.Screen(screen.Input{
//		Event: event, Digest: digest, Trigger: decision.TriggerEvent, Time: now, Facts: facts,
//	})
//	fmt.Print(screen.Explain(event, decided))
//
// The order of work is the order of the design (§7):
//
//   - every party, bank, ship and end user is searched in the lists (subjects.go);
//   - what a hit forbids is asked of the policy, measure by measure, and so are
//     embargoed destinations (prohibitions.go); a prohibition holds alone;
//   - the red flags are evaluated and weighed; no flag holds alone;
//   - the worst of all that is the outcome, with its reasons in words.
//
// [Engine.Verify] recomputes a decision that was made and says whether it is the
// same to the byte. The package is pure: no I/O, no clock, no logging; the time of
// the decision and the facts of history are parameters.
package screen
