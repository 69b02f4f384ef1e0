package config

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
)

// MaxSecretBytes is the largest secret file that is read: 64 KiB, enough for a
// chain of certificates.
const MaxSecretBytes = 64 << 10

// forbiddenBits are the permissions that a secret file must not have: anything
// for others, and writing or executing for the group. Reading for the group is
// allowed because an orchestrator hands secrets to a process that is not root
// through the group of the file.
const forbiddenBits fs.FileMode = 0o037

// redacted stands wherever a secret would have been printed.
const redacted = "[redacted]"

// Secret is a value that must not be seen. It prints, formats and marshals as
// "[redacted]"; only [Secret.Reveal] gives it out. The zero value is no secret.
type Secret struct {
	value string
}

// NewSecret wraps a value that did not come from a file, such as one that was
// just generated.
func NewSecret(value string) Secret {
	return Secret{value: value}
}

// Reveal returns the secret itself. Call it where the value is used, at the last
// moment, and never put the result in an error or a log.
func (s Secret) Reveal() string {
	return s.value
}

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool {
	return s.value == ""
}

// String returns "[redacted]", and the empty string for no secret.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return redacted
}

// GoString returns what [Secret.String] does, for the verb %#v.
func (s Secret) GoString() string {
	return s.String()
}

// Format writes what [Secret.String] returns, whatever the verb.
func (s Secret) Format(state fmt.State, _ rune) {
	_, _ = state.Write([]byte(s.String()))
}

// MarshalText returns what [Secret.String] does, for JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) {
	return []byte(s.String()), nil
}

// ReadSecret reads the secret in the file at path. One line break at the end is
// not part of it. The file must be a regular one of at most [MaxSecretBytes], not
// empty, without NUL bytes, and closed to others: mode 0600 or 0400, or 0640 or
// 0440 where a group hands it over. Errors name the path and never the content.
func ReadSecret(path string) (Secret, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Secret{}, fmt.Errorf("read secret: %w", err)
	}
	if mode := info.Mode().Perm(); mode&forbiddenBits != 0 {
		return Secret{}, fmt.Errorf("read secret: %s: mode %04o lets others at it; use 0600, or 0440 for a mounted secret", path, mode)
	}
	data, err := readFile(path, MaxSecretBytes)
	if err != nil {
		return Secret{}, fmt.Errorf("read secret: %w", err)
	}
	data = bytes.TrimSuffix(bytes.TrimSuffix(data, []byte("\n")), []byte("\r"))
	if len(data) == 0 {
		return Secret{}, fmt.Errorf("read secret: %s: is empty", path)
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return Secret{}, fmt.Errorf("read secret: %s: has a NUL byte", path)
	}
	return Secret{value: string(data)}, nil
}
