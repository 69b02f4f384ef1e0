package trade

func (v *validator) parties(parties []Party) {
	v.enter("parties")
	v.count(len(parties), v.limits.Parties)
	for i := range parties {
		v.element(i)
		v.party(&parties[i])
		v.leave()
	}
	v.leave()
}

func (v *validator) party(p *Party) {
	switch {
	case p.Role == RoleUnknown:
		v.fault("role", required)
	case !p.Role.known():
		v.fault("role", "is not a role of a party")
	}
	v.name("name", p.Name)
	switch p.Kind {
	case PartyKindUnknown, PartyKindPerson:
	case PartyKindOrganization, PartyKindVessel:
		if p.BirthDate != "" {
			v.fault("birth_date", "belongs to a person only")
		}
		if p.Nationality != "" {
			v.fault("nationality", "belongs to a person only")
		}
	default:
		v.fault("kind", "must be person, organization or vessel")
	}
	v.country("country", p.Country)
	if p.Address != nil {
		v.address(p.Address)
	}
	v.identifiers(p.Identifiers)
	v.text("account", p.Account, 64)
	v.date("incorporated", p.Incorporated)
	v.text("industry", p.Industry, 200)
	v.date("birth_date", p.BirthDate)
	v.country("nationality", p.Nationality)
}

// name checks a party's name. One without a letter or digit could not be screened,
// and an event must not pass because there was nothing to compare.
func (v *validator) name(member, name string) {
	if isBlank(name) {
		v.fault(member, required)
		return
	}
	if !hasLetterOrDigit(name) {
		v.fault(member, "holds no letter and no digit")
	}
	v.text(member, name, 1_000)
}

func (v *validator) address(a *Address) {
	v.enter("address")
	v.enter("lines")
	v.count(len(a.Lines), v.limits.AddressLines)
	v.lines(a.Lines, 500)
	v.leave()
	v.text("city", a.City, 200)
	v.text("postal_code", a.PostalCode, 40)
	v.country("country", a.Country)
	v.leave()
}

func (v *validator) lines(lines []string, most int) {
	for i, line := range lines {
		v.element(i)
		v.text("", line, most)
		v.leave()
	}
}

func (v *validator) identifiers(identifiers []Identifier) {
	v.enter("identifiers")
	v.count(len(identifiers), v.limits.Identifiers)
	for i := range identifiers {
		v.element(i)
		v.pattern("type", identifiers[i].Type, isTypeName, typeMessage, true)
		v.requiredText("value", identifiers[i].Value, 200)
		v.country("country", identifiers[i].Country)
		v.leave()
	}
	v.leave()
}

func (v *validator) shipment(s *Shipment) {
	v.enter("goods")
	v.count(len(s.Goods), v.limits.Goods)
	for i := range s.Goods {
		v.element(i)
		v.goods(&s.Goods[i])
		v.leave()
	}
	v.leave()
	if s.Route != nil {
		v.route(s.Route)
	}
	if s.EndUse != nil {
		v.enter("end_use")
		v.text("end_user", s.EndUse.EndUser, 1_000)
		v.text("purpose", s.EndUse.Purpose, 2_000)
		v.leave()
	}
	v.enter("authorisations")
	v.count(len(s.Authorisations), v.limits.Authorisations)
	for i := range s.Authorisations {
		v.element(i)
		v.requiredText("authority", s.Authorisations[i].Authority, 100)
		v.requiredText("number", s.Authorisations[i].Number, 100)
		v.date("expires", s.Authorisations[i].Expires)
		v.leave()
	}
	v.leave()
}

func (v *validator) goods(g *Goods) {
	v.pattern("hs", g.HS, isHS, "must be 6 to 12 digits", false)
	v.text("description", g.Description, 10_000)
	v.text("eccn", g.ECCN, 40)
	v.country("origin", g.Origin)
	v.decimal("quantity", g.Quantity, false)
	v.text("unit", g.Unit, 20)
	if g.Value != nil {
		v.money("value", g.Value)
	}
}

func (v *validator) money(name string, m *Money) {
	v.enter(name)
	v.decimal("amount", m.Amount, true)
	v.pattern("currency", m.Currency, isCurrency, "must be an ISO 4217 code of three capital letters", true)
	v.leave()
}

func (v *validator) decimal(name string, d Decimal, need bool) {
	switch {
	case d == "":
		if need {
			v.fault(name, required)
		}
	case d[0] == '-' && isDecimal(string(d[1:])):
		v.fault(name, "must not be negative")
	case !isDecimal(string(d)):
		v.fault(name, "must be a decimal number with at most 18 digits before and 9 after the point")
	}
}

const placeMessage = "must be a UN/LOCODE: two letters of the country and three of the place"

func (v *validator) route(r *Route) {
	v.enter("route")
	v.pattern("origin", r.Origin, isPlace, placeMessage, false)
	v.pattern("destination", r.Destination, isPlace, placeMessage, false)
	v.enter("legs")
	v.count(len(r.Legs), v.limits.Legs)
	for i := range r.Legs {
		v.element(i)
		v.leg(&r.Legs[i])
		v.leave()
	}
	v.leave()
	v.country("final_country", r.FinalCountry)
	v.leave()
}

func (v *validator) leg(l *Leg) {
	v.pattern("from", l.From, isPlace, placeMessage, false)
	v.pattern("to", l.To, isPlace, placeMessage, false)
	v.pattern("mode", l.Mode, isMode, "must be sea, air, road, rail or inland_waterway", false)
	v.moment("departure", l.Departure, false)
	v.moment("arrival", l.Arrival, false)
	if l.Vessel == nil {
		return
	}
	v.enter("vessel")
	v.pattern("imo", l.Vessel.IMO, isIMO, "must be an IMO number of 7 digits", false)
	v.pattern("mmsi", l.Vessel.MMSI, isMMSI, "must be an MMSI of 9 digits", false)
	v.text("name", l.Vessel.Name, 200)
	v.country("flag", l.Vessel.Flag)
	v.leave()
}

func (v *validator) payment(p *Payment) {
	v.enter("agents")
	v.count(len(p.Agents), v.limits.Agents)
	for i := range p.Agents {
		v.element(i)
		v.agent(&p.Agents[i])
		v.leave()
	}
	v.leave()
	if p.Amount != nil {
		v.money("amount", p.Amount)
	}
	v.enter("remittance")
	v.count(len(p.Remittance), v.limits.Remittance)
	v.lines(p.Remittance, 10_000)
	v.leave()
	v.text("purpose", p.Purpose, 500)
}

func (v *validator) agent(a *Agent) {
	switch {
	case a.Role == AgentRoleUnknown:
		v.fault("role", required)
	case !a.Role.known():
		v.fault("role", "is not a role of an agent")
	}
	v.pattern("bic", a.BIC, isBIC, "must be a BIC of 8 or 11 characters", false)
	v.pattern("lei", a.LEI, isLEI, "must be an LEI of 20 characters", false)
	v.text("name", a.Name, 1_000)
	v.country("country", a.Country)
}
