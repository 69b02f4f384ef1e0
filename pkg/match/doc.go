// Package match is the name engine.
package match
