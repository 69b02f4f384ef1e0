// Package evaluate measures the name engine: recall at fixed rates of false
// positives ([Recall]), agreement with labelled pairs ([Pairs]) and speed ([Speed]).
//
// It reads what it measures from the readers it is given and returns structs that
// marshal to the JSON the commands print. It has no clock of its own: [Speed] is
// handed one.
package evaluate
