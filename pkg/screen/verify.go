package screen

import (
	"bytes"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/trade"
)

// Verdict says whether a decision recomputes. The zero value is unknown.
type Verdict uint8

// The verdicts of [Engine.Verify].
const (
	VerdictUnknown Verdict = iota
	// VerdictSame says the decision recomputes to the byte.
	VerdictSame
	// VerdictDiffers says it does not, though all its inputs are the same.
	VerdictDiffers
	// VerdictOtherEngine says it was made by other code, so it may differ rightly.
	VerdictOtherEngine
	// VerdictOtherInputs says this engine holds other lists or another policy.
	VerdictOtherInputs
	// VerdictOtherEvent says the event is not the one that was decided about.
	VerdictOtherEvent
)

var verdictNames = [...]string{"unknown", "same", "differs", "engine differs", "inputs differ", "event differs"}

// String returns the verdict in words.
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return verdictNames[VerdictUnknown]
}

// Verify recomputes the decision whose canonical JSON is recorded, from the event
// and the facts written in it, and compares the bytes. An error says that the
// record could not be read.
func (e *Engine) Verify(event trade.Event, digest string, recorded []byte) (Verdict, error) {
	made, err := decision.Decode(recorded)
	if err != nil {
		return VerdictUnknown, err
	}
	switch {
	case made.Event != event.Identity() || made.EventDigest != digest:
		return VerdictOtherEvent, nil
	case made.Engine != e.version:
		return VerdictOtherEngine, nil
	case made.Inputs.List != e.inputs.List || made.Inputs.Policy != e.inputs.Policy:
		return VerdictOtherInputs, nil
	}
	_, again, err := e.screenAs(made.Inputs, Input{
		Event: event, Digest: digest, Trigger: made.Trigger, Time: made.Time, Facts: made.Facts,
	})
	if err != nil {
		return VerdictUnknown, err
	}
	if !bytes.Equal(again, recorded) {
		return VerdictDiffers, nil
	}
	return VerdictSame, nil
}
