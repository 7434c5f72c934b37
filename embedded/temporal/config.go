package temporal

import (
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
)

const (
	clusterName = "active"
	// clusterID tells clusters apart that replicate to each other, which embedded servers never do.
	clusterID = "7f0c2b9e-5d53-4c1f-9a54-6d1a6f2f6f01"
	// joinTimeout bounds how long services wait for each other at the start.
	joinTimeout = 30 * time.Second
	disabled    = "disabled"
)

// configuration describes a single node on loopback. PublicClient stays empty: with an internal frontend the server's own
// workers use that one.
func (s *Server) configuration(store *store) *config.Config {
	c := &config.Config{
		Persistence: config.Persistence{
			DefaultStore:     "default",
			VisibilityStore:  "visibility",
			NumHistoryShards: store.shards,
			DataStores:       map[string]config.DataStore{"default": {SQL: store.main}, "visibility": {SQL: store.visibility}},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{clusterName: {
				Enabled: true, InitialFailoverVersion: 1, RPCAddress: s.ports.frontend, HTTPAddress: s.ports.http, ClusterID: clusterID,
			}},
		},
		Services: s.ports.services(),
	}
	c.Global.Membership.MaxJoinDuration = joinTimeout
	c.Global.Membership.BroadcastAddress = s.ports.host
	c.DCRedirectionPolicy.Policy = "noop"
	c.Archival.History.State = disabled
	c.Archival.Visibility.State = disabled
	c.NamespaceDefaults.Archival.History.State = disabled
	c.NamespaceDefaults.Archival.Visibility.State = disabled
	return c
}
