package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"

	"provost/internal/ldapdev"
	"provost/internal/sample"
)

// administrator is the user name of the built-in administrator.
const administrator = "admin"

// readyLine is what dev says when everything runs. A key is absent when that part is not running.
type readyLine struct {
	URL             string `json:"url"`
	TemporalUI      string `json:"temporalUI,omitempty"`
	TemporalAddress string `json:"temporalAddress"`
	Namespace       string `json:"namespace"`
	DatabaseURL     string `json:"databaseURL"`
	User            string `json:"user"`
	Password        string `json:"password,omitempty"`
	LDAPURL         string `json:"ldapURL,omitempty"`

	missing []string
}

// loadSample makes the sample organisation, or goes on with the one that is there.
func (r *devRun) loadSample(ctx context.Context) error {
	if r.NoSample {
		return nil
	}
	r.logger.Info().Msg("the sample organisation is being brought into its systems")
	o := sample.Options{
		Folder: filepath.Join(r.dir, sampleFolder), Server: devServer, Database: r.URL.Reveal(), Logger: r.logger,
	}
	if r.directory != nil {
		o.Directory = &sample.Directory{URL: r.directory.URL(), Suffix: r.directory.Suffix, BindDN: r.directory.AdminDN, Password: r.directory.AdminPassword}
	}
	return sample.Load(ctx, r.app.Platform, r.app.Runs, o)
}

// announce says how to go on.
func (r *devRun) announce(context.Context) error {
	if r.JSON {
		return printJSON(r.process, r.ready)
	}
	_, err := io.WriteString(r.process.stdout, r.block())
	return err
}

// block is the ready line for people.
func (r *devRun) block() string {
	var out strings.Builder
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&out, "  %-14s %s\n", label, text)
		}
	}
	password := r.ready.Password
	if password == "" {
		password = "the one you set (none is kept in " + r.dir + ")"
	}
	out.WriteString("\nProvost is ready.\n\n")
	line("Console", r.ready.URL)
	line("User", r.ready.User)
	line("Password", password)
	line("Temporal UI", r.ready.TemporalUI)
	line("Data", r.dir)
	if !r.NoSample {
		line("HR file", filepath.Join(r.dir, sampleFolder, sample.PeopleFile))
	}
	if r.directory != nil {
		line("Directory", searchCommand(r.directory))
	}
	for _, what := range r.ready.missing {
		line("Not running", what)
	}
	out.WriteString("\nCtrl-C stops everything; the next start goes on with the same data.\n\n")
	return out.String()
}

// searchCommand shows the people in the directory; it works as printed.
func searchCommand(d *ldapdev.Server) string {
	return fmt.Sprintf("ldapsearch -x -LLL -H %s -D '%s' -w '%s' -b 'ou=people,%s'", d.URL(), d.AdminDN, d.AdminPassword, d.Suffix)
}

// freeOr gives the address if nobody listens there, otherwise the other one.
func freeOr(ctx context.Context, address, otherwise string) string {
	var open net.ListenConfig
	listener, err := open.Listen(ctx, "tcp", address)
	if err != nil {
		return otherwise
	}
	if err := listener.Close(); err != nil {
		return otherwise
	}
	return address
}
