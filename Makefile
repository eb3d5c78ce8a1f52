# Every verb of the project; `make` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory

# PORT may come from the environment, too; a HOST there is the shell's or another tool's, so only
# `make run HOST=0.0.0.0` counts.
ifeq ($(origin HOST),command line)
for-run := HIGGS_RUN_HOST=$(HOST)
endif

.PHONY: help
help: ## List the verbs
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' \
	  $(MAKEFILE_LIST)

.PHONY: install
install: ## Install what building and testing need, and only what is missing
	@scripts/install-packages

.PHONY: run
run: ## Build and run all of it, on a PostgreSQL of its own; PORT=3000
	@command -v python3 >/dev/null || scripts/install-packages run
	@$(for-run) scripts/run

.PHONY: stop
stop: ## End what `make run` has started, from any terminal
	@scripts/run stop

.PHONY: reset
reset: ## End it and remove its database and its keys; the next run begins anew
	@scripts/run reset

.PHONY: psql
psql: ## Look into the database of `make run`
	@test -r .run/database-url || { echo "Nothing has run here yet: make run" >&2; exit 1; }
	@psql "$$(cat .run/database-url)"

.PHONY: build
build: ## Build everything in release mode, as `make run` and `make test` do
	@scripts/install-packages build
	@scripts/run build

.PHONY: test
test: ## Build and test everything, on PostgreSQL servers of its own
	@command -v python3 >/dev/null || scripts/install-packages
	@scripts/test

.PHONY: test-containers
test-containers: install build ## Build the images, bring compose up, kill, restore: as root, by podman
	@.venv/bin/python Tests/Containers/containers.py

.PHONY: test-quick
test-quick: ## The same without PostgreSQL 18, containers and slow suites
	@command -v python3 >/dev/null || scripts/install-packages
	@scripts/test --quick

.PHONY: test-chart
test-chart: install ## Test the Helm chart: no cluster is needed
	@scripts/run-chart-tests

.PHONY: check
check: install ## Check the forms of Swift, bash and SQL, and the limits of length
	@scripts/check

.PHONY: format
format: ## Format the Swift sources
	swift format --in-place --parallel --recursive Package.swift Sources Tests bench

.PHONY: generate
generate: install ## Make setup.sql, schema.sql, the object pages, configuration.md, .env.example
	@scripts/run build
	@scripts/generate
	@scripts/generate-chart-readme

.PHONY: bench-ledger
bench-ledger: install ## Measure the ledger; results go to bench/results/ledger.md
	@bench/ledger/run

.PHONY: bench-tables
bench-tables: install ## Measure live tables; results go to bench/results/tables.md
	@bench/tables/run

.PHONY: clean
clean: ## Remove what was built; tools in .venv and the data of `make run` stay (make reset)
	rm -rf .build .run/test
