package casework

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// KeyKind says what a case is about.
type KeyKind string

// The kinds of key.
const (
	KeyUnknown KeyKind = ""
	// KeyEntry is a party against an entry of a control list.
	KeyEntry KeyKind = "entry"
	// KeyFlags is a party against the group of red flags that weighs most.
	KeyFlags KeyKind = "flag_group"
	// KeyRule is a party, or an event, against a prohibition that is no listing.
	KeyRule KeyKind = "rule"
	// KeyEvent is an event that is not passed for what could not be known about it.
	KeyEvent KeyKind = "event"
)

// Key says which decisions belong together: at most one case is open per key.
// It holds no name: the party is a digest.
type Key struct {
	// Kind says what Party is held against.
	Kind KeyKind `json:"kind"`
	// Party is the digest of the party's folded name and its country, or of the
	// event's source and id where no party can be named. Hex.
	Party string `json:"party"`
	// Of is the entry's id, the flag group or the prohibition's rule; empty for
	// [KeyEvent].
	Of string `json:"of,omitzero"`
}

// docketLength is how many base32 characters name a docket: 100 bits, so that no
// two keys of any real installation share one, and an id can still be read out.
const docketLength = 20

var docketEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

var casePattern = regexp.MustCompile(`^C-([a-z2-7]{20})-([1-9][0-9]{0,8})$`)

// Docket returns the name of the key's docket: 20 characters of [a-z2-7], one
// token of a subject. The same key always has the same docket.
func (k Key) Docket() string {
	return docketEncoding.EncodeToString(digestOf("case key 1", string(k.Kind), k.Party, k.Of))[:docketLength]
}

// CaseID names the n-th case of a docket, counted from 1.
func CaseID(docket string, n int) string {
	return "C-" + docket + "-" + strconv.Itoa(n)
}

// ParseCaseID reads what [CaseID] writes.
func ParseCaseID(id string) (docket string, n int, err error) {
	parts := casePattern.FindStringSubmatch(id)
	if parts == nil {
		return "", 0, fmt.Errorf("case id %q is not C-<docket>-<number>", clip(id, 60))
	}
	n, err = strconv.Atoi(parts[2])
	if err != nil {
		return "", 0, fmt.Errorf("case id %q: %w", id, err)
	}
	return parts[1], n, nil
}

// partyDigest is the part of a key that stands for a party.
func partyDigest(name, country string) string {
	folded := foldName(name)
	if folded == "" {
		folded = name
	}
	return hex.EncodeToString(digestOf("party 1", folded, strings.ToUpper(country))[:16])
}

// eventDigest stands in for a party where none can be named. The revision is no
// part of it: later revisions join the case of the earlier.
func eventDigest(event EventID) string {
	return hex.EncodeToString(digestOf("event 1", event.Source, event.ID)[:16])
}

// digestOf hashes parts with their lengths, so that no two lists of parts run together.
func digestOf(parts ...string) []byte {
	hash := sha256.New()
	for _, part := range parts {
		_, _ = fmt.Fprintf(hash, "%d:%s,", len(part), part)
	}
	return hash.Sum(nil)
}

// foldName makes a name comparable with itself however it was typed: without
// case, accents, punctuation and spacing. It is deliberately duller than package
// normalize, whose tables change: a key must be the same next year.
func foldName(name string) string {
	var folded strings.Builder
	space := false
	for _, r := range norm.NFKD.String(name) {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue // an accent
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if space && folded.Len() > 0 {
				folded.WriteByte(' ')
			}
			space = false
			folded.WriteRune(foldLetter(r))
		case r == '\'' || r == '’' || r == '.':
			continue // "A.Ş." and "AŞ", "O'Neil" and "ONeil"
		default:
			space = true
		}
	}
	return folded.String()
}

// foldLetter lowers a letter, and takes the letters that decomposing leaves alone
// (the dotless i of Turkish, ø, ł, đ) to the ones people type instead.
func foldLetter(r rune) rune {
	switch lower := unicode.ToLower(r); lower {
	case 'ı':
		return 'i'
	case 'ø':
		return 'o'
	case 'ł':
		return 'l'
	case 'đ', 'ð':
		return 'd'
	default:
		return lower
	}
}

// clip cuts text to at most n bytes at a character's edge.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	cut := n
	for cut > 0 && text[cut]&0xC0 == 0x80 {
		cut--
	}
	return text[:cut] + "…"
}
