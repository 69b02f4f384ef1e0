package bus

import (
	"fmt"
	"strconv"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/trade"
)

// The streams and buckets, and the first token of their subjects.
const (
	streamEvents      = "EVENTS"
	streamDecisions   = "DECISIONS"
	streamCases       = "CASES"
	streamQueues      = "QUEUES"
	streamDeadLetters = "DEADLETTERS"
	objectsLists      = "LISTS"
	// BucketCaseState is a cache of CASES.
	BucketCaseState = "CASE_STATE"
	// BucketNotifications says who was told what.
	BucketNotifications = "NOTIFICATIONS"
	// BucketHistory says that history missed events, until it has been told.
	BucketHistory = "HISTORY"
)

const maxToken = 128

// checkToken says whether text can stand between two dots of a subject, and be the
// name of a consumer as well.
func checkToken(what, text string) error {
	if text == "" || len(text) > maxToken {
		return fmt.Errorf("%s: %w: %d bytes long, not 1 to %d", what, ErrInvalid, len(text), maxToken)
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return fmt.Errorf("%s %q: %w: only letters, digits, - and _", what, text, ErrInvalid)
		}
	}
	return nil
}

// shardToken is the shard as four digits, so that subjects sort.
func shardToken(identity trade.Identity) string {
	text := strconv.Itoa(identity.Shard())
	return "0000"[:4-len(text)] + text
}

func eventSubject(identity trade.Identity, kind trade.Kind) (string, error) {
	if err := checkKind(kind); err != nil {
		return "", err
	}
	if err := checkToken("source", identity.Source); err != nil {
		return "", err
	}
	return "events." + shardToken(identity) + "." + string(kind) + "." + identity.Source, nil
}

func decisionSubject(identity trade.Identity, kind trade.Kind, outcome decision.Outcome) (string, error) {
	if err := checkKind(kind); err != nil {
		return "", err
	}
	if err := checkOutcome(outcome); err != nil {
		return "", err
	}
	return "decisions." + shardToken(identity) + "." + outcome.String() + "." + string(kind), nil
}

func checkKind(kind trade.Kind) error {
	if kind != trade.KindShipment && kind != trade.KindPayment {
		return fmt.Errorf("kind %q: %w: neither shipment nor payment", kind, ErrInvalid)
	}
	return nil
}

func checkOutcome(outcome decision.Outcome) error {
	if outcome < decision.OutcomePass || outcome > decision.OutcomeHold {
		return fmt.Errorf("outcome %v: %w: none of pass, alert, hold", outcome, ErrInvalid)
	}
	return nil
}
