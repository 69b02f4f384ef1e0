package escalate

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"chokepoint/pkg/casework"
)

// NoticeType says what a notice is about, as the receiver reads it.
type NoticeType string

// The types of notice.
const (
	NoticeUnknown NoticeType = ""
	// NoticeOpened tells of a new case.
	NoticeOpened NoticeType = "case.opened"
	// NoticeRaised tells that a case has become more severe.
	NoticeRaised NoticeType = "case.raised"
)

// Notice is one thing to tell one receiver.
type Notice struct {
	// Key is the deduplication key: the same for every attempt, from every replica.
	// 32 hex digits.
	Key string `json:"key"`
	// Group is what is told of as one, now the case's id; Step is which telling it is.
	Group string `json:"group"`
	Step  string `json:"step"`
	// Receiver is the receiver's name.
	Receiver string `json:"receiver"`
	// Type says what happened, Time when.
	Type NoticeType `json:"type"`
	Time time.Time  `json:"time"`
	// Case is the case as it is now. A later attempt may show more of it.
	Case casework.Message `json:"case"`
}

// noticeKey is the deduplication key of a step for a receiver.
func noticeKey(group, step, receiver string) string {
	hash := sha256.New()
	for _, part := range []string{"notice 1", group, step, receiver} {
		_, _ = fmt.Fprintf(hash, "%d:%s,", len(part), part)
	}
	return hex.EncodeToString(hash.Sum(nil)[:16])
}

// Due returns the notices that a case in this state owes, whether or not they have
// been delivered: which of them have is the ledger's to know. So they can be found
// again from nothing but the state, after any crash.
//
// A case owes one notice for the severity it has reached. Whoever claimed it at
// that severity knows of it, and a closed case owes nothing.
func Due(state casework.State, route Route) []Notice {
	switch state.Status {
	case casework.StatusOpen:
	case casework.StatusClaimed:
		if state.Severity <= state.ClaimedSeverity {
			return nil
		}
	default:
		return nil
	}
	if state.Severity < route.NotifyFrom {
		return nil
	}
	kind := NoticeOpened
	if state.SeveritySince.After(state.Opened) {
		kind = NoticeRaised
	}
	step := "severity:" + state.Severity.String()
	notices := make([]Notice, 0, len(route.Receivers))
	for _, receiver := range route.Receivers {
		notices = append(notices, Notice{
			Key: noticeKey(state.ID, step, receiver), Group: state.ID, Step: step, Receiver: receiver,
			Type: kind, Time: state.SeveritySince, Case: casework.MessageOf(state),
		})
	}
	return notices
}
