package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"provost/bpm"
	"provost/bpm/pardef"
	definitions "provost/internal/process"
	"provost/internal/script"
)

// bpmCommands work on process definitions in files. They need no database.
type bpmCommands struct {
	Check    bpmCheckCommand    `cmd:"" help:"Check process definitions (.bpmn) as publishing them would, without storing anything."`
	Simulate bpmSimulateCommand `cmd:"" help:"Play a process definition: people by the acts that are given, time skipped, effects written down instead of made."`
	Import   bpmImportCommand   `cmd:"" help:"Turn a process definition of Soffid (.pardef) into BPMN."`
}

// errRefused is the exit of a check or import that found errors; the findings say which.
var errRefused = errors.New("the process definitions have errors")

// fileLimit is how much of a file is read, in bytes: more than a definition may have, so that its size is found and not cut off.
const fileLimit = 6 << 20

// bpmCheckCommand prints the findings of definitions.
type bpmCheckCommand struct {
	Files      []string `arg:"" name:"file" help:"Definitions to check; - is the standard input."`
	Attributes []string `name:"attribute" placeholder:"NAME" help:"Attribute that users of the installation have beside the built-in ones. Can be repeated."`
	JSON       bool     `name:"json" help:"Print each finding as a line of JSON."`
}

// Run implements the command.
func (c *bpmCheckCommand) Run(ctx context.Context, p *process) error {
	command, err := scriptHostArgs()
	if err != nil {
		return err
	}
	scripts, err := script.NewHost(script.Options{Command: command, Size: 1})
	if err != nil {
		return fmt.Errorf("start script host: %w", err)
	}
	defer scripts.Close()
	refused := 0
	for _, file := range c.Files {
		source, err := readLimited(p, file)
		if err != nil {
			return err
		}
		findings, err := c.findings(ctx, scripts, source)
		if err != nil {
			return err
		}
		if bpm.Refused(findings) {
			refused++
		}
		if err := printFindings(p, p.stdout, file, findings, c.JSON); err != nil {
			return err
		}
		if len(findings) == 0 && !c.JSON {
			fmt.Fprintf(p.stdout, "%s: nothing to remark\n", file)
		}
	}
	if refused > 0 {
		return fmt.Errorf("%d of %d: %w", refused, len(c.Files), errRefused)
	}
	return nil
}

// findings is everything that can be said about a definition without the installation it is meant for.
func (c *bpmCheckCommand) findings(ctx context.Context, scripts *script.Host, source []byte) ([]bpm.Finding, error) {
	definition, findings := bpm.Parse(source)
	if definition == nil {
		return findings, nil
	}
	misread, err := definitions.Misread(ctx, scripts, definition)
	findings = slices.Concat(findings, definition.Check(c.Attributes...), misread)
	bpm.SortFindings(findings)
	return findings, err
}

// bpmImportCommand turns a definition of Soffid into BPMN.
type bpmImportCommand struct {
	File   string `arg:"" help:"Definition to import; - is the standard input."`
	Output string `short:"o" name:"output" placeholder:"FILE" help:"File to write; the standard output when it is not given. An existing file is replaced."`
	JSON   bool   `name:"json" help:"Print each finding as a line of JSON."`
}

// Run implements the command. The document is written also when it has errors, to be corrected in a designer; the exit code tells.
func (c *bpmImportCommand) Run(p *process) error {
	data, err := readLimited(p, c.File)
	if err != nil {
		return err
	}
	document, findings := pardef.Import(data)
	if document != nil {
		_, review := bpm.Review(document)
		findings = append(findings, review...)
		if err := c.write(p, document); err != nil {
			return err
		}
	}
	if err := printFindings(p, p.stderr, c.File, findings, c.JSON); err != nil {
		return err
	}
	if bpm.Refused(findings) {
		return errRefused
	}
	return nil
}

func (c *bpmImportCommand) write(p *process, document []byte) error {
	if c.Output == "" || c.Output == "-" {
		if _, err := p.stdout.Write(document); err != nil {
			return fmt.Errorf("print document: %w", err)
		}
		return nil
	}
	if err := os.WriteFile(c.Output, document, 0o600); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	return nil
}

// readLimited reads a file, or the standard input.
func readLimited(p *process, name string) ([]byte, error) {
	input := p.stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("read definition: %w", err)
		}
		defer func() { _ = file.Close() }() // it was only read
		input = file
	}
	data, err := io.ReadAll(io.LimitReader(input, fileLimit))
	if err != nil {
		return nil, fmt.Errorf("read definition %s: %w", name, err)
	}
	return data, nil
}

// printFindings prints each finding as a line: for people, or as JSON.
func printFindings(p *process, out io.Writer, file string, findings []bpm.Finding, asJSON bool) error {
	for _, f := range findings {
		f.File = file
		if !asJSON {
			fmt.Fprintln(out, f)
			continue
		}
		if err := printJSON(&process{stdout: out, stderr: p.stderr}, f); err != nil {
			return err
		}
	}
	return nil
}
