// Package publisher reads control lists as their publishers write them: one file of
// code per format, bytes in, entries out.
//
// A publisher's list is often several files that only make sense together, so the
// unit of reading is a [Set]: OFAC's parties, aliases, addresses and spilled-over
// remarks are four files joined by a number. [Parser.Parse] is given the files of one
// folder and says which sets they make. Files are recognised by what is in them
// ([Recognise]), not by their names, which people change when they save them.
//
// A list that is quietly incomplete is worse than none, because nobody notices what
// is no longer found. So nothing is dropped without a trace:
//
//   - a row that cannot be read is counted, and named with its place and the reason
//     ([Rejection]); whether there are too many is for the caller to decide;
//   - a file that shows that it is not whole (cut off in a row, cut off at the end of
//     a row while other files speak of later parties, a part of the set missing)
//     makes the set damaged, and a damaged set has no entries at all ([Set.Damage]);
//   - what a remark says and no field takes is kept in [controllist.Entry.Remarks].
//
// The package is pure: it opens nothing and fetches nothing.
package publisher
