// Package app wires the edges together: it gives the ingestor, the screener and the
// notifier the NATS and Redis they asked for in small interfaces, and does nothing
// else.
//
// Each worker has one function that runs it as a process ([RunIngestor],
// [RunScreener], [RunNotifier]) from a configuration read from YAML. [Together] runs
// all three on one bus in one process; that is what `chokepoint up` is. A process
// is New, Start, Stop: signals are turned into an ended context by main, so a test
// can run the same code.
//
// Adapters are one file for each pair: screener_bus.go is what the screener sees of
// the bus, lists.go where screeners get their lists (Redis first, LISTS when Redis
// has lost them).
package app
