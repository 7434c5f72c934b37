package identity_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/identity"
	"provost/internal/object"
)

// TestMailDomainNames: guide page 025 asks only that the code is the domain as it is written in addresses, and the sample of page 087
// creates "exampledomain"; RFC 5321, 2.3.5 allows a domain of one label, which internal mail uses. So a host name is asked for, not a fully
// qualified one.
func TestMailDomainNames(t *testing.T) {
	t.Parallel()
	for name, good := range map[string]bool{
		"exampledomain": true, "example.org": true, "mail-1.example.org": true, "EXAMPLE.org": true, "1.example.org": true,
		"": false, "@example.org": false, "ada@example.org": false, "exa mple.org": false, "-example.org": false, "example..org": false,
		"exa_mple.org": false, strings.Repeat("a", 256): false,
	} {
		err := object.Validate(&identity.MailDomain{Name: name})
		require.Equal(t, good, err == nil, "%q: %v", name, err)
	}
}
