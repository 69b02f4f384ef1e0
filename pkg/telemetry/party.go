package telemetry

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"sync"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// hashBytes is how much of a keyed hash is shown: 48 bits, enough to tell the
// parties of one log apart.
const hashBytes = 6

// processKey keys the hashes of one run. A hash without a key would be no
// protection at all: whoever holds the log could hash every name of a telephone
// book, or of a control list, and compare.
var processKey = sync.OnceValue(func() []byte {
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // Never fails: crypto/rand ends the program instead.
	return key
})

// Party says in a log which party a line is about, without saying who it is:
// zap.Object("party", telemetry.Party{Role: "consignee", Name: name}). It writes
// the role and a keyed hash of the name and account, and nothing else of them.
type Party struct {
	// Role is the party's role in the event, such as consignee. It is written as
	// it is, so it must come from the fixed list of roles.
	Role string
	// Name and Account are who it is. Neither is ever written.
	Name, Account string
}

// MarshalLogObject implements [zapcore.ObjectMarshaler].
func (p Party) MarshalLogObject(encoder zapcore.ObjectEncoder) error {
	if p.Role != "" {
		encoder.AddString("role", p.Role)
	}
	encoder.AddString("hash", shortHash(p.Name, p.Account))
	return nil
}

// String returns the role and the hash, so that a Party that ends up in a
// formatted text tells no more than one in a log.
func (p Party) String() string {
	return p.Role + "#" + shortHash(p.Name, p.Account)
}

// GoString returns what [Party.String] does, for the verb %#v.
func (p Party) GoString() string {
	return p.String()
}

// Redacted is a log field that shows the keyed hash of a value in place of the
// value, for anything of a party that is not its name: an address, an account.
func Redacted(key, value string) zap.Field {
	return zap.String(key, shortHash(value))
}

// shortHash hashes values under the key of this process. Nothing to hash gives
// nothing.
func shortHash(values ...string) string {
	mac := hmac.New(sha256.New, processKey())
	empty := true
	for _, value := range values {
		// Hashing each first keeps ("ab", "c") and ("a", "bc") apart.
		inner := sha256.Sum256([]byte(value))
		mac.Write(inner[:])
		empty = empty && value == ""
	}
	if empty {
		return ""
	}
	return hex.EncodeToString(mac.Sum(nil)[:hashBytes])
}
