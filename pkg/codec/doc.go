// Package codec turns the messages of other standards into events, one file for
// each standard.
//
// Whatever the standard, what comes out is a [trade.Event] that passed the same
// validation as one that came in the canonical form, or a [*trade.DecodeError] that
// names every fault by its place in the message as it came.
//
// So far there is CloudEvents 1.0 with an event in the canonical form as its data,
// in the structured mode ([DecodeCloudEvent]) and the binary mode
// ([DecodeBinaryCloudEvent]).
//
//	event, err := codec.DecodeCloudEvent(body, trade.Limits{})
//
// The package is pure: no I/O, no clock, no logging.
package codec
