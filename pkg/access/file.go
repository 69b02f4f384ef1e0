package access

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Limits of the file. Every presented token is compared with every line, so the
// number of lines is the cost of a request: 1,000 take some ten microseconds.
const (
	maxFile   = 1 << 20
	maxTokens = 1_000
)

// Parse reads the lines of a token file: an id, then name=value members, separated
// by spaces; empty lines and lines that start with # are skipped. The error joins
// every fault with its line. A file without a token is no fault: nobody may come in.
func Parse(data []byte) ([]Token, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("is larger than %d bytes", maxFile)
	}
	var tokens []Token
	var faults []error
	byID, byHash := map[string]int{}, map[string]int{}
	number := 0
	for line := range bytes.Lines(data) {
		number++
		fields := strings.Fields(string(line))
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		token, errs := parseLine(fields)
		for _, err := range errs {
			faults = append(faults, fmt.Errorf("line %d: %w", number, err))
		}
		if first, twice := byID[token.ID]; twice {
			faults = append(faults, fmt.Errorf("line %d: id %q stands in line %d already", number, token.ID, first))
		}
		if first, twice := byHash[token.SHA256]; twice && token.SHA256 != "" {
			faults = append(faults, fmt.Errorf("line %d: the same token stands in line %d already", number, first))
		}
		byID[token.ID], byHash[token.SHA256] = number, number
		tokens = append(tokens, token)
	}
	if len(tokens) > maxTokens {
		faults = append(faults, fmt.Errorf("has %d tokens, more than the %d allowed", len(tokens), maxTokens))
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return tokens, nil
}

func parseLine(fields []string) (Token, []error) {
	token := Token{ID: fields[0]}
	var faults []error
	if !isID(token.ID) {
		faults = append(faults, fmt.Errorf("id %q must be 1 to 64 of the characters a to z, 0 to 9 and -", token.ID))
	}
	seen := map[string]bool{}
	for _, field := range fields[1:] {
		name, value, _ := strings.Cut(field, "=")
		if seen[name] {
			faults = append(faults, fmt.Errorf("%s stands there twice", name))
			continue
		}
		seen[name] = true
		if err := token.set(name, value); err != nil {
			faults = append(faults, err)
		}
	}
	for _, name := range []string{"sha256", "sources"} {
		if !seen[name] {
			faults = append(faults, fmt.Errorf("%s is required", name))
		}
	}
	if token.Burst > 0 && token.Rate == 0 && !seen["rate"] {
		faults = append(faults, errors.New("burst needs a rate"))
	}
	return token, faults
}

// set reads one member. Errors never repeat the value of a hash: someone may have put
// the token itself there.
func (t *Token) set(name, value string) error {
	switch name {
	case "sha256":
		if sum, err := hex.DecodeString(value); err != nil || len(sum) != 32 || strings.ToLower(value) != value {
			return errors.New("sha256 must be 64 hex digits in lower case")
		}
		t.SHA256 = value
	case "sources":
		for source := range strings.SplitSeq(value, ",") {
			if source != AnySource && !isID(source) {
				return fmt.Errorf("sources: %q must be * or 1 to 64 of the characters a to z, 0 to 9 and -", source)
			}
			t.Sources = append(t.Sources, source)
		}
	case "expires":
		expires, err := time.Parse(time.RFC3339, value)
		if err != nil {
			return fmt.Errorf("expires %q must be an RFC 3339 time such as 2027-01-31T00:00:00Z", value)
		}
		t.Expires = expires
	case "rate":
		rate, err := strconv.ParseFloat(value, 64)
		if err != nil || !(rate > 0 && rate <= 1_000_000) {
			return fmt.Errorf("rate %q must be a number above 0 and up to 1000000", value)
		}
		t.Rate = rate
	case "burst":
		burst, err := strconv.Atoi(value)
		if err != nil || burst < 1 || burst > 1_000_000 {
			return fmt.Errorf("burst %q must be a whole number from 1 to 1000000", value)
		}
		t.Burst = burst
	default:
		return fmt.Errorf("%.40q is none of sha256, sources, expires, rate and burst", name)
	}
	return nil
}

// Format writes tokens as the lines that [Parse] reads.
func Format(tokens []Token) []byte {
	var text bytes.Buffer
	for _, token := range tokens {
		fmt.Fprintf(&text, "%s sha256=%s sources=%s", token.ID, token.SHA256, strings.Join(token.Sources, ","))
		if !token.Expires.IsZero() {
			text.WriteString(" expires=" + token.Expires.UTC().Format(time.RFC3339))
		}
		if token.Rate != 0 {
			text.WriteString(" rate=" + strconv.FormatFloat(token.Rate, 'f', -1, 64))
		}
		if token.Burst != 0 {
			text.WriteString(" burst=" + strconv.Itoa(token.Burst))
		}
		text.WriteByte('\n')
	}
	return text.Bytes()
}

func isID(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
