package ldap_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/connector"
)

// certificate makes a self-signed certificate for 127.0.0.1 and returns it and its key in PEM.
func certificate(t *testing.T) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sample directory"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
}

func TestStartTLS(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	cert, key := certificate(t)
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "cert.pem"), cert, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "key.pem"), key, 0o600))
	require.NoError(t, d.ApplyLDIF(t.Context(), strings.NewReader(`dn: cn=config
changetype: modify
add: olcTLSCertificateKeyFile
olcTLSCertificateKeyFile: {{ DIR }}/key.pem
-
add: olcTLSCertificateFile
olcTLSCertificateFile: {{ DIR }}/cert.pem
`), true, map[string]string{"DIR": folder}))
	require.NoError(t, d.ApplyLDIF(t.Context(), strings.NewReader(`dn: cn=config
changetype: modify
add: olcSecurity
olcSecurity: simple_bind=128
`), true, nil))

	trusting := openDirectory(t, d, map[string]string{"ssl": "starttls", "caCertificate": string(cert)})
	require.NoError(t, trusting.Test(t.Context()))
	_, err := trusting.Get(t.Context(), person(d.Suffix), connector.Key{Name: "nobody"})
	require.ErrorIs(t, err, connector.ErrNotFound)

	other, _ := certificate(t)
	for name, more := range map[string]map[string]string{
		"unknown authority": {"ssl": "starttls"},
		"another authority": {"ssl": "starttls", "caCertificate": string(other)},
		"another host name": {"ssl": "starttls", "caCertificate": string(cert), "host": "localhost"},
		"no encryption":     {"ssl": "none"},
	} {
		err := openDirectory(t, d, more).Test(t.Context())
		require.Equal(t, connector.ClassPolicy, connector.ClassOf(err), "%s: %v", name, err)
		require.NotContains(t, err.Error(), d.AdminPassword)
	}
}

// LDAPS is tried through a TLS listener in front of the directory, since this slapd listens in clear only.
func TestLDAPS(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	cert, key := certificate(t)
	host, port := tlsFront(t, d.address, cert, key)
	parameters := map[string]string{"ssl": "ldaps", "host": host, "port": port, "caCertificate": string(cert)}
	require.NoError(t, openDirectory(t, d, parameters).Test(t.Context()))
	delete(parameters, "caCertificate")
	err := openDirectory(t, d, parameters).Test(t.Context())
	require.Equal(t, connector.ClassPolicy, connector.ClassOf(err))
	require.ErrorContains(t, err, "unknown authority")
	parameters["caCertificate"], parameters["host"] = string(cert), "localhost"
	err = openDirectory(t, d, parameters).Test(t.Context())
	require.Equal(t, connector.ClassPolicy, connector.ClassOf(err))
	require.ErrorContains(t, err, "another host name")
}
