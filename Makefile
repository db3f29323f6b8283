# Everything a checkout needs. Only Python 3.11 or newer and make have to be there.

VENV := .venv
RUN := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed

PORT ?= 8000
HISTORY ?=
ARGS ?=
WORKERS ?= 2

# The embedded Redis comes as a wheel for 3.11 and 3.12, so those are tried first.
PYTHONS := $(if $(PYTHON),$(PYTHON),python3.12 python3.11 python3 python3.13 python3.14)

# One tool for the lock file, never a Python of its own.
UV := $(RUN) -m uv --no-progress
export UV_PYTHON_DOWNLOADS := never
# Trust whom this machine trusts, where it keeps a list of its own.
export UV_SYSTEM_CERTS := $(if $(wildcard /etc/ssl/certs/ca-certificates.crt \
	/etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem),true,false)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Images often set it; each of the many processes of a suite or a demo would then compile anew all
# that it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo stop test gallery bench lint format lock

help: ## Show what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Install everything into .venv, as the lock file says

demo: $(INSTALLED) ## Run the demo: PORT=8000, HISTORY=file.csv for purchases of one's own
	@exec $(RUN) manage.py up --demo --port $(PORT) $(if $(HISTORY),--history "$(HISTORY)") $(ARGS)

stop: $(INSTALLED) ## Stop embedded services that something has left running
	@$(RUN) -m procurement.core.embedded stop

test: $(INSTALLED) ## Run all tests: ARGS="tests/core -x", WORKERS=2
	$(RUN) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

gallery: $(INSTALLED) ## Take pictures of every page, wide and narrow, by day and by night
	GALLERY=.local/gallery $(RUN) -m pytest -n $(WORKERS) tests/e2e
	@echo "Open .local/gallery/index.html"

bench: $(INSTALLED) ## Measure submits, and groups at the size of a large company: ARGS="hierarchy"
	@$(RUN) -m tests.bench $(ARGS)

lint: $(INSTALLED) ## Check style, types, the floors of the house and missing migrations
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy .
	$(VENV)/bin/lint-imports
	$(RUN) manage.py makemigrations --check --dry-run

format: $(INSTALLED) ## Format the code and mend what can be mended by itself
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

lock: $(INSTALLED) ## Resolve pyproject.toml anew into requirements.lock
	$(UV) pip compile --quiet --universal --generate-hashes --no-annotate --python-version 3.11 \
		--upgrade --group dev --custom-compile-command "make lock" -o requirements.lock pyproject.toml

$(INSTALLED): requirements.lock | $(RUN)
	@$(RUN) -m uv --version >/dev/null 2>&1 || $(RUN) -m pip install --quiet uv
	$(UV) pip sync --quiet --python $(RUN) requirements.lock
	@touch $@

$(RUN):
	@for python in $(PYTHONS); do \
		if $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' \
			>/dev/null 2>&1; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "This needs Python 3.11 to 3.14; $$(python3 --version 2>&1 || echo none) was found." >&2; \
		echo "Install one, or name one: make $(or $(MAKECMDGOALS),install) PYTHON=/path/to/python" >&2; \
		exit 1; \
	fi; \
	echo "Making $(VENV) with $$($$found --version)"; \
	$$found -m venv $(VENV) || { \
		rm -rf $(VENV); \
		echo "Python's venv module is not whole; on Debian and Ubuntu: apt-get install python3-venv" >&2; \
		exit 1; \
	}
