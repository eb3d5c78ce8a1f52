# Every verb of the project; `make` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory

.PHONY: help
help: ## List the verbs
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' \
	  $(MAKEFILE_LIST)

.PHONY: install
install: ## Install what building and testing need, and only what is missing
	@scripts/install-packages

.PHONY: build
build: install ## Build the program, in release mode
	swift build -c release --product higgs

.PHONY: test
test: ## Build and test everything, on PostgreSQL servers of its own
	@command -v python3 >/dev/null || scripts/install-packages
	@scripts/test

.PHONY: test-quick
test-quick: ## The same without PostgreSQL 18 and without slow suites
	@command -v python3 >/dev/null || scripts/install-packages
	@scripts/test --quick

.PHONY: check
check: install ## Check the forms of Swift, bash and SQL, and the limits of length
	@scripts/check

.PHONY: format
format: ## Format the Swift sources
	swift format --in-place --parallel --recursive Package.swift Sources Tests bench

.PHONY: generate
generate: install ## Make setup.sql, schema.sql and the object pages from the migrations
	@scripts/generate

.PHONY: bench-ledger
bench-ledger: install ## Measure the ledger; results go to bench/results/ledger.md
	@bench/ledger/run

.PHONY: clean
clean: ## Remove what was built; the tools in .venv stay
	rm -rf .build .run
