package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/casework"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/escalate"
	"chokepoint/pkg/notifier"
	"chokepoint/pkg/trade"
)

// The notifier asks for five small things of the bus; each is a type of its own.
var (
	_ notifier.Decisions = notifierDecisions{}
	_ notifier.Effect    = notifierDecisions{}
	_ notifier.Parties   = notifierDecisions{}
	_ notifier.Cases     = notifierCases{}
	_ notifier.Queues    = notifierQueues{}
	_ escalate.Letters   = refusedNotices{}
	_ escalate.Ledger    = noticeLedger{}
)

// notifierDecisions are the decisions that a notifier acts on.
type notifierDecisions struct {
	bus     *bus.Bus
	consume bus.ConsumeConfig
}

// Consume hands over the decisions that are not "pass".
func (b notifierDecisions) Consume(ctx context.Context, handle func(context.Context, []notifier.Incoming) []error) error {
	return b.bus.ConsumeDecisions(ctx, b.consume, func(ctx context.Context, batch []bus.Delivery) []error {
		incoming := make([]notifier.Incoming, len(batch))
		for i, delivery := range batch {
			event, _ := delivery.EventSequence()
			incoming[i] = notifier.Incoming{Data: delivery.Data, Attempt: delivery.Attempt, Sequence: delivery.Sequence, EventSequence: event}
		}
		verdicts := handle(ctx, incoming)
		for i, err := range verdicts {
			var permanent *notifier.PermanentError
			if errors.As(err, &permanent) {
				verdicts[i] = bus.Permanent(err)
			}
		}
		return verdicts
	})
}

// InEffect looks up which decision counts, among those stored since the decision was
// made. Stored before it there is none that the bus did not recognise: it takes a
// second decision on the same event and trigger for a duplicate for minutes.
func (b notifierDecisions) InEffect(ctx context.Context, decided *decision.Decision) (string, bool, error) {
	data, found, err := b.bus.LookupDecisionSince(ctx, decided.Event, decided.Trigger, decided.Time)
	if err != nil || !found {
		return "", false, err
	}
	made, err := decision.Decode(data)
	if err != nil {
		return "", false, fmt.Errorf("the decision in effect: %w", err)
	}
	return made.Digest, true, nil
}

// Parties reads the event a decision is about and returns who takes part in it.
func (b notifierDecisions) Parties(ctx context.Context, decided *decision.Decision, sequence uint64) ([]casework.Party, error) {
	if sequence == 0 {
		return nil, nil
	}
	delivery, err := b.bus.EventAt(ctx, sequence)
	if errors.Is(err, bus.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the event of %s: %w", decided.ID(), err)
	}
	event, err := trade.Decode(delivery.Data, trade.Limits{})
	if err != nil {
		return nil, fmt.Errorf("read the event of %s: %w", decided.ID(), err)
	}
	return caseParties(&event), nil
}

// caseParties are the parties, banks and ships of an event in casework's words.
func caseParties(event *trade.Event) []casework.Party {
	var parties []casework.Party
	for i, party := range event.Parties {
		parties = append(parties, casework.Party{
			Subject: fmt.Sprintf("/parties/%d", i), Role: string(party.Role), Name: party.Name, Country: party.Country,
		})
	}
	if event.Payment != nil {
		for i, agent := range event.Agents {
			parties = append(parties, casework.Party{
				Subject: fmt.Sprintf("/agents/%d", i), Role: string(agent.Role), Name: firstOf(agent.Name, agent.BIC), Country: agent.Country,
			})
		}
	}
	if event.Shipment != nil && event.EndUse != nil && event.EndUse.EndUser != "" {
		parties = append(parties, casework.Party{Subject: "/end_use/end_user", Role: string(trade.RoleEndUser), Name: event.EndUse.EndUser})
	}
	if event.Shipment != nil && event.Route != nil {
		for i, leg := range event.Route.Legs {
			if leg.Vessel != nil {
				parties = append(parties, casework.Party{
					Subject: fmt.Sprintf("/route/legs/%d/vessel", i), Role: "vessel",
					Name: firstOf(leg.Vessel.Name, leg.Vessel.IMO), Country: leg.Vessel.Flag,
				})
			}
		}
	}
	return parties
}

func firstOf(names ...string) string {
	for _, name := range names {
		if name != "" {
			return name
		}
	}
	return ""
}

// notifierCases is the stream CASES.
type notifierCases struct{ bus *bus.Bus }

// Read returns the messages of a docket.
func (b notifierCases) Read(ctx context.Context, docket string, after uint64) ([]notifier.CaseMessage, error) {
	records, err := b.bus.ReadCaseAfter(ctx, docket, after)
	if err != nil {
		return nil, err
	}
	messages := make([]notifier.CaseMessage, len(records))
	for i, record := range records {
		messages[i] = caseMessage(record)
	}
	return messages, nil
}

func caseMessage(record bus.CaseRecord) notifier.CaseMessage {
	return notifier.CaseMessage{Docket: record.Case, Sequence: record.Sequence, Data: record.Data}
}

// Append stores all messages or none. What the server will never take is for good.
func (b notifierCases) Append(ctx context.Context, appends []notifier.CaseAppend) ([]uint64, error) {
	records := make([]bus.CaseAppend, len(appends))
	for i, one := range appends {
		records[i] = bus.CaseAppend{Case: one.Docket, Expected: one.Expected, Data: one.Data, ID: one.ID}
	}
	sequences, err := b.bus.AppendCase(ctx, records)
	switch {
	case errors.Is(err, bus.ErrConflict):
		return nil, fmt.Errorf("%w: %w", notifier.ErrConflict, err)
	case errors.Is(err, bus.ErrTooLarge):
		return nil, &notifier.PermanentError{Err: err}
	}
	return sequences, err
}

// Scan goes over every message of every docket.
func (b notifierCases) Scan(ctx context.Context, from uint64, visit func(notifier.CaseMessage) error) (uint64, error) {
	return b.bus.ScanCases(ctx, from, func(record bus.CaseRecord) error { return visit(caseMessage(record)) })
}

// notifierQueues are the compliance queues.
type notifierQueues struct{ bus *bus.Bus }

// Read returns what a case has on all queues.
func (b notifierQueues) Read(ctx context.Context, caseID string) ([]notifier.Placed, error) {
	items, err := b.bus.ReadCaseQueues(ctx, caseID)
	if err != nil {
		return nil, err
	}
	placed := make([]notifier.Placed, len(items))
	for i, item := range items {
		placed[i] = notifier.Placed{Queue: item.Queue, Severity: item.Severity, Data: item.Data}
	}
	return placed, nil
}

// Put puts a case into a queue.
func (b notifierQueues) Put(ctx context.Context, caseID string, placed notifier.Placed) error {
	return b.bus.PutQueue(ctx, placed.Queue, placed.Severity, caseID, placed.Data)
}

// Remove takes a case off all queues.
func (b notifierQueues) Remove(ctx context.Context, caseID string) error {
	return b.bus.RemoveQueue(ctx, caseID)
}

// refusedNotices are the dead letters of notices.
type refusedNotices struct{ bus *bus.Bus }

// DeadLetter keeps a notice that a receiver refused for good.
func (b refusedNotices) DeadLetter(ctx context.Context, letter escalate.Letter) error {
	body, err := json.Marshal(letter.Notice, json.Deterministic(true))
	if err != nil {
		return fmt.Errorf("write a refused notice: %w", err)
	}
	return b.bus.DeadLetter(ctx, bus.DeadLetter{
		Component: "notifier", Reason: letter.Reason, Attempts: letter.Attempts,
		OriginalStream: bus.BucketNotifications, OriginalSubject: letter.ID, Data: body,
	})
}

// noticeLedger keeps in NOTIFICATIONS who was told what.
type noticeLedger struct{ bucket *bus.Bucket }

// Get returns an entry and its revision.
func (l noticeLedger) Get(ctx context.Context, key string) ([]byte, uint64, error) {
	value, revision, err := l.bucket.Get(ctx, key)
	return value, revision, ledgerError(err)
}

// Create writes an entry where there is none.
func (l noticeLedger) Create(ctx context.Context, key string, value []byte) (uint64, error) {
	revision, err := l.bucket.Create(ctx, key, value)
	return revision, ledgerError(err)
}

// Update replaces the entry of a revision.
func (l noticeLedger) Update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	revision, err := l.bucket.Update(ctx, key, value, revision)
	return revision, ledgerError(err)
}

func ledgerError(err error) error {
	switch {
	case errors.Is(err, bus.ErrNotFound):
		return fmt.Errorf("%w: %w", escalate.ErrAbsent, err)
	case errors.Is(err, bus.ErrConflict):
		return fmt.Errorf("%w: %w", escalate.ErrTaken, err)
	default:
		return err
	}
}
