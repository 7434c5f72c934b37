package scriptservice

import (
	"sync"

	"provost/internal/script"
)

// catalogue lists the methods of all services. It is made once: the methods hold no state.
var catalogue = sync.OnceValue(func() map[string]map[string]method {
	return map[string]map[string]method{
		"UserService":            userMethods(),
		"AccountService":         accountMethods(),
		"ApplicationService":     applicationMethods(),
		"GroupService":           groupMethods(),
		"MailListsService":       mailMethods(),
		"DispatcherService":      agentMethods(),
		script.DispatcherService: ownAgentMethods(),
		script.ServerService:     serverMethods(),
	}
})
