package publisher

import (
	"strings"
	"time"

	"chokepoint/pkg/controllist"
)

// ofacRemarks is what a remark says, sorted into fields.
type ofacRemarks struct {
	names         []controllist.Name
	identifiers   []controllist.Identifier
	birthDates    []controllist.DateRange
	nationalities []string
	countries     []string
	gender        string
	links         []controllist.Link
	// rest is everything without a field of its own, as printed.
	rest []string
}

// readRemarks reads OFAC's grammar of remarks: statements joined by "; ", each a label
// and a value, the second and later of a kind led by "alt. ", the whole closed by a
// full stop.
//
//	DOB 12 Mar 1961; alt. DOB 1962; POB Example City; nationality Turkey; Gender Male;
//	Passport X123 (Turkey) issued 01 Feb 2003; Linked To: EXAMPLE TRADING; a.k.a. 'NICK'.
//
// A statement that is not understood is kept as it is; nothing is ever dropped.
func readRemarks(text string, kind controllist.Kind) ofacRemarks {
	var remarks ofacRemarks
	for _, statement := range splitRemarks(text) {
		plain := statement
		if rest, ok := cutLabel(plain, "alt."); ok {
			plain = rest
		}
		if !remarks.read(plain, kind) {
			remarks.rest = append(remarks.rest, statement)
		}
	}
	return remarks
}

// splitRemarks splits a remark into statements. A quoted weak name may hold "; " itself.
func splitRemarks(text string) []string {
	text = strings.TrimSuffix(tidy(text), ".")
	var statements []string
	for text != "" {
		end := statementEnd(text)
		if statement := strings.TrimSpace(text[:end]); statement != "" {
			statements = append(statements, statement)
		}
		text = strings.TrimPrefix(text[end:], ";")
	}
	return statements
}

// statementEnd returns where the first statement of text ends.
func statementEnd(text string) int {
	next := func(from int) int {
		for at := from; ; at++ {
			semicolon := strings.IndexByte(text[at:], ';')
			if semicolon < 0 {
				return len(text)
			}
			at += semicolon
			if at+1 == len(text) || text[at+1] == ' ' {
				return at
			}
		}
	}
	first := next(0)
	trimmed := strings.TrimLeft(text, " ")
	trimmed = strings.TrimPrefix(trimmed, "alt. ")
	if !quotedName(trimmed) {
		return first
	}
	// The name goes on to the quote that closes it; a name never closed, or one that
	// is longer than a name may be, ends as if it were not quoted.
	for end := first; ; end = next(end + 1) {
		if strings.HasSuffix(strings.TrimRight(text[:end], " ."), "'") && strings.Count(text[:end], "'") >= 2 {
			return end
		}
		if end == len(text) || end > controllist.MaxTextBytes {
			return first
		}
		if startsStatement(strings.TrimLeft(text[end+1:], " ")) {
			return first
		}
	}
}

func quotedName(text string) bool {
	for _, label := range quotedLabels {
		if strings.HasPrefix(text, label.label+" '") {
			return true
		}
	}
	return false
}

// startsStatement reports whether text starts with a label that ends a quoted name.
func startsStatement(text string) bool {
	text = strings.TrimPrefix(text, "alt. ")
	if quotedName(text) {
		return true
	}
	rule, _, _ := findLabel(text)
	return rule != nil
}

// quotedLabels are the labels of names in quotes, which OFAC calls weak.
var quotedLabels = []struct {
	label string
	kind  controllist.NameType
}{
	{"a.k.a.", controllist.NameWeak},
	{"f.k.a.", controllist.NameFormer},
	{"n.k.a.", controllist.NameAlias},
}

// read sorts one statement into its field; false means that it has none.
func (r *ofacRemarks) read(statement string, kind controllist.Kind) bool {
	for _, label := range quotedLabels {
		if value, ok := cutLabel(statement, label.label); ok {
			return r.name(value, label.kind)
		}
	}
	rule, value, ok := findLabel(statement)
	return ok && rule.read(r, value, kind)
}

// name reads a name between quotes.
func (r *ofacRemarks) name(value string, kind controllist.NameType) bool {
	value = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "."))
	if len(value) < 3 || value[0] != '\'' || value[len(value)-1] != '\'' {
		return false
	}
	value = strings.TrimSpace(value[1 : len(value)-1])
	if value == "" {
		return false
	}
	r.names = append(r.names, controllist.Name{Value: value, Type: kind})
	return true
}

// cutLabel cuts a label and the blanks after it off a text.
func cutLabel(text, label string) (value string, ok bool) {
	if !strings.HasPrefix(text, label) {
		return "", false
	}
	rest := text[len(label):]
	if rest != "" && rest[0] != ' ' && !strings.HasSuffix(label, ":") && !strings.HasSuffix(label, "#") && rest[0] != ':' {
		return "", false
	}
	return strings.TrimSpace(strings.TrimPrefix(rest, ":")), true
}

// birthDate reads "12 Mar 1961", "Mar 1961", "1961", "circa 1961", "1951 to 1953" and
// "circa 1979-1982".
func (r *ofacRemarks) birthDate(value string, _ controllist.Kind) bool {
	date, ok := ofacDate(value)
	if ok {
		r.birthDates = append(r.birthDates, date)
	}
	return ok
}

func ofacDate(value string) (controllist.DateRange, bool) {
	value = strings.TrimSuffix(strings.TrimSpace(value), ".")
	prefix := ""
	if rest, ok := cutLabel(value, "circa"); ok {
		value, prefix = rest, "~"
	}
	from, to, two := strings.Cut(value, " to ")
	if !two && len(value) == 9 && value[4] == '-' {
		from, to, two = value[:4], value[5:], true
	}
	first, ok := isoDate(from)
	if !ok {
		return "", false
	}
	if !two {
		return controllist.DateRange(prefix + first), true
	}
	last, ok := isoDate(strings.TrimPrefix(to, "circa "))
	if !ok {
		return "", false
	}
	date := controllist.DateRange(prefix + first + "/" + last)
	_, err := date.Span()
	return date, err == nil
}

// isoDate turns "12 Mar 1961", "Mar 1961" or "1961" into ISO 8601 of the same precision.
func isoDate(text string) (string, bool) {
	text = strings.TrimSpace(text)
	for _, layout := range []struct{ from, to string }{{"2 Jan 2006", "2006-01-02"}, {"Jan 2006", "2006-01"}, {"2006", "2006"}} {
		if date, err := time.Parse(layout.from, text); err == nil && date.Year() > 0 {
			return date.Format(layout.to), true
		}
	}
	return "", false
}

func (r *ofacRemarks) setGender(value string, _ controllist.Kind) bool {
	gender := strings.ToLower(value)
	if gender != "male" && gender != "female" || r.gender != "" && r.gender != gender {
		return false
	}
	r.gender = gender
	return true
}

func (r *ofacRemarks) nationality(value string, _ controllist.Kind) bool {
	code, ok := Country(value)
	if ok {
		r.nationalities = append(r.nationalities, code)
	}
	return ok
}

func (r *ofacRemarks) country(value string, _ controllist.Kind) bool {
	code, ok := Country(value)
	if ok {
		r.countries = append(r.countries, code)
	}
	return ok
}

// link returns a reader of the name of another party.
func link(relation string) remarkReader {
	return func(r *ofacRemarks, value string, _ controllist.Kind) bool {
		if value == "" {
			return false
		}
		r.links = append(r.links, controllist.Link{Type: relation, Name: value})
		return true
	}
}

// alias reads a name that is not in quotes.
func (r *ofacRemarks) alias(value string, _ controllist.Kind) bool {
	if value == "" {
		return false
	}
	r.names = append(r.names, controllist.Name{Value: value, Type: controllist.NameAlias})
	return true
}
