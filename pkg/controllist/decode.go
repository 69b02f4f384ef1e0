package controllist

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"github.com/go-json-experiment/json"
)

// SnapshotLimits bound what [DecodeSnapshot] reads; a zero field takes its default.
type SnapshotLimits struct {
	// Bytes is the most the whole snapshot may have; default 512 MiB.
	Bytes int64
	// LineBytes is the most one line, that is one entry, may have; default 4 MiB.
	LineBytes int
	// Entries is the most entries there may be; default 2,000,000.
	Entries int
	// Lists is the most lists there may be; default 10,000.
	Lists int
}

// withDefaults fills in the defaults.
func (l SnapshotLimits) withDefaults() SnapshotLimits {
	if l.Bytes <= 0 {
		l.Bytes = 512 << 20
	}
	if l.LineBytes <= 0 {
		l.LineBytes = 4 << 20
	}
	if l.Entries <= 0 {
		l.Entries = 2_000_000
	}
	if l.Lists <= 0 {
		l.Lists = 10_000
	}
	return l
}

// DecodeSnapshot reads what [Snapshot.Encode] wrote. It is strict: unknown members,
// unsound or unsorted entries, a wrong count, anything behind the last entry and
// above all a digest that is not that of the content are errors ([ErrDigest]), and so
// is a snapshot beyond the limits ([ErrSnapshotLimit]). Whoever asked for a certain
// digest must still compare it with the one of the result.
func DecodeSnapshot(r io.Reader, limits SnapshotLimits) (Snapshot, error) {
	snapshot, err := decodeSnapshot(r, limits.withDefaults())
	if err != nil {
		return Snapshot{}, fmt.Errorf("decode snapshot: %w", err)
	}
	return snapshot, nil
}

func decodeSnapshot(r io.Reader, limits SnapshotLimits) (Snapshot, error) {
	lines := newLineReader(r, limits)
	first, err := lines.next()
	if err != nil {
		return Snapshot{}, fmt.Errorf("header: %w", err)
	}
	head, lists, err := decodeHeader(first, limits)
	if err != nil {
		return Snapshot{}, fmt.Errorf("header: %w", err)
	}
	sum := sha256.New()
	sum.Write(head.Lists)
	sum.Write([]byte{'\n'})
	snapshot := Snapshot{Version: head.Version, Digest: head.Digest, Lists: lists}
	// Capacity is given by the bytes there really are, never by what a header claims.
	blocks := newBlockDecoder()
	for count := 0; ; count++ {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			blocks.finish()
			return Snapshot{}, fmt.Errorf("entry %d: %w", count+1, err)
		}
		if count == limits.Entries || count == head.Entries {
			blocks.finish()
			return Snapshot{}, fmt.Errorf("more than %d entries: %w", count, ErrSnapshotLimit)
		}
		sum.Write(line)
		sum.Write([]byte{'\n'})
		blocks.add(line)
	}
	snapshot.Entries, err = blocks.finish()
	if err != nil {
		return Snapshot{}, err
	}
	if digest := hexDigest(sum); digest != head.Digest {
		return Snapshot{}, ErrDigest
	}
	if len(snapshot.Entries) != head.Entries {
		return Snapshot{}, fmt.Errorf("the header promises %d entries, there are %d", head.Entries, len(snapshot.Entries))
	}
	return snapshot, snapshot.verify()
}

// decodeHeader reads the first line.
func decodeHeader(line []byte, limits SnapshotLimits) (header, []List, error) {
	var head header
	if err := json.Unmarshal(line, &head, json.RejectUnknownMembers(true)); err != nil {
		return header{}, nil, err
	}
	if head.Format != SnapshotFormat {
		return header{}, nil, fmt.Errorf("the format is not %s", SnapshotFormat)
	}
	if message := textFault(head.Version, 200, false); message != "" {
		return header{}, nil, fmt.Errorf("version %s", message)
	}
	if head.Entries < 0 || head.Entries > limits.Entries {
		return header{}, nil, fmt.Errorf("%d entries: %w", head.Entries, ErrSnapshotLimit)
	}
	head.Lists = bytes.Clone(head.Lists)
	var lists []List
	if err := json.Unmarshal(head.Lists, &lists, json.RejectUnknownMembers(true)); err != nil {
		return header{}, nil, fmt.Errorf("lists: %w", err)
	}
	if len(lists) > limits.Lists {
		return header{}, nil, fmt.Errorf("%d lists: %w", len(lists), ErrSnapshotLimit)
	}
	return head, lists, nil
}

// verify checks what the digest cannot: that order and counts are those of a snapshot.
func (s Snapshot) verify() error {
	known := make(map[string]*List, len(s.Lists))
	for i, list := range s.Lists {
		if !ValidListName(list.Name) || i > 0 && s.Lists[i-1].Name >= list.Name {
			return errors.New("the lists are not sorted by name")
		}
		counted := list
		counted.Entries, counted.Names = 0, 0
		known[list.Name] = &counted
	}
	for i := range s.Entries {
		entry := &s.Entries[i]
		if i > 0 && s.Entries[i-1].ID >= entry.ID {
			return fmt.Errorf("entry %q is not in its place", entry.ID)
		}
		list := known[entry.List]
		if list == nil {
			return fmt.Errorf("entry %q is of a list that is not described", entry.ID)
		}
		list.Entries++
		list.Names += len(entry.Names)
	}
	for _, list := range s.Lists {
		if counted := known[list.Name]; counted.Entries != list.Entries || counted.Names != list.Names {
			return fmt.Errorf("list %s has other numbers of entries or names than it says", list.Name)
		}
	}
	return nil
}

// lineReader gives the lines of a snapshot one by one, within limits.
type lineReader struct {
	in     *bufio.Reader
	limits SnapshotLimits
	read   int64
	long   []byte
}

func newLineReader(r io.Reader, limits SnapshotLimits) *lineReader {
	return &lineReader{in: bufio.NewReaderSize(r, 256<<10), limits: limits}
}

// next returns the next line without its end, valid until the next call. A last line
// that has no end was cut off: it is io.ErrUnexpectedEOF.
func (l *lineReader) next() ([]byte, error) {
	l.long = l.long[:0]
	for {
		part, err := l.in.ReadSlice('\n')
		l.read += int64(len(part))
		if l.read > l.limits.Bytes {
			return nil, fmt.Errorf("more than %d bytes: %w", l.limits.Bytes, ErrSnapshotLimit)
		}
		if len(l.long)+len(part) > l.limits.LineBytes+1 {
			return nil, fmt.Errorf("a line of more than %d bytes: %w", l.limits.LineBytes, ErrSnapshotLimit)
		}
		switch {
		case err == nil && len(l.long) == 0:
			return part[:len(part)-1], nil
		case err == nil:
			l.long = append(l.long, part...)
			return l.long[:len(l.long)-1], nil
		case errors.Is(err, bufio.ErrBufferFull):
			l.long = append(l.long, part...)
		case errors.Is(err, io.EOF) && len(l.long)+len(part) == 0:
			return nil, io.EOF
		case errors.Is(err, io.EOF):
			return nil, io.ErrUnexpectedEOF
		default:
			return nil, err
		}
	}
}

// blockDecoder decodes entries in blocks on all processors while the reader goes on:
// a screener that starts has nothing else to do, and half the time is half the wait.
type blockDecoder struct {
	current []byte
	lines   int
	done    int
	jobs    chan *block
	blocks  []*block
	workers sync.WaitGroup
}

// block is some consecutive lines and what they decode to.
type block struct {
	first   int
	data    []byte
	lines   int
	entries []Entry
	err     error
}

// blockBytes is the size of a block: large enough to make the hand-over cheap.
const blockBytes = 512 << 10

func newBlockDecoder() *blockDecoder {
	d := &blockDecoder{jobs: make(chan *block, 2)}
	for range min(runtime.GOMAXPROCS(0), 4) {
		d.workers.Go(func() {
			for b := range d.jobs {
				b.entries, b.err = decodeBlock(b)
				b.data = nil
			}
		})
	}
	return d
}

// add takes one line.
func (d *blockDecoder) add(line []byte) {
	if d.current == nil {
		d.current = make([]byte, 0, blockBytes+64<<10)
	}
	d.current = append(append(d.current, line...), '\n')
	d.lines++
	if len(d.current) >= blockBytes {
		d.send()
	}
}

func (d *blockDecoder) send() {
	if d.lines == 0 {
		return
	}
	b := &block{first: d.done + 1, data: d.current, lines: d.lines}
	d.blocks = append(d.blocks, b)
	d.jobs <- b
	d.done += d.lines
	d.current, d.lines = nil, 0
}

// finish waits for the workers and returns all entries in order, or the first error
// in the order of the lines, so that the same bytes always give the same error.
func (d *blockDecoder) finish() ([]Entry, error) {
	d.send()
	close(d.jobs)
	d.workers.Wait()
	entries := make([]Entry, 0, d.done)
	for _, b := range d.blocks {
		if b.err != nil {
			return nil, b.err
		}
		entries = append(entries, b.entries...)
		b.entries = nil
	}
	return entries, nil
}

// decodeBlock decodes and validates the lines of one block.
func decodeBlock(b *block) ([]Entry, error) {
	entries := make([]Entry, b.lines)
	rest := b.data
	for i := range entries {
		line, after, _ := bytes.Cut(rest, []byte{'\n'})
		rest = after
		if err := json.Unmarshal(line, &entries[i], json.RejectUnknownMembers(true)); err != nil {
			return nil, fmt.Errorf("entry %d: %w", b.first+i, err)
		}
		if faults := entries[i].Validate(); len(faults) > 0 {
			return nil, fmt.Errorf("entry %d: %w", b.first+i, FaultsError(faults))
		}
	}
	return entries, nil
}
