package cli

import (
	"testing"

	"provost/internal/script/scripttest"
)

func TestMain(m *testing.M) { scripttest.Main(m) }
