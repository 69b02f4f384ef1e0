package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"chokepoint/pkg/app"
	"chokepoint/pkg/controllist"
	"chokepoint/pkg/listsync"
)

var listsCheckCommand = command{
	name: "lists check", arguments: "--from DIR",
	summary: "say what a folder of publishers' files holds and what must not be used",
	example: "chokepoint lists check --from ./lists",
	run:     runListsCheck,
}

var listsSyncCommand = command{
	name: "lists sync", arguments: "--from DIR [--data DIR | --nats URL] [--redis URL]",
	summary: "publish the lists of a folder; a bad file never replaces a good list",
	example: "chokepoint lists sync --from ./lists",
	run:     runListsSync,
}

var listsStatusCommand = command{
	name: "lists status", arguments: "[--data DIR | --nats URL]",
	summary: "say which lists are in force",
	example: "chokepoint lists status",
	run:     runListsStatus,
}

func runListsCheck(ctx context.Context, term *terminal, set *flags, args []string) error {
	from := set.withJSON().String("from", "", "the `folder` of publishers' files")
	if _, err := set.parse(args, 0, 0); err != nil {
		return err
	}
	if err := folderExists("from", *from); err != nil {
		return err
	}
	options, end := listOptions(term)
	report, _, err := listsync.Check(ctx, os.DirFS(*from), options)
	end()
	if err != nil {
		return err
	}
	if *set.asJSON {
		err = term.printJSON(report)
	} else {
		printReport(term, report)
		printVerdict(term, report)
	}
	if err == nil && !report.OK() {
		return errNo
	}
	return err
}

// listOptions are the defaults with progress on a terminal.
func listOptions(term *terminal) (listsync.Options, func()) {
	options := listsync.DefaultOptions()
	show, end := term.progress()
	options.Progress = func(p listsync.Progress) {
		if p.Total > 0 {
			show("%s %s (%d of %d)", p.Step, p.Subject, p.Done, p.Total)
		} else {
			show("%s %s", p.Step, p.Subject)
		}
	}
	return options, end
}

func printReport(term *terminal, report listsync.Report) {
	printLists(term, report.Lists)
	for _, refused := range report.Refused {
		term.printf("REFUSED %s: %s\n", refused.File, refused.Reason)
	}
	for i, row := range report.RejectedRows {
		if i == shownRows {
			term.printf("… and %d more rejected rows; --json names the first hundred\n", rejectedRows(report.Lists)-i)
			break
		}
		term.printf("rejected row %s:%d: %s\n", row.File, row.Row, row.Reason)
	}
	for _, file := range report.Unrecognised {
		term.printf("not a list in a format that is known, left out: %s\n", file)
	}
	for _, warning := range report.Warnings {
		term.printf("note: %s\n", warning)
	}
}

// shownRows is how many rejected rows a person is shown: enough to see what is wrong,
// few enough not to hide a refusal.
const shownRows = 10

func rejectedRows(lists []listsync.ListReport) int {
	total := 0
	for _, list := range lists {
		total += list.Rejected
	}
	return total
}

// printLists prints nothing where there is no list.
func printLists(term *terminal, lists []listsync.ListReport) {
	if len(lists) == 0 {
		return
	}
	term.table(func(rows io.Writer) {
		fmt.Fprintln(rows, "LIST\tENTRIES\tNAMES\tREJECTED\tSOURCE")
		for _, list := range lists {
			fmt.Fprintf(rows, "%s\t%d\t%d\t%d\t%s\n", list.List, list.Entries, list.Names, list.Rejected, list.Source)
		}
	})
}

// printVerdict says what the report comes to.
func printVerdict(term *terminal, report listsync.Report) {
	switch {
	case len(report.Refused) > 0:
		term.printf("%s refused and must not be used: fetch them again; what is in force stays until then\n", count(len(report.Refused), "file or set is", "files or sets are"))
	case len(report.Lists) == 0:
		term.printf("there is no list here\n")
	case rejectedRows(report.Lists) > 0:
		term.printf("%s, nothing refused; %s rejected, which is within what is allowed: screening does not see them\n",
			count(len(report.Lists), "list", "lists"), count(rejectedRows(report.Lists), "row", "rows"))
	default:
		term.printf("%s, nothing refused\n", count(len(report.Lists), "list", "lists"))
	}
}

// count is "1 file" or "3 files".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// syncedLists is the result of lists sync.
type syncedLists struct {
	listsync.Report
	Version string   `json:"version"`
	Digest  string   `json:"digest"`
	Changed bool     `json:"changed"`
	Updated []string `json:"updated"`
	Kept    []string `json:"kept"`
	Retired []string `json:"retired"`
}

func runListsSync(ctx context.Context, term *terminal, set *flags, args []string) error {
	from := set.withJSON().String("from", "", "the `folder` of publishers' files")
	retire := set.String("retire", "", "`lists` to take out of force, separated by commas")
	shrunk := set.String("accept-shrunk", "", "`lists` that may be much shorter than before this time, separated by commas")
	where, redisFlags := set.withConnection(), set.withRedis("the `URL` of a Redis to tell and to fill as well")
	if _, err := set.parse(args, 0, 0); err != nil {
		return err
	}
	if err := folderExists("from", *from); err != nil {
		return err
	}
	connected, err := where.open(ctx)
	if err != nil {
		return err
	}
	defer connected.Close()
	redis, err := redisFlags.open()
	if err != nil {
		return err
	}
	if redis != nil {
		defer func() { _ = redis.Close() }()
	}
	options, end := listOptions(term)
	options.Retire, options.AcceptShrunk = split(*retire), split(*shrunk)
	result, err := listsync.Sync(ctx, os.DirFS(*from), app.NewListStore(connected, redis), time.Now(), options)
	end()
	if err != nil && !errors.Is(err, listsync.ErrNothing) {
		return err
	}
	if *set.asJSON {
		if printed := term.printJSON(syncedLists{
			Report: result.Report, Version: result.Version, Digest: result.Digest, Changed: result.Changed,
			Updated: result.Updated, Kept: result.Kept, Retired: result.Retired,
		}); printed != nil {
			return printed
		}
	} else {
		printReport(term, result.Report)
		printSync(term, result)
	}
	switch {
	case err != nil, !result.Report.OK():
		return errNo
	default:
		return nil
	}
}

func printSync(term *terminal, result listsync.Result) {
	if len(result.Kept) > 0 {
		term.printf("kept as they were: %s\n", strings.Join(result.Kept, ", "))
	}
	switch {
	case result.Version == "":
		term.printf("nothing was published: no list of this folder can be used, and none was in force; nothing is screened\n")
	case result.Changed:
		term.printf("in force: %s, %d entries, %d names\n", result.Version, result.Entries, result.Names)
	default:
		term.printf("nothing changed: %s stays in force\n", result.Version)
	}
}

func split(names string) []string {
	if names == "" {
		return nil
	}
	return strings.Split(names, ",")
}

// listStatus is the result of lists status.
type listStatus struct {
	Version string                `json:"version"`
	Digest  string                `json:"digest"`
	Lists   []listsync.ListReport `json:"lists"`
}

func runListsStatus(ctx context.Context, term *terminal, set *flags, args []string) error {
	where := set.withJSON().withConnection()
	if _, err := set.parse(args, 0, 0); err != nil {
		return err
	}
	connected, err := where.open(ctx)
	if err != nil {
		return err
	}
	defer connected.Close()
	version, digest, found, err := app.NewListStore(connected, nil).CurrentList(ctx)
	if err != nil {
		return err
	}
	if !found {
		if *set.asJSON {
			return errors.Join(term.printJSON(listStatus{Lists: []listsync.ListReport{}}), errNo)
		}
		term.printf("no list is in force, so nothing is screened; chokepoint lists sync --from DIR publishes one\n")
		return errNo
	}
	snapshot, err := app.OpenSnapshot(ctx, connected, version, digest)
	if err != nil {
		return err
	}
	status := listStatus{Version: version, Digest: digest, Lists: listsync.ListReports(snapshot)}
	if *set.asJSON {
		return term.printJSON(status)
	}
	term.printf("in force: %s (sha256 %.12s)\n", version, digest)
	printLists(term, status.Lists)
	return nil
}

// snapshotOf reads a folder of publishers' files into a snapshot. A refused file is
// an error: screening against half the lists would look like a pass.
func snapshotOf(ctx context.Context, term *terminal, folder string) (controllist.Snapshot, error) {
	if err := folderExists("lists", folder); err != nil {
		return controllist.Snapshot{}, err
	}
	options, end := listOptions(term)
	report, entries, err := listsync.Check(ctx, os.DirFS(folder), options)
	end()
	if err != nil {
		return controllist.Snapshot{}, err
	}
	if err := refusal(folder, report); err != nil {
		return controllist.Snapshot{}, err
	}
	noteLeftOut(term, folder, report)
	lists := make([]controllist.List, len(report.Lists))
	for i, list := range report.Lists {
		lists[i] = controllist.List{Name: list.List, Source: list.Source, Entries: list.Entries, Names: list.Names, Rejected: list.Rejected}
	}
	return controllist.NewSnapshot("folder "+folder, lists, entries)
}

// refusal is why a folder must not be screened against, or nil.
func refusal(folder string, report listsync.Report) error {
	if len(report.Refused) == 0 && len(report.Lists) > 0 {
		return nil
	}
	if len(report.Refused) == 0 {
		return fmt.Errorf("there is no list in %s, so nothing can be screened", folder)
	}
	reasons := make([]string, 0, len(report.Refused))
	for _, refused := range report.Refused {
		reasons = append(reasons, "  "+refused.File+": "+refused.Reason)
	}
	return fmt.Errorf("the lists in %s must not be used, so nothing was screened:\n%s\nchokepoint lists check --from %s tells more", folder, strings.Join(reasons, "\n"), folder)
}

// noteLeftOut says what of a folder is not screened against, so that nobody believes
// that it is.
func noteLeftOut(term *terminal, folder string, report listsync.Report) {
	const most = 5
	for i, file := range report.Unrecognised {
		if i == most {
			term.complainf("note: and %s more; chokepoint lists check --from %s names them\n", count(len(report.Unrecognised)-most, "file", "files"), folder)
			break
		}
		term.complainf("note: %s is not a list in a format that is known; nothing is screened against it\n", file)
	}
	if rejected := rejectedRows(report.Lists); rejected > 0 {
		term.complainf("note: %s could not be read; chokepoint lists check --from %s names them\n", count(rejected, "row", "rows"), folder)
	}
}
