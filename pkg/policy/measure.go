package policy

import (
	"chokepoint/pkg/decision"
	"chokepoint/pkg/redflag"
	"chokepoint/pkg/trade"
)

// MeasureUnknown names the rules for a listing whose measure is unknown or not
// among those the policy knows.
const MeasureUnknown = "unknown"

// measures are the measures a listing can have, as package controllist names them,
// and unknown. A policy must have rules for each.
var measures = []string{
	"freeze", "reject", "debt_or_equity_limit", "securities_ban", "correspondent_account_limit",
	"licence_requirement", "denial_order", "unverified", "export_restriction", "internal", MeasureUnknown,
}

// Nexuses: what ties an event to a law. Several can hold at once.
const (
	// NexusUSPerson: the handler says that it is a US person.
	NexusUSPerson = "us_person"
	// NexusUSPersonUnknown: nobody said whether the handler is one.
	NexusUSPersonUnknown = "us_person_unknown"
	// NexusUSDollar: the payment, or the goods' value, is in US dollars, which clear
	// through banks in the United States.
	NexusUSDollar = "us_dollar"
	// NexusEARItem: goods are subject to the Export Administration Regulations as far
	// as the event tells: they have an ECCN or are EAR99, were made in the United
	// States or set out from there, or are on the Common High Priority List, whose
	// codes stand in Supplement No. 7 to part 746 and draw in foreign-made goods too.
	NexusEARItem = "ear_item"
	// NexusEARItemUnknown: the event does not say enough to tell: a payment, a
	// shipment without goods, or goods of unknown origin without an ECCN.
	NexusEARItemUnknown = "ear_item_unknown"
	// NexusControlledGoods: goods are on the Common High Priority List or have an ECCN
	// of the Commerce Control List, whoever's law applies.
	NexusControlledGoods = "controlled_goods"
	// NexusAny always holds.
	NexusAny = "any"
)

// nexuses lists them in the order in which decisions name them.
var nexuses = []string{
	NexusUSPerson, NexusUSPersonUnknown, NexusUSDollar, NexusEARItem, NexusEARItemUnknown,
	NexusControlledGoods, NexusAny,
}

const usDollar = "USD"

// Effect returns what a listing's measure demands of an event: the worst that any
// nexus of the event brings with it, the nexuses that bring it, and the law of the
// first of them. [decision.OutcomePass] means that the listing forbids nothing here
// and is a note. A measure that the policy does not know, the empty one too, is
// judged by the rules of [MeasureUnknown].
func (p *Policy) Effect(measure string, event trade.Event) (effect decision.Outcome, nexus []string, citation string) {
	found, ok := p.measures[measure]
	if !ok {
		found = p.measures[MeasureUnknown]
	}
	held := nexusOf(event)
	for _, rule := range found.rules {
		switch {
		case !held[rule.nexus] || rule.effect < effect:
			continue
		case rule.effect > effect:
			effect, nexus, citation = rule.effect, nil, rule.citation
		case rule.nexus == NexusAny:
			// Something more telling brings the same.
			continue
		}
		nexus = append(nexus, rule.nexus)
	}
	return effect, nexus, citation
}

// nexusOf returns what ties an event to which law.
func nexusOf(event trade.Event) map[string]bool {
	lines := redflag.Lines(event)
	ear := earItem(event, lines)
	return map[string]bool{
		NexusUSPerson:        event.Handler.USPerson != nil && *event.Handler.USPerson,
		NexusUSPersonUnknown: event.Handler.USPerson == nil,
		NexusUSDollar:        inDollars(event),
		NexusEARItem:         ear,
		NexusEARItemUnknown:  !ear && earUnknown(event, lines),
		NexusControlledGoods: controlled(lines),
		NexusAny:             true,
	}
}

func inDollars(event trade.Event) bool {
	if event.Payment != nil && event.Amount != nil && event.Amount.Currency == usDollar {
		return true
	}
	if event.Shipment == nil {
		return false
	}
	for i := range event.Goods {
		if value := event.Goods[i].Value; value != nil && value.Currency == usDollar {
			return true
		}
	}
	return false
}

func earItem(event trade.Event, lines []redflag.Line) bool {
	if event.Shipment == nil {
		return false
	}
	if event.Route != nil {
		origin := redflag.CountryOfPlace(event.Route.Origin)
		if origin == "" && len(event.Route.Legs) > 0 {
			origin = redflag.CountryOfPlace(event.Route.Legs[0].From)
		}
		if origin == "US" {
			return true
		}
	}
	for _, line := range lines {
		if line.Origin == "US" || line.ECCN != "" || line.Class == redflag.ClassControlled {
			return true
		}
	}
	return false
}

func earUnknown(event trade.Event, lines []redflag.Line) bool {
	if event.Shipment == nil || len(lines) == 0 {
		return true
	}
	for _, line := range lines {
		if line.Origin == "" {
			return true
		}
	}
	return false
}

func controlled(lines []redflag.Line) bool {
	for _, line := range lines {
		if line.Class == redflag.ClassControlled {
			return true
		}
	}
	return false
}
