// Package listsync turns a folder of publishers' files into the snapshot that is
// screened against, and never replaces a good list by a bad one.
//
// [Check] reads every file below a folder, recognises formats by content and reports
// what each list holds, which rows and files are refused and why. [Sync] does the
// same, holds the result against the snapshot in use, and publishes:
//
//   - a list with too many rejected rows, with rows about parties that are missing,
//     with far fewer entries than before, or with none, is refused, and what was in
//     use stays in use;
//   - a list that the folder does not have is kept as well: a list leaves the
//     snapshot when somebody says so ([Options].Retire), not when a file is missing;
//   - the snapshot is stored under its digest first and pointed at last, so a reader
//     never sees a pointer to something that is not there;
//   - content that is already in use gives no new version.
//
// The package reads through fs.FS and writes through [Store], so it knows neither
// folders of this machine nor where snapshots are kept.
package listsync
