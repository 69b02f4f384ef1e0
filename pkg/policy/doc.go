// Package policy turns what was found into what follows, by a file that a
// compliance officer can read and change.
//
// A policy answers four questions. From which score is a name a hit
// ([Policy.Thresholds])? What does a listing demand of this event, given whom it
// binds ([Policy.Effect])? May these goods go where they go ([Policy.Embargoes])?
// And how much do the red flags weigh together ([Policy.Weigh],
// [Policy.OutcomeOf])? The first three are law and hold alone; the last is
// judgement, and reaches an alert at most.
//
//	rules, err := policy.Parse(file)          // every fault of the file at once
//	flags := redflag.Evaluate(redflag.Input{Event: event, Facts: facts, Sets: rules.Sets()})
//	weighted, risk := rules.Weigh(flags, facts)
//	outcome := rules.OutcomeOf(risk)          // pass or alert
//
// The file is YAML, read strictly: an unknown member, a name written twice, a
// measure or a flag without a rule are faults, and all of them are reported with
// their lines. [Default] is the policy built in; its numbers and reasons stand in
// default.yaml and docs/policy.md.
//
// A policy's version is its digest, the SHA-256 of the file as it is stored: what
// an examiner is shown and what a decision names are the same bytes, and sha256sum
// proves it. So a changed comment is another version, which is what one wants of a
// comment that gives the reason for a number.
//
// The package is pure: no I/O, no clock, no logging.
package policy
