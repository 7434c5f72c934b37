// Command provost-core is the lean binary for images: all commands, without the embedded servers.
package main

import (
	"os"

	"provost/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, nil))
}
