# `make test` installs what the tests need and runs all of them; the other targets are its parts.

TARGET ?= target
TOOLS := $(abspath $(TARGET))/tools
# The reference engine, for the tests that compare answers.
OPA_VERSION := v1.20.2
SHELL := /bin/bash

.PHONY: test lint packages tools bench

test: packages tools
	./tests.sh

# A C compiler is all that building needs besides Rust.
packages:
	@command -v cc >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends build-essential; }

# What can be had is installed; what cannot is said by the tests that do without it.
tools:
	@if [ -x $(TOOLS)/opa ]; then :; \
	elif command -v go >/dev/null; then mkdir -p $(TOOLS) && GOBIN=$(TOOLS) go install github.com/open-policy-agent/opa@$(OPA_VERSION); \
	else echo "left out: opa $(OPA_VERSION) (no Go here to install it with)"; fi

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --document-private-items

# What is measured, and how: docs/performance.md.
bench: tools
	cargo bench -p plumbline-core --bench parse
	@[ -x $(TOOLS)/opa ] && export PLUMBLINE_OPA=$(TOOLS)/opa; cargo bench -p plumbline-rego --bench shapes
