package redflag

import (
	"fmt"
	"strings"
	"time"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/trade"
)

// The codes of the party family.
const (
	// The degrees of a young receiver, by its age when the event happened.
	CodeYoungUnder1    = "young_consignee.under_1_year"
	CodeYoungUnder3    = "young_consignee.under_3_years"
	CodeYoungOver3     = "young_consignee.over_3_years"
	CodeYoungPossible  = "young_consignee.possible"
	CodeForwarderFinal = "forwarder_final"
	CodeMissingEndUser = "missing_end_user"
)

const (
	citationYoung     = "FIN-2023-Alert004, p. 8-9, red flags 1 and 2: incorporated after 24 February 2022 in a country outside the GECC"
	citationForwarder = "FIN-2022-Alert003, p. 6, freight forwarders as final end customer; FIN-2023-Alert004, p. 9, red flag 7"
	citationEndUser   = "FIN-2023-Alert004, p. 9, red flag 5: no details of end users or end use"
)

var partyRules = []Rule{
	{CodeYoungUnder1, GroupParty, citationYoung, "a receiver of listed goods, outside the coalition, founded after the invasion and less than a year ago"},
	{CodeYoungUnder3, GroupParty, citationYoung, "the same, founded one to three years ago"},
	{CodeYoungOver3, GroupParty, citationYoung, "the same, founded more than three years ago"},
	{CodeYoungPossible, GroupParty, citationYoung, "the same, where the date given does not say whether it was before or after the invasion"},
	{CodeForwarderFinal, GroupParty, citationForwarder, "a forwarder, carrier, bank or mail centre is consignee, and nobody is named as end user"},
	{CodeMissingEndUser, GroupParty, citationEndUser, "listed goods leave the coalition and nobody is named as end user"},
}

// partyFlags fires for who receives the goods.
func partyFlags(seen *reading) []decision.Flag {
	var flags []decision.Flag
	flags = append(flags, youngFlags(seen)...)
	flags = append(flags, forwarderFlags(seen)...)
	flags = append(flags, endUserFlags(seen)...)
	return flags
}

// founding is how young a receiver is.
type founding struct {
	Receiver
	code string
	// days is how long after the invasion it was founded at the earliest, years its
	// age in whole years.
	days, years int
}

// youngFlags fires when a consignee, buyer or end user of listed goods is a company
// outside the coalition that was founded after the invasion of Ukraine. Companies
// founded in those weeks are what the alert describes; but the genuine ones among
// them grow up, so the degrees go by age, and a policy may weigh each by itself.
//
// A company whose founding is unknown fires nothing.
func youngFlags(seen *reading) []decision.Flag {
	invasion, ok := startOf(seen.Sets.FoundedAfter)
	if !ok || !seen.sensitive {
		return nil
	}
	var young []founding
	for _, receiver := range seen.receivers {
		if receiver.Country == "" || seen.Sets.Coalition.Has(receiver.Country) {
			continue
		}
		if found, ok := foundingOf(receiver, invasion, seen.Event.Time); ok {
			young = append(young, found)
		}
	}
	if len(young) == 0 {
		return nil
	}
	gravest := young[0]
	var evidence []decision.Evidence
	for _, found := range young {
		if youth(found.code) < youth(gravest.code) {
			gravest = found
		}
		evidence = append(
			evidence,
			decision.Evidence{Place: found.Pointer + "/incorporated", Value: string(found.Party.Incorporated)},
			decision.Evidence{Place: found.countryPlace(), Value: found.Country},
		)
	}
	what, at := seen.sensitiveGoods()
	evidence = append(evidence, at)
	return []decision.Flag{flag(partyRules, gravest.code, youngSentence(gravest, seen.Sets.FoundedAfter, what), evidence)}
}

// youth orders the degrees, the gravest first.
func youth(code string) int {
	for place, known := range []string{CodeYoungUnder1, CodeYoungUnder3, CodeYoungOver3, CodeYoungPossible} {
		if code == known {
			return place
		}
	}
	return len(partyRules)
}

func foundingOf(receiver Receiver, invasion, now time.Time) (founding, bool) {
	first, ok := startOf(receiver.Party.Incorporated)
	if !ok {
		return founding{}, false
	}
	last := endOf(receiver.Party.Incorporated, first)
	if !last.After(invasion) {
		return founding{}, false
	}
	found := founding{
		Receiver: receiver, code: CodeYoungOver3,
		days: int(first.Sub(invasion) / (24 * time.Hour)), years: yearsBetween(first, now),
	}
	switch {
	case !first.After(invasion):
		found.code = CodeYoungPossible
	case found.years < 1:
		found.code = CodeYoungUnder1
	case found.years < 3:
		found.code = CodeYoungUnder3
	}
	return found, true
}

func youngSentence(found founding, after trade.Date, what string) string {
	if found.code == CodeYoungPossible {
		return fmt.Sprintf("%s %q of %s, outside the coalition, receives %s and was incorporated in %s: before or after %s, the date does not say",
			roleWords(found.Receiver), found.Party.Name, found.Country, what, found.Party.Incorporated, after)
	}
	when := "on " + string(found.Party.Incorporated)
	if len(found.Party.Incorporated) < len(time.DateOnly) {
		when = "in " + string(found.Party.Incorporated)
	}
	return fmt.Sprintf("%s %q was incorporated %s, %s after %s, in %s, outside the coalition, and receives %s at the age of %s",
		roleWords(found.Receiver), found.Party.Name, when, count(found.days, "day"), after, found.Country, what, count(found.years, "year"))
}

// forwarderFlags fires when whom the goods are consigned to does not use goods: a
// forwarder, a carrier, a bank, a mail centre; and nobody else is named as end user.
// It is told by its role in the same event, by its industry, or by its name.
//
// Two things are ordinary and fire nothing: a master bill, which runs from forwarder
// to forwarder by its nature, and a bill to the order of a bank.
func forwarderFlags(seen *reading) []decision.Flag {
	if !seen.sensitive && !seen.unclassified || seen.masterBill() {
		return nil
	}
	for _, receiver := range seen.receivers {
		if receiver.Party.Role != trade.RoleConsignee || toOrder(receiver.Party.Name) || seen.hasEndUser(receiver.Party) {
			continue
		}
		why, at, ok := seen.intermediary(receiver)
		if !ok {
			continue
		}
		sentence := fmt.Sprintf("consignee %q %s, and nobody is named as end user", receiver.Party.Name, why)
		evidence := append([]decision.Evidence{{Place: receiver.Pointer + "/name", Value: receiver.Party.Name}}, at...)
		return []decision.Flag{flag(partyRules, CodeForwarderFinal, sentence, evidence)}
	}
	return nil
}

// masterBill reports whether the event speaks of a master bill and of no house bill.
func (r *reading) masterBill() bool {
	master := false
	for _, reference := range r.Event.References {
		switch {
		case strings.HasPrefix(reference.Type, "house_"), reference.Type == "hbl", reference.Type == "hawb":
			return false
		case strings.HasPrefix(reference.Type, "master_"), reference.Type == "mbl", reference.Type == "mawb":
			master = true
		}
	}
	return master
}

// hasEndUser reports whether somebody other than the consignee is named as end user,
// or a signed statement of the end use is on file.
func (r *reading) hasEndUser(consignee *trade.Party) bool {
	if r.Event.EndUse != nil && (r.Event.EndUse.Statement || named(r.Event.EndUse.EndUser, consignee)) {
		return true
	}
	for i := range r.Event.Parties {
		if r.Event.Parties[i].Role == trade.RoleEndUser && named(r.Event.Parties[i].Name, consignee) {
			return true
		}
	}
	return false
}

// named reports whether an end user's name says anything: it is not empty, nor the
// consignee's own where the consignee is one that uses nothing. Consignee may be nil.
func named(endUser string, consignee *trade.Party) bool {
	folded := fold(endUser)
	return folded != "" && (consignee == nil || folded != fold(consignee.Name))
}

// intermediary says why a consignee does not use goods itself.
func (r *reading) intermediary(receiver Receiver) (string, []decision.Evidence, bool) {
	for i := range r.Event.Parties {
		other := &r.Event.Parties[i]
		if other.Role != trade.RoleFreightForwarder && other.Role != trade.RoleCarrier {
			continue
		}
		if fold(other.Name) == fold(receiver.Party.Name) {
			return "is also the shipment's " + strings.ReplaceAll(string(other.Role), "_", " "),
				[]decision.Evidence{{Place: fmt.Sprintf("/parties/%d/role", i), Value: string(other.Role)}}, true
		}
	}
	if business, ok := tradeOfIndustry(receiver.Party.Industry); ok {
		return fmt.Sprintf("is a %s by its industry (%s)", business, receiver.Party.Industry),
			[]decision.Evidence{{Place: receiver.Pointer + "/industry", Value: receiver.Party.Industry}}, true
	}
	if receiver.Party.Kind == trade.PartyKindPerson {
		// People are named Bank and Spediteur.
		return "", nil, false
	}
	if business, word, ok := tradeOfName(receiver.Party.Name); ok {
		return fmt.Sprintf("is a %s by its name (%q)", business, word), nil, true
	}
	return "", nil, false
}

// endUserFlags fires when listed goods leave the coalition and the event names
// nobody who will use them. By itself it is weak: many honest papers leave it out.
func endUserFlags(seen *reading) []decision.Flag {
	if !seen.sensitive || seen.hasEndUser(nil) {
		return nil
	}
	for _, place := range seen.destinations {
		if place.Transit || place.Country == "" || seen.Sets.Coalition.Has(place.Country) {
			continue
		}
		what, at := seen.sensitiveGoods()
		evidence := append([]decision.Evidence{at, {Place: place.Pointer, Value: place.Value}}, seen.receiverEvidence()...)
		return []decision.Flag{flag(partyRules, CodeMissingEndUser,
			fmt.Sprintf("%s go to %s, outside the coalition, and nobody is named as end user", what, place.Country), evidence)}
	}
	return nil
}

// receiverEvidence names who receives the goods.
func (r *reading) receiverEvidence() []decision.Evidence {
	evidence := make([]decision.Evidence, 0, len(r.receivers))
	for _, receiver := range r.receivers {
		evidence = append(evidence, decision.Evidence{Place: receiver.Pointer + "/name", Value: receiver.Party.Name})
	}
	return evidence
}

func roleWords(receiver Receiver) string {
	return strings.ReplaceAll(string(receiver.Party.Role), "_", " ")
}
