# The commands of this checkout. What they need is set up on the way.
.DEFAULT_GOAL := help
.PHONY: help run test lint format lock clean bench
PYTHON := .venv/bin/python
RUFF := .venv/bin/ruff

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

run:  ## start the platform (PORT=8123 make run: on another port)
	@bin/setup run
	@$(PYTHON) manage.py prepare
	@exec $(PYTHON) manage.py serve

test:  ## the whole suite: on SQLite, then the marked tests on a real PostgreSQL
	@bin/setup test
	$(PYTHON) -m pytest -q -n auto --dist loadfile
	$(PYTHON) -m pytest -q -p tests.on_postgres -m postgres

lint:  ## style, types, import order, templates, migrations, deployment files
	@bin/setup test
	$(RUFF) check .
	$(RUFF) format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/djlint --quiet --lint templates
	find templates -name '*.html' -print0 | xargs -0 .venv/bin/djade --target-version 5.2 --check
	$(PYTHON) manage.py makemigrations --check --dry-run
	.venv/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	.venv/bin/hadolint Dockerfile
	$(PYTHON) bin/lint_files.py

bench:  ## what pages, the night and memory cost, on a PostgreSQL of its own (some minutes, on a quiet machine)
	@bin/setup test
	@$(PYTHON) -m bench

format:  ## put code and templates into shape
	@bin/setup test
	$(RUFF) check --fix-only .
	$(RUFF) format .
	find templates -name '*.html' -print0 | xargs -0 .venv/bin/djade --target-version 5.2

lock:  ## renew requirements/*.txt and package-lock.json
	@bin/lock

clean:  ## remove what was built, never the data in var/
	rm -rf .venv node_modules assets staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
