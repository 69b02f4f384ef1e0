package redflag

import (
	"strconv"
	"time"

	"chokepoint/pkg/trade"
)

// startOf returns the first day a date of year, month or day precision can mean, and
// whether it can be read.
func startOf(date trade.Date) (time.Time, bool) {
	layout := time.DateOnly
	switch len(date) {
	case len("2006"):
		layout = "2006"
	case len("2006-01"):
		layout = "2006-01"
	}
	at, err := time.Parse(layout, string(date))
	return at, err == nil
}

// endOf returns the last day the date can mean, given the first.
func endOf(date trade.Date, first time.Time) time.Time {
	switch len(date) {
	case len("2006"):
		return first.AddDate(1, 0, -1)
	case len("2006-01"):
		return first.AddDate(0, 1, -1)
	default:
		return first
	}
}

// yearsBetween returns the whole years from one day to another, 0 where the other is
// earlier.
func yearsBetween(from, to time.Time) int {
	to = to.UTC()
	years := to.Year() - from.Year()
	if from.AddDate(years, 0, 0).After(to) {
		years--
	}
	return max(years, 0)
}

// count writes a number with its noun: "1 day", "46 days".
func count(number int, noun string) string {
	if number == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(number) + " " + noun + "s"
}
