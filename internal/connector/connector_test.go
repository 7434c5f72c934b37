package connector_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"provost/internal/connector"
)

var sample = connector.Kind{
	Name: "sample", Label: "Sample", Description: "Sample.",
	Parameters: []connector.Parameter{
		{Name: "host", Label: "Host", Type: connector.TypeString, Required: true},
		{Name: "port", Label: "Port", Type: connector.TypeNumber, Default: "25", Minimum: 1, Maximum: 65535},
		{Name: "safe", Label: "Safe", Type: connector.TypeBoolean},
		{Name: "mode", Label: "Mode", Type: connector.TypeChoice, Choices: []string{"a", "b"}},
		{Name: "password", Label: "Password", Type: connector.TypeSecret},
	},
	Properties:   []connector.Property{{Name: "key"}, {Name: "update", Numbered: true}, {Name: "rename", Type: connector.TypeBoolean}},
	Capabilities: []connector.Capability{connector.CanList},
	Open: func(_ context.Context, config connector.Config) (connector.Connector, error) {
		return opened{parameters: config.Parameters}, nil
	},
}

type opened struct{ parameters map[string]string }

func (opened) Test(context.Context) error { return nil }
func (opened) Close() error               { return nil }

func (opened) List(context.Context, connector.Class, connector.ListOptions, func(connector.Page) error) error {
	return nil
}

func TestValidate(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		params map[string]string
		wrong  []string
	}{
		"complete":               {map[string]string{"host": "h", "port": "25", "safe": "true", "mode": "a"}, nil},
		"missing":                {map[string]string{}, []string{"host"}},
		"blank":                  {map[string]string{"host": "  "}, []string{"host"}},
		"unknown":                {map[string]string{"host": "h", "hsot": "h"}, []string{"hsot"}},
		"no number":              {map[string]string{"host": "h", "port": "25x"}, []string{"port"}},
		"number too large":       {map[string]string{"host": "h", "port": "65536"}, []string{"port"}},
		"number too small":       {map[string]string{"host": "h", "port": "0"}, []string{"port"}},
		"no boolean":             {map[string]string{"host": "h", "safe": "yes"}, []string{"safe"}},
		"no choice":              {map[string]string{"host": "h", "mode": "c"}, []string{"mode"}},
		"password in an address": {map[string]string{"host": "postgres://ann:s3cret@db.example.com/x"}, []string{"host"}},
		"password as option":     {map[string]string{"host": "postgres://db.example.com/x?a=b&Password=s3cret"}, []string{"host"}},
		"address without one":    {map[string]string{"host": "postgres://ann@db.example.com:5432/x?sslmode=require#a:b@c"}, nil},
		"everything at once":     {map[string]string{"mode": "c", "odd": "1"}, []string{"mode", "odd", "host"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var wrong []string
			for _, f := range connector.Validate(sample, c.params) {
				wrong = append(wrong, f.Parameter)
				require.NotEmpty(t, f.Message)
			}
			require.Equal(t, c.wrong, wrong)
		})
	}
}

func TestFindingsKeepSecrets(t *testing.T) {
	t.Parallel()
	for _, f := range connector.Validate(sample, map[string]string{"password": "tell-nobody", "passwort": "tell-nobody", "mode": "x"}) {
		require.NotContains(t, f.Message, "tell-nobody")
	}
}

func TestValidateClass(t *testing.T) {
	t.Parallel()
	class := connector.Class{Properties: map[string]string{"key": "uid", "update": "a", "update1": "b", "update12": "c", "rename": "true"}}
	require.Empty(t, connector.ValidateClass(sample, class))
	class.Properties = map[string]string{"key1": "uid", "rename": "perhaps", "updateX": "a"}
	require.Len(t, connector.ValidateClass(sample, class), 3)
}

func TestRegistry(t *testing.T) {
	t.Parallel()
	other := sample
	other.Name, other.Label = "other", "Another"
	r := connector.NewRegistry(sample, other)
	require.Equal(t, []string{"other", "sample"}, []string{r.Kinds()[0].Name, r.Kinds()[1].Name})
	_, err := r.Open(t.Context(), "none", connector.Config{})
	require.ErrorIs(t, err, connector.ErrUnknownKind)
	_, err = r.Open(t.Context(), "sample", connector.Config{})
	var wrong *connector.ConfigError
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, "host", wrong.Findings[0].Parameter)
	require.Equal(t, connector.ClassPolicy, connector.ClassOf(err))
	given := map[string]string{"host": "h"}
	c, err := r.Open(t.Context(), "sample", connector.Config{Parameters: given})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"host": "h", "port": "25"}, c.(opened).parameters)
	require.Equal(t, map[string]string{"host": "h"}, given, "the caller's map is left alone")
	require.Equal(t, sample.Capabilities, connector.CapabilitiesOf(c))
	require.Panics(t, func() { connector.NewRegistry(sample, sample) })
	require.True(t, sample.Secret("password"))
	require.False(t, sample.Secret("host"))
	require.False(t, sample.Can(connector.CanGet))
}

func TestClassOf(t *testing.T) {
	t.Parallel()
	throttled := &connector.Error{Class: connector.ClassThrottled, Op: "list", Message: "slow down", RetryAfter: time.Minute}
	cases := []struct {
		err   error
		class connector.ErrorClass
	}{
		{nil, ""},
		{throttled, connector.ClassThrottled},
		{fmt.Errorf("wrapped: %w", throttled), connector.ClassThrottled},
		{connector.NotFound("get", connector.Key{Name: "x"}), connector.ClassData},
		{connector.ErrExists, connector.ClassData},
		{context.DeadlineExceeded, connector.ClassTransient},
		{&net.OpError{Op: "dial", Err: errors.New("refused")}, connector.ClassUnavailable},
		{errors.New("anything"), connector.ClassTransient},
	}
	for _, c := range cases {
		require.Equal(t, c.class, connector.ClassOf(c.err), "%v", c.err)
	}
	require.Equal(t, time.Minute, connector.RetryAfter(fmt.Errorf("wrapped: %w", throttled)))
	require.Zero(t, connector.RetryAfter(errors.New("anything")))
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	require.EqualError(t, connector.NotFound("get", connector.Key{ID: "7"}), `get: "7": the object does not exist in the system`)
	require.EqualError(t, connector.Exists("create", "x"), `create: "x": an object with this key exists in the system already`)
	require.EqualError(t, &connector.Error{Op: "open", Err: connector.ErrClosed}, "open: the connector is closed")
	require.EqualError(t, connector.Errorf(connector.ClassData, "", "line %d", 3), "line 3")
}

func TestContextError(t *testing.T) {
	t.Parallel()
	require.NoError(t, connector.ContextError(t.Context(), "get"))
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, connector.ContextError(cancelled, "get"), context.Canceled)
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	require.ErrorIs(t, connector.ContextError(late, "get"), context.DeadlineExceeded)
}

func TestRedact(t *testing.T) {
	t.Parallel()
	cause := fmt.Errorf("value S3cret! of S3cret! is bad: %w", connector.ErrNotFound)
	clean := connector.Redact(cause, "S3cret!", "", "is")
	require.EqualError(t, clean, "value *** of *** is bad: "+connector.ErrNotFound.Error())
	require.ErrorIs(t, clean, connector.ErrNotFound)
	require.NoError(t, connector.Redact(nil, "x"))
	require.Same(t, cause, connector.Redact(cause, "other"))
}

func TestPasswordDoesNotPrint(t *testing.T) {
	t.Parallel()
	p := connector.NewPassword("tell-nobody")
	require.Equal(t, "tell-nobody", p.Reveal())
	require.Empty(t, connector.Password{}.Reveal())
	encoded, err := json.Marshal(map[string]any{"p": p})
	require.NoError(t, err)
	for _, text := range []string{
		fmt.Sprint(p), fmt.Sprintf("%v %+v %#v %s %q %x %d", p, p, p, p, p, p, p), fmt.Sprintf("%+v", struct{ P connector.Password }{p}),
		fmt.Sprintf("%+v %#v", struct{ hidden connector.Password }{p}, struct{ hidden connector.Password }{p}), string(encoded),
	} {
		require.NotContains(t, text, "tell-nobody")
		require.NotContains(t, text, "74656c6c")
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	limits := connector.Limits{TaskTimeout: time.Second}
	bound := func(with func(context.Context) (context.Context, context.CancelFunc)) time.Duration {
		ctx, cancel := with(t.Context())
		defer cancel()
		deadline, ok := ctx.Deadline()
		require.True(t, ok)
		return time.Until(deadline).Round(time.Second)
	}
	require.Equal(t, time.Second, bound(limits.Task))
	require.Equal(t, connector.DefaultLongTimeout, bound(limits.Long))
	require.Equal(t, connector.DefaultTaskTimeout, bound(connector.Limits{}.Task))
	require.Equal(t, 2*time.Hour, bound(connector.Limits{LongTimeout: 2 * time.Hour}.Long))
}

func TestSmallParts(t *testing.T) {
	t.Parallel()
	require.Equal(t, connector.DefaultPageSize, connector.ListOptions{}.Size())
	require.Equal(t, 3, connector.ListOptions{PageSize: 3}.Size())
	class := connector.Class{Properties: map[string]string{"a": "1", "b": ""}}
	require.Equal(t, "1", class.Property("a", "x"))
	require.Equal(t, "x", class.Property("b", "x"))
	require.Equal(t, connector.Key{ID: "1", Name: "n"}, connector.Object{ID: "1", Key: "n"}.Ref())
	connector.Config{}.Log().Info("nobody hears this")
}
