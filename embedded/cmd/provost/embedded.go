package main

import (
	"context"

	"provost/embedded/temporal"
	"provost/internal/cli"
	"provost/internal/simulate"
	"provost/internal/simulate/player"
)

// embedded starts the servers inside this binary.
type embedded struct{}

// StartTemporal implements cli.Embedded.
func (embedded) StartTemporal(ctx context.Context, o cli.TemporalOptions) (cli.TemporalServer, error) {
	return temporal.Start(ctx, temporal.Options{
		Database: o.Database, Address: o.Address, UIAddress: o.UIAddress, OpenUI: o.OpenUI, Namespace: o.Namespace, Secret: o.Secret,
		Logger: o.Logger,
	})
}

// Simulate implements cli.Embedded.
func (embedded) Simulate(ctx context.Context, scripts simulate.Scripts, request simulate.Request) (simulate.Result, error) {
	return player.Run(ctx, scripts, request)
}

var _ cli.Embedded = embedded{}
