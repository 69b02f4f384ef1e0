package replay

import (
	"context"
	"fmt"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/screen"
	"chokepoint/pkg/trade"
)

// Stored is one stored decision.
type Stored struct {
	// Event is the sequence in EVENTS of the event it is about.
	Event uint64
	// Data is its canonical JSON.
	Data []byte
}

// Archive is what verification reads.
type Archive interface {
	// Decisions visits every stored decision.
	Decisions(ctx context.Context, visit func(Stored) error) error
	// Event returns the canonical JSON of the event at a sequence.
	Event(ctx context.Context, sequence uint64) ([]byte, error)
	// Engine returns an engine with the inputs a decision names.
	Engine(ctx context.Context, inputs decision.Inputs) (*screen.Engine, error)
}

// Verification is what verifying every decision found.
type Verification struct {
	// Decisions is how many were read, Same how many recompute to the byte.
	Decisions int `json:"decisions"`
	Same      int `json:"same"`
	// OtherEngine counts those another version of the code made.
	OtherEngine int `json:"other_engine"`
	// Faults are those that do not recompute or cannot be checked, at most 100;
	// Failed is their exact count.
	Failed int     `json:"failed"`
	Faults []Fault `json:"faults,omitempty"`
}

// Fault is a decision that does not recompute.
type Fault struct {
	Decision string `json:"decision"`
	Problem  string `json:"problem"`
}

// maxEngines is how many engines are kept while decisions are verified: years of them
// name hundreds of lists, and an engine takes some hundred megabytes.
const maxEngines = 2

// VerifyAll recomputes every stored decision. An error means that the archive could
// not be read; a decision that does not recompute is a [Fault], not an error.
func VerifyAll(ctx context.Context, archive Archive, progress func(done int)) (Verification, error) {
	var report Verification
	engines := make(map[decision.Inputs]*screen.Engine)
	err := archive.Decisions(ctx, func(stored Stored) error {
		report.Decisions++
		name, verdict, err := verifyOne(ctx, archive, engines, stored)
		switch {
		case err != nil:
			report.fail(name, err.Error())
		case verdict == screen.VerdictSame:
			report.Same++
		case verdict == screen.VerdictOtherEngine:
			report.OtherEngine++
		default:
			report.fail(name, verdict.String())
		}
		if progress != nil && report.Decisions%1000 == 0 {
			progress(report.Decisions)
		}
		return ctx.Err()
	})
	if err != nil {
		return report, fmt.Errorf("verify decisions: %w", err)
	}
	return report, nil
}

func verifyOne(ctx context.Context, archive Archive, engines map[decision.Inputs]*screen.Engine, stored Stored) (string, screen.Verdict, error) {
	made, err := decision.Decode(stored.Data)
	if err != nil {
		return "unreadable", screen.VerdictUnknown, err
	}
	name := made.ID()
	body, err := archive.Event(ctx, stored.Event)
	if err != nil {
		return name, screen.VerdictUnknown, fmt.Errorf("its event: %w", err)
	}
	event, err := trade.Decode(body, trade.Limits{})
	if err != nil {
		return name, screen.VerdictUnknown, fmt.Errorf("its event: %w", err)
	}
	engine, known := engines[made.Inputs]
	if !known {
		if engine, err = archive.Engine(ctx, made.Inputs); err != nil {
			return name, screen.VerdictUnknown, fmt.Errorf("its list or policy: %w", err)
		}
		if len(engines) >= maxEngines {
			clear(engines) // decisions come in the order of their lists
		}
		engines[made.Inputs] = engine
	}
	verdict, err := engine.Verify(event, trade.Digest(body), stored.Data)
	return name, verdict, err
}

func (v *Verification) fail(name, problem string) {
	v.Failed++
	if len(v.Faults) < maxNamed {
		v.Faults = append(v.Faults, Fault{Decision: name, Problem: problem})
	}
}
