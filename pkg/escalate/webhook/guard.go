package webhook

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
)

// errForbiddenAddress says that a webhook's name leads to an address that the
// configuration does not allow.
var errForbiddenAddress = errors.New("address is not public and not in allow_prefixes")

// forbidden are the networks beside those netip knows by property: none of them is
// a place on the public internet (IANA special-purpose registries).
var forbidden = mustPrefixes(
	"0.0.0.0/8",       // this network
	"100.64.0.0/10",   // shared address space of carriers, cloud metadata services
	"192.0.0.0/24",    // protocol assignments
	"192.0.2.0/24",    // documentation
	"192.88.99.0/24",  // relays of 6to4
	"198.18.0.0/15",   // benchmarks
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"240.0.0.0/4",     // reserved, and broadcast
	"::/96",           // IPv4 in IPv6, the old way
	"64:ff9b:1::/48",  // IPv4 behind a translator, local
	"100::/64",        // discarded
	"2001::/23",       // protocol assignments, Teredo
	"2001:db8::/32",   // documentation
	"2002::/16",       // IPv4 in 6to4
	"fec0::/10",       // site-local
)

// translated is how a machine that has IPv6 only reaches the IPv4 internet; the
// IPv4 address stands in its last four bytes.
var translated = netip.MustParsePrefix("64:ff9b::/96")

func mustPrefixes(texts ...string) []netip.Prefix {
	prefixes := make([]netip.Prefix, 0, len(texts))
	for _, text := range texts {
		prefixes = append(prefixes, netip.MustParsePrefix(text))
	}
	return prefixes
}

// guard decides which addresses may be connected to.
type guard struct {
	allowed []netip.Prefix
}

// control is called by the dialer with the very address it is about to connect to.
func (g guard) control(_, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("address %q: %w", address, errForbiddenAddress)
	}
	return g.check(target.Addr())
}

func (g guard) check(address netip.Addr) error {
	address = address.WithZone("").Unmap()
	for _, prefix := range g.allowed {
		if prefix.Contains(address) {
			return nil
		}
	}
	if translated.Contains(address) {
		bytes := address.As16()
		return g.check(netip.AddrFrom4([4]byte(bytes[12:])))
	}
	if !address.IsGlobalUnicast() || address.IsPrivate() || address.IsLoopback() || address.IsLinkLocalUnicast() {
		return fmt.Errorf("%s: %w", address, errForbiddenAddress)
	}
	for _, prefix := range forbidden {
		if prefix.Contains(address) {
			return fmt.Errorf("%s: %w", address, errForbiddenAddress)
		}
	}
	return nil
}
