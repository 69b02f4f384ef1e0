package listsync

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"chokepoint/pkg/controllist"
	"chokepoint/pkg/publisher"
)

// Check reads every file below the root of fsys and reports what it holds. The
// entries returned are those of lists that were not refused; they are in no special
// order. A file that cannot be read, a set that is damaged and a list that two sets
// claim are refused in the report and are no error: an error means that the folder
// itself could not be read, that options are wrong, or that ctx has ended.
//
// Check has no snapshot to compare with; [Sync] also refuses lists that shrank.
func Check(ctx context.Context, fsys fs.FS, options Options) (Report, []controllist.Entry, error) {
	result, err := check(ctx, fsys, options)
	if err != nil {
		return Report{}, nil, fmt.Errorf("check lists: %w", err)
	}
	result.report.finish()
	return result.report, slices.Concat(result.entries()...), nil
}

// checked is a report and the sets behind it that are fit for use.
type checked struct {
	report Report
	sets   []foundSet
}

// foundSet is a set and where it was found.
type foundSet struct {
	publisher.Set
	folder string
}

// file returns the path of the set's first file.
func (s foundSet) file() string { return path.Join(s.folder, s.Files[0]) }

// names returns the names of the set's lists.
func (s foundSet) names() []string {
	names := make([]string, 0, len(s.Lists))
	for _, list := range s.Lists {
		names = append(names, list.Name)
	}
	return names
}

func (c checked) entries() [][]controllist.Entry {
	entries := make([][]controllist.Entry, 0, len(c.sets))
	for _, set := range c.sets {
		entries = append(entries, set.Entries)
	}
	return entries
}

// check reads and parses everything and applies the floors that need no snapshot.
func check(ctx context.Context, fsys fs.FS, options Options) (checked, error) {
	if err := options.Validate(); err != nil {
		return checked{}, err
	}
	var result checked
	folders, err := result.readFolders(ctx, fsys, options)
	if err != nil {
		return checked{}, err
	}
	for _, folder := range folders {
		if err := ctx.Err(); err != nil {
			return checked{}, err
		}
		result.parse(folder, options)
	}
	result.refuseClaims()
	return result, nil
}

// folder is the recognised files of one folder, by format.
type folder struct {
	name  string
	files map[publisher.Format][]publisher.File
}

// readFolders reads all files. Files of no known format are let go at once, so that a
// folder of large documents costs no memory.
func (c *checked) readFolders(ctx context.Context, fsys fs.FS, options Options) ([]folder, error) {
	names, err := fileNames(ctx, fsys, options)
	if err != nil {
		return nil, err
	}
	var folders []folder
	total := int64(0)
	for i, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		options.progress("read", name, i, len(names))
		data, format, err := readFile(fsys, name, options.FileBytes)
		if err != nil {
			c.refuse(name, nil, err)
			continue
		}
		if format == publisher.FormatUnknown {
			c.report.Unrecognised = append(c.report.Unrecognised, name)
			continue
		}
		if total += int64(len(data)); total > options.TotalBytes {
			return nil, fmt.Errorf("the files have more than %d bytes in all", options.TotalBytes)
		}
		at := path.Dir(name)
		if len(folders) == 0 || folders[len(folders)-1].name != at {
			folders = append(folders, folder{name: at, files: map[publisher.Format][]publisher.File{}})
		}
		files := folders[len(folders)-1].files
		files[format] = append(files[format], publisher.File{Name: path.Base(name), Data: data})
	}
	options.progress("read", "", len(names), len(names))
	return folders, nil
}

// dataNames are the endings of files that hold lists. An empty one is not a document
// beside the data but a download that brought nothing.
var dataNames = map[string]bool{".csv": true, ".json": true, ".jsonl": true, ".xml": true, ".txt": true, ".tsv": true}

var errEmptyFile = errors.New("the file is empty: fetch it again, or take it out of the folder")

// fileNames lists all files, those of one folder together. Hidden files and folders
// are passed over: they belong to tools, not to publishers.
func fileNames(ctx context.Context, fsys fs.FS, options Options) ([]string, error) {
	var names []string
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		hidden := name != "." && strings.HasPrefix(entry.Name(), ".")
		switch {
		case entry.IsDir() && hidden:
			return fs.SkipDir
		case entry.IsDir() || hidden:
			return nil
		}
		if names = append(names, name); len(names) > options.Files {
			return fmt.Errorf("there are more than %d files", options.Files)
		}
		return nil
	})
	slices.SortFunc(names, func(a, b string) int {
		if order := strings.Compare(path.Dir(a), path.Dir(b)); order != 0 {
			return order
		}
		return strings.Compare(a, b)
	})
	return names, err
}

// readFile reads and unpacks one file and says what it is. A file of no known format
// is not read, or unpacked, beyond its head.
func readFile(fsys fs.FS, name string, limit int64) (data []byte, format publisher.Format, err error) {
	file, err := fsys.Open(name)
	if err != nil {
		return nil, publisher.FormatUnknown, fmt.Errorf("open: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return nil, publisher.FormatUnknown, fmt.Errorf("stat: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, publisher.FormatUnknown, nil
	}
	head, err := io.ReadAll(io.LimitReader(file, publisher.HeadBytes))
	if err != nil {
		return nil, publisher.FormatUnknown, fmt.Errorf("read: %w", err)
	}
	if len(bytes.TrimSpace(publisher.UnpackHead(head))) == 0 && dataNames[path.Ext(strings.TrimSuffix(name, ".gz"))] {
		return nil, publisher.FormatUnknown, errEmptyFile
	}
	format, known := publisher.Recognise(name, publisher.UnpackHead(head))
	if !known {
		return nil, publisher.FormatUnknown, nil
	}
	if info.Size() > limit {
		return nil, format, fmt.Errorf("it has %d bytes, more than %d", info.Size(), limit)
	}
	rest, err := io.ReadAll(io.LimitReader(file, limit-int64(len(head))+1))
	if err != nil {
		return nil, format, fmt.Errorf("read: %w", err)
	}
	data, err = publisher.Unpack(slices.Concat(head, rest), limit)
	return data, format, err
}

// parse reads the sets of one folder and sorts them into fit and refused.
func (c *checked) parse(folder folder, options Options) {
	for _, parser := range publisher.Parsers() {
		files := folder.files[parser.Format()]
		if len(files) == 0 {
			continue
		}
		options.progress("parse", folder.name, 0, len(files))
		for _, set := range parser.Parse(files) {
			found := foundSet{Set: set, folder: folder.name}
			if set.Format == publisher.FormatUnknown {
				for _, name := range set.Files {
					c.report.Unrecognised = append(c.report.Unrecognised, path.Join(folder.name, name))
				}
				continue
			}
			c.take(found, options)
		}
		options.progress("parse", folder.name, len(files), len(files))
	}
}

// take reports a set and keeps it when it is fit for use.
func (c *checked) take(set foundSet, options Options) {
	for _, row := range set.Rejected {
		c.report.RejectedRows = append(c.report.RejectedRows, RejectedRow{
			File: path.Join(set.folder, row.File), Row: row.Row, Reason: row.Reason,
		})
	}
	for _, warning := range set.Warnings {
		c.report.Warnings = append(c.report.Warnings, set.file()+": "+warning)
	}
	if err := unfit(set, options); err != nil {
		c.refuse(set.file(), set.names(), err)
		return
	}
	for _, list := range set.Lists {
		c.report.Lists = append(c.report.Lists, ListReport{
			List: list.Name, Source: locate(list.Source, set.folder),
			Entries: list.Entries, Names: list.Names, Rejected: list.Rejected,
		})
	}
	c.sets = append(c.sets, set)
}

// locate puts the folder in front of the files of a source.
func locate(source, folder string) string {
	if folder == "." {
		return source
	}
	format, files, _ := strings.Cut(source, ": ")
	return format + ": " + folder + "/" + strings.ReplaceAll(files, ", ", ", "+folder+"/")
}

// unfit says why a set must not be used, nil when it may.
func unfit(set foundSet, options Options) error {
	if set.Damage != nil {
		return set.Damage
	}
	var faults []error
	if unread := set.RejectedRows - set.Orphans; above(unread, options.RejectedRows, options.RejectedShare, set.Rows) {
		faults = append(faults, fmt.Errorf("%d of %d rows cannot be read; allowed are %d or %g %%, whichever is more%s",
			unread, set.Rows, options.RejectedRows, options.RejectedShare*100, firstRejection(set)))
	}
	if above(set.Orphans, options.OrphanRows, options.OrphanShare, set.Rows) {
		faults = append(faults, fmt.Errorf("%d of %d rows are about parties that are missing; allowed are %d or %g %%, whichever is more%s",
			set.Orphans, set.Rows, options.OrphanRows, options.OrphanShare*100, firstRejection(set)))
	}
	for _, list := range set.Lists {
		if list.Entries == 0 {
			faults = append(faults, fmt.Errorf("%s is empty", list.Name))
		}
		if least := options.MinimumEntries[list.Name]; list.Entries < least {
			faults = append(faults, fmt.Errorf("%s has %d entries, fewer than the least of %d", list.Name, list.Entries, least))
		}
	}
	return errors.Join(faults...)
}

// firstRejection gives an example.
func firstRejection(set foundSet) string {
	if len(set.Rejected) == 0 {
		return ""
	}
	row := set.Rejected[0]
	return fmt.Sprintf(" (first: %s, row %d: %s)", row.File, row.Row, row.Reason)
}

// refuse reports a file that must not be used.
func (c *checked) refuse(file string, lists []string, reason error) {
	c.report.Refused = append(c.report.Refused, Refusal{
		File: file, Lists: lists, Reason: strings.ReplaceAll(reason.Error(), "\n", "; "),
	})
}

// refuseClaims refuses lists that several sets claim. Which of them is the newer one
// nothing in the files says for sure, and to guess would be to drop parties unseen.
func (c *checked) refuseClaims() {
	claims := map[string][]int{}
	for i, set := range c.sets {
		for _, name := range set.names() {
			claims[name] = append(claims[name], i)
		}
	}
	refused := map[int]bool{}
	for i, set := range c.sets {
		for _, name := range set.names() {
			if len(claims[name]) < 2 {
				continue
			}
			others := make([]string, 0, len(claims[name])-1)
			for _, j := range claims[name] {
				if j != i {
					others = append(others, c.sets[j].file())
				}
			}
			c.refuse(set.file(), []string{name}, fmt.Errorf("%s is also in %s; leave one of them in the folder", name, strings.Join(others, ", ")))
			refused[i] = true
		}
	}
	kept := c.sets[:0]
	for i, set := range c.sets {
		if !refused[i] {
			kept = append(kept, set)
		}
	}
	c.sets = kept
}
