package publisher

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"chokepoint/pkg/controllist"
)

// Format names a publisher's format.
type Format string

// The formats this package reads.
const (
	FormatUnknown Format = ""
	// FormatOFAC is the legacy CSV set of the US Office of Foreign Assets Control:
	// the SDN list (sdn, alt, add, sdn_comments) and the consolidated non-SDN list
	// (cons_prim, cons_alt, cons_add, cons_comments), which share one layout.
	FormatOFAC Format = "ofac_csv"
	// FormatFirm is a firm's own list in this project's JSON lines.
	FormatFirm Format = "firm_jsonl"
)

// File is one file of a folder, unpacked.
type File struct {
	// Name is the file's name without its folder; it is used to speak about the file,
	// and as a hint where the content leaves a choice.
	Name string
	Data []byte
}

// MaxRejections is how many rejected rows a set names; all of them are counted.
const MaxRejections = 100

// Rejection is one row that could not be read.
type Rejection struct {
	// File is the file's name, Row the line in it, counted from 1; 0 is unknown.
	File string `json:"file"`
	Row  int    `json:"row"`
	// Reason says what is wrong, never repeating more of the row than its numbers.
	Reason string `json:"reason"`
}

// Set is what the files of a folder that belong together hold.
type Set struct {
	Format Format
	// Files are the names of the files, the one that lists the parties first.
	Files []string
	// Lists are the lists in the set, sorted by name, with all their counts.
	Lists []controllist.List
	// Entries are the entries of those lists, in the order of the file.
	Entries []controllist.Entry
	// Rows counts the rows of all files, rejected ones included.
	Rows int
	// RejectedRows counts the rejected rows; Rejected names the first MaxRejections.
	RejectedRows int
	Rejected     []Rejection
	// Orphans counts those of the rejected rows that are sound by themselves but
	// speak of a party that is not there. They have their own floor: files of a set
	// published some days apart differ by a few.
	Orphans int
	// Warnings are remarks for the operator that do not keep the set from use.
	Warnings []string
	// Damage says why the set must not be used; nil when it may be.
	Damage error
}

// reject counts a row that could not be read.
func (s *Set) reject(file string, row int, reason string) {
	s.RejectedRows++
	if len(s.Rejected) < MaxRejections {
		s.Rejected = append(s.Rejected, Rejection{File: file, Row: row, Reason: shorten(reason)})
	}
}

func (s *Set) warn(format string, values ...any) {
	s.Warnings = append(s.Warnings, fmt.Sprintf(format, values...))
}

// finish sorts the rejections by file, then row, and clears the entries of a damaged set.
func (s *Set) finish() {
	slices.SortStableFunc(s.Rejected, func(a, b Rejection) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Row, b.Row))
	})
	if s.Damage != nil {
		s.Entries = nil
	}
}

// Parser reads one format.
type Parser interface {
	// Format names the format.
	Format() Format
	// Recognise reports whether a file that starts with head is of this format.
	Recognise(head []byte) bool
	// Parse reads the recognised files of one folder. It returns a set for each
	// group of files that belong together, damaged ones included; a set of files that
	// turn out not to be of the format has format FormatUnknown. The result depends
	// on the files only, not on their order.
	Parse(files []File) []Set
}

// Parsers returns a parser of every format.
func Parsers() []Parser { return []Parser{OFAC{}, Firm{}} }

// HeadBytes is how much of a file is enough for [Recognise].
const HeadBytes = 64 << 10

// Recognise says of which format a file is by its first bytes (unpacked, up to
// HeadBytes of them). The name is not looked at: an alt.csv saved under another name
// is still OFAC's, and a spreadsheet called sdn.csv is not.
func Recognise(_ string, head []byte) (Format, bool) {
	if len(head) > HeadBytes {
		head = head[:HeadBytes]
	}
	for _, parser := range Parsers() {
		if parser.Recognise(head) {
			return parser.Format(), true
		}
	}
	return FormatUnknown, false
}

// ErrTooLarge means that a file is larger than allowed once unpacked.
var ErrTooLarge = errors.New("larger than allowed when unpacked")

// packed reports whether data is packed with gzip.
func packed(data []byte) bool { return bytes.HasPrefix(data, []byte{0x1f, 0x8b}) }

// Unpack returns the content of a file: gzip data unpacked, anything else as it is.
// No more than limit bytes are ever unpacked; beyond that the error is [ErrTooLarge].
func Unpack(data []byte, limit int64) ([]byte, error) {
	if !packed(data) {
		if int64(len(data)) > limit {
			return nil, ErrTooLarge
		}
		return data, nil
	}
	reader, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	unpacked, err := io.ReadAll(io.LimitReader(reader, limit+1))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	if int64(len(unpacked)) > limit {
		return nil, ErrTooLarge
	}
	return unpacked, nil
}

// UnpackHead returns the first HeadBytes of a file's content, as far as the data given
// holds them: the beginning of a file is enough to recognise it by.
func UnpackHead(data []byte) []byte {
	if packed(data) {
		reader, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil
		}
		// The error is that the data ends early, which a head does.
		data, _ = io.ReadAll(io.LimitReader(reader, HeadBytes))
	}
	return data[:min(len(data), HeadBytes)]
}

// digestOf hashes the bytes of files, each with its length before it, so that bytes
// cannot move from one file to the next unseen.
func digestOf(files ...File) string {
	sum := sha256.New()
	for _, file := range files {
		fmt.Fprintf(sum, "%d\n", len(file.Data))
		sum.Write(file.Data)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// shorten keeps a reason to one line of readable length.
func shorten(reason string) string {
	const most = 400
	reason = strings.Join(strings.Fields(reason), " ")
	if len(reason) <= most {
		return reason
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(reason[cut]) {
		cut--
	}
	return reason[:cut] + "…"
}

// tidy trims a text and turns every run of blanks into one space. Line ends inside
// a field are blanks: publishers wrap long fields.
func tidy(text string) string {
	plain := true
	for i := range len(text) {
		c := text[i]
		if c == '\t' || c == '\n' || c == '\r' || c == ' ' && (i == 0 || i == len(text)-1 || text[i-1] == ' ') {
			plain = false
			break
		}
	}
	if plain {
		return text
	}
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return r == ' ' || r == '\t' || r == '\n' || r == '\r'
	}), " ")
}

// damagedLetters are what the control characters U+0080 to U+009F were before somebody
// read bytes in the wrong code page: Windows-1252 where that has a character, the DOS
// code page 850 where it has none (U+0081 for ü, in a real entry of a US list).
const damagedLetters = "€ü‚ƒ„…†‡ˆ‰Š‹ŒìŽÅÉ‘’“”•–—˜™š›œØžŸ"

// repair puts back letters that a wrong decoding has turned into control characters.
// To refuse the text instead would lose a party over one letter.
func repair(text string) (repaired string, changed bool) {
	damaged := func(r rune) bool { return r >= 0x80 && r < 0xa0 }
	if strings.IndexFunc(text, damaged) < 0 {
		return text, false
	}
	letters := []rune(damagedLetters)
	return strings.Map(func(r rune) rune {
		if damaged(r) {
			return letters[r-0x80]
		}
		return r
	}, text), true
}
