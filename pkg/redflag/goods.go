package redflag

import (
	"fmt"
	"strings"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/goods"
)

// The codes of the goods family.
const (
	CodeCHPLTier1    = "chpl_goods.tier_1"
	CodeCHPLTier2    = "chpl_goods.tier_2"
	CodeCHPLTier3A   = "chpl_goods.tier_3a"
	CodeCHPLTier3B   = "chpl_goods.tier_3b"
	CodeCHPLTier4A   = "chpl_goods.tier_4a"
	CodeCHPLTier4B   = "chpl_goods.tier_4b"
	CodeCHPLPossible = "chpl_goods.possible"
	CodeECCN         = "eccn_of_concern"
)

const (
	citationCHPL = "BIS Common High Priority List of 2024-02-23, with the EU, Japan and the UK; FIN-2023-Alert004, p. 6-7"
	citationECCN = "FIN-2022-Alert003, commodities of concern, p. 3"
)

var goodsRules = []Rule{
	{CodeCHPLTier1, GroupGoods, citationCHPL, "goods on the Common High Priority List, tier 1: " + goods.Tier1.Meaning()},
	{CodeCHPLTier2, GroupGoods, citationCHPL, "goods on the Common High Priority List, tier 2: " + goods.Tier2.Meaning()},
	{CodeCHPLTier3A, GroupGoods, citationCHPL, "goods on the Common High Priority List, tier 3.A: " + goods.Tier3A.Meaning()},
	{CodeCHPLTier3B, GroupGoods, citationCHPL, "goods on the Common High Priority List, tier 3.B: " + goods.Tier3B.Meaning()},
	{CodeCHPLTier4A, GroupGoods, citationCHPL, "goods on the Common High Priority List, tier 4.A: " + goods.Tier4A.Meaning()},
	{CodeCHPLTier4B, GroupGoods, citationCHPL, "goods on the Common High Priority List, tier 4.B: " + goods.Tier4B.Meaning()},
	{CodeCHPLPossible, GroupGoods, citationCHPL, "a tariff code of HS 2017 that holds listed goods and others"},
	{CodeECCN, GroupGoods, citationECCN, "an export control number that FinCEN and BIS asked to look for"},
}

// codeOfTier returns the flag's code for a tier.
func codeOfTier(tier goods.Tier) string {
	switch tier {
	case goods.Tier1:
		return CodeCHPLTier1
	case goods.Tier2:
		return CodeCHPLTier2
	case goods.Tier3A:
		return CodeCHPLTier3A
	case goods.Tier3B:
		return CodeCHPLTier3B
	case goods.Tier4A:
		return CodeCHPLTier4A
	case goods.Tier4B:
		return CodeCHPLTier4B
	case goods.TierNone:
		return ""
	default:
		return ""
	}
}

// goodsFlags fires for the codes of the goods: once for each tier of the Common
// High Priority List in the shipment, once for codes that are only possibly listed,
// and once for export control numbers of concern.
func goodsFlags(seen *reading) []decision.Flag {
	lines := map[string][]int{}
	for i, line := range seen.lines {
		if line.listed() {
			code := codeOfTier(line.Listing.Item.Tier)
			if line.Listing.Possible {
				code = CodeCHPLPossible
			}
			lines[code] = append(lines[code], i)
		}
		if _, concern := goods.ECCNOfConcern(line.ECCN); concern {
			lines[CodeECCN] = append(lines[CodeECCN], i)
		}
	}
	var flags []decision.Flag
	for _, rule := range goodsRules {
		if at := lines[rule.Code]; len(at) > 0 {
			flags = append(flags, flag(goodsRules, rule.Code, seen.goodsSentence(rule.Code, at), seen.goodsEvidence(rule.Code, at)))
		}
	}
	return flags
}

// goodsSentence tells of the first line, and of how many others.
func (r *reading) goodsSentence(code string, at []int) string {
	var sentence strings.Builder
	line, item := r.lines[at[0]], r.Event.Goods[at[0]]
	switch code {
	case CodeECCN:
		concern, _ := goods.ECCNOfConcern(line.ECCN)
		fmt.Fprintf(&sentence, "goods line %d has ECCN %s, a commodity of concern: %s", at[0]+1, item.ECCN, concern.Commodity)
	case CodeCHPLPossible:
		fmt.Fprintf(&sentence, "goods line %d has HS %s, which may or may not be on the Common High Priority List (%s)",
			at[0]+1, item.HS, line.Listing.Note)
	default:
		listed := line.Listing.Item
		fmt.Fprintf(&sentence, "goods line %d, HS %s, is on the Common High Priority List, tier %s: %s",
			at[0]+1, item.HS, listed.Tier, lowerFirst(listed.Description))
	}
	switch others := len(at) - 1; others {
	case 0:
	case 1:
		sentence.WriteString("; so is 1 other line")
	default:
		fmt.Fprintf(&sentence, "; so are %d other lines", others)
	}
	return sentence.String()
}

func (r *reading) goodsEvidence(code string, at []int) []decision.Evidence {
	evidence := make([]decision.Evidence, 0, min(len(at), maxEvidence))
	for _, i := range at[:min(len(at), maxEvidence)] {
		if code == CodeECCN {
			evidence = append(evidence, decision.Evidence{Place: r.lines[i].Pointer + "/eccn", Value: r.Event.Goods[i].ECCN})
		} else {
			evidence = append(evidence, decision.Evidence{Place: r.lines[i].Pointer + "/hs", Value: r.Event.Goods[i].HS})
		}
	}
	return evidence
}

// sensitiveGoods names the goods that make a rule look, in a few words, and the
// place of the first.
func (r *reading) sensitiveGoods() (string, decision.Evidence) {
	best := -1
	for i, line := range r.lines {
		if line.sensitive() && (best < 0 || graver(line, r.lines[best])) {
			best = i
		}
	}
	if best < 0 {
		return "goods without a tariff code", decision.Evidence{}
	}
	line := r.lines[best]
	if !line.listed() {
		return "goods of ECCN " + line.ECCN, decision.Evidence{Place: line.Pointer + "/eccn", Value: r.Event.Goods[best].ECCN}
	}
	at := decision.Evidence{Place: line.Pointer + "/hs", Value: r.Event.Goods[best].HS}
	if line.Listing.Possible {
		return "goods that may be on the Common High Priority List", at
	}
	return "goods of tier " + string(line.Listing.Item.Tier), at
}

// graver reports whether a line weighs more than another: surely listed before
// possibly, a lower tier before a higher.
func graver(a, b Line) bool {
	return gravity(a) < gravity(b)
}

func gravity(line Line) int {
	for place, tier := range goods.Tiers() {
		if line.Listing.Item.Tier == tier && !line.Listing.Possible {
			return place
		}
	}
	if line.Class == ClassControlled {
		return len(goods.Tiers())
	}
	return len(goods.Tiers()) + 1
}

func lowerFirst(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToLower(text[:1]) + text[1:]
}
