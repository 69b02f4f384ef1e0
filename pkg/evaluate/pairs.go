package evaluate

import (
	"cmp"
	"fmt"
	"slices"

	"chokepoint/pkg/controllist"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/match"
)

// PairsReport is what `eval pairs` prints.
type PairsReport struct {
	Pairs int `json:"pairs"`
	// DefaultF1 is F1 at the default threshold, DefaultThreshold that threshold.
	DefaultF1        float64 `json:"default_f1"`
	DefaultThreshold float64 `json:"default_threshold"`
	// BestF1 is the best F1 over all thresholds, BestThreshold the lowest that gives it.
	BestF1        float64 `json:"best_f1"`
	BestThreshold float64 `json:"best_threshold"`
	// AUC is the chance that a matching pair scores above one that does not match.
	AUC float64 `json:"auc"`
	// Confusion counts right and wrong answers at the default threshold by category; pairs
	// without one are under their schema.
	Confusion map[string]Confusion `json:"confusion"`
}

// Confusion counts answers.
type Confusion struct {
	TruePositives  int `json:"true_positives"`
	FalsePositives int `json:"false_positives"`
	TrueNegatives  int `json:"true_negatives"`
	FalseNegatives int `json:"false_negatives"`
}

func (c *Confusion) add(said, is bool) {
	switch {
	case said && is:
		c.TruePositives++
	case said:
		c.FalsePositives++
	case is:
		c.FalseNegatives++
	default:
		c.TrueNegatives++
	}
}

// f1 is the harmonic mean of precision and recall.
func (c Confusion) f1() float64 {
	if c.TruePositives == 0 {
		return 0
	}
	return 2 * float64(c.TruePositives) / float64(2*c.TruePositives+c.FalsePositives+c.FalseNegatives)
}

// ScorePairs scores the first name of each pair against the second, in a list of all second names.
func ScorePairs(pairs []Pair) ([]decision.BasisPoints, error) {
	entries := make([]controllist.Entry, len(pairs))
	for i, pair := range pairs {
		entries[i] = controllist.Entry{ID: fmt.Sprintf("PAIR/%d", i), List: "PAIR", Kind: schemaKind(pair.Schema), Names: []controllist.Name{{Value: pair.Name2, Type: controllist.NamePrimary}}}
	}
	index, err := match.Compile(entries)
	if err != nil {
		return nil, err
	}
	searcher := index.NewSearcher()
	scores := make([]decision.BasisPoints, len(pairs))
	for i, pair := range pairs {
		scores[i] = searcher.Compare(&match.Query{Name: pair.Name1, Kind: schemaKind(pair.Schema)}, i)
	}
	return scores, nil
}

func schemaKind(schema string) controllist.Kind {
	switch schema {
	case "Person":
		return controllist.KindPerson
	case "Company", "Organization":
		return controllist.KindOrganization
	case "Vessel":
		return controllist.KindVessel
	case "Airplane":
		return controllist.KindAircraft
	}
	return controllist.KindUnknown
}

// Pairs measures labelled pairs.
func Pairs(pairs []Pair) (PairsReport, error) {
	scores, err := ScorePairs(pairs)
	if err != nil {
		return PairsReport{}, err
	}
	report := PairsReport{Pairs: len(pairs), DefaultThreshold: fraction(match.DefaultThreshold), Confusion: map[string]Confusion{}}
	report.DefaultF1 = confusionAt(pairs, scores, match.DefaultThreshold).f1()
	for _, threshold := range slices.Compact(slices.Sorted(slices.Values(scores))) {
		if f1 := confusionAt(pairs, scores, threshold).f1(); f1 > report.BestF1 {
			report.BestF1, report.BestThreshold = f1, fraction(threshold)
		}
	}
	report.AUC = auc(pairs, scores)
	for i, pair := range pairs {
		category := cmp.Or(pair.Category, pair.Schema)
		confusion := report.Confusion[category]
		confusion.add(scores[i] >= match.DefaultThreshold, pair.Match)
		report.Confusion[category] = confusion
	}
	return report, nil
}

func confusionAt(pairs []Pair, scores []decision.BasisPoints, threshold decision.BasisPoints) Confusion {
	var c Confusion
	for i, pair := range pairs {
		c.add(scores[i] >= threshold, pair.Match)
	}
	return c
}

// auc counts, over all couples of a matching and another pair, how often the matching one
// scores higher; a tie counts half.
func auc(pairs []Pair, scores []decision.BasisPoints) float64 {
	var halves, couples int
	for i, a := range pairs {
		for j, b := range pairs {
			if !a.Match || b.Match {
				continue
			}
			couples++
			switch {
			case scores[i] > scores[j]:
				halves += 2
			case scores[i] == scores[j]:
				halves++
			}
		}
	}
	if couples == 0 {
		return 0
	}
	return float64(halves) / float64(2*couples)
}
