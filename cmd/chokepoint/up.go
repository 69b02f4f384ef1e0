package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"go.uber.org/zap"

	"chokepoint/pkg/access"
	"chokepoint/pkg/app"
	"chokepoint/pkg/bus"
	"chokepoint/pkg/bus/natsserver"
	"chokepoint/pkg/listsync"
	"chokepoint/pkg/telemetry"
)

var upCommand = command{
	name: "up", arguments: "[--data DIR] [--lists DIR] [--listen ADDR] [--nats URL] [--redis URL] [--policy FILE]",
	summary: "run ingestor, screener and notifier in one process, with NATS inside",
	example: "chokepoint up --lists ./lists",
	run:     runUp,
}

// upOptions are up's flags.
type upOptions struct {
	data, lists, listen, nats, natsListen, natsCredentials, redis, tenant, policy, durability, logLevel *string
	webhook, webhookSecret                                                                              *string
	webhookLoopback                                                                                     *bool
}

func (f *flags) withUp() upOptions {
	return upOptions{
		data:            f.String("data", defaultData, "the `folder` for NATS' files and generated tokens; it is made where there is none"),
		lists:           f.String("lists", "", "a `folder` of publishers' files to publish at the start"),
		listen:          f.String("listen", "127.0.0.1:8080", "the `address` where events are posted; port 0 takes any"),
		nats:            f.String("nats", "", "the `URL` of a NATS to use instead of the one inside"),
		natsListen:      f.String("nats-listen", "127.0.0.1:4222", "the loopback `address` of the NATS inside; port 0 takes any"),
		natsCredentials: f.String("credentials", "", "a NATS credentials `file` for --nats"),
		redis:           f.String("redis", "", "the `URL` of a Redis for history and lists; without it they are kept in memory"),
		tenant:          f.String("tenant", "default", "the `name` of the tenant in Redis"),
		policy:          f.String("policy", "", "a policy `file`; without it the built-in policy decides"),
		durability:      f.String("durability", "interval", "the `mode`: interval survives the end of the process, always the loss of power too"),
		logLevel:        f.String("log-level", "info", "the `level` of the log on standard error: debug, info, warn or error"),
		webhook:         f.String("webhook", "", "a `URL` that is told of every case"),
		webhookSecret:   f.String("webhook-secret", "", "the `file` with the webhook's signing secret (whsec_…)"),
		webhookLoopback: f.Bool("webhook-loopback", false, "allow the webhook to be on this machine, over plain HTTP"),
	}
}

func runUp(ctx context.Context, term *terminal, set *flags, args []string) error {
	options := set.withUp()
	if _, err := set.parse(args, 0, 0); err != nil {
		return err
	}
	level := telemetry.DefaultLogConfig()
	level.Level = *options.logLevel
	logger, err := telemetry.NewLogger(level, term.errors)
	if err != nil {
		return usagef("--log-level: %v", err)
	}
	if err := options.check(); err != nil {
		return err
	}
	config, stopServer, err := options.config(logger)
	if err != nil {
		return err
	}
	defer stopServer()
	if err := ensureToken(*options.data); err != nil {
		return err
	}
	config.TokensFile = filepath.Join(*options.data, tokensFile)
	together, err := app.NewTogether(ctx, config, logger)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("--listen %s is taken by another program: say another address (port 0 takes any): %w", *options.listen, err)
	}
	if err != nil {
		return err
	}
	return serveUp(ctx, term, options, together)
}

// check finds what is wrong with the flags before anything is started, and makes the
// data folder.
func (o upOptions) check() error {
	if *o.lists != "" {
		if err := folderExists("lists", *o.lists); err != nil {
			return err
		}
	}
	if _, _, err := net.SplitHostPort(*o.listen); err != nil {
		return usagef("--listen %q is not HOST:PORT", *o.listen)
	}
	if *o.webhook != "" && *o.webhookSecret == "" {
		return usagef("--webhook needs --webhook-secret FILE: what it is told is signed")
	}
	if _, err := readPolicy(*o.policy); err != nil {
		return err
	}
	if err := os.MkdirAll(*o.data, 0o700); err != nil {
		return fmt.Errorf("--data %s cannot be made: %w", *o.data, err)
	}
	// Tried now, because NATS would say it in many more words.
	probe, err := os.CreateTemp(*o.data, ".probe-*")
	if err != nil {
		return fmt.Errorf("--data %s cannot be written to: %w", *o.data, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// serveUp publishes the lists, starts the workers, says where everything is, and
// runs until ctx ends.
func serveUp(ctx context.Context, term *terminal, options upOptions, together *app.Together) error {
	if *options.lists != "" {
		if err := publishLists(ctx, term, *options.lists, together.Lists()); err != nil {
			return errors.Join(err, together.Stop())
		}
	}
	if err := together.Start(ctx); err != nil {
		return err
	}
	printWelcome(term, options, together)
	<-ctx.Done()
	term.printf("stopping in good order; Ctrl-C again stops at once\n")
	return together.Stop()
}

// publishLists brings a folder's lists into force. A refused file is told and does
// not stop the start as long as any list is in force: what was there stays.
func publishLists(ctx context.Context, term *terminal, folder string, store app.ListStore) error {
	options, end := listOptions(term)
	result, err := listsync.Sync(ctx, os.DirFS(folder), store, time.Now(), options)
	end()
	for _, refused := range result.Report.Refused {
		term.complainf("REFUSED %s: %s\n", refused.File, refused.Reason)
	}
	if errors.Is(err, listsync.ErrNothing) {
		return fmt.Errorf("no list of %s can be used and none was in force, so nothing could be screened; chokepoint lists check --from %s tells more", folder, folder)
	}
	if err != nil {
		return fmt.Errorf("publish the lists of %s: %w", folder, err)
	}
	noteLeftOut(term, folder, result.Report)
	term.printf("lists in force: %s, %d entries, %d names\n", result.Version, result.Entries, result.Names)
	return nil
}

func printWelcome(term *terminal, options upOptions, together *app.Together) {
	term.printf("chokepoint is up\n")
	term.printf("  post events   http://%s/v1/events, token in %s\n", together.Address(), filepath.Join(*options.data, tokenFile))
	term.printf("  try           curl -H \"Authorization: Bearer $(cat %s)\" -H 'Content-Type: application/json' \\\n"+
		"                  --data-binary @shipment.json 'http://%s/v1/events?wait=5s'\n", filepath.Join(*options.data, tokenFile), together.Address())
	term.printf("  ready when    http://%s/readyz answers 200\n", together.Address())
	if *options.nats == "" {
		term.printf("  NATS          nats --server \"$(cat %s)\" stream ls\n", filepath.Join(*options.data, natsURLFile))
	}
	if err := together.Ready(); err != nil && *options.lists == "" {
		term.printf("  lists         publish some: chokepoint lists sync --from DIR --data %s\n", *options.data)
	}
	term.printf("stop with Ctrl-C\n")
}

// config makes the configuration, and starts the NATS inside where none is named.
func (o upOptions) config(logger *zap.Logger) (app.TogetherConfig, func(), error) {
	config := app.DefaultTogetherConfig()
	durability, err := bus.ParseDurability(*o.durability)
	if err != nil {
		return config, nil, usagef("--durability: %v", err)
	}
	config.Listen, config.PolicyFile = *o.listen, *o.policy
	config.Redis = app.Redis{URL: *o.redis, Tenant: *o.tenant}
	config.Bus.Name, config.Bus.Durability, config.Bus.CredentialsFile = "chokepoint up", durability, *o.natsCredentials
	config.Ingestor.Rate, config.Ingestor.Burst = 50_000, 100_000
	if *o.webhook != "" {
		hook := app.Webhook{}
		hook.URL, hook.SecretFiles = *o.webhook, []string{*o.webhookSecret}
		if *o.webhookLoopback {
			hook.AllowPlainHTTP, hook.AllowPrefixes = true, []string{"127.0.0.0/8", "::1/128"}
		}
		config.Notifier.Webhooks = []app.Webhook{hook}
	}
	if *o.nats != "" {
		config.Bus.URL = *o.nats
		return config, func() {}, nil
	}
	server, err := startNATS(*o.data, *o.natsListen, durability, logger)
	if err != nil {
		return config, nil, err
	}
	config.Bus.InProcess, config.Bus.Token = server, server.token
	return config, server.Stop, nil
}

// embeddedNATS is the NATS inside, with the token that clients must show.
type embeddedNATS struct {
	*natsserver.Server
	token, urlFile string
}

// Stop ends the server in good order, and takes away the address that nothing answers
// at any more.
func (s *embeddedNATS) Stop() {
	_ = os.Remove(s.urlFile)
	s.Server.Stop()
}

// startNATS starts NATS on files in the data folder and writes down how to reach it.
func startNATS(data, listen string, durability bus.Durability, logger *zap.Logger) (*embeddedNATS, error) {
	host, portText, err := net.SplitHostPort(listen)
	if err != nil {
		return nil, usagef("--nats-listen %q is not HOST:PORT", listen)
	}
	if address := net.ParseIP(host); address == nil || !address.IsLoopback() {
		return nil, usagef("--nats-listen %q is not a loopback address; for more than this machine run a NATS of its own and say --nats URL", listen)
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, usagef("--nats-listen %q is not HOST:PORT", listen)
	}
	if port == 0 {
		port = -1
	}
	token := rand.Text()
	server, err := natsserver.Start(natsserver.Options{
		Dir: filepath.Join(data, natsFolder), Host: host, Port: port, Token: token,
		SyncAlways: durability == bus.DurabilityAlways, Logger: logger,
	})
	if err != nil {
		return nil, natsProblem(data, listen, err)
	}
	url := strings.Replace(server.ClientURL(), "nats://", "nats://"+token+"@", 1)
	urlFile := filepath.Join(data, natsURLFile)
	if err := writeSecret(urlFile, url+"\n"); err != nil {
		server.Stop()
		return nil, err
	}
	return &embeddedNATS{Server: server, token: token, urlFile: urlFile}, nil
}

// natsProblem says what to do when NATS does not start. The server tells only in words.
func natsProblem(data, listen string, err error) error {
	switch text := err.Error(); {
	case strings.Contains(text, "another server is using it"):
		return fmt.Errorf("another `chokepoint up` runs on --data %s: stop it, or say another folder (%w)", data, err)
	case strings.Contains(text, "address already in use"):
		return fmt.Errorf("--nats-listen %s is taken by another program, perhaps another NATS: say another address (port 0 takes any) (%w)", listen, err)
	default:
		return err
	}
}

// ensureToken makes the token that events are posted with, at the first start.
func ensureToken(data string) error {
	path := filepath.Join(data, tokensFile)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	token, hash, err := access.Generate(rand.Reader)
	if err != nil {
		return fmt.Errorf("generate a token: %w", err)
	}
	if err := writeSecret(filepath.Join(data, tokenFile), token+"\n"); err != nil {
		return err
	}
	lines := access.Format([]access.Token{{ID: "up", SHA256: hash, Sources: []string{access.AnySource}}})
	return writeSecret(path, string(lines))
}

// writeSecret writes a file only its owner can read, whole or not at all.
func writeSecret(path, text string) error {
	temporary := path + ".new"
	if err := os.WriteFile(temporary, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}
