package access_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"chokepoint/pkg/access"
)

var now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func write(t *testing.T, path string, tokens ...access.Token) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, access.Format(tokens), 0o600))
}

func generate(t *testing.T) (token, hash string) {
	t.Helper()
	token, hash, err := access.Generate(rand.Reader)
	require.NoError(t, err)
	return token, hash
}

func TestGenerate(t *testing.T) {
	token, hash, err := access.Generate(bytes.NewReader(bytes.Repeat([]byte{0xfe}, 32)))
	require.NoError(t, err)
	require.Equal(t, "cp_"+strings.Repeat("_v7-", 10)+"_v4", token)
	require.Equal(t, access.Hash(token), hash)
	require.Len(t, hash, 64)

	_, _, err = access.Generate(bytes.NewReader(make([]byte, 31)))
	require.EqualError(t, err, "read randomness for a token: unexpected EOF")
}

func TestAuthenticate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	first, firstHash := generate(t)
	second, secondHash := generate(t)
	third, thirdHash := generate(t)
	write(t, path,
		access.Token{ID: "tms", SHA256: firstHash, Sources: []string{"tms-eu", "tms-us"}, Rate: 2.5, Burst: 7},
		access.Token{ID: "old", SHA256: secondHash, Sources: []string{"swift"}, Expires: now.Add(time.Second)},
		access.Token{ID: "console", SHA256: thirdHash, Sources: []string{access.AnySource}},
	)
	store, err := access.Open(path)
	require.NoError(t, err)
	require.Equal(t, 3, store.Len())

	grant, err := store.Authenticate(first, now)
	require.NoError(t, err)
	require.Equal(t, "tms", grant.ID)
	require.Equal(t, 2.5, grant.Rate)
	require.Equal(t, 7, grant.Burst)
	require.True(t, grant.Allows("tms-us"))
	require.False(t, grant.Allows("swift"))
	require.False(t, grant.Allows("*"))
	require.False(t, grant.Allows(""))

	grant, err = store.Authenticate(third, now)
	require.NoError(t, err)
	require.True(t, grant.Allows("anything"))

	_, err = store.Authenticate(second, now)
	require.NoError(t, err)
	_, err = store.Authenticate(second, now.Add(time.Second))
	require.ErrorIs(t, err, access.ErrExpiredToken)
	for _, wrong := range []string{"", "cp_", first + "x", first[1:], firstHash} {
		_, err = store.Authenticate(wrong, now)
		require.ErrorIs(t, err, access.ErrUnknownToken)
	}
}

func TestNobodyComesInByAnEmptyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	require.NoError(t, os.WriteFile(path, []byte("# nobody yet\n"), 0o600))
	store, err := access.Open(path)
	require.NoError(t, err)
	_, err = store.Authenticate("", now)
	require.ErrorIs(t, err, access.ErrUnknownToken)
}

func TestRefresh(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	first, firstHash := generate(t)
	second, secondHash := generate(t)
	write(t, path, access.Token{ID: "tms", SHA256: firstHash, Sources: []string{"tms"}})
	store, err := access.Open(path)
	require.NoError(t, err)

	changed, err := store.Refresh()
	require.NoError(t, err)
	require.False(t, changed)

	// A file that has become faulty, unreadable or writable by others changes nothing.
	require.NoError(t, os.WriteFile(path, []byte("tms sha256=\n"), 0o600))
	_, err = store.Refresh()
	require.EqualError(t, err, "token file "+path+": line 1: sha256 must be 64 hex digits in lower case\nline 1: sources is required")
	require.NoError(t, os.Remove(path))
	_, err = store.Refresh()
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = store.Authenticate(first, now)
	require.NoError(t, err)

	write(t, path, access.Token{ID: "tms", SHA256: secondHash, Sources: []string{"tms"}})
	changed, err = store.Refresh()
	require.NoError(t, err)
	require.True(t, changed)
	_, err = store.Authenticate(first, now)
	require.ErrorIs(t, err, access.ErrUnknownToken)
	_, err = store.Authenticate(second, now)
	require.NoError(t, err)
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	_, err := access.Open(filepath.Join(dir, "none"))
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = access.Open(dir)
	require.EqualError(t, err, "token file "+dir+" is no regular file")

	path := filepath.Join(dir, "tokens")
	write(t, path)
	require.NoError(t, os.Chmod(path, 0o664))
	_, err = access.Open(path)
	require.EqualError(t, err, "token file "+path+" can be written by others than its owner (mode 0664); chmod go-w it")
	require.NoError(t, os.Chmod(path, 0o444))
	_, err = access.Open(path)
	require.NoError(t, err)
}

// Every fault of a file is named at once, with its line.
func TestParseNamesEveryFault(t *testing.T) {
	hash := strings.Repeat("ab", 32)
	_, err := access.Parse([]byte(strings.Join([]string{
		"# comment",
		"",
		"good sha256=" + hash + " sources=a,b-2 expires=2027-01-31T00:00:00+01:00 rate=0.5 burst=1",
		"Bad_Id sha256=cp_secret sources=",
		"good sha256=" + hash + " sources=*",
		"other sources=a,B sources=b color=red",
		"more sha256=" + strings.Repeat("AB", 32) + " sources=a expires=tomorrow rate=-1 burst=0",
		"last sha256=" + strings.Repeat("cd", 32) + " sources=a rate=NaN",
		"burst sha256=" + strings.Repeat("ef", 32) + " sources=a burst=5",
	}, "\r\n")))
	require.EqualError(t, err, strings.Join([]string{
		`line 4: id "Bad_Id" must be 1 to 64 of the characters a to z, 0 to 9 and -`,
		`line 4: sha256 must be 64 hex digits in lower case`,
		`line 4: sources: "" must be * or 1 to 64 of the characters a to z, 0 to 9 and -`,
		`line 5: id "good" stands in line 3 already`,
		`line 5: the same token stands in line 3 already`,
		`line 6: sources: "B" must be * or 1 to 64 of the characters a to z, 0 to 9 and -`,
		`line 6: sources stands there twice`,
		`line 6: "color" is none of sha256, sources, expires, rate and burst`,
		`line 6: sha256 is required`,
		`line 7: sha256 must be 64 hex digits in lower case`,
		`line 7: expires "tomorrow" must be an RFC 3339 time such as 2027-01-31T00:00:00Z`,
		`line 7: rate "-1" must be a number above 0 and up to 1000000`,
		`line 7: burst "0" must be a whole number from 1 to 1000000`,
		`line 8: rate "NaN" must be a number above 0 and up to 1000000`,
		`line 9: burst needs a rate`,
	}, "\n"))

	_, err = access.Parse(bytes.Repeat([]byte("x"), 1<<20+1))
	require.EqualError(t, err, "is larger than 1048576 bytes")
	var many []access.Token
	for range 1_001 {
		token, hash := generate(t)
		many = append(many, access.Token{ID: "t" + hash[:20], SHA256: hash, Sources: []string{"a"}})
		_ = token
	}
	_, err = access.Parse(access.Format(many))
	require.EqualError(t, err, "has 1001 tokens, more than the 1000 allowed")
}

func TestParseGivesBackWhatWasFormatted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		token := access.Token{
			ID:      rapid.StringMatching(`[a-z0-9-]{1,64}`).Draw(t, "id"),
			SHA256:  rapid.StringMatching(`[a-f0-9]{64}`).Draw(t, "hash"),
			Sources: rapid.SliceOfN(rapid.StringMatching(`\*|[a-z0-9-]{1,64}`), 1, 5).Draw(t, "sources"),
			Rate:    rapid.SampledFrom([]float64{0, 0.25, 1, 1_000_000}).Draw(t, "rate"),
		}
		if token.Rate > 0 {
			token.Burst = rapid.IntRange(0, 1_000_000).Draw(t, "burst")
		}
		if rapid.Bool().Draw(t, "expires") {
			token.Expires = time.Unix(rapid.Int64Range(0, 4_000_000_000).Draw(t, "at"), 0).UTC()
		}
		parsed, err := access.Parse(access.Format([]access.Token{token}))
		require.NoError(t, err)
		require.Equal(t, []access.Token{token}, parsed)
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("a sha256=" + strings.Repeat("ab", 32) + " sources=*"))
	f.Add([]byte("# x\n\na b=c =\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tokens, err := access.Parse(data)
		if err != nil {
			require.Nil(t, tokens)
			return
		}
		again, err := access.Parse(access.Format(tokens))
		require.NoError(t, err)
		require.Len(t, again, len(tokens))
	})
}

func BenchmarkAuthenticate(b *testing.B) {
	path := filepath.Join(b.TempDir(), "tokens")
	var tokens []access.Token
	for range 100 {
		_, hash, err := access.Generate(rand.Reader)
		require.NoError(b, err)
		tokens = append(tokens, access.Token{ID: "t" + hash[:20], SHA256: hash, Sources: []string{"a"}})
	}
	require.NoError(b, os.WriteFile(path, access.Format(tokens), 0o600))
	store, err := access.Open(path)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := store.Authenticate("cp_wrong", now); !errors.Is(err, access.ErrUnknownToken) {
			b.Fatal(err)
		}
	}
}
