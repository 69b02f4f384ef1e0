package publisher

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// OFAC reads the legacy CSV sets of the US Treasury's Office of Foreign Assets
// Control: comma-separated ASCII without a header, text in quotes, null written -0-,
// lines ending in CRLF and the file in one byte 0x1A. Four files make a list, joined
// by the party's number in their first column:
//
//	sdn.csv           cons_prim.csv      12 columns: the party
//	alt.csv           cons_alt.csv        5 columns: its other names
//	add.csv           cons_add.csv        6 columns: its addresses, one row at least
//	sdn_comments.csv  cons_comments.csv   2 columns: what did not fit into its remarks
//
// The layout is OFAC's "SDN data specification" of 2023-09-25. Which of the four a
// file is, is seen from its columns; which of the two lists it belongs to, from the
// programmes of its parties and from whose parties it speaks.
//
// Entries of the SDN list are US-SDN/<number>, those of the non-SDN list
// US-CONS/<number>. Some parties are on both under one number, with different
// measures: both entries stay, each with what its own listing does, and a link of type
// "same_party" ties the two.
type OFAC struct{}

// ofacPart is which of the four files a file is.
type ofacPart int

const (
	partUnknown ofacPart = iota
	partParties
	partAliases
	partAddresses
	partComments
)

// columns is the number of fields of a row.
func (p ofacPart) columns() int {
	switch p {
	case partParties:
		return 12
	case partAliases:
		return 5
	case partAddresses:
		return 6
	case partComments:
		return 2
	}
	return 0
}

func (p ofacPart) String() string {
	switch p {
	case partParties:
		return "parties"
	case partAliases:
		return "aliases"
	case partAddresses:
		return "addresses"
	case partComments:
		return "comments"
	}
	return "unknown part"
}

// Format names the format.
func (OFAC) Format() Format { return FormatOFAC }

// Recognise reports whether head starts one of the four files.
func (OFAC) Recognise(head []byte) bool { return recogniseOFAC(head) != partUnknown }

// recogniseOFAC tells the four files apart by the rows in the head: more than half must
// have the number of columns and the types in them that the part has. A few may be
// damaged, and the last may be cut off by the end of the head.
func recogniseOFAC(head []byte) ofacPart {
	votes := map[ofacPart]int{}
	rows := 0
	head, _ = cutEndMark(head)
	lines := ofacLines(head)
	for lines.next() && rows < 50 {
		if len(lines.text) > 0 && lines.text[0] == endMark {
			break
		}
		if len(bytes.TrimSpace(lines.text)) == 0 || !lines.ended && rows > 0 {
			continue
		}
		rows++
		votes[ofacRowPart(string(lines.text))]++
	}
	for _, part := range []ofacPart{partParties, partAliases, partAddresses, partComments} {
		if votes[part]*2 > rows {
			return part
		}
	}
	return partUnknown
}

// ofacRowPart says to which file a row belongs, as far as one row can tell.
func ofacRowPart(row string) ofacPart {
	if !startsRow([]byte(row)) {
		return partUnknown
	}
	for _, part := range []ofacPart{partParties, partAliases, partAddresses, partComments} {
		fields, err := splitOFAC(row, part.columns())
		if err != nil {
			continue
		}
		second := isNumber(fields[1])
		switch part {
		case partParties:
			kind := ofacText(fields[2])
			if _, ok := ofacKind(kind); ok && !second {
				return part
			}
		case partAliases:
			if _, ok := ofacAliasType(ofacText(fields[2])); ok && second {
				return part
			}
		case partAddresses:
			if second && !isNumber(fields[4]) {
				return part
			}
		case partComments:
			if strings.HasSuffix(strings.TrimSpace(row), `"`) && !second {
				return part
			}
		}
	}
	return partUnknown
}

// isNumber reports whether a field is one of OFAC's record numbers.
func isNumber(field string) bool {
	_, err := ofacNumber(field)
	return err == nil
}

// ofacNumber reads a record number: 1 to 2,147,483,647, bare.
func ofacNumber(field string) (int, error) {
	number, err := strconv.ParseInt(strings.TrimSpace(field), 10, 32)
	if err != nil || number <= 0 {
		return 0, errors.New("its record number is not a positive whole number")
	}
	return int(number), nil
}

// Parse groups the files of a folder into sets by list and reads them.
func (OFAC) Parse(files []File) []Set {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	var mains, others []ofacFile
	for _, file := range files {
		part := recogniseOFAC(file.Data[:min(len(file.Data), HeadBytes)])
		if part == partUnknown {
			continue
		}
		table := readOFAC(file, part.columns())
		if part == partParties {
			mains = append(mains, ofacFile{File: file, part: part, table: table, list: ofacList(file.Name, table)})
		} else {
			others = append(others, ofacFile{File: file, part: part, table: table})
		}
	}
	others, strangers := assignOFAC(mains, others)
	sets := make([]Set, 0, 2)
	for _, list := range []string{listSDN, listCONS} {
		members := slices.Concat(filesOfList(mains, list), filesOfList(others, list))
		if len(members) > 0 {
			sets = append(sets, parseOFACSet(list, members))
		}
	}
	linkSameParties(sets)
	for _, name := range strangers {
		sets = append(sets, Set{Format: FormatUnknown, Files: []string{name}})
	}
	return sets
}

// ofacFile is a file with what is known about it.
type ofacFile struct {
	File
	part  ofacPart
	table ofacTable
	list  string
}

func filesOfList(files []ofacFile, list string) []ofacFile {
	var result []ofacFile
	for _, file := range files {
		if file.list == list {
			result = append(result, file)
		}
	}
	return result
}

// ofacList says which list a file of parties is. Parties with tags or remarks of the
// non-SDN lists are 1 % of the SDN list and all of the other. A file too small to tell
// goes by its name where that says anything.
func ofacList(name string, table ofacTable) string {
	other := 0
	for _, row := range table.rows {
		programs := ofacPrograms(ofacText(row.fields[3]))
		if slices.ContainsFunc(programs, nonSDNProgram) || directiveRemark(row.fields[11]) {
			other++
		}
	}
	hint := ofacNameHint(name)
	if hint != "" && len(table.rows) < 20 {
		return hint
	}
	if other*2 > len(table.rows) || other*2 == len(table.rows) && hint == listCONS {
		return listCONS
	}
	return listSDN
}

// ofacNameHint says which list a file's name speaks of, "" for none.
func ofacNameHint(name string) string {
	lower := strings.ToLower(name)
	switch {
	case strings.HasPrefix(lower, "cons"):
		return listCONS
	case strings.HasPrefix(lower, "sdn"), strings.HasPrefix(lower, "alt"), strings.HasPrefix(lower, "add"):
		return listSDN
	}
	return ""
}

// assignOFAC gives every other file the list whose parties it speaks of: the list
// with the larger share of its rows, the name where both fit alike. Two columns are
// weak evidence: a table of numbers and texts that speaks of hardly any party, and is
// not called comments either, is a stranger.
func assignOFAC(mains, others []ofacFile) (assigned []ofacFile, strangers []string) {
	parties := map[string]map[int]bool{}
	for _, main := range mains {
		if parties[main.list] == nil {
			parties[main.list] = make(map[int]bool, len(main.table.rows))
		}
		for _, row := range main.table.rows {
			if number, err := ofacNumber(row.fields[0]); err == nil {
				parties[main.list][number] = true
			}
		}
	}
	for _, file := range others {
		list, joined := bestList(file, parties)
		named := strings.Contains(strings.ToLower(file.Name), "comment")
		if file.part == partComments && !named && joined*2 <= len(file.table.rows) {
			strangers = append(strangers, file.Name)
			continue
		}
		file.list = list
		assigned = append(assigned, file)
	}
	return assigned, strangers
}

// bestList returns the list a file speaks of and how many of its rows do.
func bestList(file ofacFile, parties map[string]map[int]bool) (best string, most int) {
	hint := ofacNameHint(file.Name)
	if len(parties) == 0 {
		return cmp.Or(hint, listSDN), 0
	}
	most = -1
	for _, list := range []string{listSDN, listCONS} {
		if parties[list] == nil {
			continue
		}
		joined := 0
		for _, row := range file.table.rows {
			if number, err := ofacNumber(row.fields[0]); err == nil && parties[list][number] {
				joined++
			}
		}
		if joined > most || joined == most && list == hint {
			best, most = list, joined
		}
	}
	return best, most
}

// ofacSet is the four tables of one list.
type ofacSet struct {
	list  string
	files map[ofacPart]ofacFile
	order []string
	all   []File
}

// gatherOFAC puts the files of one list in their places.
func gatherOFAC(list string, files []ofacFile) (ofacSet, error) {
	set := ofacSet{list: list, files: map[ofacPart]ofacFile{}}
	var faults []error
	for _, part := range []ofacPart{partParties, partAliases, partAddresses, partComments} {
		for _, file := range files {
			if file.part != part {
				continue
			}
			set.order = append(set.order, file.Name)
			set.all = append(set.all, file.File)
			if other, twice := set.files[part]; twice {
				faults = append(faults, fmt.Errorf("both %s and %s hold the %s of %s", other.Name, file.Name, part, list))
				continue
			}
			set.files[part] = file
		}
	}
	for _, need := range []struct {
		part ofacPart
		file string
	}{{partParties, "sdn.csv or cons_prim.csv"}, {partAliases, "alt.csv or cons_alt.csv"}, {partAddresses, "add.csv or cons_add.csv"}} {
		if _, ok := set.files[need.part]; !ok {
			faults = append(faults, fmt.Errorf("the set lacks the file of %s (%s)", need.part, need.file))
		}
	}
	return set, errors.Join(faults...)
}

// whole returns what shows that files of the set are cut off. A file is whole when it
// ends in OFAC's mark, or in a complete row while no other file speaks of parties
// beyond it.
func (s ofacSet) whole() error {
	var faults []error
	for _, name := range s.order {
		for _, file := range s.files {
			if file.Name != name {
				continue
			}
			if file.table.broken {
				faults = append(faults, fmt.Errorf("%s ends within a row: it was cut off", name))
			}
			if file.table.trailing {
				faults = append(faults, fmt.Errorf("%s goes on behind its end mark: it was put together from several files", name))
			}
			if file.table.count == 0 {
				faults = append(faults, fmt.Errorf("%s is empty", name))
			}
		}
	}
	return errors.Join(append(faults, s.wholeParties(), s.wholeAddresses(), s.wholeAliases())...)
}

// last returns the highest party number of a table, 0 for none.
func (t ofacTable) last() int {
	highest := 0
	for _, row := range t.rows {
		if number, err := ofacNumber(row.fields[0]); err == nil {
			highest = max(highest, number)
		}
	}
	return highest
}

// beyond counts the rows, and the parties, of a table behind a party number.
func (t ofacTable) beyond(party int) (rows, parties int) {
	seen := map[int]bool{}
	for _, row := range t.rows {
		if number, err := ofacNumber(row.fields[0]); err == nil && number > party {
			rows++
			seen[number] = true
		}
	}
	return rows, len(seen)
}

// wholeParties finds a file of parties cut off at the end of a row: rows are sorted by
// number, so aliases or addresses of parties beyond its last one give it away.
func (s ofacSet) wholeParties() error {
	main := s.files[partParties]
	if main.table.ended {
		return nil
	}
	last := main.table.last()
	for _, part := range []ofacPart{partAliases, partAddresses, partComments} {
		file := s.files[part]
		if rows, parties := file.table.beyond(last); rows > 0 {
			return fmt.Errorf("%s ends at party %d without its end mark, but %s has %d rows about %d later parties: %s was cut off",
				main.Name, last, file.Name, rows, parties, main.Name)
		}
	}
	return nil
}

// cutTail is how many parties at the end may be without a row in a file that has no
// end mark before that file counts as cut off.
const cutTail = 20

// wholeAddresses finds a file of addresses cut off at the end of a row: every party
// has an address row, be it of nulls alone.
func (s ofacSet) wholeAddresses() error {
	file, main := s.files[partAddresses], s.files[partParties]
	if file.table.ended {
		return nil
	}
	last := file.table.last()
	_, missing := main.table.beyond(last)
	if missing <= cutTail {
		return nil
	}
	return fmt.Errorf("%s ends at party %d without its end mark, and the last %d parties of %s have no address row: %s was cut off",
		file.Name, last, missing, main.Name, file.Name)
}

// wholeAliases finds a file of aliases cut off at the end of a row. Not every party
// has an alias, so it takes a tail without any that chance does not explain: where a
// third or more of the parties before it have one, sixty in a row without have odds of
// less than one in ten thousand million.
func (s ofacSet) wholeAliases() error {
	const tail = 60
	file, main := s.files[partAliases], s.files[partParties]
	if file.table.ended {
		return nil
	}
	last := file.table.last()
	_, missing := main.table.beyond(last)
	_, with := file.table.beyond(0)
	before := len(main.table.rows) - missing
	if missing < tail || with*3 < before {
		return nil
	}
	return fmt.Errorf("%s ends at party %d without its end mark, and none of the last %d parties of %s has an alias: %s was cut off",
		file.Name, last, missing, main.Name, file.Name)
}
