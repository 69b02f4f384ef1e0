package listsync

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"chokepoint/pkg/controllist"
)

// Options say how much may be wrong before a list is refused, and how much is read.
// Use [DefaultOptions] and change what is to differ.
type Options struct {
	// RejectedRows and RejectedShare are the floor for rows that cannot be read: a
	// set of files is refused when it has more than RejectedRows of them and they are
	// more than RejectedShare of its rows (0 to 1). Defaults: 5 rows, 0.001.
	RejectedRows  int
	RejectedShare float64
	// OrphanRows and OrphanShare are the floor for rows that are sound but speak of a
	// party the set does not have. Files of one set fetched months apart differ by
	// half a percent; a set of which a file is cut off differs by far more. They do
	// not count against RejectedRows. Defaults: 5 rows, 0.01.
	OrphanRows  int
	OrphanShare float64
	// ShrinkShare is the share of its entries, or of its names, that a list may lose
	// against the snapshot in use (0 to 1). Default 0.1: the largest day of removals
	// of OFAC in three years took 1.6 %.
	ShrinkShare float64
	// AcceptShrunk names lists that may shrink as they like this time: an operator's
	// word that a programme was really lifted.
	AcceptShrunk []string
	// MinimumEntries gives lists the least number of entries they must have whatever
	// was in use before; it guards the very first load. Empty by default.
	MinimumEntries map[string]int
	// Retire names lists that leave the snapshot. A list that is in use and not in
	// the folder is kept otherwise.
	Retire []string
	// IgnoreCurrent starts anew when the snapshot in use cannot be read ([ErrCurrent]):
	// nothing is kept from it and nothing is held against it.
	IgnoreCurrent bool
	// FileBytes bounds one file, unpacked; TotalBytes all files; Files how many there
	// may be. Defaults: 256 MiB, 1 GiB, 5,000.
	FileBytes  int64
	TotalBytes int64
	Files      int
	// Snapshot bounds the snapshot in use when it is read back.
	Snapshot controllist.SnapshotLimits
	// Progress, when not nil, is told what is being done. It is called from the
	// goroutine of Check or Sync and must return quickly.
	Progress func(Progress)
}

// Progress is one step of a check or a sync.
type Progress struct {
	// Step is "read", "parse", "compare" or "publish".
	Step string
	// Subject is the file or the list it is about, "" for all.
	Subject string
	// Done and Total count the files of the steps "read" and "parse"; Total is 0
	// while it is not known.
	Done, Total int
}

// DefaultOptions returns the options described at the fields of [Options].
func DefaultOptions() Options {
	return Options{
		RejectedRows: 5, RejectedShare: 0.001,
		OrphanRows: 5, OrphanShare: 0.01,
		ShrinkShare: 0.1,
		FileBytes:   256 << 20, TotalBytes: 1 << 30, Files: 5000,
	}
}

// Validate returns every fault of the options, joined.
func (o Options) Validate() error {
	var faults []error
	share := func(name string, value float64) {
		if !(value >= 0 && value <= 1) {
			faults = append(faults, fmt.Errorf("%s must be between 0 and 1", name))
		}
	}
	positive := func(name string, value int64) {
		if value <= 0 {
			faults = append(faults, fmt.Errorf("%s must be positive", name))
		}
	}
	share("rejected share", o.RejectedShare)
	share("orphan share", o.OrphanShare)
	share("shrink share", o.ShrinkShare)
	if o.RejectedRows < 0 || o.OrphanRows < 0 {
		faults = append(faults, errors.New("rejected rows and orphan rows must not be negative"))
	}
	positive("file bytes", o.FileBytes)
	positive("total bytes", o.TotalBytes)
	positive("files", int64(o.Files))
	for _, name := range slices.Sorted(maps.Keys(o.MinimumEntries)) {
		if o.MinimumEntries[name] < 0 || !controllist.ValidListName(name) {
			faults = append(faults, fmt.Errorf("minimum entries of %q must be a list's name and a number of zero or more", name))
		}
	}
	for _, name := range slices.Concat(o.Retire, o.AcceptShrunk) {
		if !controllist.ValidListName(name) {
			faults = append(faults, fmt.Errorf("%q is not a list's name", name))
		}
	}
	return errors.Join(faults...)
}

func (o Options) progress(step, subject string, done, total int) {
	if o.Progress != nil {
		o.Progress(Progress{Step: step, Subject: subject, Done: done, Total: total})
	}
}

// above reports whether count is beyond a floor of both a number and a share. Of a
// short file the number alone would let nearly all rows go, so more than a quarter of
// them, beyond the first, is above every floor.
func above(count, number int, share float64, of int) bool {
	return count > number && float64(count) > share*float64(of) || count > 1 && 4*count > of
}
