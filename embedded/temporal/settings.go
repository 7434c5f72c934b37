package temporal

import "go.temporal.io/server/common/dynamicconfig"

// recommended are the server settings of design/temporal.md: each differs from the server's default for a measured reason.
func recommended() map[string]any {
	return map[string]any{
		// One node: strict priority order and exact rate limits need a single partition, and it is faster.
		"matching.numTaskqueueReadPartitions":  1,
		"matching.numTaskqueueWritePartitions": 1,
		// A tenant with many tasks must not hold up the others.
		"matching.enableFairness": true,
		// An idle server answers in 20 ms instead of 100 ms.
		"history.transferProcessorMaxPollRPS": 100,
		// A lost wake-up of a waiter costs one second instead of twenty.
		"history.longPollExpirationInterval": "1s",
		"history.hostLevelCacheMaxSize":      8096,
		// Lists in a user interface reach the default of 10 a second at once.
		"frontend.namespaceRPS.visibility": 100,
		// Long polls of many agent queues.
		"frontend.namespaceCount":    10000,
		"frontend.persistenceMaxQPS": 10000,
		"history.persistenceMaxQPS":  45000,
		"matching.persistenceMaxQPS": 10000,
		// New search attributes can be used at once.
		"system.forceSearchAttributesCacheRefreshOnRead": true,
		// Otherwise the server calls home.
		"frontend.enableServerVersionCheck":                false,
		"frontend.WorkflowPauseEnabled":                    true,
		"history.enableStandaloneActivityOperatorCommands": true,
	}
}

func settings() *dynamicconfig.MemoryClient {
	client := dynamicconfig.NewMemoryClient()
	for key, value := range recommended() {
		client.OverrideValue(dynamicconfig.MakeKey(key), value)
	}
	return client
}
