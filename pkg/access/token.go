package access

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"time"
)

// tokenPrefix tells people, and tools that look for secrets in the wrong places,
// what the string is.
const tokenPrefix = "cp_"

// tokenBytes is how much randomness a token holds.
const tokenBytes = 32

// Generate returns a new token and its hash for the file. The source of randomness
// is crypto/rand.Reader but in tests. The token is shown once, to whoever will use
// it; only the hash is kept.
func Generate(random io.Reader) (token, hash string, err error) {
	var secret [tokenBytes]byte
	if _, err := io.ReadFull(random, secret[:]); err != nil {
		return "", "", fmt.Errorf("read randomness for a token: %w", err)
	}
	token = tokenPrefix + base64.RawURLEncoding.EncodeToString(secret[:])
	return token, Hash(token), nil
}

// Hash returns the SHA-256 of a token in hex, as the file has it.
func Hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Token is one line of the file.
type Token struct {
	// ID names the token in logs, metrics and the file: 1 to 64 of a to z, 0 to 9 and
	// -. It is not secret.
	ID string
	// SHA256 is the hash of the token, 64 hex digits in lower case.
	SHA256 string
	// Sources are the sources whose events it may send and decisions it may read;
	// "*" is every source. At least one.
	Sources []string
	// Expires is when it stops being good; zero is never.
	Expires time.Time
	// Rate is how many events a second it may send in the long run, Burst how many at
	// once; zero leaves both to the door.
	Rate  float64
	Burst int
}

// AnySource in Token.Sources stands for every source.
const AnySource = "*"

// Grant is what a good token allows.
type Grant struct {
	// ID is the token's.
	ID string
	// Rate and Burst are the token's; zero leaves them to the door.
	Rate  float64
	Burst int

	sources []string
}

// Allows reports whether the grant is good for a source.
func (g Grant) Allows(source string) bool {
	return slices.Contains(g.sources, source) || slices.Contains(g.sources, AnySource)
}

// NewGrant makes a grant without a token, for the tests of doors.
func NewGrant(id string, sources ...string) Grant { return Grant{ID: id, sources: sources} }
