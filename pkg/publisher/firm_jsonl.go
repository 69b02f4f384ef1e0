package publisher

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"chokepoint/pkg/controllist"
)

// Firm reads a firm's own lists: JSON lines, one entry a line, plain or packed.
//
//	{"id":"17","list":"ACME-WATCH","kind":"organization",
//	 "names":[{"value":"Example Trading Ltd","type":"primary"},{"value":"ExTra","type":"weak"}],
//	 "countries":["TR"],"identifiers":[{"type":"tax_id","value":"1234567890","country":"TR"}]}
//
// Members are those of [controllist.Entry] without row and source; id, list and names
// are needed, anything unknown is refused. An id that does not start with the list's
// name gets it ("ACME-WATCH/17"). The types of names may be left out: then the first
// is primary and the others are aliases. An entry without measures gets
// [controllist.MeasureInternal]. One file may hold several lists, one list may not be
// in two files.
//
// Two things are read with patience, because a row must not be lost over them. Letters
// of a name that a wrong decoding has damaged are put back. And countries may be names
// or several codes in one text ("RU;CY"); what is not understood is kept in the remarks.
type Firm struct{}

// maxFirmLine is the most one row may have, in bytes.
const maxFirmLine = 1 << 20

// firmRow is a row as written.
type firmRow struct {
	ID            string                   `json:"id"`
	List          string                   `json:"list"`
	Kind          string                   `json:"kind"`
	Names         []controllist.Name       `json:"names"`
	Countries     []string                 `json:"countries"`
	Identifiers   []controllist.Identifier `json:"identifiers"`
	Addresses     []controllist.Address    `json:"addresses"`
	Programs      []string                 `json:"programs"`
	Measures      []controllist.Measure    `json:"measures"`
	BirthDates    []controllist.DateRange  `json:"birth_dates"`
	Gender        string                   `json:"gender"`
	Nationalities []string                 `json:"nationalities"`
	Links         []controllist.Link       `json:"links"`
	Remarks       string                   `json:"remarks"`
}

// Format names the format.
func (Firm) Format() Format { return FormatFirm }

// Recognise reports whether one of the first lines is an object with id and list. More than the first is looked at, so that a damaged first row does not hide
// what the file is.
func (Firm) Recognise(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	for range 20 {
		line, rest, more := bytes.Cut(head, []byte{'\n'})
		line = bytes.TrimSpace(line)
		if len(line) > 0 && looksLikeFirmRow(line) {
			return true
		}
		if !more {
			return false
		}
		head = rest
	}
	return false
}

// looksLikeFirmRow reports whether a line means to be a row: an object that says its id
// and its list. Whether it is sound is for reading to say, with the fault; a file that
// is only nearly one must not pass for a document beside the data.
func looksLikeFirmRow(line []byte) bool {
	return line[0] == '{' && bytes.Contains(line, []byte(`"id"`)) && bytes.Contains(line, []byte(`"list"`))
}

// Parse reads each file as a set of its own.
func (Firm) Parse(files []File) []Set {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	sets := make([]Set, 0, len(files))
	for _, file := range files {
		reader := firmReader{
			file:     file,
			set:      Set{Format: FormatFirm, Files: []string{file.Name}},
			lists:    map[string]*controllist.List{},
			seen:     map[string]int{},
			unread:   map[string]int{},
			internal: []controllist.Measure{controllist.MeasureInternal},
		}
		sets = append(sets, reader.read())
	}
	return sets
}

// firmReader reads one file.
type firmReader struct {
	file     File
	set      Set
	lists    map[string]*controllist.List
	seen     map[string]int
	current  string
	orphaned int
	repaired int
	unread   map[string]int
	internal []controllist.Measure
}

func (r *firmReader) read() Set {
	rest := bytes.TrimPrefix(r.file.Data, []byte("\xef\xbb\xbf"))
	for number := 1; len(rest) > 0; number++ {
		line, after, ended := bytes.Cut(rest, []byte{'\n'})
		rest = after
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		r.set.Rows++
		list, err := r.row(line, number)
		if err == nil {
			continue
		}
		if !utf8.Valid(line) {
			r.set.Damage = fmt.Errorf("row %d is not valid UTF-8: the file was written in another encoding", number)
		}
		if !ended {
			r.set.Damage = fmt.Errorf("the file ends within row %d: it was cut off", number)
		}
		r.reject(list, number, err.Error())
	}
	return r.finish()
}

// reject counts a row for its list: the one it says, else the one of the row before.
func (r *firmReader) reject(list string, number int, reason string) {
	if r.lists[list] == nil {
		list = r.current
	}
	if known := r.lists[list]; known != nil {
		known.Rejected++
	} else {
		r.orphaned++
	}
	r.set.reject(r.file.Name, number, reason)
}

// row reads one row; the list it is of comes back even when the row is unsound.
func (r *firmReader) row(line []byte, number int) (list string, err error) {
	if len(line) > maxFirmLine {
		return "", fmt.Errorf("the row has %d bytes, more than %d", len(line), maxFirmLine)
	}
	var row firmRow
	if err := json.Unmarshal(line, &row, json.RejectUnknownMembers(true)); err != nil {
		return "", plainRowError(err)
	}
	entry := r.entry(row, number)
	if faults := entry.Validate(); len(faults) > 0 {
		return row.List, controllist.FaultsError(faults)
	}
	if first, ok := r.seen[entry.ID]; ok {
		return row.List, fmt.Errorf("its id is that of row %d", first)
	}
	r.seen[entry.ID] = number
	if r.lists[entry.List] == nil {
		r.lists[entry.List] = &controllist.List{
			Name: entry.List, Source: string(FormatFirm) + ": " + r.file.Name, Digest: "",
		}
	}
	known := r.lists[entry.List]
	known.Entries++
	known.Names += len(entry.Names)
	r.current = entry.List
	r.set.Entries = append(r.set.Entries, entry)
	return entry.List, nil
}

// plainRowError says what is wrong with a row in words of the format, without the
// names of our types.
func plainRowError(err error) error {
	var meaning *json.SemanticError
	if !errors.As(err, &meaning) {
		return err
	}
	where := string(meaning.JSONPointer)
	switch {
	case errors.Is(err, json.ErrUnknownName):
		return fmt.Errorf("%s is not a member of this format", where)
	case where == "":
		return errors.New("the row is not an object")
	default:
		return fmt.Errorf("%s cannot be a %s", where, meaning.JSONKind)
	}
}

// entry turns a row into an entry, not yet checked.
func (r *firmReader) entry(row firmRow, number int) controllist.Entry {
	names := firmNames(row.Names)
	for i := range names {
		var repaired bool
		if names[i].Value, repaired = repair(names[i].Value); repaired {
			r.repaired++
		}
	}
	entry := controllist.Entry{
		ID: row.ID, List: row.List, Kind: controllist.Kind(row.Kind), Names: names,
		Identifiers: row.Identifiers, Addresses: row.Addresses, Programs: row.Programs,
		Measures: row.Measures, BirthDates: row.BirthDates, Gender: row.Gender, Links: row.Links,
		Remarks: tidy(row.Remarks), Row: number, Source: r.file.Name,
	}
	if entry.ID != "" && !strings.HasPrefix(entry.ID, row.List+"/") {
		entry.ID = row.List + "/" + entry.ID
	}
	if row.Kind == "unknown" {
		entry.Kind = controllist.KindUnknown
	}
	if len(entry.Measures) == 0 {
		entry.Measures = r.internal
	}
	entry.Countries = r.countries(&entry, "countries", row.Countries)
	entry.Nationalities = r.countries(&entry, "nationalities", row.Nationalities)
	return entry.Canonical()
}

// firmNames gives types to names that have none and sees to it that there is a
// primary name where one can be: an entry known by weak or former names alone stays
// so, since to call a weak name primary would make it match like a full one.
func firmNames(names []controllist.Name) []controllist.Name {
	if len(names) == 0 {
		return nil
	}
	result := make([]controllist.Name, len(names))
	primary, candidate := false, -1
	for i, name := range names {
		name.Value = tidy(name.Value)
		if name.Type == controllist.NameUnknown {
			name.Type = controllist.NameAlias
		}
		primary = primary || name.Type == controllist.NamePrimary
		if candidate < 0 && name.Type == controllist.NameAlias {
			candidate = i
		}
		result[i] = name
	}
	if !primary && candidate >= 0 {
		result[candidate].Type = controllist.NamePrimary
	}
	return result
}

// countries reads the texts of a countries member; what it cannot read goes to the
// remarks of the entry.
func (r *firmReader) countries(entry *controllist.Entry, member string, texts []string) []string {
	var codes, unread []string
	for _, text := range texts {
		if code, ok := Country(text); ok {
			codes = append(codes, code)
			continue
		}
		for part := range strings.SplitSeq(text, ";") {
			if code, ok := Country(part); ok {
				codes = append(codes, code)
			} else if part = tidy(part); part != "" {
				unread = append(unread, part)
			}
		}
	}
	if len(unread) > 0 {
		r.unread[member]++
		remark := member + ": " + strings.Join(unread, ", ")
		if entry.Remarks != "" {
			remark = entry.Remarks + "; " + remark
		}
		entry.Remarks = remark
	}
	return codes
}

func (r *firmReader) finish() Set {
	digest := digestOf(r.file)
	for _, list := range r.lists {
		list.Digest = digest
		r.set.Lists = append(r.set.Lists, *list)
	}
	slices.SortFunc(r.set.Lists, func(a, b controllist.List) int { return strings.Compare(a.Name, b.Name) })
	// Rows rejected before the first sound one belong to no list; they are not lost.
	if len(r.set.Lists) > 0 {
		r.set.Lists[0].Rejected += r.orphaned
	}
	for _, member := range []string{"countries", "nationalities"} {
		if count := r.unread[member]; count > 0 {
			r.set.warn("%s: %d rows with %s that are not understood; they are kept as remarks", r.file.Name, count, member)
		}
	}
	if r.repaired > 0 {
		r.set.warn("%s: %d names with letters damaged by a wrong decoding; they were put back by the likeliest code page", r.file.Name, r.repaired)
	}
	if r.set.Damage == nil && len(r.set.Entries) == 0 {
		r.set.Damage = fmt.Errorf("none of its %d rows can be read", r.set.Rows)
	}
	r.set.finish()
	return r.set
}
