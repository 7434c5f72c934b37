package script_test

import (
	"context"
	"os"
	"testing"

	"provost/internal/script"
	"provost/internal/script/scripttest"
)

// orphanage makes the test binary a parent that is to be killed: it starts a host whose process hangs in a regular
// expression after writing its id to the file named.
const orphanage = "orphanage"

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == orphanage {
		hangForever(os.Args[2])
		return
	}
	scripttest.Main(m)
}

func hangForever(pids string) {
	command := []string{"/bin/sh", "-c", `echo $$ >> "$0"; exec "$1" script-host`, pids, os.Args[0]}
	host, err := script.NewHost(script.Options{Command: command, Size: 1, WallLimit: 1 << 40})
	if err != nil {
		os.Exit(1)
	}
	_, _ = host.Run(context.Background(), script.Request{
		Scripts: []script.Source{{Name: "hang", Text: catastrophe}}, Calls: []script.Call{{}},
	})
}
