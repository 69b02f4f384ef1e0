// Package access says who may come through a door: bearer tokens, and what each is
// good for.
//
// Tokens stand in a file, one a line, never themselves but as their SHA-256:
//
//	# id     what it may do
//	tms-eu   sha256=9f86d0…0a08 sources=tms-eu,tms-us expires=2027-01-31T00:00:00Z
//	swift    sha256=60303a…7752 sources=swift rate=500 burst=1000
//	console  sha256=fd61a0…08e8 sources=*
//
// A plain hash is right here, and a slow one such as bcrypt would be wrong: those
// make guessing dear where people choose passwords. A token is 32 random bytes;
// nobody guesses 2^256 of anything, however fast the hash, and the door hashes it
// again for every request.
//
// [Open] reads the file and names all of its faults at once. [Store.Refresh] reads
// it again; call it every few seconds. A file that has become faulty changes nothing:
// the tokens that were good stay good, and the error says what is wrong. [Generate]
// makes a new token from a source of randomness.
//
//	tokens, err := access.Open("/etc/chokepoint/tokens")
//	…
//	grant, err := tokens.Authenticate(presented, time.Now())
//	if err != nil { … } // ErrUnknownToken, ErrExpiredToken
//	if !grant.Allows("tms-eu") { … }
//
// The package does not speak HTTP, keeps no goroutine and logs nothing.
package access
