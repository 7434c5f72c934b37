package platform_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/account"
	"provost/internal/authz"
	"provost/internal/entitlement"
	"provost/internal/fault"
	"provost/internal/offer"
	"provost/internal/process"
)

// form is a form whose one field allows what a test says.
type form struct{ choice process.Choice }

var errClosed = errors.New("the form is not yours")

func (f *form) Choice(_ context.Context, _ uuid.UUID, field, _ string) (process.Choice, error) {
	if field != "it" {
		return process.Choice{}, errClosed
	}
	return f.choice, nil
}

// Whoever fills in a form is offered the names that its field allows, and nothing where the form is not theirs.
func TestOffers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("anna")
	b.group("Harbour", "world")
	b.system("Directory")
	b.application("Payroll")
	domain, err := b.ScopeDomains.Create(b.ctx, entitlement.ScopeDomain{Name: "Plant", Kind: "values", InformationSystem: "Payroll"})
	require.NoError(t, err)
	_, err = b.ScopeValues.Create(b.ctx, entitlement.ScopeValue{ScopeDomainID: domain.ID, Value: "north"})
	require.NoError(t, err)
	b.role("clerk", "Directory", "Payroll", func(r *entitlement.Role) { r.ScopeDomainID = &domain.ID })
	b.role("keeper", "Directory", "Payroll")
	b.role("clerk", "soffid", "Payroll")
	_, err = b.Accounts.Create(b.ctx, account.Account{Name: "robot", System: "Directory", Type: account.Shared, UserType: "I"})
	require.NoError(t, err)

	asked := &form{}
	b.Offers.Tasks, b.Offers.Starts = asked, asked
	stranger := authz.With(t.Context(), authz.Principal{UserName: "anna"})
	for _, c := range []struct {
		kind, filter, words string
		names               []string
	}{
		{kind: "user", words: "ann", names: []string{"anna"}},
		{kind: "user", filter: `userName eq "nobody"`},
		{kind: "group", words: "harb", names: []string{"Harbour"}},
		{kind: process.ChooseGroupScope, words: "Harbour", names: []string{"Harbour"}},
		{kind: "informationSystem", words: "pay", names: []string{"Payroll"}},
		{kind: process.ChooseSystemScope, words: "Payroll", names: []string{"Payroll"}},
		{kind: process.ChooseValueScope, names: []string{"north"}},
		{kind: "userType", filter: `name eq "I"`, names: []string{"I"}},
		{kind: "groupType", words: "nothing like it"},
		{kind: "mailDomain", words: "nothing like it"},
		{kind: "system", words: "direct", names: []string{"Directory"}},
		{kind: "account", words: "robot", names: []string{"robot@Directory"}},
		{kind: process.ChooseRole, words: "clerk", names: []string{"clerk@Directory", "clerk@soffid"}},
		{kind: process.ChooseRole, words: "clerk@dir", names: []string{"clerk@Directory"}},
		{kind: process.ChooseRole, words: "@Dir", names: []string{"clerk@Directory", "keeper@Directory"}},
		{kind: process.ChooseRole, words: "@Dir", filter: `name eq "keeper" or name eq "none"`, names: []string{"keeper@Directory"}},
	} {
		asked.choice = process.Choice{Kind: c.kind, Filter: c.filter}
		found, err := b.Offers.ForTask(stranger, uuid.New(), offer.Wish{Field: "it", Words: c.words, Domain: domain.ID.String()})
		require.NoError(t, err, c)
		var names []string
		for _, r := range found {
			names = append(names, r.Name)
			require.Equal(t, r.Name == "clerk@Directory", r.ScopeKind == "values", "roles say what they are granted within")
		}
		require.ElementsMatch(t, c.names, names, c)
	}
	asked.choice = process.Choice{Kind: "integer"}
	_, err = b.Offers.ForStart(stranger, uuid.New(), offer.Wish{Field: "it"})
	refused(t, err, fault.Invalid, "it", "nothing that can be chosen")
	_, err = b.Offers.ForStart(stranger, uuid.New(), offer.Wish{Field: "other"})
	require.ErrorIs(t, err, errClosed)
}
