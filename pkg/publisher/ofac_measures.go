package publisher

import (
	"strings"

	"chokepoint/pkg/controllist"
)

// OFAC's two lists in this layout.
const (
	listSDN  = "US-SDN"
	listCONS = "US-CONS"
)

// ofacPrograms splits the programme field: "SDGT] [IFSR" are two tags; the outer
// brackets of the original are missing.
func ofacPrograms(field string) []string {
	field = strings.Trim(field, "[] ")
	if field == "" {
		return nil
	}
	var programs []string
	for program := range strings.SplitSeq(field, "] [") {
		if program = strings.Trim(program, "[] "); program != "" {
			programs = append(programs, program)
		}
	}
	return programs
}

// nonSDNProgram reports whether a tag by itself says that a party is not blocked:
// the tags of the non-SDN lists.
func nonSDNProgram(program string) bool {
	return strings.HasPrefix(program, "NS-") || strings.HasPrefix(program, "CMIC-") ||
		program == "561-Related" || strings.Contains(program, "CAPTA") || sectoralProgram(program)
}

// sectoralProgram reports whether a tag is one of a list of sectoral sanctions; SSIDES
// is not, it is the blocking programme of an act of 2014.
func sectoralProgram(program string) bool {
	return program == "SSI" || strings.HasPrefix(program, "SSI-")
}

// directiveRemark reports whether a remark is of the kind that sectoral and menu-based
// listings have: the directive or the menu of sanctions that applies.
func directiveRemark(remarks string) bool {
	lower := strings.ToLower(remarks)
	return strings.Contains(lower, "directive determination") || strings.Contains(lower, "directive information") ||
		strings.Contains(lower, "section 235 information") || strings.Contains(lower, "correspondent account")
}

// ofacMeasures says what a listing does.
//
// Everything on the SDN list is blocked: its name says so, and a menu-based sanction
// on it (CAATSA section 235, IFCA, Executive Order 13846) is there because the menu
// includes the blocking of property; every one of the 76 such rows of the list of
// August 2026 has it, or another blocking programme beside it. The only SDN rows that
// are not a freeze would be ones with tags of the non-SDN lists alone.
//
// The consolidated list is everything else, and what it does differs row by row.
func ofacMeasures(list string, programs []string, remarks string) []controllist.Measure {
	if list == listSDN {
		for _, program := range programs {
			if !nonSDNProgram(program) {
				return []controllist.Measure{controllist.MeasureFreeze}
			}
		}
		if len(programs) == 0 {
			return []controllist.Measure{controllist.MeasureFreeze}
		}
	}
	return nonSDNMeasures(programs, remarks)
}

// nonSDNMeasures reads programme tags and remarks of the consolidated list:
//
//   - NS-PLC, the Palestinian Legislative Council list: transactions are rejected, not
//     blocked (General License 4 under 31 CFR parts 594, 595 and 597).
//   - CMIC-EO13959, Chinese military-industrial complex companies: no dealing in their
//     publicly traded securities (31 CFR part 586, Executive Order 14032).
//   - 561-Related and CAPTA tags: no correspondent or payable-through account
//     (31 CFR 561.201; Directive 2 under Executive Order 14024).
//   - UKRAINE-EO13662, the sectoral list: Directives 1, 2 and 3 limit new debt and equity
//     (31 CFR 589.203 ff.); Directive 4 forbids goods, services and technology for certain oil projects.
//   - RUSSIA-EO14024: Directive 1/1A bonds of the state, Directive 2 correspondent
//     accounts, Directive 3 new debt and equity, Directive 4 any transaction with the central bank.
//   - NS-MBS, menu-based sanctions: what the remarks list.
//
// A row of which nothing is understood is to be rejected: that stops a transaction
// until a person has looked, which an empty answer would not.
func nonSDNMeasures(programs []string, remarks string) []controllist.Measure {
	var found []controllist.Measure
	add := func(measure controllist.Measure) { found = append(found, measure) }
	text := strings.ToLower(remarks)
	sectoral := false
	for _, program := range programs {
		switch {
		case program == "NS-PLC":
			add(controllist.MeasureReject)
		case strings.HasPrefix(program, "CMIC-"):
			add(controllist.MeasureSecuritiesBan)
		case program == "561-Related", strings.Contains(program, "CAPTA"):
			add(controllist.MeasureCorrespondentAccount)
		case program == "UKRAINE-EO13662", sectoralProgram(program):
			sectoral = true
		}
	}
	for _, rule := range remarkMeasures {
		if strings.Contains(text, rule.contains) {
			add(rule.measure)
		}
	}
	found = canonicalMeasures(found)
	if sectoral && len(found) == 0 {
		add(controllist.MeasureDebtEquityLimit)
	}
	if len(found) == 0 {
		add(controllist.MeasureReject)
	}
	return found
}

// remarkMeasures are the phrases of directives and menus, in lower case. The menu is
// that of CAATSA section 235(a) (22 U.S.C. 9529), whose numbers the remarks print.
var remarkMeasures = []struct {
	contains string
	measure  controllist.Measure
}{
	{"13662 directive determination - subject to directive 1", controllist.MeasureDebtEquityLimit},
	{"13662 directive determination - subject to directive 2", controllist.MeasureDebtEquityLimit},
	{"13662 directive determination - subject to directive 3", controllist.MeasureDebtEquityLimit},
	{"13662 directive determination - subject to directive 4", controllist.MeasureExportRestriction},
	{"14024 directive information subject to directive 1", controllist.MeasureDebtEquityLimit},
	{"14024 directive information subject to directive 2", controllist.MeasureCorrespondentAccount},
	{"14024 directive information subject to directive 3", controllist.MeasureDebtEquityLimit},
	{"14024 directive information subject to directive 4", controllist.MeasureReject},
	{"14014 directive information: subject to directive 1", controllist.MeasureReject},
	{"(eo 14024 directive 1", controllist.MeasureDebtEquityLimit},
	{"(eo 14024 directive 2", controllist.MeasureCorrespondentAccount},
	{"(eo 14024 directive 3", controllist.MeasureDebtEquityLimit},
	{"(eo 14024 directive 4", controllist.MeasureReject},
	{"(eo 14014 directive 1", controllist.MeasureReject},
	{"correspondent account", controllist.MeasureCorrespondentAccount},
	{"export sanctions", controllist.MeasureExportRestriction},
	{"export-import bank assistance", controllist.MeasureExportRestriction},
	{"loans from united states financial institutions", controllist.MeasureDebtEquityLimit},
	{"loans from international financial institutions", controllist.MeasureDebtEquityLimit},
	{"making loans or providing credit", controllist.MeasureDebtEquityLimit},
	{"ban on investment in equity or debt", controllist.MeasureDebtEquityLimit},
	{"investing in or purchasing significant amounts of equity or debt", controllist.MeasureDebtEquityLimit},
	{"information: foreign exchange", controllist.MeasureReject},
	{"transactions in foreign exchange", controllist.MeasureReject},
	{"banking transactions", controllist.MeasureReject},
	{"blocking property", controllist.MeasureFreeze},
	{"property transactions", controllist.MeasureFreeze},
}

// canonicalMeasures returns measures sorted, once each.
func canonicalMeasures(measures []controllist.Measure) []controllist.Measure {
	return controllist.Entry{Measures: measures}.Canonical().Measures
}
