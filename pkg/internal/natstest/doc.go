// Package natstest starts a NATS server with JetStream for one test.
//
//	server := natstest.New(t)
//	b := natstest.Connect(t, server, bus.DefaultConfig())
package natstest
