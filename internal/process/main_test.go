package process_test

import (
	"testing"

	"provost/internal/script/scripttest"
)

func TestMain(m *testing.M) { scripttest.Main(m) }
