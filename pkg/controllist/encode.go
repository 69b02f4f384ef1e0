package controllist

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// SnapshotFormat is the first member of every encoded snapshot; it changes when the
// encoding does, so that an old screener refuses a new snapshot instead of
// misreading it.
const SnapshotFormat = "chokepoint.snapshot.v1"

// ErrDigest means that a snapshot's bytes are not those its digest names: it was
// damaged, cut off or tampered with, and must not be screened against.
var ErrDigest = errors.New("the digest of the snapshot does not match its content")

// ErrSnapshotLimit means that a snapshot is larger than its reader allows.
var ErrSnapshotLimit = errors.New("the snapshot is larger than allowed")

// header is the first line of an encoded snapshot. The digest covers Lists, as
// written, and every line after this one.
type header struct {
	Format  string         `json:"format"`
	Version string         `json:"version"`
	Digest  string         `json:"digest"`
	Entries int            `json:"entries"`
	Lists   jsontext.Value `json:"lists"`
}

// NewSnapshot builds a snapshot: every entry in canonical form (see [Entry.Canonical]),
// sorted by id, the lists sorted by name with Entries and Names counted anew, and the
// digest of it all. It is an error when an entry is unsound, an id comes twice, an
// entry is of a list that is not described, or a list is described twice; the error
// joins every fault, up to a hundred. The slices given are not changed.
func NewSnapshot(version string, lists []List, entries []Entry) (Snapshot, error) {
	if message := textFault(version, 200, false); message != "" {
		return Snapshot{}, fmt.Errorf("new snapshot: version %s", message)
	}
	snapshot := Snapshot{
		Version: version,
		Lists:   slices.Clone(lists),
		Entries: make([]Entry, len(entries)),
	}
	for i, entry := range entries {
		snapshot.Entries[i] = entry.Canonical()
	}
	slices.SortFunc(snapshot.Lists, func(a, b List) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(snapshot.Entries, func(a, b Entry) int { return strings.Compare(a.ID, b.ID) })
	if err := snapshot.check(); err != nil {
		return Snapshot{}, fmt.Errorf("new snapshot: %w", err)
	}
	snapshot.count()
	digest, err := snapshot.digest()
	if err != nil {
		return Snapshot{}, fmt.Errorf("new snapshot: %w", err)
	}
	snapshot.Digest = digest
	return snapshot, nil
}

// check returns every fault of a snapshot whose lists and entries are sorted.
func (s Snapshot) check() error {
	const most = 100
	var faults []error
	known := make(map[string]bool, len(s.Lists))
	for _, list := range s.Lists {
		if !ValidListName(list.Name) {
			faults = append(faults, errors.New("a list has no proper name"))
		}
		if known[list.Name] {
			faults = append(faults, fmt.Errorf("list %s is described twice", list.Name))
		}
		known[list.Name] = true
	}
	for i := range s.Entries {
		entry := &s.Entries[i]
		for _, fault := range entry.Validate() {
			faults = append(faults, fmt.Errorf("entry %q: %w", entry.ID, fault))
		}
		if i > 0 && s.Entries[i-1].ID == entry.ID {
			faults = append(faults, fmt.Errorf("entry %q is there twice", entry.ID))
		}
		if !known[entry.List] {
			faults = append(faults, fmt.Errorf("entry %q is of a list that is not described", entry.ID))
		}
		if len(faults) >= most {
			faults = append(faults, errors.New("and perhaps more: stopped counting"))
			break
		}
	}
	return errors.Join(faults...)
}

// count sets Entries and Names of every list.
func (s Snapshot) count() {
	at := make(map[string]int, len(s.Lists))
	for i := range s.Lists {
		at[s.Lists[i].Name] = i
		s.Lists[i].Entries, s.Lists[i].Names = 0, 0
	}
	for i := range s.Entries {
		list := &s.Lists[at[s.Entries[i].List]]
		list.Entries++
		list.Names += len(s.Entries[i].Names)
	}
}

// digest hashes the lists and the entries as they are encoded.
func (s Snapshot) digest() (string, error) {
	sum := sha256.New()
	lists, err := s.encodeLists()
	if err != nil {
		return "", err
	}
	sum.Write(lists)
	sum.Write([]byte{'\n'})
	out := bufio.NewWriterSize(sum, 64<<10)
	if err := s.encodeEntries(out); err != nil {
		return "", err
	}
	if err := out.Flush(); err != nil {
		return "", err
	}
	return hexDigest(sum), nil
}

func hexDigest(sum hash.Hash) string { return hex.EncodeToString(sum.Sum(nil)) }

func (s Snapshot) encodeLists() ([]byte, error) {
	lists := s.Lists
	if lists == nil {
		lists = []List{}
	}
	encoded, err := json.Marshal(lists)
	if err != nil {
		return nil, fmt.Errorf("encode lists: %w", err)
	}
	return encoded, nil
}

func (s Snapshot) encodeEntries(w io.Writer) error {
	encoder := jsontext.NewEncoder(w)
	for i := range s.Entries {
		if err := json.MarshalEncode(encoder, &s.Entries[i]); err != nil {
			return fmt.Errorf("encode entry %q: %w", s.Entries[i].ID, err)
		}
	}
	return nil
}

// Encode writes the snapshot as JSON lines: a header with format, version, digest,
// the number of entries and the lists, then one entry a line, sorted by id. The same
// snapshot always gives the same bytes. Encode trusts Digest, which [NewSnapshot] and
// [DecodeSnapshot] set.
func (s Snapshot) Encode(w io.Writer) error {
	lists, err := s.encodeLists()
	if err != nil {
		return fmt.Errorf("encode snapshot %s: %w", s.Version, err)
	}
	head, err := json.Marshal(header{
		Format: SnapshotFormat, Version: s.Version, Digest: s.Digest, Entries: len(s.Entries), Lists: lists,
	})
	if err != nil {
		return fmt.Errorf("encode snapshot %s: %w", s.Version, err)
	}
	out := bufio.NewWriterSize(w, 256<<10)
	if _, err := out.Write(append(head, '\n')); err != nil {
		return fmt.Errorf("encode snapshot %s: %w", s.Version, err)
	}
	if err := s.encodeEntries(out); err != nil {
		return fmt.Errorf("encode snapshot %s: %w", s.Version, err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("encode snapshot %s: %w", s.Version, err)
	}
	return nil
}
