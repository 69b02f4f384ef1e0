// Package redflag holds the red flags: rules that look at an event and at what
// history knew of its parties, and say what they saw, where it stands and which
// regulator named it.
//
// A flag is a reason to look, never a finding. The alerts it comes from say that
// no single red flag is necessarily indicative, and so no rule here decides
// anything: [Evaluate] returns what fired, and package policy weighs it.
//
//	flags := redflag.Evaluate(redflag.Input{Event: event, Facts: facts, Sets: redflag.DefaultSets()})
//
// The rules stand in one file per family: goods.go, route.go, party.go and
// history.go; [Rules] lists them with their sources. What grows weaker or stronger
// with a circumstance has a code for each degree ("chpl_goods.tier_1",
// "young_consignee.over_3_years"), so that a policy can weigh each by itself; the
// part before the dot is the family of one rule, of which at most one degree fires
// but for chpl_goods, where each tier in the shipment does.
//
// Two habits matter more than any rule. What an event does not say is unknown and
// fires nothing: a company without a date of incorporation is not a young one, a
// party history cannot answer for is not a new one. And most rules fire only on
// goods that matter: textiles to a hub are trade, not a red flag.
//
// The package also reads events for package policy, which may not look into tariff
// codes itself: [Lines], [Destinations], [Receivers].
//
// The package is pure: no I/O, no clock, no logging.
package redflag
