// Package normalize reads names, addresses and numbers as people write them and gives words
// and numbers that can be compared, each word with its place in the original.
//
// A [Name] is reused from name to name:
//
//	var name normalize.Name
//	name.Set("QZU Bilgi Teknolojileri ve Dış Tic. Ltd. Şti.")
//	units := name.AppendUnits(nil, false) // qzu · bilgi · teknolojileri · ve · dis tic · ltd sti
//
// Every word has a Latin spelling in lower case ([Name.Text]) and a phonetic form ([Name.Phone]) in which
// the ways to spell one sound are one; words of other scripts keep a hash of themselves
// ([Token].Native). A [Unit] is a phrase of the lexicon or a single word, with its [Meaning]:
// one number for "Ltd. Şti.", "ООО" and "limited liability company".
//
// Numbers of identifiers are brought to one form, and their check digits checked, by [AppendIdentifier].
//
// The lexicon's tables (lexicon_*.go) are written for this project from general knowledge of the
// languages concerned; Han and rare scripts are spelled by the tables of go-unidecode. The package
// is pure and allocates only while a Name's buffers grow.
package normalize
