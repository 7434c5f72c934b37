package entitlement

// Explain completes effective roles with whether they can be revoked, and otherwise with the source that has to change.
func Explain(roles []EffectiveRole) []EffectiveRole {
	for i := range roles {
		r := &roles[i]
		if len(r.Path) == 0 {
			continue
		}
		first, last := r.Path[0], r.Path[len(r.Path)-1]
		if first.Kind == "grant" {
			id := first.ID
			r.GrantID = &id
		}
		switch {
		case last.Kind == "role":
			r.Source = "It is contained in the role " + last.Name + "."
		case last.Kind == "group":
			r.Source = "It is granted to the group " + last.Name + "."
		case r.GrantOrigin == OriginRule:
			r.Source = "It is granted by a role assignment rule."
		default:
			r.Revocable = true
		}
	}
	return roles
}
