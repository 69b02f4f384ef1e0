package crashtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"

	"chokepoint/pkg/trade"
)

// senders is how many events are posted at once, pace how many a second: as many as
// leave time to kill something while they flow.
const (
	senders = 12
	pace    = 500
)

// acceptance is the door's answer 202.
type acceptance struct {
	Event     trade.Identity `json:"event"`
	Sequence  uint64         `json:"sequence"`
	Duplicate bool           `json:"duplicate"`
}

// traffic posts events as a careful sender would: what is not answered 202 is sent
// again, unchanged, until it is.
type traffic struct {
	url, token string
	client     *http.Client

	acknowledged atomic.Int64
	refused      atomic.Int64
	mutex        sync.Mutex
	// sequences is where the door said an event is stored.
	sequences map[trade.Identity]uint64
	fault     error
	done      chan struct{}
}

func newTraffic(url, token string) *traffic {
	return &traffic{
		url: url + "/v1/events", token: token, sequences: map[trade.Identity]uint64{}, done: make(chan struct{}),
		client: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: senders}},
	}
}

// send posts everything in the background and closes done.
func (s *traffic) send(ctx context.Context, postings []posting) {
	work := make(chan posting)
	var group sync.WaitGroup
	for range senders {
		group.Go(func() {
			for one := range work {
				if err := s.insist(ctx, one); err != nil {
					s.fail(err)
				}
			}
		})
	}
	go func() {
		defer close(s.done)
		defer s.client.CloseIdleConnections()
		defer group.Wait()
		defer close(work)
		tick := time.NewTicker(time.Second / pace)
		defer tick.Stop()
		for _, one := range postings {
			select {
			case <-tick.C:
				work <- one // the senders end when ctx does
			case <-ctx.Done():
				s.fail(ctx.Err())
				return
			}
		}
	}()
}

func (s *traffic) fail(err error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.fault == nil {
		s.fault = err
	}
}

// insist posts until the event is acknowledged.
func (s *traffic) insist(ctx context.Context, one posting) error {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-pause.C:
		case <-ctx.Done():
			return fmt.Errorf("event %s was never acknowledged: %w", one.event.ID, ctx.Err())
		}
		status, answer, err := s.post(ctx, "", one.body)
		switch {
		case err != nil || status >= 500 || status == http.StatusTooManyRequests:
			s.refused.Add(1)
			pause.Reset(50 * time.Millisecond)
		case status == http.StatusAccepted:
			return s.note(one, answer)
		default:
			return fmt.Errorf("event %s was answered %d: %s", one.event.ID, status, answer)
		}
	}
}

func (s *traffic) note(one posting, answer []byte) error {
	var accepted acceptance
	if err := json.Unmarshal(answer, &accepted); err != nil {
		return fmt.Errorf("event %s: read the answer: %w", one.event.ID, err)
	}
	if accepted.Event != one.event.Identity() {
		return fmt.Errorf("event %s was acknowledged as %s", one.event.ID, accepted.Event)
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if earlier, known := s.sequences[accepted.Event]; known && earlier != accepted.Sequence {
		return fmt.Errorf("event %s is stored at %d and at %d", one.event.ID, earlier, accepted.Sequence)
	}
	s.sequences[accepted.Event] = accepted.Sequence
	s.acknowledged.Add(1)
	return nil
}

func (s *traffic) post(ctx context.Context, query string, body []byte) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+query, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	request.Header.Set("Content-Type", "application/json")
	response, err := s.client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	answer, err := io.ReadAll(io.LimitReader(response.Body, 4<<20))
	if closed := response.Body.Close(); err == nil {
		err = closed
	}
	return response.StatusCode, answer, err
}

// ended says whether everything has been posted.
func (s *traffic) ended() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}
