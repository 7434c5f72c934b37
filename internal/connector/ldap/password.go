package ldap

import (
	"context"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // {SSHA} is what the directories of the field verify
	"crypto/sha512"
	"encoding/base64"
	"fmt"

	goldap "github.com/go-ldap/ldap/v3"

	"provost/internal/connector"
)

// SetPassword sets the password by the password modify operation (RFC 3062) or by replacing the password attribute, as configured.
func (d *Directory) SetPassword(ctx context.Context, class connector.Class, key connector.Key, password connector.Password) error {
	s, err := d.shape(class)
	if err != nil {
		return err
	}
	if password.Reveal() == "" {
		return connector.Errorf(connector.ClassPolicy, "set password", "the password is empty")
	}
	ctx, cancel := d.limits.Task(ctx)
	defer cancel()
	err = d.pool.with(ctx, "set password", true, func(l *link) error {
		entry, err := d.locate(l, s, "set password", key, []string{"1.1"})
		if err != nil {
			return err
		}
		return d.writePassword(l, entry.DN, password.Reveal())
	})
	return connector.Redact(err, password.Reveal())
}

func (d *Directory) writePassword(l *link, dn, password string) error {
	if d.passwordHash == hashServer {
		_, err := l.PasswordModify(goldap.NewPasswordModifyRequest(dn, "", password))
		return err
	}
	stored, err := hashPassword(d.passwordHash, password)
	if err != nil {
		return err
	}
	request := goldap.NewModifyRequest(dn, nil)
	request.Replace(d.passwordAttr, []string{stored})
	return l.Modify(request)
}

const saltLength = 16

// hashPassword returns the userPassword value of a scheme (RFC 2307, extended by salt).
func hashPassword(scheme, password string) (string, error) {
	if scheme == hashPlain {
		return password, nil
	}
	salt := make([]byte, saltLength)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("reading random salt: %w", err)
	}
	salted := append([]byte(password), salt...)
	if scheme == hashSSHA512 {
		sum := sha512.Sum512(salted)
		return "{SSHA512}" + base64.StdEncoding.EncodeToString(append(sum[:], salt...)), nil
	}
	sum := sha1.Sum(salted) //nolint:gosec // see the import
	return "{SSHA}" + base64.StdEncoding.EncodeToString(append(sum[:], salt...)), nil
}

// ValidatePassword binds as the entry on a connection of its own.
func (d *Directory) ValidatePassword(ctx context.Context, class connector.Class, key connector.Key, password string) (bool, error) {
	const op = "validate password"
	s, err := d.shape(class)
	if err != nil {
		return false, err
	}
	ctx, cancel := d.limits.Task(ctx)
	defer cancel()
	var dn string
	err = d.pool.with(ctx, op, true, func(l *link) error {
		entry, err := d.locate(l, s, op, key, []string{"1.1"})
		if err == nil {
			dn = entry.DN
		}
		return err
	})
	// A bind without a password is an anonymous one and would succeed (RFC 4513, section 5.1.2).
	if err != nil || password == "" {
		return false, err
	}
	l, err := d.pool.dialer.open(ctx)
	if err != nil {
		return false, connector.Redact(classify(ctx, op, err), password)
	}
	defer l.drop()
	err = guard(ctx, l, func() error { return l.Bind(dn, password) })
	if goldap.IsErrorAnyOf(err, goldap.LDAPResultInvalidCredentials, goldap.LDAPResultInappropriateAuthentication) {
		return false, nil
	}
	return err == nil, connector.Redact(classify(ctx, op, err), password)
}
