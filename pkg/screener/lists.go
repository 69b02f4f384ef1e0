package screener

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"chokepoint/pkg/controllist"
)

// loadFirst waits until a snapshot is in place. It says false when ctx ended first.
func (s *Screener) loadFirst(ctx context.Context, changed <-chan struct{}) bool {
	for told := false; ; {
		err := s.load(ctx)
		if err == nil && s.Engine() != nil {
			return true
		}
		if err != nil {
			s.deps.Logger.Error("no list could be loaded; trying again", zap.Error(err))
		} else if !told {
			s.deps.Logger.Warn("there is no control list yet; nothing is screened until one is published (lists sync)")
			told = true
		}
		if !s.wait(ctx, changed) {
			return false
		}
	}
}

// follow loads each newer snapshot until ctx ends. One that fails leaves the
// running one in place and is tried again.
func (s *Screener) follow(ctx context.Context, changed <-chan struct{}) {
	for s.wait(ctx, changed) {
		if err := s.load(ctx); err != nil {
			s.metrics.listFailures.Inc()
			s.deps.Logger.Error("keeping the running list", zap.String("list_version", s.Engine().Inputs().ListVersion), zap.Error(err))
		}
	}
}

// wait returns when the lists may have changed or it is time to look again, and
// false when ctx ended.
func (s *Screener) wait(ctx context.Context, changed <-chan struct{}) bool {
	timer := time.NewTimer(s.config.ListRetry)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case _, open := <-changed:
		if !open {
			<-ctx.Done()
			return false
		}
	}
	return ctx.Err() == nil
}

// load brings the snapshot in force into use: it reads, verifies, compiles beside
// the running engine, and swaps. Nothing happens where it is in use already.
func (s *Screener) load(ctx context.Context) error {
	reference, err := s.deps.Lists.Current(ctx)
	if err != nil {
		return fmt.Errorf("ask for the current list: %w", err)
	}
	if reference.Digest == "" {
		return nil
	}
	if running := s.Engine(); running != nil && running.Inputs().List == reference.Digest {
		return nil
	}
	began := time.Now()
	body, err := s.deps.Lists.Open(ctx, reference)
	if err != nil {
		return fmt.Errorf("open list snapshot %s: %w", reference.Version, err)
	}
	snapshot, err := controllist.DecodeSnapshot(body, controllist.SnapshotLimits{Bytes: s.config.MaxSnapshotBytes})
	if closed := body.Close(); err == nil && closed != nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("read list snapshot %s: %w", reference.Version, err)
	}
	if snapshot.Digest != reference.Digest {
		return fmt.Errorf("list snapshot %s: its digest is %.12s, announced was %.12s", reference.Version, snapshot.Digest, reference.Digest)
	}
	// The same lists may have been published before under another version.
	snapshot.Version = reference.Version
	engine, err := s.deps.Compile(snapshot)
	if err != nil {
		return err
	}
	s.engine.Store(&engine)
	s.metrics.listLoaded(engine, s.deps.Clock())
	s.deps.Logger.Info("list in use", zap.String("list_version", snapshot.Version), zap.String("digest", snapshot.Digest),
		zap.Int("entries", len(snapshot.Entries)), zap.Duration("took", time.Since(began)))
	return nil
}
