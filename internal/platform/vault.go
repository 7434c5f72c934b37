package platform

// giveVault lets everything that has custom attributes keep the values of password attributes.
func (p *Platform) giveVault() {
	if p.vault == nil {
		return
	}
	p.Users.Vault, p.Groups.Vault, p.Memberships.Vault = p.vault, p.vault, p.vault
	p.Systems.Vault, p.Accounts.Vault = p.vault, p.vault
	p.InformationSystems.Vault, p.Roles.Vault, p.Grants.Vault = p.vault, p.vault, p.vault
}
