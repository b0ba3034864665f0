# Commands for developers. They use the programs in .venv if there is one.
BIN := $(if $(wildcard .venv/bin/python),.venv/bin/)
PYTEST := $(BIN)pytest -n logical --dist worksteal

.PHONY: help install quick check test rules pages site coverage fuzz ci

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## Create .venv with everything that development needs
	python3 -m venv .venv
	.venv/bin/pip install --quiet -e '.[dev]'

quick: check ## What to run while you work: check, unit tests, tests of architecture, language and documents; two minutes on two cores
	$(PYTEST) --hypothesis-profile dev tests/unit tests/project tests/test_architecture.py tests/test_language.py tests/test_docs.py

check: ## Run ruff, the import contracts and mypy
	$(BIN)ruff check
	$(BIN)ruff format --check
	$(BIN)lint-imports --no-logo
	$(BIN)mypy

test: ## Run all tests, as the command in the README does
	$(PYTEST)

rules: ## Run the tests of the rules: their cases, documentation and files
	$(PYTEST) tests/integration/audit tests/unit/audit tests/acceptance/test_rules.py

pages: ## Write the pages that are made from the code: docs/rules, docs/reference, share
	$(BIN)python -m tests.write_rule_pages
	$(BIN)python -m tests.documentation.reference
	$(BIN)python -m tests.documentation.man_page
	$(BIN)python -m tests.documentation.completion_files

site: ## Build the documentation as a site, build/site/html; a broken link is an error
	$(BIN)python -m tests.documentation.site

coverage: ## Run all tests but the attacks, and fail below 90 % coverage; also measures the processes they start
	$(PYTEST) -m "not hostile and not fuzz" --cov --cov-report=term:skip-covered

fuzz: ## Read 100,000 random documents; needs the extra "fuzz"
	$(BIN)python -m tests.fuzz --runs 100000

ci: ## Run everything that CI runs
	bash .ci/run
