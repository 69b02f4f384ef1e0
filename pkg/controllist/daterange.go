package controllist

import (
	"errors"
	"strings"
	"time"
)

// Span is a [DateRange] read: the first and the last day it allows.
type Span struct {
	// First and Last are days in UTC, both within the span; First is never after Last.
	First, Last time.Time
	// Circa says that the publisher is not sure: the true date may lie a little outside.
	Circa bool
}

// errDateRange says what a date range may look like.
var errDateRange = errors.New("is not a date: YYYY, YYYY-MM, YYYY-MM-DD, a leading ~ for circa, two joined by / for a span")

// Span reads the text of the range. "1957" is the whole year, "~1957" the same but
// unsure, "1951/1953" everything from the first day of 1951 to the last of 1953.
func (d DateRange) Span() (Span, error) {
	text, circa := strings.CutPrefix(string(d), "~")
	from, to, two := strings.Cut(text, "/")
	if !two {
		to = from
	}
	if upper, ok := strings.CutPrefix(to, "~"); ok {
		to, circa = upper, true
	}
	first, _, ok := dateBounds(from)
	if !ok {
		return Span{}, errDateRange
	}
	_, last, ok := dateBounds(to)
	if !ok {
		return Span{}, errDateRange
	}
	if last.Before(first) {
		return Span{}, errors.New("is a span that ends before it starts")
	}
	return Span{First: first, Last: last, Circa: circa}, nil
}

// dateBounds returns the first and the last day of a year, a month or a day.
func dateBounds(text string) (first, last time.Time, ok bool) {
	var err error
	switch len(text) {
	case 4:
		if first, err = time.Parse("2006", text); err == nil {
			last = first.AddDate(1, 0, -1)
		}
	case 7:
		if first, err = time.Parse("2006-01", text); err == nil {
			last = first.AddDate(0, 1, -1)
		}
	case 10:
		first, err = time.Parse("2006-01-02", text)
		last = first
	default:
		return time.Time{}, time.Time{}, false
	}
	return first, last, err == nil && first.Year() >= 1
}
