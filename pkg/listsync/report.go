package listsync

import (
	"cmp"
	"slices"
	"strings"
)

// Report says what a folder holds. Its JSON is what `lists check --json` prints.
type Report struct {
	// Lists are the lists that could be read, sorted by name. One that is claimed by
	// two sets, or shrank, is here as well as among the refused.
	Lists []ListReport `json:"lists"`
	// Refused are the files that must not be used, and why.
	Refused []Refusal `json:"refused"`
	// Unrecognised are the files of no known format, with their folders. They are
	// nothing wrong in themselves: publishers put documents beside their data.
	Unrecognised []string `json:"unrecognised"`
	// RejectedRows names rows that were not read, the first hundred of them; the
	// lists have the full counts.
	RejectedRows []RejectedRow `json:"rejected_rows"`
	// Warnings are remarks about what was read.
	Warnings []string `json:"warnings,omitempty"`
}

// ListReport is one list of a report.
type ListReport struct {
	// List is the list's name.
	List string `json:"list"`
	// Source is the format and the files, with their folder.
	Source string `json:"source"`
	// Entries and Names count what was read, Rejected the rows that were not.
	Entries  int `json:"entries"`
	Names    int `json:"names"`
	Rejected int `json:"rejected"`
}

// Refusal is a file, or a set of files, that must not be used.
type Refusal struct {
	// File is the file with its folder; of a set, the file that lists the parties.
	File string `json:"file"`
	// Reason says why, in one line.
	Reason string `json:"reason"`
	// Lists are the lists concerned, as far as they are known.
	Lists []string `json:"lists,omitempty"`
}

// RejectedRow is one row that was not read.
type RejectedRow struct {
	File   string `json:"file"`
	Row    int    `json:"row"`
	Reason string `json:"reason"`
}

// maxRejectedRows is how many rejected rows a report names.
const maxRejectedRows = 100

// OK reports whether nothing was refused and at least one list was read.
func (r Report) OK() bool { return len(r.Refused) == 0 && len(r.Lists) > 0 }

// finish sorts everything, so that the same folder always gives the same report.
func (r *Report) finish() {
	slices.SortFunc(r.Lists, func(a, b ListReport) int {
		return cmp.Or(strings.Compare(a.List, b.List), strings.Compare(a.Source, b.Source))
	})
	slices.SortFunc(r.Refused, func(a, b Refusal) int {
		return cmp.Or(strings.Compare(a.File, b.File), strings.Compare(a.Reason, b.Reason))
	})
	slices.SortFunc(r.RejectedRows, func(a, b RejectedRow) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Row, b.Row))
	})
	slices.Sort(r.Unrecognised)
	slices.Sort(r.Warnings)
	if len(r.RejectedRows) > maxRejectedRows {
		r.RejectedRows = r.RejectedRows[:maxRejectedRows]
	}
	// Arrays, not null, in JSON.
	if r.Lists == nil {
		r.Lists = []ListReport{}
	}
	if r.Refused == nil {
		r.Refused = []Refusal{}
	}
	if r.Unrecognised == nil {
		r.Unrecognised = []string{}
	}
	if r.RejectedRows == nil {
		r.RejectedRows = []RejectedRow{}
	}
}
