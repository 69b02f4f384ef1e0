package redflag

import (
	"fmt"
	"strings"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/trade"
)

// The codes of the route family.
const (
	// CodeHub is a hub where the goods go or pass.
	CodeHub = "hub_route"
	// CodeHubInTransit is a hub the goods only pass on the way to a country of the
	// coalition.
	CodeHubInTransit = "hub_route.in_transit"
	// CodeHubCoalition is a hub that is itself of the coalition.
	CodeHubCoalition = "hub_route.coalition"
	// CodeHubUnclassified is a hub where nothing says what the goods are.
	CodeHubUnclassified = "hub_route.goods_unknown"
)

const citationHub = "FIN-2022-Alert003, red flag on transshipment corridors and note 21; FIN-2023-Alert004, note 21; " +
	"UK OTSI, Countering Russian sanctions evasion"

var routeRules = []Rule{
	{CodeHub, GroupRoute, citationHub, "listed or controlled goods from the coalition to a transshipment country"},
	{CodeHubInTransit, GroupRoute, citationHub, "such goods only pass a transshipment country on the way to the coalition"},
	{CodeHubCoalition, GroupRoute, citationHub, "such goods go to a transshipment country that is itself of the coalition"},
	{CodeHubUnclassified, GroupRoute, citationHub, "goods without a tariff code go to a transshipment country"},
}

// passage is a hub on the way.
type passage struct {
	Destination
	sets []string
}

// routeFlags fires when goods that come from the coalition, or were made in the
// United States, go to or through a country that an authority names as a common
// transshipment point. It fires only on goods that are listed or controlled, and
// more weakly where nothing says what they are: "uses trade corridors known to serve
// as possible transshipment points" is said of commodities of concern
// (FIN-2022-Alert003).
//
// Where the goods set out is no passage, though it be a hub: Taiwan is both in the
// coalition and on BIS's list of 2022.
func routeFlags(seen *reading) []decision.Flag {
	if !seen.sensitive && !seen.unclassified {
		return nil
	}
	source, sourceEvidence, ok := seen.source()
	if !ok {
		return nil
	}
	hubs := seen.hubs()
	if len(hubs) == 0 {
		return nil
	}
	code, hub := seen.gravestHub(hubs)
	what, goodsEvidence := seen.sensitiveGoods()
	evidence := []decision.Evidence{{Place: hub.Pointer, Value: hub.Value}, sourceEvidence}
	if goodsEvidence.Place != "" {
		evidence = append(evidence, goodsEvidence)
	}
	evidence = append(evidence, seen.receiverEvidence()...)
	return []decision.Flag{flag(routeRules, code, hubSentence(what, source, code, hub), evidence)}
}

func hubSentence(what, source, code string, hub passage) string {
	verb := "go to"
	switch {
	case hub.Transit:
		verb = "pass"
	case hub.Receiver:
		verb = "go to a receiver in"
	}
	sentence := fmt.Sprintf("%s %s %s %s, a transshipment point on %s", what, source, verb, hub.Country, strings.Join(hub.sets, ", "))
	switch code {
	case CodeHubInTransit:
		sentence += "; everyone who receives them is in the coalition"
	case CodeHubCoalition:
		sentence += ", itself of the coalition"
	}
	return sentence
}

// source says why the goods are such as the coalition controls: they set out from
// one of its countries, or were made in one. Unknown is no reason.
func (r *reading) source() (string, decision.Evidence, bool) {
	if origin := originOf(r.Event.Route); r.Sets.Coalition.Has(origin) {
		place := decision.Evidence{Place: "/route/origin", Value: r.Event.Route.Origin}
		if CountryOfPlace(r.Event.Route.Origin) == "" {
			place = decision.Evidence{Place: "/route/legs/0/from", Value: r.Event.Route.Legs[0].From}
		}
		return "from " + origin, place, true
	}
	for i, line := range r.lines {
		if r.Sets.Coalition.Has(line.Origin) && (line.sensitive() || r.unclassified) {
			return "made in " + line.Origin, decision.Evidence{Place: line.Pointer + "/origin", Value: r.Event.Goods[i].Origin}, true
		}
	}
	if r.Event.Route != nil && originOf(r.Event.Route) != "" {
		return "", decision.Evidence{}, false
	}
	// Without a route the shipper's country is the best there is.
	for i := range r.Event.Parties {
		party := &r.Event.Parties[i]
		if party.Role == trade.RoleShipper && r.Sets.Coalition.Has(countryOf(party)) {
			return "from " + countryOf(party), decision.Evidence{Place: fmt.Sprintf("/parties/%d", i), Value: countryOf(party)}, true
		}
	}
	return "", decision.Evidence{}, false
}

// hubs returns the hubs on the way, but for the country the goods set out from.
// Of the receivers only where consignees and end users are counts: a buyer may sit
// anywhere.
func (r *reading) hubs() []passage {
	origin := originOf(r.Event.Route)
	buyers := map[string]bool{}
	for _, receiver := range r.receivers {
		if receiver.Party.Role == trade.RoleBuyer {
			buyers[receiver.Pointer] = true
		}
	}
	var hubs []passage
	for _, place := range r.destinations {
		if place.Country == "" || place.Country == origin {
			continue
		}
		if place.Receiver && buyers[pointerOfParty(place.Pointer)] {
			continue
		}
		if sets := r.Sets.hubNames(place.Country); sets != nil {
			hubs = append(hubs, passage{Destination: place, sets: sets})
		}
	}
	return hubs
}

// gravestHub chooses the passage to tell of and the degree: a hub outside the
// coalition where goods end comes before one they pass, and that before a hub of
// the coalition.
func (r *reading) gravestHub(hubs []passage) (string, passage) {
	best, rank := hubs[0], 0
	for _, hub := range hubs {
		degree := 1
		switch {
		case r.Sets.Coalition.Has(hub.Country):
		case hub.Transit && r.endsInCoalition():
			degree = 2
		case hub.Transit:
			degree = 3
		default:
			degree = 4
		}
		if degree > rank {
			best, rank = hub, degree
		}
	}
	switch {
	case r.unclassified:
		return CodeHubUnclassified, best
	case rank == 1:
		return CodeHubCoalition, best
	case rank == 2:
		return CodeHubInTransit, best
	default:
		return CodeHub, best
	}
}

// endsInCoalition reports whether the goods are known to end in the coalition and
// nowhere else. Where nothing says where they end, they do not.
func (r *reading) endsInCoalition() bool {
	known := false
	for _, place := range r.destinations {
		if place.Transit {
			continue
		}
		if !r.Sets.Coalition.Has(place.Country) {
			return false
		}
		known = true
	}
	return known
}

// pointerOfParty cuts "/parties/1/country" down to "/parties/1".
func pointerOfParty(pointer string) string {
	rest, ok := strings.CutPrefix(pointer, "/parties/")
	if !ok {
		return ""
	}
	index, _, _ := strings.Cut(rest, "/")
	return "/parties/" + index
}
