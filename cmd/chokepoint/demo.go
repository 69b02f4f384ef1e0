package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"go.uber.org/zap"

	"chokepoint/pkg/app"
	"chokepoint/pkg/bus"
	"chokepoint/pkg/bus/natsserver"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/listsync"
	"chokepoint/pkg/screen"
	"chokepoint/pkg/trade"
)

var demoCommand = command{
	name: "demo", arguments: "[--json]",
	summary: "post three shipments to a real system and see what happens; needs nothing",
	example: "chokepoint demo",
	run:     runDemo,
}

// demoFiles are the demo's invented control lists.
//
//go:embed demo
var demoFiles embed.FS

// demoResult is what the demo's system did, for machines.
type demoResult struct {
	Decisions []demoDecision `json:"decisions"`
	Cases     []demoCase     `json:"cases"`
}

// demoCase is a case as it stands on its queue.
type demoCase struct {
	Queue    string         `json:"queue"`
	Severity string         `json:"severity"`
	Case     string         `json:"case"`
	Message  jsontext.Value `json:"message"`
}

type demoDecision struct {
	Story    string            `json:"story"`
	Event    trade.Event       `json:"event"`
	Decision decision.Decision `json:"decision"`
}

// runDemo runs the whole system in this process, on a folder that is deleted
// afterwards, and talks to it as a platform would: over HTTP.
func runDemo(ctx context.Context, term *terminal, set *flags, args []string) (err error) {
	set.withJSON()
	if _, err := set.parse(args, 0, 0); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "chokepoint-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	show, end := term.progress()
	show("starting NATS, ingestor, screener and notifier …")
	system, err := startDemo(ctx, folder)
	end()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, system.stop()) }()
	result, err := system.tell(ctx, term, *set.asJSON)
	if err != nil || !*set.asJSON {
		return err
	}
	return term.printJSON(result)
}

// demoSystem is the running system of the demo.
type demoSystem struct {
	together *app.Together
	server   *natsserver.Server
	token    string
	client   *http.Client
}

func startDemo(ctx context.Context, folder string) (*demoSystem, error) {
	server, err := natsserver.Start(natsserver.Options{Dir: filepath.Join(folder, natsFolder)})
	if err != nil {
		return nil, err
	}
	if err := ensureToken(folder); err != nil {
		server.Stop()
		return nil, err
	}
	token, err := os.ReadFile(filepath.Join(folder, tokenFile))
	if err != nil {
		server.Stop()
		return nil, err
	}
	config := app.DefaultTogetherConfig()
	config.Bus.InProcess, config.Bus.EventsMaxBytes, config.Bus.DeadLettersMaxBytes = server, 64<<20, 16<<20
	config.Listen, config.TokensFile = "127.0.0.1:0", filepath.Join(folder, tokensFile)
	together, err := app.NewTogether(ctx, config, zap.NewNop())
	if err != nil {
		server.Stop()
		return nil, err
	}
	system := &demoSystem{together: together, server: server, token: strings.TrimSpace(string(token)), client: &http.Client{Timeout: time.Minute}}
	_, err = listsync.Sync(ctx, mustSub("demo"), together.Lists(), time.Now(), listsync.DefaultOptions())
	if err == nil {
		err = together.Start(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, system.stop())
	}
	return system, nil
}

func (s *demoSystem) stop() error {
	err := s.together.Stop()
	s.server.Stop()
	return err
}

// tell posts the demo's events and tells what was decided.
func (s *demoSystem) tell(ctx context.Context, term *terminal, quiet bool) (demoResult, error) {
	say := func(format string, values ...any) {
		if !quiet {
			term.printf(format, values...)
		}
	}
	now := time.Now().UTC()
	say("%s", demoOpening)
	for _, event := range demoPast(now) {
		if _, err := s.post(ctx, event); err != nil {
			return demoResult{}, err
		}
	}
	var result demoResult
	for i, story := range demoStories(now) {
		decided, err := s.post(ctx, story.event)
		if err != nil {
			return demoResult{}, err
		}
		say("\n%s\n%d. %s\n%s\n\n%s", strings.Repeat("─", 100), i+1, story.title, story.text, screen.Explain(story.event, decided))
		if decided.Outcome != story.want {
			return demoResult{}, fmt.Errorf("the demo expected %s for %s, and got %s", story.want, story.event.Identity(), decided.Outcome)
		}
		result.Decisions = append(result.Decisions, demoDecision{Story: story.title, Event: story.event, Decision: decided})
	}
	cases, err := s.cases(ctx, 2)
	if err != nil {
		return demoResult{}, err
	}
	for _, item := range cases {
		result.Cases = append(result.Cases, demoCase{Queue: item.Queue, Severity: item.Severity, Case: item.Case, Message: item.Data})
	}
	say("\n%s\nWhat the compliance team sees\n", strings.Repeat("─", 100))
	for _, item := range cases {
		say("  queue %-11s %-9s %s  %s\n", item.Queue, item.Severity, item.Case, caseTitle(item.Data))
	}
	say("%s", demoClosing)
	return result, nil
}

// post sends an event to the door and waits for its decision.
func (s *demoSystem) post(ctx context.Context, event trade.Event) (decision.Decision, error) {
	body, err := trade.Encode(event)
	if err != nil {
		return decision.Decision{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.together.Address()+"/v1/events?wait=20s", bytes.NewReader(body))
	if err != nil {
		return decision.Decision{}, err
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	request.Header.Set("Content-Type", "application/json")
	response, err := s.client.Do(request)
	if err != nil {
		return decision.Decision{}, fmt.Errorf("post %s: %w", event.Identity(), err)
	}
	answer, err := io.ReadAll(io.LimitReader(response.Body, 4<<20))
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return decision.Decision{}, fmt.Errorf("post %s: %w", event.Identity(), err)
	}
	if response.StatusCode != http.StatusOK {
		return decision.Decision{}, fmt.Errorf("post %s: %s: %s", event.Identity(), response.Status, answer)
	}
	return decision.Decode(bytes.TrimSpace(answer))
}

// cases waits until so many cases stand on the queues and returns them.
func (s *demoSystem) cases(ctx context.Context, want int) ([]bus.QueueItem, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		var items []bus.QueueItem
		for _, queue := range []string{"sanctions", "diversion", "compliance"} {
			found, err := s.together.Bus().ReadQueue(ctx, queue, 0)
			if err != nil {
				return nil, err
			}
			items = append(items, found...)
		}
		if len(items) >= want {
			return items, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%d of %d cases came to the queues: %w", len(items), want, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}
