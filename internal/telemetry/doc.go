// Package telemetry holds the metrics of a process: one Prometheus registry, the handler
// that serves it under /metrics, and the adapter through which the Temporal client and
// worker count into the same registry.
package telemetry
