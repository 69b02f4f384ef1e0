package webhook

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"
)

// Config says where a webhook goes and what it may reach.
type Config struct {
	// URL is the endpoint; URLFile is a file that holds it, where the URL is itself a
	// secret. Exactly one of them is set.
	URL     string `yaml:"url"`
	URLFile string `yaml:"url_file"`
	// SecretFiles hold the signing secrets, one a line, "whsec_" and base64 of 24 to
	// 64 bytes. Each message is signed with all of them.
	SecretFiles []string `yaml:"secret_files"`
	// Timeout bounds one call, from looking up the name to the end of the answer.
	Timeout time.Duration `yaml:"timeout"`
	// MaxResponseBytes is how much of an answer is read.
	MaxResponseBytes int64 `yaml:"max_response_bytes"`
	// AllowPrefixes are the networks that may be reached though they are not public
	// ("10.20.0.0/16", "127.0.0.1/32").
	AllowPrefixes []string `yaml:"allow_prefixes"`
	// AllowPlainHTTP permits http:// URLs.
	AllowPlainHTTP bool `yaml:"allow_plain_http"`
	// UserAgent names the sender.
	UserAgent string `yaml:"user_agent"`
}

// DefaultConfig returns the choices to start from; a URL and secrets are missing.
func DefaultConfig() Config {
	return Config{Timeout: 10 * time.Second, MaxResponseBytes: 64 << 10, UserAgent: "chokepoint"}
}

// Validate reports everything that is wrong with the configuration. It reads no file.
func (c Config) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if (c.URL == "") == (c.URLFile == "") {
		fault("exactly one of url and url_file must be set")
	}
	if c.URL != "" {
		if _, err := c.parseURL(c.URL); err != nil {
			faults = append(faults, err)
		}
	}
	if len(c.SecretFiles) == 0 {
		fault("secret_files names no file: an unsigned webhook cannot be told from a forged one")
	}
	if c.Timeout <= 0 || c.Timeout > 5*time.Minute {
		fault("timeout is %s, not between 0 and 5m", c.Timeout)
	}
	if c.MaxResponseBytes < 0 || c.MaxResponseBytes > 16<<20 {
		fault("max_response_bytes is %d, not 0 to 16 MiB", c.MaxResponseBytes)
	}
	if _, err := parsePrefixes(c.AllowPrefixes); err != nil {
		faults = append(faults, err)
	}
	if strings.ContainsAny(c.UserAgent, "\r\n") {
		fault("user_agent has a line break")
	}
	return errors.Join(faults...)
}

// maxURLBytes is how long an endpoint's URL may be.
const maxURLBytes = 2_048

// parseURL reads the endpoint's URL. Its errors do not repeat it.
func (c Config) parseURL(text string) (*url.URL, error) {
	if len(text) > maxURLBytes {
		return nil, fmt.Errorf("the url is %d bytes long, more than %d", len(text), maxURLBytes)
	}
	parsed, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errors.New("the url cannot be read")
	case parsed.Hostname() == "":
		return nil, errors.New("the url has no host")
	case parsed.User != nil:
		return nil, errors.New("the url holds a user or password; endpoints are authenticated by signature")
	case parsed.Fragment != "":
		return nil, errors.New("the url has a fragment")
	case parsed.Scheme == "https", parsed.Scheme == "http" && c.AllowPlainHTTP:
		return parsed, nil
	case parsed.Scheme == "http":
		return nil, errors.New("the url is http, which allow_plain_http does not permit")
	default:
		return nil, fmt.Errorf("the url's scheme %q is not https", parsed.Scheme)
	}
}

// endpoint returns the URL to call.
func (c Config) endpoint() (*url.URL, error) {
	if c.URL != "" {
		return c.parseURL(c.URL)
	}
	content, err := readSmall(c.URLFile, maxURLBytes+2)
	if err != nil {
		return nil, err
	}
	return c.parseURL(strings.TrimSpace(string(content)))
}

func parsePrefixes(texts []string) ([]netip.Prefix, error) {
	var faults []error
	prefixes := make([]netip.Prefix, 0, len(texts))
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			faults = append(faults, fmt.Errorf("allow_prefixes: %q is not a network such as 10.20.0.0/16", text))
			continue
		}
		prefixes = append(prefixes, prefix.Masked())
	}
	return prefixes, errors.Join(faults...)
}

// readSmall reads a file of at most limit bytes.
func readSmall(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("read a file of the webhook: %w", err)
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("read a file of the webhook: %s is %d bytes long, more than %d", name, info.Size(), limit)
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read a file of the webhook: %w", err)
	}
	return content, nil
}
