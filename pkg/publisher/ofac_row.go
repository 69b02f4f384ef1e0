package publisher

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ofacRow is one row of one of OFAC's files.
type ofacRow struct {
	// line is the row's first line, counted from 1.
	line   int
	fields []string
}

// ofacFault is a row that could not be read.
type ofacFault struct {
	line   int
	reason string
}

// ofacTable is a file of OFAC's, taken apart.
type ofacTable struct {
	name   string
	rows   []ofacRow
	faults []ofacFault
	// count is the number of rows, sound or not.
	count int
	// ended says that the file has its closing 0x1A, OFAC's mark that it is whole.
	ended bool
	// broken says that the file ends within a row.
	broken bool
	// trailing says that something stands behind the closing mark.
	trailing bool
}

// endMark closes the files OFAC publishes (Ctrl-Z, the end of a text file in CP/M).
const endMark = 0x1a

// maxOFACRow is the most one row may have, in bytes: a spilled-over remark has no
// limit of its own, the longest real one has about 7,000.
const maxOFACRow = 256 << 10

// maxOFACLines is how many lines one row may be wrapped over.
const maxOFACLines = 20

var (
	errUnclosed = errors.New("a quoted field is not closed")
	errQuote    = errors.New("a quote stands where none can")
)

// readOFAC takes a file apart. Rows are read line by line: a quote that is not closed
// costs one row, not the rest of the file. A row whose last field stays open goes on
// on the next line only if that line does not itself start like a row.
func readOFAC(file File, columns int) ofacTable {
	table := ofacTable{name: file.Name}
	data, ended := cutEndMark(file.Data)
	table.ended = ended
	lines := ofacLines(data)
	for lines.next() {
		if len(lines.text) > 0 && lines.text[0] == endMark {
			table.ended, table.trailing = true, true
			return table
		}
		if len(bytes.TrimSpace(lines.text)) == 0 {
			continue
		}
		first := lines.number
		fields, err := lines.row(columns)
		if err == nil && table.count == 0 && strings.EqualFold(strings.TrimSpace(fields[0]), "ent_num") {
			continue
		}
		table.count++
		// Without a line end the row is whole only if its last field is: a quoted text
		// that is closed, or the null that most rows end in.
		if !lines.ended && !ended && (err != nil || !wholeEnd(lines.text)) {
			table.broken = true
		}
		if err != nil {
			table.faults = append(table.faults, ofacFault{line: first, reason: err.Error()})
			continue
		}
		table.rows = append(table.rows, ofacRow{line: first, fields: fields})
	}
	return table
}

// cutEndMark cuts the end mark off a file. It should stand on a line of its own, and
// is taken for what it is behind the last row too.
func cutEndMark(data []byte) (rest []byte, ended bool) {
	trimmed := bytes.TrimRight(data, "\r\n")
	if len(trimmed) == 0 || trimmed[len(trimmed)-1] != endMark {
		return data, false
	}
	return bytes.TrimRight(trimmed, "\x1a"), true
}

// wholeEnd reports whether the last field of a line is surely complete.
func wholeEnd(line []byte) bool {
	trimmed := bytes.TrimRight(line, " ")
	return bytes.HasSuffix(trimmed, []byte(`"`)) || bytes.HasSuffix(line, []byte("-0- ")) || bytes.HasSuffix(trimmed, []byte(",-0-"))
}

// lineScanner gives the lines of a file.
type lineScanner struct {
	rest   []byte
	end    []byte
	text   []byte
	number int
	ended  bool
}

// ofacLines starts at the first line. Lines end in CRLF, in LF where a file was saved
// again, or, as OFAC's specification says, in CR alone.
func ofacLines(data []byte) *lineScanner {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	end := []byte{'\n'}
	if !bytes.Contains(data, end) {
		end = []byte{'\r'}
	}
	return &lineScanner{rest: data, end: end}
}

func (l *lineScanner) next() bool {
	if len(l.rest) == 0 {
		return false
	}
	l.text, l.rest, l.ended = bytes.Cut(l.rest, l.end)
	l.text = bytes.TrimRight(l.text, "\r")
	l.number++
	return true
}

// row reads the row that starts at the present line; it has as many fields as columns.
func (l *lineScanner) row(columns int) ([]string, error) {
	text := l.text
	for lines := 1; ; lines++ {
		if len(text) > maxOFACRow {
			return nil, fmt.Errorf("the row has more than %d bytes", maxOFACRow)
		}
		if err := checkOFACText(text); err != nil {
			return nil, err
		}
		fields, err := splitOFAC(string(text), columns)
		if !errors.Is(err, errUnclosed) || lines == maxOFACLines || len(l.rest) == 0 {
			return fields, err
		}
		if ahead, _, _ := bytes.Cut(l.rest, l.end); startsRow(ahead) || len(ahead) > 0 && ahead[0] == endMark {
			return nil, err
		}
		l.next()
		text = append(append(bytes.Clone(text), ' '), l.text...)
	}
}

// startsRow reports whether a line starts with a number and a comma, as every row of
// every file of OFAC's does.
func startsRow(line []byte) bool {
	digits := 0
	for digits < len(line) && line[digits] >= '0' && line[digits] <= '9' {
		digits++
	}
	return digits > 0 && digits < len(line) && line[digits] == ','
}

// checkOFACText refuses what is no text: the files are ASCII by specification, and a
// byte that is not UTF-8 or a control character is damage, not a letter to guess at.
func checkOFACText(text []byte) error {
	if !utf8.Valid(text) {
		return errors.New("it is not valid UTF-8")
	}
	for _, c := range text {
		if c < 0x20 && c != '\t' || c == 0x7f {
			return fmt.Errorf("it holds the control character %#02x", c)
		}
	}
	return nil
}

// splitOFAC splits a row at its commas. Text is quoted, numbers and nulls are bare.
// A quote inside a quoted field may be doubled, as CSV wants it, or stand alone, as
// careless writers leave it. The row is read by the rule first; only where that does
// not give the right number of fields, quotes inside are taken as they stand, and a
// field ends where a quote is followed by a comma or by the end of the row. Where
// neither fits, the row is rejected and counted.
func splitOFAC(row string, columns int) ([]string, error) {
	strict, err := splitQuoted(row, columns, false)
	if err == nil && len(strict) == columns {
		return strict, nil
	}
	lenient, lenientErr := splitQuoted(row, columns, true)
	if lenientErr == nil && len(lenient) == columns {
		return lenient, nil
	}
	if err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("it has %d fields, not %d", len(strict), columns)
}

func splitQuoted(row string, columns int, lenient bool) ([]string, error) {
	fields := make([]string, 0, columns)
	for {
		field, rest, more, err := nextField(row, lenient)
		if err != nil {
			return nil, err
		}
		fields = append(fields, field)
		if !more {
			return fields, nil
		}
		if len(fields) > 64 {
			return nil, errors.New("it has more than 64 fields")
		}
		row = rest
	}
}

// nextField cuts the first field off a row.
func nextField(row string, lenient bool) (field, rest string, more bool, err error) {
	start := strings.TrimLeft(row, " ")
	if !strings.HasPrefix(start, `"`) {
		field, rest, more = strings.Cut(row, ",")
		if strings.Contains(field, `"`) {
			return "", "", false, errQuote
		}
		return field, rest, more, nil
	}
	body := start[1:]
	for at := 0; ; {
		next := strings.IndexByte(body[at:], '"')
		if next < 0 {
			return "", "", false, errUnclosed
		}
		at += next
		run := len(body[at:]) - len(strings.TrimLeft(body[at:], `"`))
		after := strings.TrimLeft(body[at+run:], " ")
		boundary := after == "" || after[0] == ','
		// By the rule, pairs of quotes are quotes of the text and an odd one ends the field.
		if boundary && (lenient || run%2 == 1) {
			field = strings.ReplaceAll(body[:at+run-1], `""`, `"`)
			if after == "" {
				return field, "", false, nil
			}
			return field, after[1:], true, nil
		}
		if !lenient && run%2 == 1 {
			return "", "", false, errQuote
		}
		at += run
	}
}

// ofacText returns a field, "" where it is null. OFAC writes null as -0- with a blank
// behind it; only a whole field is null, never a -0- inside a name or an address.
func ofacText(field string) string {
	field = tidy(field)
	if field == "-0-" {
		return ""
	}
	return field
}
