# The habits of this project; `make help` prints them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
export PATH := $(CURDIR)/.tools/bin:$(CURDIR)/.tools/node_modules/.bin:$(PATH)
export CARGO_TERM_COLOR ?= auto

BINARY := target/release/matbang
# What tests and lints build: as the product, but in half the time (see Cargo.toml).
TESTED := --profile tested --locked
# The same with lints: one build serves tests, lints and docs.
LINTED := RUSTC_WORKSPACE_WRAPPER=$(CURDIR)/scripts/linted.sh
LISTEN ?= 127.0.0.1:8080
DATA ?= data/matbang.gpkg

.PHONY: help run build web test test-build test-rust test-web test-browser check check-rust check-web licences bench bench-peers demo fmt docs description screens setup setup-test setup-bench advisories conformance package package-check

help: ## print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

setup: ## install what building and running need (apt, npm; sudo when not root)
	@scripts/setup.sh run

setup-test: ## install what the tests need besides, Chromium included
	@scripts/setup.sh test

setup-bench: ## install what measuring needs besides
	@scripts/setup.sh bench

run: build ## build, fill an empty store with the demo, serve it
	@test -e $(DATA) || $(BINARY) --data $(DATA) demo
	@$(BINARY) --data $(DATA) serve --listen $(LISTEN)

build: setup web ## leave target/release/matbang, the web app inside
	@scripts/build.sh

web: web/dist/index.html

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(shell find web/src web/public web/scripts web/index.html web/vite.config.ts data/palette.json -type f 2>/dev/null)
	@cd web && npm run --silent build
	@touch $@

demo: build ## fill an empty store with the illustrative province
	@$(BINARY) --data $(DATA) demo

test: setup ## run every test: Rust, web, browser
	@# What only the tests need comes while they are compiled.
	@$(MAKE) --no-print-directory -j2 setup-test test-build
	@$(MAKE) --no-print-directory test-rust test-web test-browser
	@echo "all tests passed"

test-build: web
	@$(LINTED) cargo test $(TESTED) --all-targets --no-run

test-rust: test-build
	@$(LINTED) scripts/test.sh

test-web: web
	@cd web && npm test

test-browser: test-build
	@cd web && MATBANG_BIN=$(CURDIR)/target/tested/matbang npm run test:browser

check: setup-test check-rust check-web advisories ## format, lints, docs, web linters, advisories; licences are a test

check-rust: test-build
	@cargo fmt --check
	@log=$$(mktemp); $(LINTED) RUSTDOC=$(CURDIR)/scripts/documented.sh cargo test $(TESTED) --doc --quiet >$$log 2>&1 \
		&& echo "documentation written to target/doc" || { cat $$log; exit 1; }

licences: ## have cargo-deny look at licences as well (tests/licences.rs does without)
	@scripts/licences.sh

description: test-build ## write data/openapi.json anew from the types
	@target/tested/matbang openapi >data/openapi.json

advisories: ## look up known faults of the crates, where the database is within reach
	@scripts/advisories.sh

conformance: build ## run OGC's own suites; SUITES names the folder of their jars (docs/standards.md)
	@scripts/conformance.py $(BINARY) "$(SUITES)"

package: build ## leave target/package/matbang_….deb, with its list of components
	@scripts/package.sh $(BINARY)

package-check: ## install the package in a clean Debian, run it there, remove it (root; debootstrap)
	@scripts/package-check.sh

fuzz: ## give each target of fuzz/ inputs of a fuzzer's making; TIME=600 seconds each
	@scripts/fuzz.sh $(or $(TIME),60)

check-web: web
	@cd web && npm run --silent check

bench: setup-bench web ## measure: criterion benches, one million parcels over HTTP, a crowd of writers and listeners
	@cargo bench --bench reads
	@cargo bench --bench million
	@cargo bench --bench past
	@cargo bench --bench crowd
	@cargo bench --bench cluster
	@cargo bench --bench exports

bench-peers: setup-bench ## measure tiles beside martin on PostGIS (MARTIN: its program; benches/peers.rs tells how to get it)
	@cargo bench --bench peers

screens: build setup-test ## take the pictures of docs/screens
	@cd web && MATBANG_BIN=$(CURDIR)/$(BINARY) node scripts/screens.mjs

fmt: web/node_modules/.package-lock.json ## format Rust and web
	@cargo fmt
	@cd web && npm run --silent format

docs: ## build and open the documentation of the code
	@cargo doc --release --no-deps --open
