package decision

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
)

// Encode returns the decision's canonical JSON: members in the order of the
// struct, no white space. The same decision gives the same bytes.
func (d Decision) Encode() ([]byte, error) {
	encoded, err := json.Marshal(d, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("encode the decision on %s: %w", d.Event, err)
	}
	return encoded, nil
}

// Seal sets the digest, which must be empty before, and returns the sealed
// decision with its canonical JSON.
func (d Decision) Seal() (Decision, []byte, error) {
	d.Digest = ""
	unsealed, err := d.Encode()
	if err != nil {
		return Decision{}, nil, err
	}
	sum := sha256.Sum256(unsealed)
	d.Digest = hex.EncodeToString(sum[:])
	return d, withDigest(unsealed, d.Digest), nil
}

// emptyDigest ends the canonical JSON of a decision that is not sealed: Digest is
// the last member, which spares a second pass of the encoder.
const emptyDigest = `"digest":""}`

func withDigest(unsealed []byte, digest string) []byte {
	body := unsealed[:len(unsealed)-len(emptyDigest)]
	sealed := make([]byte, 0, len(unsealed)+len(digest))
	sealed = append(sealed, body...)
	sealed = append(sealed, `"digest":"`...)
	sealed = append(sealed, digest...)
	return append(sealed, `"}`...)
}

// Decode reads a decision's canonical JSON and checks its digest against its
// content.
func Decode(encoded []byte) (Decision, error) {
	var d Decision
	if err := json.Unmarshal(encoded, &d, json.RejectUnknownMembers(true)); err != nil {
		return Decision{}, fmt.Errorf("decode a decision: %w", err)
	}
	sealed, _, err := d.Seal()
	if err != nil {
		return Decision{}, err
	}
	if sealed.Digest != d.Digest {
		return Decision{}, fmt.Errorf("decision on %s: %w: it says %.12s, its content gives %.12s",
			d.Event, ErrDigest, d.Digest, sealed.Digest)
	}
	return d, nil
}

// ErrDigest says that a decision's content is not what its digest was made of:
// it was altered, or written by another version of this code.
var ErrDigest = errors.New("digest differs from content")

// ID names the decision: one event and one trigger have one decision in effect.
func (d Decision) ID() string {
	return d.Event.String() + "+" + d.Trigger
}
