package scriptservice

import (
	"slices"
)

// Methods lists every method of every service that scripts can call, as "Service.method", in order.
func Methods() []string {
	var all []string
	for service, methods := range catalogue() {
		for name := range methods {
			all = append(all, service+"."+name)
		}
	}
	slices.Sort(all)
	return all
}
