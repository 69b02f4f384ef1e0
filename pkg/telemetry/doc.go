// Package telemetry is how a running program tells people about itself: logs,
// metrics, and whether it is alive and ready.
//
// Logs are zap's: JSON lines where machines read them, columns where a person
// watches a terminal ([NewLogger]). Parties are people, so their names, accounts
// and addresses never reach a log. Where a line must say which party it is about,
// it carries a [Party], which writes the role and a short keyed hash: equal
// parties look equal within one run of a program, and nobody who holds the logs
// can test names against them.
//
// Metrics live in a registry that each program makes for itself ([NewRegistry]),
// never in a global one, so that several instances fit in one process and in one
// test.
//
// The [Admin] server answers on an address of its own, apart from the doors that
// events come through:
//
//	/livez    is the process worth keeping? A failing check here asks for a restart.
//	/readyz   should work be sent to it? Each check is named and gives its reason.
//	/metrics  the registry, in the Prometheus text format.
//
// What a restart would not mend (a broker that is away, a list that was never
// loaded) belongs under readiness only: restarting every screener because Redis
// is down makes a bad night worse.
//
//	admin, err := telemetry.NewAdmin(telemetry.AdminConfig{Listen: ":9090"}, registry, logger)
//	admin.AddReadiness("list", func(context.Context) error { return engine.Ready() })
//	err = admin.Start(ctx)
//	defer admin.Stop(stopContext)
package telemetry
