// Command provost is the full binary: all commands, with the Temporal server and its user interface inside.
package main

import (
	"os"

	"provost/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, embedded{}))
}
