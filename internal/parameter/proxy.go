package parameter

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// Proxies are the reverse proxies whose word about where a request came from is taken (guide page 036, soffid.proxy.trustedIps).
type Proxies []netip.Prefix

// TrustedProxies gives the trusted proxies; none are trusted while the parameter says nothing.
func (s *Settings) TrustedProxies(ctx context.Context) (Proxies, error) {
	values, err := s.Text(ctx, TrustedProxies)
	if err != nil {
		return nil, err
	}
	trusted, err := proxies(values[TrustedProxies])
	if err != nil {
		return nil, nil //nolint:nilerr // a value from elsewhere that cannot be read trusts nobody
	}
	return trusted, nil
}

// proxies reads a list of addresses and networks, separated by commas, semicolons or blanks.
func proxies(text string) (Proxies, error) {
	var out Proxies
	for _, word := range list(text) {
		prefix, err := netip.ParsePrefix(word)
		if err != nil {
			address, err := netip.ParseAddr(word)
			if err != nil || address.Zone() != "" {
				return nil, fmt.Errorf("%q is neither", word)
			}
			prefix = netip.PrefixFrom(address, address.BitLen())
		}
		if prefix = unmapped(prefix); prefix.Bits() == 0 {
			return nil, errors.New("the whole network cannot be trusted: everybody could choose their address")
		}
		out = append(out, prefix)
	}
	return out, nil
}

// unmapped gives ::ffff:192.0.2.0/120 as 192.0.2.0/24.
func unmapped(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p
}

func (p Proxies) trust(address netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(address) {
			return true
		}
	}
	return false
}

// Client gives the address a request came from: the peer of the connection or, when that is a trusted proxy, what X-Forwarded-For says.
// Each proxy adds its peer at the end, so the list is read from there, and the first address that is no trusted proxy is the client: what
// stands before it was written by the client. A word that is no address ends the reading, and the address before it counts.
func (p Proxies) Client(peer string, forwarded []string) string {
	client, err := netip.ParseAddr(peer)
	if err != nil {
		return peer
	}
	client = client.Unmap().WithZone("")
	words := strings.Split(strings.Join(forwarded, ","), ",")
	for i := len(words) - 1; i >= 0 && p.trust(client); i-- {
		next, ok := addressOf(words[i])
		if !ok {
			break
		}
		client = next
	}
	return client.String()
}

// addressOf reads an address, with or without a port.
func addressOf(word string) (netip.Addr, bool) {
	word = strings.TrimSpace(word)
	if withPort, err := netip.ParseAddrPort(word); err == nil {
		return withPort.Addr().Unmap().WithZone(""), true
	}
	address, err := netip.ParseAddr(strings.Trim(word, "[]"))
	return address.Unmap().WithZone(""), err == nil
}
