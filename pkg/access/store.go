package access

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"
)

// ErrUnknownToken says that a presented token is not in the file.
var ErrUnknownToken = errors.New("the token is not known")

// ErrExpiredToken says that a presented token is in the file and no longer good.
var ErrExpiredToken = errors.New("the token has expired")

// Store holds the tokens of a file. It is safe for concurrent use.
type Store struct {
	path    string
	current atomic.Pointer[tokens]
}

// tokens are the file as it was read. They do not change.
type tokens struct {
	text []byte
	all  []hashed
}

type hashed struct {
	sum     [sha256.Size]byte
	expires time.Time
	grant   Grant
}

// Open reads the token file at path. It is an error where the file cannot be read,
// has a fault (all are named), or can be written by others than its owner: whoever
// can write it can let anybody in. Reading it does no harm, since it holds hashes
// only, so it may be mounted as a Kubernetes secret with its usual mode.
func Open(path string) (*Store, error) {
	store := &Store{path: path}
	store.current.Store(&tokens{})
	if _, err := store.Refresh(); err != nil {
		return nil, err
	}
	return store, nil
}

// Refresh reads the file again and reports whether its text has changed. On an error
// the tokens stay as they were, though a token's own expiry goes on counting.
func (s *Store) Refresh() (changed bool, err error) {
	text, err := read(s.path)
	if err != nil {
		return false, err
	}
	current := s.current.Load()
	if current.text != nil && bytes.Equal(text, current.text) {
		return false, nil
	}
	parsed, err := Parse(text)
	if err != nil {
		return false, fmt.Errorf("token file %s: %w", s.path, err)
	}
	next := &tokens{text: text, all: make([]hashed, len(parsed))}
	for i, token := range parsed {
		next.all[i] = hashed{
			expires: token.Expires,
			grant:   Grant{ID: token.ID, Rate: token.Rate, Burst: token.Burst, sources: token.Sources},
		}
		if _, err := hex.Decode(next.all[i].sum[:], []byte(token.SHA256)); err != nil {
			return false, fmt.Errorf("token file %s: hash of %s: %w", s.path, token.ID, err)
		}
	}
	s.current.Store(next)
	return true, nil
}

// read returns the text of a file that only its owner can write.
func read(path string) (text []byte, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open token file: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("token file %s: %w", path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("token file %s is no regular file", path)
	}
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return nil, fmt.Errorf("token file %s can be written by others than its owner (mode %04o); chmod go-w it", path, mode)
	}
	text, err = io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read token file %s: %w", path, err)
	}
	return text, nil
}

// Len returns how many tokens there are, expired ones included.
func (s *Store) Len() int { return len(s.current.Load().all) }

// Authenticate returns what a presented token allows at the moment now. The error is
// [ErrUnknownToken] or [ErrExpiredToken]; callers outside should be told no more than
// that the token is not good.
//
// It takes the same time whatever is presented: every line's hash is compared, each
// in constant time, so that no clock tells how much of a hash was right.
func (s *Store) Authenticate(token string, now time.Time) (Grant, error) {
	sum := sha256.Sum256([]byte(token))
	all := s.current.Load().all
	found := -1
	for i := range all {
		found = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(sum[:], all[i].sum[:]), i, found)
	}
	if found < 0 {
		return Grant{}, ErrUnknownToken
	}
	if expires := all[found].expires; !expires.IsZero() && !now.Before(expires) {
		return Grant{}, ErrExpiredToken
	}
	return all[found].grant, nil
}
