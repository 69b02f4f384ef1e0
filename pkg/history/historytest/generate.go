package historytest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"chokepoint/pkg/history"
	"chokepoint/pkg/trade"
)

// Epoch is the time of the first generated event.
var Epoch = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// Party returns an invented company known by its tax number.
func Party(role trade.Role, number int) trade.Party {
	return trade.Party{
		Role: role, Name: fmt.Sprintf("Invented Trading %d", number), Country: "TR",
		Identifiers: []trade.Identifier{{Type: "tax_id", Value: fmt.Sprintf("TX%06d", number), Country: "TR"}},
	}
}

// Shipment returns a shipment without parties: the first revision of a thing, with goods
// of no concern, from Taipei to Istanbul.
func Shipment(id string, at time.Time, parties ...trade.Party) trade.Event {
	return trade.Event{
		ID: id, Kind: trade.KindShipment, Source: "tms", Time: at, Revision: 1, Parties: parties,
		Shipment: &trade.Shipment{
			Goods: []trade.Goods{{HS: "950300", Description: "wooden toys"}},
			Route: &trade.Route{Origin: "TWTPE", Destination: "TRIST", FinalCountry: "TR"},
		},
	}
}

// ControlledHS is a code on the Common High Priority List (processors and controllers).
const ControlledHS = "854231"

// RecordOf canonicalises an event and digests it, as the screener does.
func RecordOf(event trade.Event) history.Record {
	data, err := trade.Encode(event)
	if err != nil {
		panic(fmt.Sprintf("encode %s: %v", event.Identity(), err))
	}
	return history.Record{Event: event, Digest: trade.Digest(data)}
}

// Generator makes records of about seven keys each: four parties of which one is a busy
// carrier, two references, one lane.
type Generator struct {
	// Parties is how many companies trade; Carriers how many carry.
	Parties, Carriers int
	random            *rand.Rand
	made              int
}

// NewGenerator returns a generator whose output depends only on its seed.
func NewGenerator(seed uint64) *Generator {
	return &Generator{Parties: 20_000, Carriers: 20, random: rand.New(rand.NewPCG(seed, 7))}
}

var (
	origins      = [...]string{"TWTPE", "CNSZX", "HKHKG", "MYPEN", "DEHAM", "KRICN"}
	destinations = [...]string{"TRIST", "AEDXB", "KZALA", "RSBEG", "DEFRA", "GBFXT"}
	tariffCodes  = [...]string{"85423110", "85423290", "950300", "870829", "610910", "848210", "851762", "392690"}
)

// Record returns the next record, the first revision of a new shipment.
func (g *Generator) Record() history.Record {
	g.made++
	event := Shipment(fmt.Sprintf("S-%d", g.made), Epoch.Add(time.Duration(g.made)*time.Second),
		Party(trade.RoleShipper, g.random.IntN(g.Parties)), Party(trade.RoleConsignee, g.random.IntN(g.Parties)),
		Party(trade.RoleBuyer, g.random.IntN(g.Parties)), Party(trade.RoleCarrier, g.Parties+g.random.IntN(g.Carriers)))
	event.References = []trade.Reference{
		{Type: "invoice", Value: fmt.Sprintf("INV-%d", g.made)},
		{Type: "bill_of_lading", Value: fmt.Sprintf("BL%d", g.made/2)},
	}
	event.Shipment.Goods[0].HS = tariffCodes[g.random.IntN(len(tariffCodes))]
	event.Shipment.Route = &trade.Route{
		Origin: origins[g.random.IntN(len(origins))], Destination: destinations[g.random.IntN(len(destinations))],
	}
	return history.Record{Event: event, Digest: fmt.Sprintf("%064x", g.made)}
}

// Records returns the next count records.
func (g *Generator) Records(count int) []history.Record {
	records := make([]history.Record, count)
	for i := range records {
		records[i] = g.Record()
	}
	return records
}
