package redflag

import (
	"fmt"
	"strings"

	"chokepoint/pkg/decision"
)

// recordPlace ends the place of the evidence that a party's record is long.
const recordPlace = "/events"

// recordPrefix begins its value.
const recordPrefix = "long record: "

// addRecord puts the receivers' records beside the flags that speak of where goods
// go and who gets them, when the record of every receiver is long: then a policy may
// let it weigh against the weak ones. One receiver without a long record, or one
// that history cannot answer for, and there is none: a new company does not hide
// behind an old one.
func addRecord(seen *reading, flags []decision.Flag) {
	record := seen.record()
	if len(record) == 0 {
		return
	}
	for i := range flags {
		if group := flags[i].Group; group == GroupRoute || group == GroupParty {
			// The record goes first to last, so that the limit never cuts it.
			keep := min(len(flags[i].Evidence), max(0, maxEvidence-len(record)))
			flags[i].Evidence = append(flags[i].Evidence[:keep:keep], record...)
		}
	}
}

func (r *reading) record() []decision.Evidence {
	limits := r.Sets.Record
	if limits.Events <= 0 || len(r.receivers) == 0 || len(r.receivers) >= maxEvidence {
		return nil
	}
	record := make([]decision.Evidence, 0, len(r.receivers))
	for _, receiver := range r.receivers {
		at, facts, ok := r.factsOf(receiver.Pointer)
		old := !facts.FirstSeen.IsZero() && !facts.FirstSeen.After(r.Event.Time.AddDate(0, 0, -limits.Days))
		if !ok || !old || facts.Events < limits.Events || facts.ControlledEvents < limits.ControlledEvents {
			return nil
		}
		record = append(record, decision.Evidence{
			Place: at + recordPlace,
			Value: fmt.Sprintf("%s%d events since %s, %d with listed goods", recordPrefix, facts.Events, day(facts.FirstSeen), facts.ControlledEvents),
		})
	}
	return record
}

// LongRecord returns what a flag's evidence says of a long honest record of
// everyone who receives the goods ("40 events since 2024-01-05, 12 with listed
// goods"), and whether it says so. [Evaluate] puts it there, because only it knows
// when the event was; what it counts for is the policy's.
func LongRecord(flag decision.Flag) (string, bool) {
	for _, evidence := range flag.Evidence {
		record, ok := strings.CutPrefix(evidence.Value, recordPrefix)
		if ok && strings.HasPrefix(evidence.Place, "facts:/parties/") && strings.HasSuffix(evidence.Place, recordPlace) {
			return record, true
		}
	}
	return "", false
}
