package parameter

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestClient(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, trusted, peer, forwarded, client string }{
		{"no proxy", "", "192.0.2.1", "198.51.100.1", "192.0.2.1"},
		{"somebody else's word", "192.0.2.9", "192.0.2.1", "198.51.100.1", "192.0.2.1"},
		{"a trusted proxy", "192.0.2.1", "192.0.2.1", "198.51.100.1", "198.51.100.1"},
		{"a trusted network", "192.0.2.0/24", "192.0.2.200", "198.51.100.1", "198.51.100.1"},
		{"two proxies", "192.0.2.1 192.0.2.2", "192.0.2.1", "198.51.100.1, 192.0.2.2", "198.51.100.1"},
		{"what the client claims does not count", "192.0.2.1", "192.0.2.1", "203.0.113.5, 198.51.100.1", "198.51.100.1"},
		{"several headers are one list", "192.0.2.1", "192.0.2.1", "203.0.113.5;198.51.100.1", "198.51.100.1"},
		{"all are trusted", "192.0.2.0/24", "192.0.2.1", "192.0.2.5, 192.0.2.6", "192.0.2.5"},
		{"no address", "192.0.2.1", "192.0.2.1", "unknown", "192.0.2.1"},
		{"an address behind no address", "192.0.2.0/24", "192.0.2.1", "198.51.100.1, _hidden, 192.0.2.2", "192.0.2.2"},
		{"empty", "192.0.2.1", "192.0.2.1", "", "192.0.2.1"},
		{"with port", "192.0.2.1", "192.0.2.1", "198.51.100.1:4711", "198.51.100.1"},
		{"IPv6", "2001:db8::/32", "2001:db8::1", "[2001:db9::1]:4711", "2001:db9::1"},
		{"IPv6 in brackets", "2001:db8::/32", "2001:db8::1", "[2001:db9::1]", "2001:db9::1"},
		{"IPv4 in IPv6", "192.0.2.1", "::ffff:192.0.2.1", "::ffff:198.51.100.1", "198.51.100.1"},
		{"a mapped network", "::ffff:192.0.2.0/120", "192.0.2.1", "198.51.100.1", "198.51.100.1"},
		{"a zone says nothing", "fe80::1", "fe80::1%eth0", "198.51.100.1", "198.51.100.1"},
		{"a peer without address", "192.0.2.1", "@", "198.51.100.1", "@"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			trusted, err := proxies(c.trusted)
			require.NoError(t, err)
			require.Equal(t, c.client, trusted.Client(c.peer, strings.Split(c.forwarded, ";")))
		})
	}
}

func TestTrustedProxiesAreCheckedWhenSaved(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"192.0.2.1", "192.0.2.1, 2001:db8::/32", "10.0.0.0/8;172.16.0.0/12"} {
		require.NoError(t, Check(TrustedProxies, good), good)
	}
	for bad, words := range map[string]string{
		"proxy.example.org": `"proxy.example.org" is neither`, "192.0.2.1/33": "neither", "192.0.2": "neither", "fe80::1%eth0": "neither",
		"0.0.0.0/0": "everybody", "::/0": "everybody", "::ffff:0.0.0.0/96": "everybody",
	} {
		require.ErrorContains(t, Check(TrustedProxies, bad), words, bad)
	}
}

// FuzzClient: whatever proxies and clients write, the answer is the peer or an address that stands in the header, and nobody who is not
// trusted changes it.
func FuzzClient(f *testing.F) {
	f.Add("192.0.2.0/24", "192.0.2.1", "198.51.100.1, 192.0.2.2")
	f.Add("::1", "::1", "[2001:db8::1]:80")
	f.Add("10.0.0.0/8", "10.0.0.1", ",,%zone")
	f.Fuzz(func(t *testing.T, trusted, peer, forwarded string) {
		known, err := proxies(trusted)
		if err != nil {
			return
		}
		client := known.Client(peer, []string{forwarded})
		address, err := netip.ParseAddr(peer)
		if err != nil {
			require.Equal(t, peer, client)
			return
		}
		address = address.Unmap().WithZone("")
		if !known.trust(address) {
			require.Equal(t, address.String(), client)
		}
		found := client == address.String()
		for word := range strings.SplitSeq(forwarded, ",") {
			if a, ok := addressOf(word); ok && a.String() == client {
				found = true
			}
		}
		require.True(t, found, "%q was made up", client)
	})
}
