// Package casework is the memory of what people have to look at: it turns
// decisions into cases, keeps every step of a case as a record that cannot be
// rewritten unseen, and says what a queue should show of a case now.
//
// # Keys, dockets and cases
//
// A decision that is not "pass" concerns one or more keys ([Key]): a party
// against an entry of a list, a party against a group of red flags, or, where no
// party can be named, the event itself. There is at most one open case per key.
//
// All records of one key, through all its successive cases, form one [Docket].
// The docket, not the case, is the unit of storage (one subject `cases.<docket>`)
// and of compare-and-set. That is what makes "one open case per key" hold between
// replicas without any index: two notifiers that both want to open a case must
// both append to the same docket behind the same last record, so exactly one of
// them succeeds, and the other reads again and joins. No cache is consulted, so
// none can be wrong. A case's id is its docket and its number in it
// ("C-2M7…-1"), so that whoever holds the id of a case can find its records, and
// two racing openers would even have chosen the same id.
//
// # Records
//
// A [Record] says who did what when: opened, joined, raised, noted, claimed or
// closed. Records that belong together (a decision joined and, by it, the severity
// raised) are written as lines of one message, so that one never stands without
// the other. Each record carries the digest of the one before it. An altered,
// removed or inserted record therefore breaks the chain at a place that
// [Docket.Apply] names. What a chain cannot see is its own tail cut off; that takes
// a copy of its head kept elsewhere.
//
// Each record made by a decision carries the decision's id: event, trigger and
// digest. A decision that a docket has already taken in plans nothing more, so a
// replay does nothing.
//
//	for _, touch := range casework.Touches(input, options) {
//		docket := casework.NewDocket(touch.Docket())
//		// … docket.Apply every stored message …
//		records := docket.Plan(touch, now) // nothing when it is a replay
//		data, err := docket.Encode(records) // chained; append by compare-and-set
//	}
//
// # What flags do
//
// A decision gives one flag case, not one for each group that fired: its key is
// the party and the group that weighs most, and the case shows all flags. Flags
// beside a hit get a case of their own only when their common risk is worth one
// ([Options.FlagRisk]); otherwise they are shown in the hit's case.
//
// # Revisions
//
// The highest revision of an event counts. A decision about a lower one than the
// docket has seen is noted, never ignored, and changes nothing else.
//
// The package is pure: no I/O, no clock, no logging. Time is a parameter.
package casework
