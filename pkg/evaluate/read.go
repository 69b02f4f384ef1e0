package evaluate

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"chokepoint/pkg/controllist"
)

// Positive is a name that should find one of its entries.
type Positive struct {
	Query string
	Kind  controllist.Kind
	// Slice says how the name came to differ from the listed one ("spelling").
	Slice string
	// Entries are the IDs of the entries that count as found.
	Entries []string
}

// Negative is a name that should find nothing.
type Negative struct {
	Query string
	Kind  controllist.Kind
}

// Pair is two names and whether they are one party.
type Pair struct {
	// Schema is Person, Company, Organization, LegalEntity or Vessel.
	Schema       string
	Name1, Name2 string
	Match        bool
	// Quality and Category may be empty.
	Quality, Category string
}

const maxLine = 16 << 20

// ReadEntries reads list entries, one JSON object a line, plain or gzip.
func ReadEntries(r io.Reader) ([]controllist.Entry, error) {
	buffered := bufio.NewReaderSize(r, 1<<16)
	if head, err := buffered.Peek(2); err == nil && bytes.Equal(head, []byte{0x1f, 0x8b}) {
		unzipped, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, fmt.Errorf("open gzip list: %w", err)
		}
		buffered = bufio.NewReaderSize(unzipped, 1<<16)
	}
	scanner := bufio.NewScanner(buffered)
	scanner.Buffer(make([]byte, 1<<16), maxLine)
	var entries []controllist.Entry
	for line := 1; scanner.Scan(); line++ {
		if len(bytes.TrimSpace(scanner.Bytes())) == 0 {
			continue
		}
		var entry controllist.Entry
		if err := json.Unmarshal(scanner.Bytes(), &entry, json.RejectUnknownMembers(true)); err != nil {
			return nil, fmt.Errorf("read list line %d: %w", line, err)
		}
		entry.Kind = kind(string(entry.Kind))
		entries = append(entries, entry)
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("read list: %w", err)
	}
	return entries, nil
}

// kind reads a kind as the files write it; unknown is the zero value.
func kind(text string) controllist.Kind {
	if text == "unknown" {
		return controllist.KindUnknown
	}
	return controllist.Kind(text)
}

// ReadPositives reads query,kind,slice,entry_ids with a header; entry_ids are separated by ;.
func ReadPositives(r io.Reader) ([]Positive, error) {
	var positives []Positive
	err := eachRecord(r, "positives", []string{"query", "kind", "slice", "entry_ids"}, func(field []string) error {
		positives = append(positives, Positive{Query: field[0], Kind: kind(field[1]), Slice: field[2], Entries: strings.Split(field[3], ";")})
		return nil
	})
	return positives, err
}

// ReadNegatives reads query,kind and any further columns, with a header.
func ReadNegatives(r io.Reader) ([]Negative, error) {
	var negatives []Negative
	err := eachRecord(r, "negatives", []string{"query", "kind"}, func(field []string) error {
		negatives = append(negatives, Negative{Query: field[0], Kind: kind(field[1])})
		return nil
	})
	return negatives, err
}

// ReadPairs reads schema,name1,name2,is_match and optionally quality and category, with a header.
func ReadPairs(r io.Reader) ([]Pair, error) {
	var pairs []Pair
	err := eachRecord(r, "pairs", []string{"schema", "name1", "name2", "is_match"}, func(field []string) error {
		match, err := strconv.ParseBool(field[3])
		if err != nil {
			return fmt.Errorf("is_match %q is neither true nor false", field[3])
		}
		pair := Pair{Schema: field[0], Name1: field[1], Name2: field[2], Match: match}
		if len(field) > 4 {
			pair.Quality = field[4]
		}
		if len(field) > 5 {
			pair.Category = field[5]
		}
		pairs = append(pairs, pair)
		return nil
	})
	return pairs, err
}

// eachRecord reads a CSV file whose header begins with the given columns.
func eachRecord(r io.Reader, what string, columns []string, fn func(field []string) error) error {
	reader := csv.NewReader(r)
	reader.FieldsPerRecord = -1
	header, err := reader.Read()
	if err != nil {
		return fmt.Errorf("read header of %s: %w", what, err)
	}
	for i, column := range columns {
		if i >= len(header) || strings.TrimPrefix(strings.TrimSpace(header[i]), "\ufeff") != column {
			return fmt.Errorf("%s: column %d must be %q", what, i+1, column)
		}
	}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", what, err)
		}
		line, _ := reader.FieldPos(0)
		if len(record) < len(columns) {
			return fmt.Errorf("%s line %d: %d columns, want %d", what, line, len(record), len(columns))
		}
		if err := fn(record); err != nil {
			return fmt.Errorf("%s line %d: %w", what, line, err)
		}
	}
}
