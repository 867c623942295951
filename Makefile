# The commands of this checkout. What they need is set up on the way.
.DEFAULT_GOAL := help
.PHONY: help run test lint format messages lock clean bench audit screenshots
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
	$(PYTHON) -m pytest -q -n auto --dist loadfile --no-loadscope-reorder
	$(PYTHON) -m pytest -q -p tests.on_postgres -m postgres -n auto --dist loadfile --no-loadscope-reorder

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

audit:  ## Lighthouse on the busiest pages, axe on every page of every role (half an hour; one of them: PARTS=lighthouse)
	@bin/setup test
	@$(PYTHON) manage.py collectstatic --noinput --verbosity 0
	@$(PYTHON) -m audit $(PARTS)

screenshots:  ## the pictures of the user guide, from a demo of its own
	@bin/setup test
	@$(PYTHON) manage.py collectstatic --noinput --verbosity 0
	@$(PYTHON) -m audit.screenshots

format:  ## put code and templates into shape
	@bin/setup test
	$(RUFF) check --fix-only .
	$(RUFF) format .
	find templates -name '*.html' -print0 | xargs -0 .venv/bin/djade --target-version 5.2

messages:  ## bring the English catalogue up to date with the sources (bin/catalogues.py todo ROOM: what is missing)
	@bin/setup test
	@$(PYTHON) bin/catalogues.py extract
	@$(PYTHON) bin/catalogues.py compile
	@$(PYTHON) bin/catalogues.py count

lock:  ## renew requirements/*.txt and package-lock.json
	@bin/lock

clean:  ## remove what was built, never the data in var/
	rm -rf .venv node_modules audit/node_modules audit/seeded assets staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
