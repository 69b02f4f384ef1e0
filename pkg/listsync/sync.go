package listsync

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"chokepoint/pkg/controllist"
)

// Store keeps snapshots and says which is in use.
type Store interface {
	// PutObject stores what r gives under name. Storing the same bytes under the same
	// name again is no error.
	PutObject(ctx context.Context, name string, r io.Reader) error
	// GetObject opens what is stored under name.
	GetObject(ctx context.Context, name string) (io.ReadCloser, error)
	// SetCurrentList makes the snapshot of the digest the one in use.
	SetCurrentList(ctx context.Context, version, digest string) error
	// CurrentList returns the snapshot in use; found is false when there is none yet.
	CurrentList(ctx context.Context) (version, digest string, found bool, err error)
}

// ObjectName is the name a snapshot is stored under.
func ObjectName(digest string) string { return "snapshots/" + digest }

// ErrNothing means that there is nothing to screen against: no list of the folder may
// be used, and none was in use before. It is never published as an empty snapshot.
var ErrNothing = errors.New("there is no list to publish")

// ErrCurrent means that the snapshot in use could not be read, so that nothing can be
// held against it and nothing can be kept from it. Nothing is published until it can,
// or until the operator sets [Options].IgnoreCurrent.
var ErrCurrent = errors.New("the snapshot in use cannot be read")

// Result is what a sync did.
type Result struct {
	Report Report
	// Version and Digest are those of the snapshot in use afterwards.
	Version, Digest string
	// Changed says that a new version was published.
	Changed bool
	// Updated are the lists taken from the folder, Kept those left as they were,
	// Retired those taken out; all sorted.
	Updated, Kept, Retired []string
	// Entries and Names count the snapshot in use afterwards.
	Entries, Names int
}

// Sync reads the folder as [Check] does, replaces the lists in use by those of the
// folder that are fit, keeps the others, and publishes the result as a new version
// named by now (in UTC) and the first eight digits of its digest. A list that shrank
// by more than [Options].ShrinkShare is refused in the report and kept as it was.
//
// The object is stored before the pointer is set. Content that is in use already
// gives no new version. An error means that nothing was published, except where
// setting the pointer itself failed half-way in the store.
func Sync(ctx context.Context, fsys fs.FS, store Store, now time.Time, options Options) (Result, error) {
	result, err := synchronise(ctx, fsys, store, now, options)
	result.Report.finish()
	if err != nil {
		return result, fmt.Errorf("sync lists: %w", err)
	}
	return result, nil
}

func synchronise(ctx context.Context, fsys fs.FS, store Store, now time.Time, options Options) (Result, error) {
	current, found, err := readCurrent(ctx, store, options)
	if errors.Is(err, ErrCurrent) && options.IgnoreCurrent {
		current, found, err = controllist.Snapshot{}, false, nil
	}
	if err != nil {
		return Result{}, err
	}
	checked, err := check(ctx, fsys, options)
	if err != nil {
		return Result{}, err
	}
	options.progress("compare", "", 0, 0)
	if found {
		checked.refuseShrunk(current, options)
	}
	result := Result{Report: checked.report, Version: current.Version, Digest: current.Digest}
	lists, entries := merge(checked, current, options, &result)
	if len(entries) == 0 {
		return result, ErrNothing
	}
	// The version is named by the digest, which does not depend on it.
	snapshot, err := controllist.NewSnapshot("unnamed", lists, entries)
	if err != nil {
		return result, err
	}
	for _, list := range snapshot.Lists {
		result.Entries += list.Entries
		result.Names += list.Names
	}
	if found && snapshot.Digest == current.Digest {
		return result, nil
	}
	snapshot.Version = Version(now, snapshot.Digest)
	options.progress("publish", snapshot.Version, 0, 0)
	if err := publish(ctx, store, snapshot); err != nil {
		return result, err
	}
	result.Version, result.Digest, result.Changed = snapshot.Version, snapshot.Digest, true
	return result, nil
}

// Version names a snapshot: the time in UTC to the second, a hyphen, and the first
// eight digits of its digest ("20261123T163000Z-1a2b3c4d").
func Version(now time.Time, digest string) string {
	return now.UTC().Format("20060102T150405Z") + "-" + digest[:min(8, len(digest))]
}

// readCurrent reads the snapshot in use.
func readCurrent(ctx context.Context, store Store, options Options) (snapshot controllist.Snapshot, found bool, err error) {
	_, digest, found, err := store.CurrentList(ctx)
	if err != nil {
		return controllist.Snapshot{}, false, fmt.Errorf("ask for the snapshot in use: %w", err)
	}
	if !found {
		return controllist.Snapshot{}, false, nil
	}
	object, err := store.GetObject(ctx, ObjectName(digest))
	if err != nil {
		return controllist.Snapshot{}, false, fmt.Errorf("%w: open %s: %w", ErrCurrent, ObjectName(digest), err)
	}
	snapshot, err = controllist.DecodeSnapshot(object, options.Snapshot)
	if err = errors.Join(err, object.Close()); err != nil {
		return controllist.Snapshot{}, false, fmt.Errorf("%w: %w", ErrCurrent, err)
	}
	if snapshot.Digest != digest {
		return controllist.Snapshot{}, false, fmt.Errorf("%w: %w", ErrCurrent, controllist.ErrDigest)
	}
	return snapshot, true, nil
}

// refuseShrunk refuses sets of which a list lost too much against the snapshot in use.
func (c *checked) refuseShrunk(current controllist.Snapshot, options Options) {
	before := make(map[string]controllist.List, len(current.Lists))
	for _, list := range current.Lists {
		before[list.Name] = list
	}
	kept := c.sets[:0]
	for _, set := range c.sets {
		var faults []error
		for _, list := range set.Lists {
			old, known := before[list.Name]
			if !known || slices.Contains(options.AcceptShrunk, list.Name) {
				continue
			}
			faults = append(faults, shrunk(list.Name, "entries", old.Entries, list.Entries, options.ShrinkShare),
				shrunk(list.Name, "names", old.Names, list.Names, options.ShrinkShare))
		}
		if err := errors.Join(faults...); err != nil {
			c.refuse(set.file(), set.names(), err)
			continue
		}
		kept = append(kept, set)
	}
	c.sets = kept
}

func shrunk(list, what string, before, after int, share float64) error {
	if float64(before-after) <= share*float64(before) {
		return nil
	}
	return fmt.Errorf("%s has %d %s, down from %d; a loss of %g %% is allowed", list, after, what, before, share*100)
}

// merge puts the lists of the folder in the place of those in use and keeps the rest.
func merge(checked checked, current controllist.Snapshot, options Options, result *Result) ([]controllist.List, []controllist.Entry) {
	fresh := map[string]bool{}
	var lists []controllist.List
	var entries []controllist.Entry
	for _, set := range checked.sets {
		for _, list := range set.Lists {
			fresh[list.Name] = true
			lists = append(lists, list)
			result.Updated = append(result.Updated, list.Name)
		}
		entries = append(entries, set.Entries...)
	}
	keep := map[string]bool{}
	for _, list := range current.Lists {
		switch {
		case fresh[list.Name]:
		case slices.Contains(options.Retire, list.Name):
			result.Retired = append(result.Retired, list.Name)
		default:
			keep[list.Name] = true
			lists = append(lists, list)
			result.Kept = append(result.Kept, list.Name)
		}
	}
	for _, entry := range current.Entries {
		if keep[entry.List] {
			entries = append(entries, entry)
		}
	}
	slices.Sort(result.Updated)
	slices.Sort(result.Kept)
	slices.Sort(result.Retired)
	return lists, entries
}

// publish stores the snapshot, then points at it.
func publish(ctx context.Context, store Store, snapshot controllist.Snapshot) error {
	reader, writer := io.Pipe()
	encoded := make(chan error, 1)
	go func() {
		err := snapshot.Encode(writer)
		writer.CloseWithError(err)
		encoded <- err
	}()
	err := store.PutObject(ctx, ObjectName(snapshot.Digest), reader)
	// Ends the encoder when the store stopped reading early.
	reader.CloseWithError(errStopped)
	if encodeErr := <-encoded; encodeErr != nil && !errors.Is(encodeErr, errStopped) {
		err = errors.Join(err, encodeErr)
	} else if encodeErr != nil && err == nil {
		err = errors.New("the store did not read the whole snapshot")
	}
	if err != nil {
		return fmt.Errorf("store snapshot %s: %w", snapshot.Version, err)
	}
	if err := store.SetCurrentList(ctx, snapshot.Version, snapshot.Digest); err != nil {
		return fmt.Errorf("point at snapshot %s: %w", snapshot.Version, err)
	}
	return nil
}

var errStopped = errors.New("reading stopped")

// ListReports describes the lists of a snapshot as a report does.
func ListReports(snapshot controllist.Snapshot) []ListReport {
	reports := make([]ListReport, 0, len(snapshot.Lists))
	for _, list := range snapshot.Lists {
		reports = append(reports, ListReport{
			List: list.Name, Source: list.Source, Entries: list.Entries, Names: list.Names, Rejected: list.Rejected,
		})
	}
	slices.SortFunc(reports, func(a, b ListReport) int { return strings.Compare(a.List, b.List) })
	return reports
}
