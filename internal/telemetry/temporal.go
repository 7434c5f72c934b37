package telemetry

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"
)

// latencyBuckets are upper bounds in seconds: an activity in memory takes under a
// millisecond, one against a slow system minutes.
var latencyBuckets = []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300}

// TemporalMetrics counts what the Temporal SDK reports. Names follow the SDK's table of
// metrics: counters end in _total, timers in _seconds.
//
// The SDK gives one name different sets of tags (a request has an operation, a poll also
// a task queue), which a Prometheus vector refuses. So each pair of name and tags is a
// metric of its own, and the collector describes none beforehand.
type TemporalMetrics struct {
	mu      sync.RWMutex
	metrics map[string]prometheus.Metric
}

// NewTemporalMetrics returns metrics registered in the registry. It returns an error when
// the registry refuses them.
func NewTemporalMetrics(registry prometheus.Registerer) (*TemporalMetrics, error) {
	m := &TemporalMetrics{metrics: make(map[string]prometheus.Metric)}
	if err := registry.Register(m); err != nil {
		return nil, fmt.Errorf("register temporal metrics: %w", err)
	}
	return m, nil
}

// Handler returns what the Temporal client and worker options take.
func (m *TemporalMetrics) Handler() client.MetricsHandler {
	return &handler{metrics: m}
}

// Describe sends nothing, which marks the collector as unchecked: its metrics come into
// being as the SDK reports them.
func (m *TemporalMetrics) Describe(chan<- *prometheus.Desc) {}

// Collect sends the metrics seen so far.
func (m *TemporalMetrics) Collect(out chan<- prometheus.Metric) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, metric := range m.metrics {
		out <- metric
	}
}

// obtain returns the metric of that key, made by the function when it is new.
func obtain[M prometheus.Metric](m *TemporalMetrics, key string, create func() M) M {
	m.mu.RLock()
	known, ok := m.metrics[key].(M)
	m.mu.RUnlock()
	if ok {
		return known
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if known, ok := m.metrics[key].(M); ok {
		return known
	}
	created := create()
	m.metrics[key] = created
	return created
}

// handler is the SDK's view: a set of tags and the metrics behind it.
type handler struct {
	metrics *TemporalMetrics
	tags    prometheus.Labels
}

// WithTags returns a handler with more tags; given twice, the later one holds.
func (h *handler) WithTags(tags map[string]string) client.MetricsHandler {
	merged := make(prometheus.Labels, len(h.tags)+len(tags))
	maps.Copy(merged, h.tags)
	for name, value := range tags {
		merged[sanitise(name)] = strings.ToValidUTF8(value, "\uFFFD")
	}
	return &handler{metrics: h.metrics, tags: merged}
}

// Counter returns the counter of that name for the handler's tags.
func (h *handler) Counter(name string) client.MetricsCounter {
	name = withSuffix(sanitise(name), "_total")
	return counter{obtain(h.metrics, h.key(name), func() prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: h.tags})
	})}
}

// Gauge returns the gauge of that name for the handler's tags.
func (h *handler) Gauge(name string) client.MetricsGauge {
	name = sanitise(name)
	return gauge{obtain(h.metrics, h.key(name), func() prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: h.tags})
	})}
}

// Timer returns the timer of that name for the handler's tags, a histogram of seconds.
func (h *handler) Timer(name string) client.MetricsTimer {
	name = withSuffix(sanitise(name), "_seconds")
	return timer{obtain(h.metrics, h.key(name), func() prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: name, Help: help, ConstLabels: h.tags, Buckets: latencyBuckets,
		})
	})}
}

// help is the same for all: Prometheus refuses two texts for one name, and the SDK
// gives none.
const help = "Reported by the Temporal SDK."

// key tells metrics apart by name and tags. The separators occur in neither names of
// metrics nor valid UTF-8.
func (h *handler) key(name string) string {
	var b strings.Builder
	b.WriteString(name)
	for _, tag := range slices.Sorted(maps.Keys(h.tags)) {
		b.WriteString("\xfe" + tag + "\xff" + h.tags[tag])
	}
	return b.String()
}

func withSuffix(name, suffix string) string {
	return strings.TrimSuffix(name, suffix) + suffix
}

// sanitise turns what is no letter, digit or underscore into an underscore, as the names
// of Prometheus metrics and labels ask, and keeps a digit from coming first.
func sanitise(name string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r == '_', 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
			return r
		default:
			return '_'
		}
	}, name)
	if clean == "" || clean[0] <= '9' {
		return "_" + clean
	}
	return clean
}

type counter struct{ prometheus.Counter }

// Inc adds to the counter.
func (c counter) Inc(n int64) { c.Add(float64(n)) }

type gauge struct{ prometheus.Gauge }

// Update sets the gauge.
func (g gauge) Update(value float64) { g.Set(value) }

type timer struct{ prometheus.Histogram }

// Record adds one duration.
func (t timer) Record(d time.Duration) { t.Observe(d.Seconds()) }

var (
	_ client.MetricsHandler = (*handler)(nil)
	_ prometheus.Collector  = (*TemporalMetrics)(nil)
)
