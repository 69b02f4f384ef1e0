package webhook_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"chokepoint/pkg/casework"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/escalate"
	"chokepoint/pkg/escalate/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	oldSecret = "whsec_" + base64.StdEncoding.EncodeToString([]byte("an invented secret, the old one!"))
	newSecret = "whsec_" + base64.StdEncoding.EncodeToString([]byte("an invented secret, the new one!"))
)

func secretFile(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "secrets")
	require.NoError(t, os.WriteFile(name, []byte(content), 0o600))
	return name
}

var notice = escalate.Notice{
	Key: "0123456789abcdef0123456789abcdef", Group: "C-x-1", Step: "severity:high", Receiver: "duty",
	Type: escalate.NoticeOpened, Time: time.Date(2026, 11, 20, 2, 10, 0, 0, time.UTC),
	Case: casework.Message{
		Format: 1, Case: "C-x-1", Title: "Örnek Ticaret, TR ~ EXEMPLAR (L/1)", Severity: casework.SeverityHigh,
		Outcome: decision.OutcomeHold, Party: casework.Party{Name: "Örnek Ticaret"}, Events: []casework.EventID{{Source: "tms", ID: "S-1", Revision: 1}},
	},
}

// local is a configuration that may reach the test's server.
func local(t *testing.T, url string) webhook.Config {
	t.Helper()
	config := webhook.DefaultConfig()
	config.URL, config.AllowPlainHTTP, config.AllowPrefixes = url, true, []string{"127.0.0.0/8", "::1/128"}
	config.SecretFiles = []string{secretFile(t, oldSecret+"\n")}
	return config
}

func receiver(t *testing.T, config webhook.Config) *webhook.Receiver {
	t.Helper()
	made, err := webhook.New(config, time.Now)
	require.NoError(t, err)
	t.Cleanup(made.Close)
	return made
}

func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

func isPermanent(err error) bool {
	var permanent *escalate.PermanentError
	return errors.As(err, &permanent)
}

func TestSignedAsTheStandardSays(t *testing.T) {
	type call struct {
		header http.Header
		body   []byte
	}
	calls := make(chan call, 2)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		calls <- call{r.Header.Clone(), body}
	})
	config := local(t, server.URL+"/hook?token=secret")
	file := config.SecretFiles[0]
	hook := receiver(t, config)
	require.NoError(t, hook.Notify(t.Context(), notice))
	got := <-calls

	oracle := func(secret string) error {
		verifier, err := standardwebhooks.NewWebhook(secret)
		require.NoError(t, err)
		return verifier.Verify(got.body, got.header)
	}
	require.NoError(t, oracle(oldSecret))
	require.Error(t, oracle(newSecret))
	require.Equal(t, notice.Key, got.header.Get("webhook-id"))
	require.Equal(t, "application/json", got.header.Get("Content-Type"))
	var body webhook.Body
	require.NoError(t, json.Unmarshal(got.body, &body, json.RejectUnknownMembers(true)))
	require.Equal(t, webhook.Body{Type: escalate.NoticeOpened, Timestamp: notice.Time, Data: notice.Case}, body)

	// Rotation: both secrets sign, without a restart.
	require.NoError(t, os.WriteFile(file, []byte("# new first\n"+newSecret+"\n"+oldSecret+"\n"), 0o600))
	require.NoError(t, hook.Notify(t.Context(), notice))
	got = <-calls
	require.NoError(t, oracle(oldSecret))
	require.NoError(t, oracle(newSecret))
	require.Len(t, strings.Fields(got.header.Get("webhook-signature")), 2)

	require.NoError(t, os.Remove(file))
	err := hook.Notify(t.Context(), notice)
	require.Error(t, err)
	require.False(t, isPermanent(err), "an operator can put the file back")
}

func TestAnswers(t *testing.T) {
	for _, test := range []struct {
		code             int
		retryAfter       string
		accepted, permit bool
		after            time.Duration
	}{
		{code: 200, accepted: true}, {code: 204, accepted: true},
		{code: 500, permit: true}, {code: 503, retryAfter: "7", permit: true, after: 7 * time.Second},
		{code: 429, retryAfter: "30", permit: true, after: 30 * time.Second}, {code: 408, permit: true},
		{code: 429, retryAfter: "soon", permit: true}, {code: 429, retryAfter: "-1", permit: true},
		{code: 503, retryAfter: "Fri, 20 Nov 2026 02:10:00 GMT", permit: true},
		{code: 400}, {code: 401}, {code: 404}, {code: 410}, {code: 413},
	} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if test.retryAfter != "" {
				w.Header().Set("Retry-After", test.retryAfter)
			}
			w.WriteHeader(test.code)
			_, _ = io.WriteString(w, "Örnek Ticaret")
		})
		clock := func() time.Time { return time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC) }
		hook, err := webhook.New(local(t, server.URL+"/private-token"), clock)
		require.NoError(t, err)
		err = hook.Notify(t.Context(), notice)
		hook.Close()
		if test.accepted {
			require.NoError(t, err)
			continue
		}
		require.Error(t, err)
		require.Equal(t, !test.permit, isPermanent(err), "%d", test.code)
		var later *escalate.RetryAfterError
		require.Equal(t, test.after > 0, errors.As(err, &later), "%d %q", test.code, test.retryAfter)
		if later != nil {
			require.Equal(t, test.after, later.After)
		}
		require.NotContains(t, err.Error(), "private-token")
		require.NotContains(t, err.Error(), "Ticaret")
	}
}

func TestRetryAfterDate(t *testing.T) {
	now := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", now.Add(90*time.Second).Format(http.TimeFormat))
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	hook, err := webhook.New(local(t, server.URL), func() time.Time { return now })
	require.NoError(t, err)
	defer hook.Close()
	var later *escalate.RetryAfterError
	require.ErrorAs(t, hook.Notify(t.Context(), notice), &later)
	require.Equal(t, 90*time.Second, later.After)
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	reached := false
	inside := serve(t, func(http.ResponseWriter, *http.Request) { reached = true })
	for _, code := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{inside.URL, "http://169.254.169.254/latest/meta-data/"} {
			server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", to)
				w.WriteHeader(code)
			})
			err := receiver(t, local(t, server.URL)).Notify(t.Context(), notice)
			require.True(t, isPermanent(err), "%d: %v", code, err)
		}
	}
	require.False(t, reached)
}

func TestHangingEndpoint(t *testing.T) {
	release := make(chan struct{})
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	defer close(release)
	config := local(t, server.URL)
	config.Timeout = 50 * time.Millisecond
	err := receiver(t, config).Notify(t.Context(), notice)
	require.Error(t, err)
	require.False(t, isPermanent(err))
	require.NotContains(t, err.Error(), "/hook")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, receiver(t, local(t, server.URL)).Notify(ctx, notice), context.Canceled)
}

func TestEndlessAnswerIsNotRead(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 32<<10)); err != nil {
				return
			}
		}
	})
	require.NoError(t, receiver(t, local(t, server.URL)).Notify(t.Context(), notice))
}

func TestInsideIsNotReached(t *testing.T) {
	reached := false
	server := serve(t, func(http.ResponseWriter, *http.Request) { reached = true })
	port := server.URL[strings.LastIndexByte(server.URL, ':'):]
	for _, url := range []string{
		server.URL, "http://localhost" + port, "http://[::1]" + port, "http://[::ffff:127.0.0.1]" + port, "http://0.0.0.0" + port,
		"http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://192.168.1.1/", "http://172.16.0.1/",
		"http://100.100.100.200/", "http://[fd00::1]/", "http://[fe80::1]/", "http://[64:ff9b::7f00:1]" + port, "http://[2002:7f00:1::]/",
	} {
		config := local(t, url)
		config.AllowPrefixes = nil
		err := receiver(t, config).Notify(t.Context(), notice)
		require.True(t, isPermanent(err), "%s: %v", url, err)
		require.ErrorContains(t, err, "not public", url)
	}
	require.False(t, reached)
	config := local(t, server.URL)
	config.AllowPrefixes = []string{"10.0.0.0/8"}
	require.Error(t, receiver(t, config).Notify(t.Context(), notice), "another network's permission")
}

func TestEndpointFromAFile(t *testing.T) {
	server := serve(t, func(http.ResponseWriter, *http.Request) {})
	config := local(t, "")
	config.URLFile = secretFile(t, server.URL+"\n")
	require.NoError(t, receiver(t, config).Notify(t.Context(), notice))
}

func TestConfigReportsEverything(t *testing.T) {
	short := secretFile(t, "whsec_c2hvcnQ=\nnot base64!\n"+newSecret)
	_, err := webhook.New(webhook.Config{
		URL: "http://user:pass@host/path", MaxResponseBytes: -1, AllowPrefixes: []string{"10.0.0.0", "::/99999"},
		UserAgent: "a\nb", SecretFiles: []string{short, "/nonexistent"},
	}, nil)
	for _, part := range []string{"user or password", "timeout", "max_response_bytes", `"10.0.0.0"`, `"::/99999"`, "line break", "line 1: it is 5 bytes", "line 2: it is not base64", "nonexistent", "a clock"} {
		require.ErrorContains(t, err, part)
	}
	require.NotContains(t, err.Error(), "pass@")
	require.NotContains(t, err.Error(), "c2hvcnQ=")

	for url, part := range map[string]string{
		"":                         "exactly one",
		"http://host/":             "allow_plain_http",
		"ftp://host/":              "not https",
		"https:///path":            "no host",
		"https://host/#x":          "fragment",
		"https://%zz":              "cannot be read",
		strings.Repeat("h", 3<<10): "bytes long",
	} {
		config := webhook.DefaultConfig()
		config.URL = url
		err := config.Validate()
		require.ErrorContains(t, err, part)
		require.ErrorContains(t, err, "secret_files")
	}
	_, err = webhook.New(local(t, "https://host/"), time.Now)
	require.NoError(t, err)
	empty := local(t, "https://host/")
	empty.SecretFiles = []string{secretFile(t, "\n# none\n")}
	_, err = webhook.New(empty, time.Now)
	require.ErrorContains(t, err, "0 secrets")
}
