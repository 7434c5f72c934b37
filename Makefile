# Provost: every task of a day has a target here. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Builds never change go.mod by themselves; in CI nobody may ask for anything else.
ifdef CI
override GOFLAGS := -mod=readonly
else
GOFLAGS ?= -mod=readonly
endif
export GOFLAGS

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  = -s -w -X provost/internal/cli.Version=$(VERSION)

# Modules with code of ours. tools/ has none: it only pins what bin/tools is built from.
MODULES   := . embedded
TOOLS     := bin/tools
GOTEST     = $(CURDIR)/$(TOOLS)/gotestsum --format pkgname-and-test-fails --hide-summary=skipped
TESTFLAGS ?= -timeout=30m
FUZZTIME  ?= 10s
SOAK_FOR  ?= 2h
SOAK_ROUNDS ?= 0

# ---------------------------------------------------------------- everyday

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} sub(/^# -+ /, "") {print "\n" $$0} /^[a-z0-9-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: deps build ## from a fresh machine to a running platform with sample data
	bin/provost dev

.PHONY: dev
dev: deps build ui/node_modules/.stamp ## the platform, and the console with hot reload in front of it
	@trap 'kill $$(jobs -p) 2>/dev/null || true; wait' EXIT; \
	bin/provost dev & \
	npm --prefix ui run dev

.PHONY: deps
deps: ## install what is missing of PostgreSQL, slapd and Chromium; check Go and Node
	@bash make/deps.sh

.PHONY: clean
clean: ## remove what was built (data of the platform stays)
	rm -rf bin ui/node_modules
	find ui/dist -mindepth 1 ! -name .gitkeep -delete

# ---------------------------------------------------------------- build

.PHONY: build
build: ui core full ## the console and both binaries

.PHONY: core
core: ## bin/provost-core: without embedded servers, for images
	go build -trimpath -ldflags "$(LDFLAGS)" -o bin/provost-core ./cmd/provost-core

# The console is embedded, so it is built first; the go command rebuilds only what changed.
.PHONY: full
full: ui ## bin/provost: the same with the embedded Temporal server and its UI
	cd embedded && go build -trimpath -ldflags "$(LDFLAGS)" -o ../bin/provost ./cmd/provost

.PHONY: ui
ui: ui/dist/index.html ## the console, into ui/dist

UI_SOURCES := $(shell find ui -maxdepth 1 -type f) $(shell find ui/src ui/public ui/scripts -type f 2>/dev/null)

# Vite leaves the folder as it is, because .gitkeep lets `go build` work before the first
# `make ui`; files of an earlier build would be embedded as well, so they go first.
ui/dist/index.html: $(UI_SOURCES) ui/node_modules/.stamp
	mkdir -p ui/dist
	find ui/dist -mindepth 1 ! -name .gitkeep -delete
	npm --prefix ui run build
	touch ui/dist/.gitkeep ui/dist/index.html

# None of the packages needs its install script, so none gets to run one.
ui/node_modules/.stamp: ui/package.json ui/package-lock.json
	npm --prefix ui ci --ignore-scripts --no-audit --no-fund
	touch $@

core: ui

.PHONY: image
image: ## the container image of bin/provost-core (needs a container engine)
	docker build --build-arg VERSION=$(VERSION) -t provost:$(VERSION) .

# ---------------------------------------------------------------- generated code

.PHONY: generate
generate: $(TOOLS)/sqlc ui/node_modules/.stamp ## queries from SQL, the OpenAPI document, its types for the console
	$(TOOLS)/sqlc generate -f internal/store/sqlc.yaml
	PROVOST_UPDATE_GOLDEN=1 go test -count=1 -run '^TestOpenAPIGolden$$' ./api
	npm --prefix ui run types

GENERATED := internal/store/db api/openapi.json ui/src/api/api.gen.ts

.PHONY: verify
verify: generate ## fail when generated files are not up to date
	git diff --exit-code -- $(GENERATED)
	@untracked=$$(git ls-files --others --exclude-standard -- $(GENERATED)); \
	if [ -n "$$untracked" ]; then echo "generated but not committed: $$untracked"; exit 1; fi

# ---------------------------------------------------------------- checks and tests

.PHONY: lint
lint: lint-go lint-ui ## golangci-lint, workflowcheck, oxlint and the TypeScript compiler

.PHONY: lint-go
lint-go: $(TOOLS)/golangci-lint $(TOOLS)/workflowcheck
	@for module in $(MODULES); do \
		echo "golangci-lint $$module"; \
		(cd $$module && $(CURDIR)/$(TOOLS)/golangci-lint run --config $(CURDIR)/.golangci.yml ./...); \
	done
	$(TOOLS)/workflowcheck $(if $(wildcard workflows/workflowcheck.yaml),-config workflows/workflowcheck.yaml) ./workflows/...

.PHONY: lint-ui
lint-ui: ui/node_modules/.stamp
	npm --prefix ui run lint

REPORTS := bin/reports

.PHONY: test
test: deps build test-ui test-go e2e ## from a fresh machine to all tests passed
	@awk -f make/tally.awk $(REPORTS)/*.xml

.PHONY: test-go
test-go: build $(TOOLS)/gotestsum ## Go tests of all modules, with the real servers; the longest package begins first; one more package than processors, for most wait for servers
	@mkdir -p $(REPORTS)
	@for module in $(MODULES); do \
		report=$(CURDIR)/$(REPORTS)/go-$$(basename $$(realpath $$module)).xml; \
		(cd $$module && $(GOTEST) --junitfile $$report -- -p $$(( $$(nproc) + 1 )) $(TESTFLAGS) $$(ls -d ./worker 2>/dev/null) ./...); \
	done

# The packages whose rules decide; how much of each the tests of all packages run.
DOMAIN := identity entitlement account provision synctask run metadata parameter object mapping filter audit secret
comma  := ,
empty  :=

.PHONY: cover
cover: full ## how much of the domain packages all Go tests run
	@mkdir -p $(REPORTS)
	go test $(TESTFLAGS) -coverpkg=$(subst $(empty) ,$(comma),$(DOMAIN:%=./internal/%/...)) \
		-coverprofile=$(REPORTS)/cover.out ./... | grep -v '^ok\|no test files\|no statements\|coverage: 0.0%' || [ $${PIPESTATUS[0]} -eq 0 ]
	@awk -f make/cover.awk $(REPORTS)/cover.out

.PHONY: test-ui
test-ui: ui/node_modules/.stamp ## unit tests of the console
	@mkdir -p $(REPORTS)
	npm --prefix ui run test -- --reporter=default --reporter=junit --outputFile.junit=$(CURDIR)/$(REPORTS)/ui.xml

.PHONY: e2e
e2e: build ui/node_modules/.stamp ## browser tests against bin/provost
	@mkdir -p $(REPORTS)
	PLAYWRIGHT_JUNIT_OUTPUT_FILE=$(CURDIR)/$(REPORTS)/e2e.xml npm --prefix ui run e2e -- --reporter=list,junit

.PHONY: test-race
test-race: ## Go tests under the race detector (needs gcc)
	@for module in $(MODULES); do (cd $$module && go test -race $(TESTFLAGS) ./...); done

.PHONY: test-connectors
test-connectors: deps ## connectors against the real servers, never from the cache
	go test -count=1 $(TESTFLAGS) ./internal/connector/...

.PHONY: replay
replay: ## recorded workflow histories against today's code
	go test -count=1 -run Replay ./workflows/...

.PHONY: fuzz-smoke
fuzz-smoke: ## each fuzz target for FUZZTIME (10s)
	@grep -rHo --include='*_test.go' --exclude-dir=node_modules '^func Fuzz[A-Za-z0-9_]*' * | \
	while IFS=: read -r file declaration; do \
		target=$${declaration#func }; \
		echo "$$target in $$(dirname $$file)"; \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) ./$$(dirname $$file); \
	done

.PHONY: bench
bench: ## benchmarks of all modules
	@for module in $(MODULES); do (cd $$module && go test -run '^$$' -bench . -benchmem ./...); done

.PHONY: soak-faults
soak-faults: full ## every fault in every round, for SOAK_FOR (2h) or SOAK_ROUNDS, from the last checkpoint
	PROVOST_SOAK_FOR=$(SOAK_FOR) PROVOST_SOAK_ROUNDS=$(SOAK_ROUNDS) PROVOST_SOAK_DIR=$(CURDIR)/bin/soak/faults \
		go test -tags soak -count=1 -timeout 0 -v -run '^TestSoakFaults$$' ./worker

.PHONY: soak-sync
soak-sync: full ## changes upon changes, for SOAK_FOR (2h) or SOAK_ROUNDS, from the last checkpoint
	PROVOST_SOAK_FOR=$(SOAK_FOR) PROVOST_SOAK_ROUNDS=$(SOAK_ROUNDS) PROVOST_SOAK_DIR=$(CURDIR)/bin/soak/sync \
		go test -tags soak -count=1 -timeout 0 -v -run '^TestSoakSync$$' ./worker

# ---------------------------------------------------------------- operation

.PHONY: migrate
migrate: core ## bring the schema of PROVOST_DATABASE_URL up to date
	bin/provost-core migrate up

# ---------------------------------------------------------------- tools

$(TOOLS)/golangci-lint: PACKAGE = github.com/golangci/golangci-lint/v2/cmd/golangci-lint
$(TOOLS)/gotestsum:     PACKAGE = gotest.tools/gotestsum
$(TOOLS)/sqlc:          PACKAGE = github.com/sqlc-dev/sqlc/cmd/sqlc
$(TOOLS)/workflowcheck: PACKAGE = go.temporal.io/sdk/contrib/tools/workflowcheck

.PHONY: tools
tools: $(addprefix $(TOOLS)/,golangci-lint gotestsum sqlc workflowcheck) ## build the pinned tools into bin/tools

$(TOOLS)/golangci-lint $(TOOLS)/gotestsum $(TOOLS)/sqlc $(TOOLS)/workflowcheck: tools/go.mod tools/go.sum
	go -C tools build -o $(CURDIR)/$@ $(PACKAGE)
	@touch $@
