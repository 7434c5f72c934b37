package repo_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// composeFile is the part of docker-compose.yml that the tests look at.
type composeFile struct {
	Services map[string]service `yaml:"services"`
	Volumes  map[string]any     `yaml:"volumes"`
}

type service struct {
	Image       string                `yaml:"image"`
	Build       map[string]any        `yaml:"build"`
	Command     any                   `yaml:"command"`
	Environment map[string]string     `yaml:"environment"`
	Ports       []string              `yaml:"ports"`
	Volumes     []string              `yaml:"volumes"`
	DependsOn   map[string]dependency `yaml:"depends_on"`
	Privileged  bool                  `yaml:"privileged"`
	NetworkMode string                `yaml:"network_mode"`
}

type dependency struct {
	Condition string `yaml:"condition"`
}

func readCompose(t *testing.T) composeFile {
	t.Helper()
	var file composeFile
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "docker-compose.yml")), &file))
	return file
}

func TestComposeHasItsServices(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		"api", "mail", "migrate", "openldap", "postgres", "temporal", "temporal-namespace", "temporal-schema", "temporal-ui", "worker",
	}, slices.Sorted(maps.Keys(readCompose(t).Services)))
}

func TestComposeReferencesExist(t *testing.T) {
	t.Parallel()
	file := readCompose(t)
	for name, s := range file.Services {
		for other, d := range s.DependsOn {
			require.Contains(t, file.Services, other, "%s waits for %s", name, other)
			require.Contains(t, []string{"service_healthy", "service_started", "service_completed_successfully"}, d.Condition)
		}
		for _, mount := range s.Volumes {
			volume, _, _ := strings.Cut(mount, ":")
			require.Contains(t, file.Volumes, volume, "%s mounts %s", name, mount)
		}
		require.False(t, s.Privileged, name)
		require.Empty(t, s.NetworkMode, name)
	}
}

func TestComposePublishesOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for name, s := range readCompose(t).Services {
		for _, port := range s.Ports {
			require.Regexp(t, `^127\.0\.0\.1:\d+:\d+$`, port, name)
			host := strings.Split(port, ":")[1]
			require.Empty(t, seen[host], "%s and %s publish port %s", name, seen[host], host)
			seen[host] = name
		}
	}
	require.NotEmpty(t, seen)
}

func TestComposeVersionsAgreeWithTheModules(t *testing.T) {
	t.Parallel()
	file, embedded := readCompose(t), readModule(t, "embedded/go.mod")
	version := func(module string) string {
		require.Contains(t, embedded.requires, module)
		return strings.TrimPrefix(embedded.requires[module], "v")
	}
	server, console := version("go.temporal.io/server"), version("github.com/temporalio/ui-server/v2")
	require.Equal(t, "temporalio/server:"+server, file.Services["temporal"].Image)
	require.Equal(t, "temporalio/admin-tools:"+server, file.Services["temporal-schema"].Image)
	require.Equal(t, "temporalio/admin-tools:"+server, file.Services["temporal-namespace"].Image)
	require.Equal(t, "temporalio/ui:"+console, file.Services["temporal-ui"].Image)
	for name, s := range file.Services {
		if s.Build == nil {
			requirePinned(t, s.Image)
			continue
		}
		require.Equal(t, "provost:development", s.Image, name)
	}
}

// A password stands in the file only as the default of a variable, and says what it is.
func TestComposeHoldsNoSecret(t *testing.T) {
	t.Parallel()
	secretName := regexp.MustCompile(`PASSWORD|PWD|SECRET|TOKEN|_KEY$`)
	fromVariable := regexp.MustCompile(`^\$\{PROVOST_[A-Z_]+:-development-only\}$`)
	inAddress := regexp.MustCompile(`://[^:/@]*:([^@]*)@`)
	checked := 0
	for name, s := range readCompose(t).Services {
		for key, value := range s.Environment {
			if secretName.MatchString(key) {
				require.Regexp(t, fromVariable, value, "%s of %s", key, name)
				checked++
			}
			if found := inAddress.FindStringSubmatch(value); found != nil {
				require.Regexp(t, fromVariable, found[1], "%s of %s", key, name)
				checked++
			}
		}
	}
	require.GreaterOrEqual(t, checked, 7)
}

func TestComposeRunsTheCommandsOfTheContract(t *testing.T) {
	t.Parallel()
	services := readCompose(t).Services
	for name, command := range map[string][]any{"migrate": {"migrate", "up"}, "api": {"api"}, "worker": {"worker"}} {
		s := services[name]
		require.Equal(t, command, s.Command, name)
		require.NotNil(t, s.Build, name)
		require.Equal(t, "temporal:7233", s.Environment["PROVOST_TEMPORAL_ADDRESS"], name)
	}
	require.Contains(t, services["worker"].DependsOn, "migrate")
	require.Contains(t, services["api"].DependsOn, "temporal-namespace")
}
