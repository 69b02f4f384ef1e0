package policy

import (
	"fmt"
	"slices"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/redflag"
)

// Weigh gives the flags their weights and returns them with the risk they make
// together. It changes neither argument.
//
// Of each group only the strongest flag counts, because flags of one group are often
// one fact seen twice. The groups are taken together as noisy-or: each leaves the
// share of doubt that its weight does not take, and the risk is what no group left.
// So groups of 2,500, 2,000 and 2,200 make 1 − 0.75 × 0.80 × 0.78 = 5,320.
//
// A flag the policy calls weak weighs less where everyone who receives the goods has
// a long record of earlier events ([redflag.LongRecord]). Facts that were not
// available make no record. A flag without a weight weighs nothing. The facts are
// for rules over facts; today's weights rest on what flags say of them.
func (p *Policy) Weigh(flags []decision.Flag, _ decision.Facts) (weighted []decision.Flag, risk decision.BasisPoints) {
	if len(flags) == 0 {
		return nil, 0
	}
	weighted = slices.Clone(flags)
	strongest := map[string]decision.BasisPoints{}
	for i := range weighted {
		flag := &weighted[i]
		rule := p.flags[flag.Code]
		flag.Weight = rule.weight
		if record, long := redflag.LongRecord(*flag); long && rule.weak && p.discount > 0 {
			flag.Weight = rule.weight * (decision.Full - p.discount) / decision.Full
			flag.Explanation += fmt.Sprintf("; it weighs less because of a long record (%s)", record)
		}
		strongest[flag.Group] = max(strongest[flag.Group], flag.Weight)
	}
	weights := make([]decision.BasisPoints, 0, len(strongest))
	for _, weight := range strongest {
		weights = append(weights, weight)
	}
	return weighted, noisyOr(weights)
}

// doubtScale is the whole in which doubt is reckoned: fine enough that rounding never
// shows in basis points, and small enough that a product with 10,000 stays in 64 bits.
const doubtScale = 1_000_000_000_000

// noisyOr returns what is left when each weight takes its share of the doubt, in
// whole basis points, rounded down. The weights are taken largest first: integer
// division would otherwise make the last digit depend on their order.
func noisyOr(weights []decision.BasisPoints) decision.BasisPoints {
	slices.SortFunc(weights, func(a, b decision.BasisPoints) int { return int(b - a) })
	doubt := int64(doubtScale)
	for _, weight := range weights {
		weight = min(max(weight, 0), decision.Full)
		doubt = doubt * int64(decision.Full-weight) / int64(decision.Full)
	}
	return decision.BasisPoints((doubtScale - doubt) * int64(decision.Full) / doubtScale)
}

// OutcomeOf returns what a risk alone demands: alert from the policy's threshold on,
// and never hold. No flag holds, nor do all of them together.
func (p *Policy) OutcomeOf(risk decision.BasisPoints) decision.Outcome {
	if risk >= p.riskAlert {
		return decision.OutcomeAlert
	}
	return decision.OutcomePass
}
