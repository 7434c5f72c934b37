package process_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/process"
)

func TestReferencesAreRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]process.Reference{
		"anna":                   {Name: "anna"},
		" anna ":                 {Text: "anna", Name: "anna"},
		"user:anna":              {Kind: process.UserPrincipal, Name: "anna"},
		"group:Sales: north":     {Kind: process.GroupPrincipal, Name: "Sales: north"},
		"group: world":           {Kind: process.GroupPrincipal, Name: "world"},
		"role:auditor@soffid":    {Kind: process.RolePrincipal, Name: "auditor", System: "soffid"},
		"auditor@soffid":         {Kind: process.RolePrincipal, Name: "auditor", System: "soffid"},
		"cashier/north@shop":     {Kind: process.RolePrincipal, Name: "cashier", Scope: "north", System: "shop"},
		"role:cashier/a/b@shop":  {Kind: process.RolePrincipal, Name: "cashier", Scope: "a/b", System: "shop"},
		"role:SOFFID_ADMIN":      {Kind: process.RolePrincipal, Name: "SOFFID_ADMIN"},
		"role:me@home@directory": {Kind: process.RolePrincipal, Name: "me@home", System: "directory"},
		"auth:user:create":       {Kind: process.HoldersPrincipal, Name: "user:create"},
		"auth:user:create/north": {Kind: process.HoldersPrincipal, Name: "user:create", Scope: "north"},
		"*":                      {Kind: process.EverybodyPrincipal, Name: "*"},
		"tothom":                 {Kind: process.EverybodyPrincipal, Name: "tothom"},
		"@home":                  {Name: "@home"},
		"app:north":              {Name: "app:north"},
	} {
		got, ok := process.ParseReference(text)
		require.True(t, ok, text)
		if want.Text == "" {
			want.Text = text
		}
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "  ", "-nobody-", "group:", "role:/north@shop", "auth:", "auth:/north"} {
		_, ok := process.ParseReference(text)
		require.False(t, ok, text)
	}
}

func TestListsOfReferences(t *testing.T) {
	t.Parallel()
	var names []string
	for _, r := range process.References("anna, bert ,,anna", "-nobody-", "group:Sales north,role:a@b") {
		names = append(names, r.Text)
	}
	require.Equal(t, []string{"anna", "bert", "group:Sales north", "role:a@b"}, names)
	require.Empty(t, process.References())
}
