package screen

import (
	"strconv"
	"strings"

	"chokepoint/pkg/controllist"
	"chokepoint/pkg/trade"

	"chokepoint/pkg/match"
)

// subject is one thing in an event that can be on a list.
type subject struct {
	// pointer is its JSON Pointer in the event.
	pointer string
	// role is its role there; rule is the prohibition's code if it is listed.
	role, rule string
	name       string
	query      match.Query
	// key tells it from other subjects.
	key string
}

// The codes of prohibitions that a listing causes. ruleFurther is that of the matches
// that are left out of a decision for their number.
const (
	ruleParty   = "listed_party"
	ruleAgent   = "listed_agent"
	ruleVessel  = "listed_vessel"
	ruleFurther = "further_matches"
)

// subjects lists what to search for, each different thing once, in the order of
// the event: parties, end user, agents, vessels.
func subjects(event *trade.Event) []subject {
	found := make([]subject, 0, len(event.Parties)+4)
	add := func(s subject) {
		if s.name == "" && len(s.query.Identifiers) == 0 {
			return
		}
		s.key = s.identify()
		for i := range found {
			if found[i].key == s.key {
				return
			}
		}
		found = append(found, s)
	}
	for i := range event.Parties {
		add(partySubject(i, &event.Parties[i]))
	}
	if shipment := event.Shipment; shipment != nil {
		if shipment.EndUse != nil && !namesParty(event, shipment.EndUse.EndUser) {
			add(subject{
				pointer: "/end_use/end_user", role: string(trade.RoleEndUser), rule: ruleParty,
				name: shipment.EndUse.EndUser, query: match.Query{Name: shipment.EndUse.EndUser},
			})
		}
		if shipment.Route != nil {
			for i := range shipment.Route.Legs {
				if vessel := shipment.Route.Legs[i].Vessel; vessel != nil {
					add(vesselSubject(i, vessel))
				}
			}
		}
	}
	if payment := event.Payment; payment != nil {
		for i := range payment.Agents {
			add(agentSubject(i, &payment.Agents[i]))
		}
	}
	return found
}

// identify gives the key that tells two subjects apart: the same company as shipper and
// as seller is searched once, the same name with another birth date is not.
func (s *subject) identify() string {
	var key strings.Builder
	key.WriteString(s.rule)
	write := func(part string) {
		key.WriteByte(0)
		key.WriteString(part)
	}
	write(s.name)
	write(string(s.query.Kind))
	for _, country := range s.query.Countries {
		write(country)
	}
	for _, date := range s.query.BirthDates {
		write(string(date))
	}
	for _, id := range s.query.Identifiers {
		write(string(id.Type))
		write(id.Country)
		write(id.Value)
	}
	for _, address := range s.query.Addresses {
		write(address.Street + "\x01" + address.City + "\x01" + address.PostalCode + "\x01" + address.Country)
	}
	return key.String()
}

// namesParty says whether a party of the event already bears the name, so that the
// end user named beside the goods is not a second hit of the same company.
func namesParty(event *trade.Event, name string) bool {
	for i := range event.Parties {
		if event.Parties[i].Name == name {
			return true
		}
	}
	return false
}

func partySubject(index int, party *trade.Party) subject {
	query := match.Query{Name: party.Name, Kind: listKind(party.Kind)}
	query.Countries = addCountry(query.Countries, party.Country)
	query.Countries = addCountry(query.Countries, party.Nationality)
	if address := party.Address; address != nil {
		query.Countries = addCountry(query.Countries, address.Country)
		query.Addresses = []controllist.Address{{
			Street: strings.Join(address.Lines, ", "), City: address.City,
			PostalCode: address.PostalCode, Country: address.Country,
		}}
	}
	if party.BirthDate != "" {
		query.BirthDates = []controllist.DateRange{controllist.DateRange(party.BirthDate)}
	}
	for _, id := range party.Identifiers {
		query.Identifiers = append(query.Identifiers, controllist.Identifier{
			Type: controllist.IdentifierType(id.Type), Value: id.Value, Country: id.Country,
		})
	}
	rule := ruleParty
	if party.Kind == trade.PartyKindVessel {
		rule = ruleVessel
	}
	return subject{
		pointer: "/parties/" + strconv.Itoa(index), role: string(party.Role), rule: rule,
		name: party.Name, query: query,
	}
}

func agentSubject(index int, agent *trade.Agent) subject {
	query := match.Query{Name: agent.Name, Kind: controllist.KindOrganization}
	query.Countries = addCountry(query.Countries, agent.Country)
	name := agent.Name
	if agent.BIC != "" {
		query.Identifiers = append(query.Identifiers, controllist.Identifier{Type: controllist.IdentifierBIC, Value: agent.BIC})
		if name == "" {
			name = agent.BIC
		}
	}
	if agent.LEI != "" {
		query.Identifiers = append(query.Identifiers, controllist.Identifier{Type: controllist.IdentifierLEI, Value: agent.LEI})
		if name == "" {
			name = agent.LEI
		}
	}
	return subject{
		pointer: "/agents/" + strconv.Itoa(index), role: string(agent.Role), rule: ruleAgent, name: name, query: query,
	}
}

func vesselSubject(leg int, vessel *trade.Vessel) subject {
	query := match.Query{Name: vessel.Name, Kind: controllist.KindVessel}
	query.Countries = addCountry(query.Countries, vessel.Flag)
	name := vessel.Name
	if vessel.IMO != "" {
		query.Identifiers = append(query.Identifiers, controllist.Identifier{Type: controllist.IdentifierIMO, Value: vessel.IMO})
		if name == "" {
			name = "IMO " + vessel.IMO
		}
	}
	if vessel.MMSI != "" {
		query.Identifiers = append(query.Identifiers, controllist.Identifier{Type: controllist.IdentifierMMSI, Value: vessel.MMSI})
		if name == "" {
			name = "MMSI " + vessel.MMSI
		}
	}
	return subject{
		pointer: "/route/legs/" + strconv.Itoa(leg) + "/vessel", role: "vessel", rule: ruleVessel, name: name, query: query,
	}
}

func listKind(kind trade.PartyKind) controllist.Kind {
	switch kind {
	case trade.PartyKindPerson:
		return controllist.KindPerson
	case trade.PartyKindOrganization:
		return controllist.KindOrganization
	case trade.PartyKindVessel:
		return controllist.KindVessel
	default:
		return controllist.KindUnknown
	}
}

func addCountry(countries []string, country string) []string {
	if country == "" {
		return countries
	}
	for _, known := range countries {
		if known == country {
			return countries
		}
	}
	return append(countries, country)
}
