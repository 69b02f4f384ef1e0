package config_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"chokepoint/pkg/config"
)

type broker struct {
	URL      string `yaml:"url"`
	Replicas int    `yaml:"replicas"`
}

type settings struct {
	Listen  string        `yaml:"listen"`
	Timeout time.Duration `yaml:"timeout"`
	Broker  broker        `yaml:"broker"`
	Hooks   []string      `yaml:"hooks"`
}

func (s settings) Validate() error {
	var faults []error
	if s.Timeout <= 0 {
		faults = append(faults, fmt.Errorf("timeout: %s is not above zero", s.Timeout))
	}
	if s.Broker.Replicas%2 == 0 {
		faults = append(faults, errors.Join(fmt.Errorf("broker.replicas: %d is even", s.Broker.Replicas)))
	}
	return errors.Join(faults...)
}

func defaults() settings {
	return settings{
		Listen: ":8080", Timeout: 5 * time.Second, Broker: broker{URL: "nats://localhost:4222", Replicas: 1},
		Hooks: []string{"default"},
	}
}

func TestDecodeKeepsDefaults(t *testing.T) {
	t.Parallel()
	got, err := config.Decode("x.yaml", []byte("timeout: 250ms\nbroker: {replicas: 3}\nhooks: [a, b]\n"), defaults())
	require.NoError(t, err)
	require.Equal(t, settings{
		Listen: ":8080", Timeout: 250 * time.Millisecond, Broker: broker{URL: "nats://localhost:4222", Replicas: 3},
		Hooks: []string{"a", "b"},
	}, got)
	got, err = config.Decode("x.yaml", []byte("{}"), defaults())
	require.NoError(t, err)
	require.Equal(t, defaults(), got)
}

// TestDecodeRefuses has the text of every refusal: it is what an operator reads.
func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, text, want string }{
		{"typo", "listen: \":1\"\ntimeoout: 5s\n", "x.yaml:2: there is no setting \"timeoout\" here"},
		{"typo below", "broker:\n  ulr: a\n", "x.yaml:2: there is no setting \"ulr\" here"},
		{
			"every fault", "listn: a\ntimeout: soon\nbroker:\n  replicas: many\n",
			"x.yaml:1: there is no setting \"listn\" here\n" +
				"x.yaml:2: this has the wrong shape: !!str `soon`\n" +
				"x.yaml:4: this has the wrong shape: !!str `many`",
		},
		{"wrong case", "Listen: a\n", "x.yaml:1: there is no setting \"Listen\" here"},
		{"duplicate", "listen: a\nlisten: b\n", "x.yaml:2: mapping key \"listen\" already defined at line 1"},
		{"two documents", "listen: a\n---\nlisten: b\n", "x.yaml: yaml: expected single document, found multiple"},
		{"empty", "", "x.yaml: yaml: no documents in stream"},
		{"comment alone", "# nothing\n", "x.yaml: yaml: no documents in stream"},
		{"list", "- a\n", "x.yaml:1: this has the wrong shape: !!seq"},
		{"invalid, every fault", "timeout: -1s\nbroker: {replicas: 2}\n", "x.yaml: timeout: -1s is not above zero\nx.yaml: broker.replicas: 2 is even"},
		{"too large", "# " + strings.Repeat("x", config.MaxBytes), "x.yaml: is larger than 1048576 bytes"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := config.Decode("x.yaml", []byte(c.text), defaults())
			var refusal *config.Error
			require.ErrorAs(t, err, &refusal)
			require.Equal(t, c.want, err.Error())
			require.Equal(t, settings{}, got, "what is refused is not returned")
			require.Equal(t, strings.HasPrefix(c.name, "invalid"), refusal.Invalid)
		})
	}
}

// TestDecodeBrokenText wants an error, whatever its text, from input that is not
// YAML, and no endless work for input made to expand.
func TestDecodeBrokenText(t *testing.T) {
	t.Parallel()
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for letter := 'b'; letter < 'k'; letter++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", letter, letter, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", letter-1), 9), ","))
	}
	for _, text := range []string{
		"listen: [", "\tlisten: a", "listen: \"\\xZZ\"", "listen: \xff\xfe", "%YAML 9.9\n---\n", "listen: *nowhere",
		strings.Repeat("[", 100_000), strings.Repeat("{a: ", 50_000), bomb, "\x00",
	} {
		_, err := config.Decode("x.yaml", []byte(text), defaults())
		var refusal *config.Error
		require.ErrorAs(t, err, &refusal, "%.40q", text)
		require.NotEmpty(t, refusal.Faults)
	}
}

// pointerSettings has its Validate on the pointer.
type pointerSettings struct {
	A int `yaml:"a"`
}

func (p *pointerSettings) Validate() error {
	if p.A == 0 {
		return errors.New("a: is zero")
	}
	return nil
}

func TestValidateOnPointer(t *testing.T) {
	t.Parallel()
	_, err := config.Decode("x.yaml", []byte("a: 0"), pointerSettings{A: 1})
	require.EqualError(t, err, "x.yaml: a: is zero")
	_, err = config.Decode("x.yaml", []byte("a: 2"), pointerSettings{})
	require.NoError(t, err)
}

func TestLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "worker.yaml")
	require.NoError(t, os.WriteFile(path, []byte("listen: \":9\"\n"), 0o600))
	got, err := config.Load(path, defaults())
	require.NoError(t, err)
	require.Equal(t, ":9", got.Listen)

	_, err = config.Load(filepath.Join(dir, "absent.yaml"), defaults())
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "read configuration: ")
	_, err = config.Load(dir, defaults())
	require.ErrorContains(t, err, "is not a regular file")

	require.NoError(t, os.WriteFile(path, make([]byte, config.MaxBytes+1), 0o600))
	_, err = config.Load(path, defaults())
	require.ErrorContains(t, err, "is larger than 1048576 bytes")
}

// FuzzDecode wants one of two things of any input: settings that are valid, or an
// error with at least one fault.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("listen: a\ntimeout: 5s\nbroker: {url: x, replicas: 3}\nhooks: [a, b]\n"))
	f.Add([]byte("listen: a\nlisten: b\n"))
	f.Add([]byte("<<: &a {listen: b}\n"))
	f.Add([]byte("hooks: &a [*a]\n"))
	f.Add([]byte("--- !!binary aGVsbG8=\n..."))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := config.Decode("x.yaml", data, defaults())
		if err == nil {
			require.NoError(t, got.Validate())
			return
		}
		var refusal *config.Error
		require.ErrorAs(t, err, &refusal)
		require.NotEmpty(t, refusal.Faults)
		require.NotEmpty(t, err.Error())
	})
}

func TestReadSecret(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		require.NoError(t, os.Chmod(path, mode))
		return path
	}
	for _, mode := range []os.FileMode{0o600, 0o400, 0o440, 0o640} {
		secret, err := config.ReadSecret(write("good", "s3cr3t\n", mode))
		require.NoError(t, err, "%o", mode)
		require.Equal(t, "s3cr3t", secret.Reveal())
	}
	for _, mode := range []os.FileMode{0o644, 0o604, 0o660, 0o602, 0o610, 0o777} {
		_, err := config.ReadSecret(write("open", "s3cr3t\n", mode))
		require.ErrorContains(t, err, fmt.Sprintf("mode %04o lets others at it", mode))
		require.NotContains(t, err.Error(), "s3cr3t")
	}
	for _, c := range []struct{ content, want string }{
		{"", "is empty"},
		{"\n", "is empty"},
		{"a\x00b", "has a NUL byte"},
		{strings.Repeat("x", config.MaxSecretBytes+1), "is larger than 65536 bytes"},
	} {
		_, err := config.ReadSecret(write("bad", c.content, 0o600))
		require.ErrorContains(t, err, c.want)
	}
	_, err := config.ReadSecret(filepath.Join(dir, "absent"))
	require.ErrorIs(t, err, os.ErrNotExist)

	// Mounted secrets are links into a folder that is swapped as a whole.
	require.NoError(t, os.Symlink(write("real", "linked\r\n", 0o440), filepath.Join(dir, "link")))
	secret, err := config.ReadSecret(filepath.Join(dir, "link"))
	require.NoError(t, err)
	require.Equal(t, "linked", secret.Reveal())
}

// TestSecretIsNeverPrinted tries every way a value leaks into text.
func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	holder := struct {
		Token config.Secret
		Other *config.Secret
	}{Token: config.NewSecret("s3cr3t")}
	other := config.NewSecret("s3cr3t")
	holder.Other = &other
	asJSON, err := json.Marshal(holder)
	require.NoError(t, err)
	asYAML, err := yaml.Dump(holder)
	require.NoError(t, err)
	texts := []string{string(asJSON), string(asYAML), fmt.Sprint(other)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		texts = append(texts, fmt.Sprintf(verb, other), fmt.Sprintf(verb, &other), fmt.Sprintf(verb, holder))
	}
	for _, text := range texts {
		require.NotContains(t, text, "s3cr3t")
		require.NotContains(t, text, fmt.Sprintf("%x", "s3cr3t"))
	}
	require.Contains(t, string(asYAML), "[redacted]")
	require.True(t, config.Secret{}.IsZero())
	require.Empty(t, config.Secret{}.String())
}
