package telemetry_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"provost/internal/telemetry"
)

func scrape(t *testing.T, registry *prometheus.Registry) string {
	t.Helper()
	response := httptest.NewRecorder()
	telemetry.Handler(registry).ServeHTTP(response, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Equal(t, http.StatusOK, response.Code, response.Body.String())
	return response.Body.String()
}

func TestRegistryNamesTheVersion(t *testing.T) {
	t.Parallel()
	body := scrape(t, telemetry.NewRegistry("v1.2.3"))
	require.Contains(t, body, `provost_build_info{version="v1.2.3"} 1`)
	require.Contains(t, body, "go_goroutines")
	require.Contains(t, body, "process_start_time_seconds")
}

func TestTemporalMetricsAreServed(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewPedanticRegistry()
	metrics, err := telemetry.NewTemporalMetrics(registry)
	require.NoError(t, err)
	handler := metrics.Handler().WithTags(map[string]string{"namespace": "default", "operation": "old"})

	request := handler.WithTags(map[string]string{"operation": "StartWorkflow"})
	request.Counter("temporal_request").Inc(2)
	request.Counter("temporal_request").Inc(1)
	// The same name with another set of tags, as the SDK does.
	request.WithTags(map[string]string{"task-queue": "core"}).Counter("temporal_request").Inc(5)
	handler.Gauge("temporal_worker_task_slots_available").Update(7)
	handler.Gauge("temporal_worker_task_slots_available").Update(6)
	request.Timer("temporal_request_latency").Record(30 * time.Millisecond)

	body := scrape(t, registry)
	for _, want := range []string{
		`temporal_request_total{namespace="default",operation="StartWorkflow"} 3`,
		`temporal_request_total{namespace="default",operation="StartWorkflow",task_queue="core"} 5`,
		`temporal_worker_task_slots_available{namespace="default",operation="old"} 6`,
		`temporal_request_latency_seconds_bucket{namespace="default",operation="StartWorkflow",le="0.025"} 0`,
		`temporal_request_latency_seconds_bucket{namespace="default",operation="StartWorkflow",le="0.05"} 1`,
		`temporal_request_latency_seconds_sum{namespace="default",operation="StartWorkflow"} 0.03`,
	} {
		require.Contains(t, body, want)
	}
}

func TestTemporalMetricsTakeAnyNameAndTag(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewPedanticRegistry()
	metrics, err := telemetry.NewTemporalMetrics(registry)
	require.NoError(t, err)
	odd := metrics.Handler().WithTags(map[string]string{"9 lives/é": "a\xffb\"c"})
	odd.Counter("").Inc(1)
	odd.Counter("1st-try").Inc(1)
	odd.Counter("jobs_total").Inc(1)
	body := scrape(t, registry)
	require.Contains(t, body, `_1st_try_total{_9_lives__="a�b\"c"} 1`)
	require.Contains(t, body, `jobs_total{`)
	require.NotContains(t, body, `jobs_total_total`)
}

func TestTemporalMetricsUnderConcurrency(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewPedanticRegistry()
	metrics, err := telemetry.NewTemporalMetrics(registry)
	require.NoError(t, err)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 100 {
				tags := map[string]string{"queue": fmt.Sprint(i % 2)}
				metrics.Handler().WithTags(tags).Counter("polls").Inc(1)
			}
		})
	}
	wg.Wait()
	body := scrape(t, registry)
	require.Contains(t, body, `polls_total{queue="0"} 400`)
	require.Contains(t, body, `polls_total{queue="1"} 400`)
}

func TestTemporalMetricsRegisterOnlyUncheckedCollectors(t *testing.T) {
	t.Parallel()
	metrics, err := telemetry.NewTemporalMetrics(prometheus.NewRegistry())
	require.NoError(t, err)
	described := make(chan *prometheus.Desc, 1)
	metrics.Describe(described)
	require.Empty(t, described)
}
