package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/redflag"
	"chokepoint/pkg/trade"
)

// RuleEmbargo is the rule of prohibitions that [Policy.Embargoes] returns.
const RuleEmbargo = "embargoed_destination"

// embargo is a destination that goods may not go to, and which goods.
type embargo struct {
	name      string
	countries []string
	// places are words of an address, cities whole cities, locodes places of a route;
	// addresses count within the countries of within, or where the country is unknown.
	places, cities, locodes, within []string
	// effects is what goods of a class demand, transit and authorised the most they
	// demand where they only pass, or a licence in force is named.
	effects             [3]decision.Outcome
	transit, authorised decision.Outcome
	citation, reason    string
}

// Embargoes returns a prohibition for each embargo of the policy that the goods of
// the event fall under, for the gravest of its destinations and lines: goods to an
// embargoed destination without an authorisation in force. What demands nothing is
// left out, and so is everything about payments, which carry no goods.
func (p *Policy) Embargoes(event trade.Event) []decision.Prohibition {
	destinations := redflag.Destinations(event)
	if len(destinations) == 0 {
		return nil
	}
	lines := redflag.Lines(event)
	licence := licenceInForce(event)
	var prohibitions []decision.Prohibition
	for i := range p.embargoes {
		if prohibition, ok := p.embargoes[i].judge(destinations, lines, licence); ok {
			prohibitions = append(prohibitions, prohibition)
		}
	}
	return prohibitions
}

// judge returns what the embargo demands, and whether it demands anything.
func (e *embargo) judge(destinations []redflag.Destination, lines []redflag.Line, licence string) (decision.Prohibition, bool) {
	worst := decision.Prohibition{Effect: decision.OutcomePass}
	for _, destination := range destinations {
		where, ok := e.covers(destination)
		if !ok {
			continue
		}
		if len(lines) == 0 {
			e.weigh(&worst, destination, redflag.Line{Pointer: destination.Pointer}, where, licence)
		}
		for _, line := range lines {
			e.weigh(&worst, destination, line, where, licence)
		}
	}
	return worst, worst.Effect > decision.OutcomePass
}

// weigh replaces the worst found so far by a line that goes to a destination, where
// that demands more.
func (e *embargo) weigh(worst *decision.Prohibition, to redflag.Destination, line redflag.Line, where, licence string) {
	demanded := e.effects[line.Class]
	if to.Transit {
		demanded = min(demanded, e.transit)
	}
	if licence != "" {
		demanded = min(demanded, e.authorised)
	}
	if demanded <= worst.Effect {
		return
	}
	*worst = decision.Prohibition{
		Rule: RuleEmbargo, Nexus: []string{NexusAny}, Subject: line.Pointer, Effect: demanded,
		Explanation: e.sentence(to, line, where, licence), Citation: e.citation,
	}
}

func (e *embargo) sentence(to redflag.Destination, line redflag.Line, where, licence string) string {
	what := "goods that nothing describes"
	if index, ok := strings.CutPrefix(line.Pointer, "/goods/"); ok {
		number, _ := strconv.Atoi(index)
		what = fmt.Sprintf("goods line %d (%s)", number+1, lineWords(line))
	}
	verb := "goes to"
	switch {
	case to.Transit:
		verb = "passes"
	case to.Receiver:
		verb = "goes to a receiver in"
	}
	if !strings.HasPrefix(line.Pointer, "/goods/") {
		verb = strings.NewReplacer("goes", "go", "passes", "pass").Replace(verb)
	}
	sentence := fmt.Sprintf("%s %s %s (%s), an embargoed destination (%s)", what, verb, where, to.Pointer, e.name)
	if licence != "" {
		return sentence + ", under the authorisation " + licence + ", which nobody has checked"
	}
	return sentence + ", and no authorisation in force is named"
}

func lineWords(line redflag.Line) string {
	var parts []string
	if line.HS6 != "" {
		parts = append(parts, "HS "+line.HS6)
	}
	if tier := line.Listing.Item.Tier; tier != "" {
		listed := "listed"
		if line.Listing.Possible {
			listed = "possibly listed"
		}
		parts = append(parts, listed+", tier "+string(tier))
	}
	if line.ECCN != "" {
		parts = append(parts, "ECCN "+line.ECCN)
	}
	if len(parts) == 0 {
		return "without a code"
	}
	return strings.Join(parts, ", ")
}

// covers reports whether a destination is under the embargo, and by which name.
func (e *embargo) covers(to redflag.Destination) (string, bool) {
	if slices.Contains(e.countries, to.Country) {
		return to.Country, true
	}
	if !to.Receiver && slices.Contains(e.locodes, to.Value) {
		return to.Value, true
	}
	if to.Address == nil || to.Country != "" && !slices.Contains(e.within, to.Country) {
		return "", false
	}
	if place, ok := redflag.NamesPlace(to.Address, e.places, true); ok {
		return place, true
	}
	return redflag.NamesPlace(to.Address, e.cities, false)
}

// licenceInForce names the first authorisation of a shipment that had not expired
// when the event happened. One without an end is in force.
func licenceInForce(event trade.Event) string {
	if event.Shipment == nil {
		return ""
	}
	today := event.Time.UTC().Format(time.DateOnly)
	for _, licence := range event.Authorisations {
		if licence.Authority == "" || licence.Number == "" {
			continue
		}
		last := string(licence.Expires)
		if last == "" || len(last) <= len(today) && today[:len(last)] <= last {
			return licence.Authority + " " + licence.Number
		}
	}
	return ""
}
