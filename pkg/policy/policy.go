package policy

import (
	_ "embed"
	"slices"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/redflag"
)

// Policy is a policy file that was read and found good. It does not change, and is
// safe for concurrent use.
type Policy struct {
	name   string
	digest string
	data   []byte

	hit, near           decision.BasisPoints
	riskAlert, riskNear decision.BasisPoints

	// measures has the rules of each measure in the order of Nexuses.
	measures  map[string]measureRules
	embargoes []embargo
	sets      redflag.Sets

	flags    map[string]flagWeight
	discount decision.BasisPoints
	// unavailable is what a decision without history is at least.
	unavailable decision.Outcome
}

type measureRules struct {
	reason string
	rules  []rule
}

// rule says what a measure demands where a nexus holds.
type rule struct {
	nexus    string
	effect   decision.Outcome
	citation string
}

type flagWeight struct {
	weight decision.BasisPoints
	weak   bool
	reason string
}

//go:embed default.yaml
var defaultFile []byte

var defaultPolicy = mustParse(defaultFile)

// mustParse reads the built-in file. It is compiled in and covered by tests, so a
// fault in it is a fault of the program.
func mustParse(data []byte) *Policy {
	read, err := Parse(data)
	if err != nil {
		panic("policy: default.yaml: " + err.Error())
	}
	return read
}

// Default returns the policy that is built in.
func Default() *Policy { return defaultPolicy }

// Name is the policy's own name.
func (p *Policy) Name() string { return p.name }

// Digest is the SHA-256 of [Policy.Bytes], hex: the policy's version.
func (p *Policy) Digest() string { return p.digest }

// Bytes are the file as it was read. The caller owns the copy.
func (p *Policy) Bytes() []byte { return slices.Clone(p.data) }

// Thresholds returns the score from which a match is a hit, and the one from which
// it is kept as near.
func (p *Policy) Thresholds() (hit, near decision.BasisPoints) { return p.hit, p.near }

// RiskThresholds returns the risk from which an event is alerted, and the one from
// which it counts as near to that: what tuning and below-the-line tests look at.
func (p *Policy) RiskThresholds() (alert, near decision.BasisPoints) { return p.riskAlert, p.riskNear }

// Sets returns the country sets, dates and limits for package redflag. They are
// shared and must not be changed.
func (p *Policy) Sets() redflag.Sets { return p.sets }

// UnavailableHistory returns what a decision made without history is at least: pass
// (the decision says that history was unknown, and no more) or alert.
func (p *Policy) UnavailableHistory() decision.Outcome { return p.unavailable }
