package evaluate

import (
	"slices"

	"chokepoint/pkg/controllist"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/match"
)

// floor is the score under which nothing is looked at when a curve is measured, and
// within is how many of the best hits may hold the right one.
const (
	floor  = 6000
	within = 20
)

// RecallReport is what `eval recall` prints.
type RecallReport struct {
	// Rates are recall at fixed rates of false positives over all negatives.
	Rates []Rate `json:"rates"`
	// ByKind are the same for people and organisations apart, each against its own negatives.
	ByKind map[string][]Rate `json:"by_kind"`
	// Default is what the default threshold gives.
	Default Rate `json:"default"`
	// Curve is recall and false positives by threshold, for choosing one.
	Curve []Point `json:"curve"`
	// Positives and Negatives count what was measured.
	Positives int `json:"positives"`
	Negatives int `json:"negatives"`
}

// Rate is recall at one rate of false positives.
type Rate struct {
	// FPR is the share of negatives that may hit (for the default: that do).
	FPR float64 `json:"fpr"`
	// Threshold is the lowest score that keeps it, as a share of one.
	Threshold float64 `json:"threshold"`
	// Recall is the share of positives found, Slices and Kinds the same by slice and kind.
	Recall float64            `json:"recall"`
	Slices map[string]float64 `json:"slices"`
	Kinds  map[string]float64 `json:"kinds,omitempty"`
}

// Point is one threshold of the curve.
type Point struct {
	Threshold float64 `json:"threshold"`
	Recall    float64 `json:"recall"`
	FPR       float64 `json:"fpr"`
}

// Scored is one query with the score that decides it: the best of its right entries
// for a positive (0 where none is among the best), the best of all for a negative.
type Scored struct {
	Query string
	Kind  controllist.Kind
	Slice string
	Score decision.BasisPoints
	// Hit is the candidate that scored.
	Hit match.Candidate
}

// ScorePositives searches every positive.
func ScorePositives(index *match.Index, entries []controllist.Entry, positives []Positive) []Scored {
	searcher := index.NewSearcher()
	scored := make([]Scored, len(positives))
	for i, positive := range positives {
		scored[i] = Scored{Query: positive.Query, Kind: positive.Kind, Slice: positive.Slice}
		query := match.Query{Name: positive.Query, Kind: positive.Kind}
		for _, candidate := range searcher.Search(&query, floor, within) {
			if slices.Contains(positive.Entries, entries[candidate.Entry].ID) {
				scored[i].Score, scored[i].Hit = candidate.Score, candidate
				break
			}
		}
	}
	return scored
}

// ScoreNegatives searches every negative.
func ScoreNegatives(index *match.Index, negatives []Negative) []Scored {
	searcher := index.NewSearcher()
	scored := make([]Scored, len(negatives))
	for i, negative := range negatives {
		scored[i] = Scored{Query: negative.Query, Kind: negative.Kind}
		query := match.Query{Name: negative.Query, Kind: negative.Kind}
		if found := searcher.Search(&query, floor, 1); len(found) > 0 {
			scored[i].Score, scored[i].Hit = found[0].Score, found[0]
		}
	}
	return scored
}

// Recall compiles the entries and measures the positives against the negatives.
func Recall(entries []controllist.Entry, positives []Positive, negatives []Negative) (RecallReport, error) {
	index, err := match.Compile(entries)
	if err != nil {
		return RecallReport{}, err
	}
	return Summarise(ScorePositives(index, entries, positives), ScoreNegatives(index, negatives)), nil
}

// Summarise does the arithmetic of [Recall] over scored queries.
func Summarise(positives, negatives []Scored) RecallReport {
	report := RecallReport{ByKind: map[string][]Rate{}, Positives: len(positives), Negatives: len(negatives)}
	report.Rates = rates(positives, negatives)
	for _, kind := range []controllist.Kind{controllist.KindPerson, controllist.KindOrganization} {
		report.ByKind[string(kind)] = rates(ofKind(positives, kind), ofKind(negatives, kind))
	}
	report.Default = rateAt(positives, match.DefaultThreshold)
	report.Default.FPR = share(negatives, match.DefaultThreshold)
	for threshold := decision.BasisPoints(5000); threshold <= decision.Full; threshold += 100 {
		report.Curve = append(report.Curve, Point{Threshold: fraction(threshold), Recall: share(positives, threshold), FPR: share(negatives, threshold)})
	}
	return report
}

// ofKind keeps the queries of a kind. Those of unknown kind and vessels are measured
// with organisations: no negatives of their own are at hand.
func ofKind(scored []Scored, kind controllist.Kind) []Scored {
	var kept []Scored
	for _, s := range scored {
		if (s.Kind == controllist.KindPerson) == (kind == controllist.KindPerson) {
			kept = append(kept, s)
		}
	}
	return kept
}

// rates are recall at 0.1 %, 0.5 %, 1 % and 2 % of false positives.
func rates(positives, negatives []Scored) []Rate {
	var all []Rate
	for _, perMille := range []int{1, 5, 10, 20} {
		threshold := thresholdFor(negatives, len(negatives)*perMille/1000)
		rate := rateAt(positives, threshold)
		rate.FPR = float64(perMille) / 1000
		all = append(all, rate)
	}
	return all
}

// thresholdFor is the lowest score that at most allowed queries reach.
func thresholdFor(negatives []Scored, allowed int) decision.BasisPoints {
	scores := make([]decision.BasisPoints, len(negatives))
	for i, s := range negatives {
		scores[i] = s.Score
	}
	slices.Sort(scores)
	slices.Reverse(scores)
	if allowed >= len(scores) {
		return floor
	}
	return max(scores[allowed]+1, floor)
}

func rateAt(positives []Scored, threshold decision.BasisPoints) Rate {
	bySlice, byKind := map[string][]Scored{}, map[string][]Scored{}
	for _, s := range positives {
		bySlice[s.Slice] = append(bySlice[s.Slice], s)
		name := string(s.Kind)
		if s.Kind == controllist.KindUnknown {
			name = "unknown"
		}
		byKind[name] = append(byKind[name], s)
	}
	rate := Rate{Threshold: fraction(threshold), Recall: share(positives, threshold), Slices: map[string]float64{}, Kinds: map[string]float64{}}
	for slice, scored := range bySlice {
		rate.Slices[slice] = share(scored, threshold)
	}
	for kind, scored := range byKind {
		rate.Kinds[kind] = share(scored, threshold)
	}
	return rate
}

// share is how much of the queries scored at or above the threshold.
func share(scored []Scored, threshold decision.BasisPoints) float64 {
	if len(scored) == 0 {
		return 0
	}
	n := 0
	for _, s := range scored {
		if s.Score >= threshold {
			n++
		}
	}
	return float64(n) / float64(len(scored))
}

func fraction(score decision.BasisPoints) float64 { return float64(score) / float64(decision.Full) }
