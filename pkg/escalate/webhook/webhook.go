package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"chokepoint/pkg/casework"
	"chokepoint/pkg/escalate"
)

// Receiver is one endpoint. It is safe for concurrent use.
type Receiver struct {
	config Config
	client *http.Client
	clock  func() time.Time
}

var _ escalate.Receiver = (*Receiver)(nil)

// New returns a receiver, or everything that is wrong with its configuration, its
// URL file and its secret files. clock tells the time that is signed.
func New(config Config, clock func() time.Time) (*Receiver, error) {
	faults := []error{config.Validate()}
	if clock == nil {
		faults = append(faults, errors.New("a clock is needed"))
	}
	if config.URLFile != "" {
		_, err := config.endpoint()
		faults = append(faults, err)
	}
	if len(config.SecretFiles) > 0 {
		_, err := readSecrets(config.SecretFiles)
		faults = append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("new webhook: %w", err)
	}
	allowed, err := parsePrefixes(config.AllowPrefixes)
	if err != nil {
		return nil, fmt.Errorf("new webhook: %w", err)
	}
	return &Receiver{config: config, clock: clock, client: newClient(config, guard{allowed: allowed})}, nil
}

// newClient returns a client that goes straight to its target and nowhere else.
func newClient(config Config, guard guard) *http.Client {
	dialer := &net.Dialer{Timeout: config.Timeout, Control: guard.control}
	return &http.Client{
		Timeout: config.Timeout,
		Transport: &http.Transport{
			Proxy:                  nil, // a proxy would connect where the guard cannot see
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    config.Timeout,
			ResponseHeaderTimeout:  config.Timeout,
			MaxResponseHeaderBytes: 16 << 10,
			MaxIdleConnsPerHost:    2,
			IdleConnTimeout:        30 * time.Second,
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Close drops the connections that are kept for later notices.
func (r *Receiver) Close() { r.client.CloseIdleConnections() }

// Body is what is sent, as Standard Webhooks lays it out.
type Body struct {
	// Type is what happened ("case.opened"), Timestamp when.
	Type      escalate.NoticeType `json:"type"`
	Timestamp time.Time           `json:"timestamp"`
	// Data is the case.
	Data casework.Message `json:"data"`
}

// Notify sends a notice, once.
func (r *Receiver) Notify(ctx context.Context, notice escalate.Notice) error {
	request, err := r.request(ctx, notice)
	if err != nil {
		return err
	}
	response, err := r.client.Do(request)
	if err != nil {
		return r.unreached(request.URL, err)
	}
	defer func() { _ = response.Body.Close() }()
	// The connection can be used again only when the answer was read. A long one is
	// not worth it.
	_, _ = io.CopyN(io.Discard, response.Body, r.config.MaxResponseBytes)
	return r.answered(request.URL, response)
}

// request is the signed call. What is missing here can be put right by an
// operator, so its errors are not final.
func (r *Receiver) request(ctx context.Context, notice escalate.Notice) (*http.Request, error) {
	endpoint, err := r.config.endpoint()
	if err != nil {
		return nil, fmt.Errorf("webhook: %w", err)
	}
	secrets, err := readSecrets(r.config.SecretFiles)
	if err != nil {
		return nil, fmt.Errorf("webhook to %s: %w", endpoint.Host, err)
	}
	body, err := json.Marshal(Body{Type: notice.Type, Timestamp: notice.Time, Data: notice.Case}, json.Deterministic(true))
	if err != nil {
		return nil, escalate.Permanent(fmt.Errorf("webhook to %s: encode: %w", endpoint.Host, err))
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint.String(), bytes.NewReader(body))
	if err != nil {
		return nil, escalate.Permanent(fmt.Errorf("webhook to %s: the request cannot be made", endpoint.Host))
	}
	now := r.clock()
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", r.config.UserAgent)
	request.Header.Set(headerID, notice.Key)
	request.Header.Set(headerTimestamp, strconv.FormatInt(now.Unix(), 10))
	request.Header.Set(headerSignature, sign(secrets, notice.Key, now, body))
	return request, nil
}

// unreached is the error of a call that got no answer. The client's error holds
// the whole URL; only what went wrong is kept of it.
func (r *Receiver) unreached(endpoint *url.URL, err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	err = fmt.Errorf("webhook to %s: %w", endpoint.Host, err)
	if errors.Is(err, errForbiddenAddress) {
		return escalate.Permanent(err)
	}
	return err
}

// answered turns an answer into what follows from it.
func (r *Receiver) answered(endpoint *url.URL, response *http.Response) error {
	code := response.StatusCode
	if code >= 200 && code < 300 {
		return nil
	}
	err := fmt.Errorf("webhook to %s: answered %d", endpoint.Host, code)
	switch {
	case code == http.StatusRequestTimeout, code == http.StatusTooManyRequests, code >= 500:
		if after, asked := retryAfter(response.Header.Get("Retry-After"), r.clock()); asked {
			return escalate.RetryAfter(err, after)
		}
		return err
	case code >= 300 && code < 400:
		return escalate.Permanent(fmt.Errorf("%w, and redirects are not followed", err))
	default:
		return escalate.Permanent(err)
	}
}

// retryAfter reads a Retry-After header, seconds or a date; a date that is past
// asks for nothing.
func retryAfter(value string, now time.Time) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, seconds > 0
	}
	at, err := http.ParseTime(value)
	if err != nil || !at.After(now) {
		return 0, false
	}
	return at.Sub(now), true
}
