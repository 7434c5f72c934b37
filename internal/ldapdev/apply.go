package ldapdev

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// placeholder is `{{ NAME }}`, as templates of LDIF files have it.
var placeholder = regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`)

// ApplyLDIF makes the changes of an LDIF file, in order, as the administrator of the data, or of cn=config when
// asConfigAdmin is set. Placeholders `{{ NAME }}` are replaced by replacements["NAME"] first; one without a replacement is
// an error. It stops at the first change that fails, with the changes before it made; the error names line and entry.
func (s *Server) ApplyLDIF(ctx context.Context, r io.Reader, asConfigAdmin bool, replacements map[string]string) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("read LDIF: %w", err)
	}
	text, err := replace(string(content), replacements)
	if err != nil {
		return err
	}
	records, err := ParseLDIF(strings.NewReader(text))
	if err != nil {
		return err
	}
	dn, password := s.AdminDN, s.AdminPassword
	if asConfigAdmin {
		dn, password = s.ConfigDN, s.ConfigPassword
	}
	return s.apply(ctx, dn, password, records)
}

func replace(text string, replacements map[string]string) (string, error) {
	var missing []string
	replaced := placeholder.ReplaceAllStringFunc(text, func(found string) string {
		name := placeholder.FindStringSubmatch(found)[1]
		value, known := replacements[name]
		if !known {
			missing = append(missing, name)
		}
		return value
	})
	if len(missing) > 0 {
		return "", fmt.Errorf("no replacement is given for the placeholder %s", missing[0])
	}
	return replaced, nil
}

func (s *Server) apply(ctx context.Context, dn, password string, records []Record) (err error) {
	conn, err := s.bind(ctx, dn, password)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	for _, record := range records {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := change(conn, record); err != nil {
			return fmt.Errorf("LDIF line %d, %s of %s: %w", record.Line, record.Change, record.DN, err)
		}
	}
	return nil
}

// bind connects as dn.
func (s *Server) bind(ctx context.Context, dn, password string) (*ldap.Conn, error) {
	conn, err := ldap.DialURL(s.URL())
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	if deadline, bounded := ctx.Deadline(); bounded {
		conn.SetTimeout(untilDeadline(deadline))
	}
	if err := conn.Bind(dn, password); err != nil {
		return nil, errors.Join(fmt.Errorf("bind as %s: %w", dn, err), conn.Close())
	}
	return conn, nil
}

func change(conn *ldap.Conn, record Record) error {
	switch record.Change {
	case Add:
		request := ldap.NewAddRequest(record.DN, nil)
		for _, attribute := range record.Attributes {
			request.Attribute(attribute.Name, attribute.Values)
		}
		return conn.Add(request)
	case Delete:
		return conn.Del(ldap.NewDelRequest(record.DN, nil))
	case Modify:
		return conn.Modify(modifyRequest(record))
	default:
		return fmt.Errorf("changetype %q is not supported", record.Change)
	}
}

func modifyRequest(record Record) *ldap.ModifyRequest {
	request := ldap.NewModifyRequest(record.DN, nil)
	for _, one := range record.Modifications {
		switch one.Operation {
		case "add":
			request.Add(one.Name, one.Values)
		case "replace":
			request.Replace(one.Name, one.Values)
		case "delete":
			request.Delete(one.Name, one.Values)
		}
	}
	return request
}
