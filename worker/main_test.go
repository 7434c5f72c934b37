package worker_test

import (
	"testing"

	"provost/internal/script/scripttest"
)

func TestMain(m *testing.M) {
	scripttest.ServeIfAsked()
	workIfAsked()
	scripttest.Main(m)
}
