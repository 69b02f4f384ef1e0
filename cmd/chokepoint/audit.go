package main

import (
	"context"

	"chokepoint/pkg/app"
	"chokepoint/pkg/replay"
)

var auditReconcileCommand = command{
	name: "audit reconcile", arguments: "[--data DIR | --nats URL]",
	summary: "prove that every event taken in has a decision or a dead letter",
	example: "chokepoint audit reconcile --json",
	run:     runAuditReconcile,
}

var verifyCommand = command{
	name: "verify", arguments: "[--data DIR | --nats URL]",
	summary: "recompute every stored decision from its event, list and policy, byte by byte",
	example: "chokepoint verify",
	run:     runVerify,
}

var historyRebuildCommand = command{
	name: "history rebuild", arguments: "--redis URL [--data DIR | --nats URL]",
	summary: "play all events into a Redis that lost its history, and mark it complete",
	example: "chokepoint history rebuild --redis redis://127.0.0.1:6379",
	run:     runHistoryRebuild,
}

func runAuditReconcile(ctx context.Context, term *terminal, set *flags, args []string) error {
	where := set.withJSON().withConnection()
	if _, err := set.parse(args, 0, 0); err != nil {
		return err
	}
	connected, err := where.open(ctx)
	if err != nil {
		return err
	}
	defer connected.Close()
	reconciler, err := app.NewAudit(connected).Reconciler(ctx)
	if err != nil {
		return err
	}
	show, end := term.progress()
	report, err := reconciler.Run(ctx, func(read uint64) { show("%d messages read", read) })
	end()
	if err != nil {
		return err
	}
	if *set.asJSON {
		if err := term.printJSON(report); err != nil {
			return err
		}
	} else {
		printReconciliation(term, report)
	}
	if report.Unaccounted > 0 {
		return errNo
	}
	return nil
}

func printReconciliation(term *terminal, report replay.Reconciliation) {
	term.printf("%10d events taken in, up to sequence %d\n", report.Events, report.LastEvent)
	term.printf("%10d decided\n%10d dead letters\n", report.Decided, report.DeadLettered)
	if report.Duplicates > 0 {
		term.printf("%10d stored twice; their decision stands under the first\n", report.Duplicates)
	}
	if report.Surplus > 0 {
		term.printf("%10d decisions beyond the one in effect, ignored by every reader\n", report.Surplus)
	}
	term.printf("%10d unaccounted for\n", report.Unaccounted)
	for _, missing := range report.Missing {
		term.printf("           sequence %d  %s\n", missing.Sequence, missing.Event)
	}
	if report.Unaccounted > 0 {
		term.printf("events that came a moment ago may still be on their way: run it again. While no list is in force\nevents wait (chokepoint lists status). What stays beyond that is lost work: look at the screener's log\n")
	}
}

func runVerify(ctx context.Context, term *terminal, set *flags, args []string) error {
	where := set.withJSON().withConnection()
	if _, err := set.parse(args, 0, 0); err != nil {
		return err
	}
	connected, err := where.open(ctx)
	if err != nil {
		return err
	}
	defer connected.Close()
	show, end := term.progress()
	report, err := replay.VerifyAll(ctx, app.NewAudit(connected), func(done int) { show("%d decisions recomputed", done) })
	end()
	if err != nil {
		return err
	}
	if *set.asJSON {
		if err := term.printJSON(report); err != nil {
			return err
		}
	} else {
		term.printf("%10d decisions\n%10d recompute to the byte\n%10d do not recompute\n", report.Decisions, report.Same, report.Failed)
		if report.OtherEngine > 0 {
			term.printf("%10d were made by another engine; a chokepoint of that version verifies them\n", report.OtherEngine)
		}
		for _, fault := range report.Faults {
			term.printf("  %s: %s\n", fault.Decision, fault.Problem)
		}
	}
	if report.Failed > 0 {
		return errNo
	}
	return nil
}

// rebuiltHistory is the result of history rebuild.
type rebuiltHistory struct {
	Observed int  `json:"observed"`
	Complete bool `json:"complete"`
}

func runHistoryRebuild(ctx context.Context, term *terminal, set *flags, args []string) error {
	where, redisFlags := set.withJSON().withConnection(), set.withRedis("the `URL` of the Redis to fill")
	if _, err := set.parse(args, 0, 0); err != nil {
		return err
	}
	redis, err := redisFlags.open()
	if err != nil {
		return err
	}
	if redis == nil {
		return usagef("--redis URL is missing: history in memory is rebuilt by up itself")
	}
	defer func() { _ = redis.Close() }()
	connected, err := where.open(ctx)
	if err != nil {
		return err
	}
	defer connected.Close()
	show, end := term.progress()
	observed, err := app.NewAudit(connected).RebuildHistory(ctx, redis, func(done int) { show("%d events observed", done) })
	end()
	if err != nil {
		return err
	}
	if *set.asJSON {
		return term.printJSON(rebuiltHistory{Observed: observed, Complete: true})
	}
	term.printf("%d events observed; history is complete\n", observed)
	return nil
}
