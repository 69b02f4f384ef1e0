package redflag

import (
	"slices"
	"strings"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/trade"
)

// Input is what the rules see.
type Input struct {
	// Event is the event, decoded.
	Event trade.Event
	// Facts are what history knew before it.
	Facts decision.Facts
	// Sets are the country sets, dates and limits of the policy ([DefaultSets]).
	Sets Sets
}

// maxEvidence bounds the pieces of evidence of one flag: a shipment of thousands of
// lines must not make a decision of megabytes. The explanation counts all of them.
const maxEvidence = 12

// Groups are the families of flags. Of each group a policy counts only the
// strongest flag.
const (
	GroupGoods   = "goods"
	GroupRoute   = "route"
	GroupParty   = "party"
	GroupHistory = "history"
)

// Evaluate returns the flags that fire on the event, sorted by code, each at most
// once, with Weight 0: weighing is the policy's. The same input gives the same
// flags. Payments fire nothing yet: what the rules here look at, goods and a route,
// a payment does not carry.
func Evaluate(in Input) []decision.Flag {
	if in.Event.Shipment == nil {
		return nil
	}
	seen := read(&in)
	var flags []decision.Flag
	flags = append(flags, goodsFlags(seen)...)
	flags = append(flags, routeFlags(seen)...)
	flags = append(flags, partyFlags(seen)...)
	flags = append(flags, historyFlags(seen)...)
	addRecord(seen, flags)
	slices.SortFunc(flags, func(a, b decision.Flag) int { return strings.Compare(a.Code, b.Code) })
	return flags
}

// Rule is one flag that can fire.
type Rule struct {
	// Code is the flag's code, Group its family.
	Code, Group string
	// Citation is the regulator's text.
	Citation string
	// Meaning says in a few words when it fires.
	Meaning string
}

// Rules lists every flag that can fire, sorted by code. A policy gives each a
// weight.
func Rules() []Rule {
	rules := slices.Concat(goodsRules, routeRules, partyRules, historyRules)
	slices.SortFunc(rules, func(a, b Rule) int { return strings.Compare(a.Code, b.Code) })
	return rules
}

// flag makes the flag of a code with that rule's group and citation.
func flag(rules []Rule, code, explanation string, evidence []decision.Evidence) decision.Flag {
	at := slices.IndexFunc(rules, func(rule Rule) bool { return rule.Code == code })
	if len(evidence) > maxEvidence {
		evidence = evidence[:maxEvidence]
	}
	return decision.Flag{
		Code: code, Group: rules[at].Group, Citation: rules[at].Citation,
		Explanation: explanation, Evidence: evidence,
	}
}
