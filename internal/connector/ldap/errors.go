package ldap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	goldap "github.com/go-ldap/ldap/v3"

	"provost/internal/connector"
)

// verdict is what a result code means to the engine and the sentence for the person.
type verdict struct {
	class   connector.ErrorClass
	message string
	is      error
}

// verdicts by result code (RFC 4511, appendix A).
var verdicts = map[uint16]verdict{
	goldap.LDAPResultTimeLimitExceeded: {connector.ClassTransient, "the directory's time limit was exceeded; index the searched attributes or raise the limit", nil},
	goldap.LDAPResultSizeLimitExceeded: {connector.ClassPolicy, "the directory's size limit was exceeded; use paging or raise the limit for our bind DN", nil},
	goldap.LDAPResultAdminLimitExceeded: {
		connector.ClassThrottled, "an administrative limit of the directory was exceeded", nil,
	},
	goldap.LDAPResultStrongAuthRequired: {connector.ClassPolicy, "the directory asks for an encrypted connection; set ssl to ldaps or starttls", nil},
	goldap.LDAPResultConfidentialityRequired: {
		connector.ClassPolicy, "the directory asks for an encrypted connection; set ssl to ldaps or starttls", nil,
	},
	goldap.LDAPResultInvalidCredentials: {connector.ClassAuth, "the directory refuses the bind DN or its password; correct the agent's parameters", nil},
	goldap.LDAPResultInappropriateAuthentication: {
		connector.ClassAuth, "the bind entry has no password; correct the agent's parameters", nil,
	},
	goldap.LDAPResultInsufficientAccessRights: {connector.ClassPolicy, "our bind DN may not do this; grant it access in the directory", nil},
	goldap.LDAPResultBusy:                     {connector.ClassThrottled, "the directory is busy", nil},
	goldap.LDAPResultUnavailable:              {connector.ClassUnavailable, "the directory is not available", nil},
	goldap.LDAPResultUnwillingToPerform:       {connector.ClassPolicy, "the directory is unwilling to do this", nil},
	goldap.LDAPResultConstraintViolation:      {connector.ClassPolicy, "a value breaks a rule of the directory", nil},
	goldap.LDAPResultNoSuchObject:             {connector.ClassData, "no such entry", connector.ErrNotFound},
	goldap.LDAPResultEntryAlreadyExists:       {connector.ClassData, "the name is taken", connector.ErrExists},
	goldap.LDAPResultNotAllowedOnNonLeaf:      {connector.ClassPolicy, "the entry has entries below it; move or delete these first", nil},
	goldap.LDAPResultNotAllowedOnRDN:          {connector.ClassData, "the attribute names the entry; map the new name instead", nil},
	goldap.LDAPResultObjectClassViolation: {
		connector.ClassData, "the entry would not fit its object classes; map the missing attributes or add an object class", nil,
	},
	goldap.LDAPResultObjectClassModsProhibited: {connector.ClassData, "the structural object class of an entry cannot be changed", nil},
	goldap.LDAPResultUndefinedAttributeType:    {connector.ClassData, "the directory does not know an attribute; correct the mapping", nil},
	goldap.LDAPResultInvalidAttributeSyntax:    {connector.ClassData, "a value does not fit the syntax of its attribute", nil},
	goldap.LDAPResultNamingViolation:           {connector.ClassData, "the name does not fit the entry", nil},
	goldap.LDAPResultInvalidDNSyntax:           {connector.ClassData, "the DN is not well formed", nil},
	goldap.LDAPResultAttributeOrValueExists:    {connector.ClassTransient, "the value is there already; somebody changed the entry", nil},
	goldap.LDAPResultNoSuchAttribute:           {connector.ClassTransient, "the value is gone already; somebody changed the entry", nil},
	goldap.LDAPResultAffectsMultipleDSAs:       {connector.ClassPolicy, "the entry cannot move to another server", nil},
	goldap.LDAPResultReferral:                  {connector.ClassPolicy, "another server holds the entry; point the agent to it", nil},
	goldap.LDAPResultUnavailableCriticalExtension: {
		connector.ClassUnsupported, "the directory does not support an extension the agent asks for", nil,
	},
	goldap.LDAPResultProtocolError: {connector.ClassUnsupported, "the directory does not support the request", nil},
}

// classify turns an error of the protocol library into one of the SPI. The end of the context is recognised first, because the library
// only sees a closed connection then.
func classify(ctx context.Context, op string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*connector.Error](err); ok {
		return err
	}
	if ended := connector.ContextError(ctx, op); ended != nil {
		return ended
	}
	if protocol, ok := errors.AsType[*goldap.Error](err); ok {
		if v, known := verdicts[protocol.ResultCode]; known {
			return &connector.Error{Class: v.class, Op: op, Message: v.message, Err: withSentinel(err, v.is)}
		}
	}
	if message := certificateProblem(err); message != "" {
		return &connector.Error{Class: connector.ClassPolicy, Op: op, Message: message, Err: err}
	}
	if isNetwork(err) {
		return &connector.Error{Class: connector.ClassUnavailable, Op: op, Message: "the directory does not answer", Err: err}
	}
	return &connector.Error{Class: connector.ClassTransient, Op: op, Message: "the directory reports an error", Err: err}
}

func withSentinel(err, sentinel error) error {
	if sentinel == nil {
		return err
	}
	return fmt.Errorf("%w (%w)", sentinel, err)
}

// certificateProblem explains why the server's certificate was refused; it is empty for other errors. After STARTTLS the protocol library
// passes on the text of the error only, so that is looked at as well.
func certificateProblem(err error) string {
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var verification *tls.CertificateVerificationError
	text := err.Error()
	if !errors.As(err, &verification) && !strings.Contains(text, "failed to verify certificate") {
		return ""
	}
	switch {
	case errors.As(err, &unknown), strings.Contains(text, "unknown authority"):
		return "the directory's certificate is signed by an unknown authority; give its CA certificate in the agent's parameters"
	case errors.As(err, &host), strings.Contains(text, "certificate is valid for"), strings.Contains(text, "cannot validate certificate for"):
		return "the directory's certificate is for another host name; use the name the certificate holds"
	default:
		return "the directory's certificate is not valid"
	}
}

// isNetwork reports whether the connection broke, as opposed to the server answering with an error.
func isNetwork(err error) bool {
	var network net.Error
	return goldap.IsErrorWithCode(err, goldap.ErrorNetwork) || errors.As(err, &network) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errBroken)
}

// errBroken marks errors of a connection that is gone, which the protocol library reports in many words.
var errBroken = errors.New("the connection is broken")

// markBroken adds errBroken to an error that is no answer of the server if the connection is gone.
func markBroken(l *link, err error) error {
	var answer *goldap.Error
	if err == nil || !l.IsClosing() || isNetwork(err) || errors.As(err, &answer) {
		return err
	}
	if _, ok := errors.AsType[*connector.Error](err); ok {
		return err
	}
	return fmt.Errorf("%w: %w", errBroken, err)
}
