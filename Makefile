# `make test` installs what the tests need and runs all of them; the other targets are its parts.

TARGET ?= target
TOOLS := $(abspath $(TARGET))/tools
# The reference engine, for the tests that compare answers.
OPA_VERSION := v1.20.2
SHELL := /bin/bash

# Other tools to measure beside, each at one version.
PEERS := $(abspath $(TARGET))/peers
PEERS_IN_GO := \
	github.com/open-policy-agent/opa@$(OPA_VERSION) \
	github.com/open-policy-agent/conftest@v0.71.1 \
	github.com/open-policy-agent/gatekeeper/v3/cmd/gator@v3.23.1 \
	golang.stackrox.io/kube-linter/cmd/kube-linter@v0.7.6
CHECKOV_VERSION := 3.3.30

.PHONY: test lint packages tools kube fuzz bench bench-rego peers

test: packages tools kube
	./tests.sh

# A C compiler is all that building needs besides Rust. The tests of the store run on PostgreSQL, too, where it can be had.
packages:
	@command -v cc >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends build-essential; }
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || ! command -v apt-get >/dev/null \
		|| { apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql; } \
		|| echo "left out: PostgreSQL (it could not be installed)"

# What can be had is installed; what cannot is said by the tests that do without it.
tools:
	@if [ -x $(TOOLS)/opa ]; then :; \
	elif command -v go >/dev/null; then mkdir -p $(TOOLS) && GOBIN=$(TOOLS) go install github.com/open-policy-agent/opa@$(OPA_VERSION); \
	else echo "left out: opa $(OPA_VERSION) (no Go here to install it with)"; fi

# A real API server, for the tests of the webhook: built from source, at the versions of testdata/kube-apiserver/go.sum.
# Its store is etcd, which is a package of Debian.
KUBE_APISERVER := testdata/kube-apiserver
kube:
	@if [ -x $(TOOLS)/kube-apiserver ]; then :; \
	elif ! command -v go >/dev/null; then echo "left out: kube-apiserver (no Go here to build it with)"; \
	else mkdir -p $(TOOLS) && cd $(KUBE_APISERVER) && go build -trimpath -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=v1.36.3" -o $(TOOLS)/kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver; fi
	@if command -v etcd >/dev/null; then :; \
	elif command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -y -qq --no-install-recommends etcd-server; \
	else echo "left out: etcd (no apt-get here to install it with)"; fi

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --document-private-items

# Files with mistakes in them, for as long as it is told.
SECONDS ?= 300
fuzz:
	PLUMBLINE_FUZZ_SECONDS=$(SECONDS) cargo test -p plumbline --locked --test it mutation -- --nocapture

# What is measured, and how: docs/performance.md.
bench:
	cargo bench -p plumbline-core --bench parse
	@[ -d $(PEERS) ] && export PLUMBLINE_PEERS=$(PEERS); cargo bench -p plumbline --bench check

# The engine alone, on policies of typical shapes.
bench-rego: tools
	@[ -x $(TOOLS)/opa ] && export PLUMBLINE_OPA=$(TOOLS)/opa; cargo bench -p plumbline-rego --bench shapes

# Each by its ordinary client. One that cannot be had is said, and the others are installed all the same.
peers:
	@mkdir -p $(PEERS)/bin
	@for tool in $(PEERS_IN_GO); do \
		name=$$(basename $${tool%@*}); \
		if [ -x $(PEERS)/bin/$$name ]; then :; \
		elif ! command -v go >/dev/null; then echo "left out: $$name (no Go here to install it with)"; \
		elif GOBIN=$(PEERS)/bin go install $$tool 2>$(PEERS)/$$name.log; then echo "installed: $$tool"; \
		else echo "left out: $$tool ($$(tail -n 1 $(PEERS)/$$name.log))"; fi; \
	done
	@if [ -x $(PEERS)/venv/bin/checkov ]; then :; \
	elif python3 -m venv $(PEERS)/venv 2>$(PEERS)/checkov.log \
		&& $(PEERS)/venv/bin/pip install -q checkov==$(CHECKOV_VERSION) 2>$(PEERS)/checkov.log; then echo "installed: checkov $(CHECKOV_VERSION)"; \
	else echo "left out: checkov $(CHECKOV_VERSION) ($$(tail -n 1 $(PEERS)/checkov.log))"; fi
