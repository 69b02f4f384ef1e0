// Package decision holds the words every part of Chokepoint shares about what was
// decided and why: [Decision], [Match], [Flag], [Prohibition], [Facts].
//
// A decision is a pure function of its recorded inputs: the event, the trigger,
// the time, the lists, the exceptions and the policy by digest, the engine's
// version, and the facts read from history, which are written into it. So anyone
// who holds those inputs can recompute it to the byte, and [Decision.Seal] gives
// it a digest to compare. Scores and risk are whole numbers of basis points
// ([BasisPoints]): floating point differs between processors, and a score that
// cannot be reproduced cannot be defended.
//
// Nothing here decides. Matching is package match, rules are package redflag,
// weighing is package policy, and putting it together is package screen.
package decision
