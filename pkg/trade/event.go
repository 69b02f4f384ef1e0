package trade

import "time"

// Kind says which body an event has. The zero value is unknown and never valid
// in an event that was decoded.
type Kind string

// The kinds of event.
const (
	KindUnknown  Kind = ""
	KindShipment Kind = "shipment"
	KindPayment  Kind = "payment"
)

// Event is one version of what a platform told us about a shipment or a payment.
//
// Exactly one of Shipment and Payment is set, the one that Kind names; their
// members stand beside the others in the JSON form, not below a member of their
// own. In Go they can be reached as the event's own too (event.Goods), but only
// where that body is set: ask Kind first, as with any nil pointer.
type Event struct {
	// ID is the platform's own name for the shipment or payment: 1 to 200
	// printable characters.
	ID string `json:"id"`
	// Kind says which body the event has.
	Kind Kind `json:"kind"`
	// Source names the platform or feed, [a-z0-9-]{1,64}. IDs are unique within it.
	Source string `json:"source"`
	// Time is when the thing happened at the source, not when we heard of it.
	Time time.Time `json:"time"`
	// Revision counts the versions of the same thing from 1; where the sender
	// leaves it out it is 1. The highest revision counts.
	Revision int `json:"revision"`
	// Status is the source's own word for the state ("booked", "departed", "pending").
	Status string `json:"status,omitzero"`
	// Handler is who handles the event for the user of this software.
	Handler Handler `json:"handler,omitzero"`
	// References join events: the invoice on a payment and on a shipment.
	References []Reference `json:"references,omitempty"`
	// Parties are the people and companies of the event, in the order given.
	Parties []Party `json:"parties,omitempty"`

	*Shipment `json:",embed"`
	*Payment  `json:",embed"`
}

// Shipment is what only a shipment says.
type Shipment struct {
	// Goods are the lines of the shipment.
	Goods []Goods `json:"goods,omitempty"`
	// Route is the way the goods take, as far as it is known.
	Route *Route `json:"route,omitempty"`
	// EndUse says who will use the goods; nil where nobody said.
	EndUse *EndUse `json:"end_use,omitempty"`
	// Authorisations are the licences the sender claims for the shipment.
	Authorisations []Authorisation `json:"authorisations,omitempty"`
}

// Payment is what only a payment says.
type Payment struct {
	// Agents are the banks in the chain.
	Agents []Agent `json:"agents,omitempty"`
	// Amount is the interbank settlement amount.
	Amount *Money `json:"amount,omitempty"`
	// Remittance are the free text lines that travel with the payment.
	Remittance []string `json:"remittance,omitempty"`
	// Purpose is the purpose code or text (ISO 20022 Purp), such as GDDS.
	Purpose string `json:"purpose,omitzero"`
}

// Handler is who handles the event for the user: it decides whose law binds them.
type Handler struct {
	// Entity is the user's own code of the legal entity.
	Entity string `json:"entity,omitzero"`
	// Branch is the user's own code of the branch.
	Branch string `json:"branch,omitzero"`
	// USPerson says whether the handler is a US person (31 CFR 589.312 and its
	// like). Nil is unknown.
	USPerson *bool `json:"us_person,omitempty"`
	// Rail names the payment rail or the transport product ("swift", "sct-inst").
	Rail string `json:"rail,omitzero"`
}

// Reference is a number that other events about the same deal carry as well.
type Reference struct {
	// Type says what the number is: bill_of_lading, invoice, purchase_order,
	// booking, container, uetr, end_to_end_id, … Lower case, [a-z0-9_]{1,40}.
	Type string `json:"type"`
	// Value is the number, 1 to 200 characters.
	Value string `json:"value"`
}

// Agent is a bank in a payment.
type Agent struct {
	// Role is the agent's place in the chain.
	Role AgentRole `json:"role"`
	// BIC is the bank's ISO 9362 code, 8 or 11 characters.
	BIC string `json:"bic,omitzero"`
	// LEI is the bank's ISO 17442 code.
	LEI string `json:"lei,omitzero"`
	// Name is the bank's name as written.
	Name string `json:"name,omitzero"`
	// Country is the bank's ISO 3166-1 alpha-2 country.
	Country string `json:"country,omitzero"`
}

// AgentRole is a bank's place in the chain of a payment (ISO 20022 pacs.008).
type AgentRole string

// The roles of agents.
const (
	AgentRoleUnknown            AgentRole = ""
	AgentRoleDebtorAgent        AgentRole = "debtor_agent"
	AgentRoleCreditorAgent      AgentRole = "creditor_agent"
	AgentRoleIntermediaryAgent  AgentRole = "intermediary_agent"
	AgentRoleInstructingAgent   AgentRole = "instructing_agent"
	AgentRoleInstructedAgent    AgentRole = "instructed_agent"
	AgentRolePreviousInstructor AgentRole = "previous_instructing_agent"
)
