// Package natsserver runs a NATS server with JetStream inside the process, on
// files in a folder: for `chokepoint up`, for benchmarks and for tests. The three
// workers do not link it; they connect to a server of their own.
//
//	server, err := natsserver.Start(natsserver.Options{Dir: dir, Port: -1})
//	if err != nil {
//		return err
//	}
//	defer server.Stop()
//	config.URL = server.ClientURL()
//
// A folder belongs to one server at a time: a second [Start] on it is refused,
// because two servers would destroy each other's files.
package natsserver
