# The two commands are `make report` and `make test`; each makes the environment it needs.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
SCHOOL ?= quzhou-zhongzhuan
YEAR ?= 2021
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: report test test-long coverage mutants lint lab bench check fuzz licences extract many lock clean

report: $(VENV)/.main
	$(BIN)/qzanalysis render --school $(SCHOOL) --year $(YEAR)

check: $(VENV)/.main
	$(BIN)/qzanalysis check --school $(SCHOOL) --year $(YEAR)

test: $(VENV)/.test
	$(BIN)/python -m pytest -m "not long"

test-long: $(VENV)/.test
	$(BIN)/python -m pytest -m long

# Fails where the ordinary tests run less than 95 % of the package's lines.
coverage: $(VENV)/.test
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run -m pytest -m "not long"
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report --fail-under 95

# See docs/mutants.md for the survivors that cannot be killed.
mutants: $(VENV)/.test
	$(BIN)/python -m benchmarks.mutants

# Twenty times the cases of an ordinary test run, and more kills.
fuzz: $(VENV)/.test
	QZANALYSIS_FUZZ=20 QZANALYSIS_KILLS=200 $(BIN)/python -m pytest \
		tests/test_fuzz.py tests/intake/test_intake_fuzz.py \
		tests/intake/test_extraction_fuzz.py tests/crash

licences: $(VENV)/.test $(VENV)/.lab $(VENV)/.extract
	$(BIN)/python requirements/licences.py

lint: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lab: $(VENV)/.lab
	$(BIN)/jupyter lab notebooks

bench: $(VENV)/.test
	$(BIN)/python -m benchmarks

# The project's own code is linked, not copied: edits work at once.
$(VENV)/.main: requirements/main.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) --require-hashes --requirement requirements/main.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.main
	$(INSTALL) --require-hashes --requirement requirements/test.txt
	touch $@

extract: $(VENV)/.extract

$(VENV)/.extract: requirements/extract.txt $(VENV)/.main
	$(INSTALL) --require-hashes --requirement requirements/extract.txt
	touch $@

many: $(VENV)/.many

$(VENV)/.many: requirements/many.txt $(VENV)/.main
	$(INSTALL) --require-hashes --requirement requirements/many.txt
	touch $@

$(VENV)/.lab: requirements/lab.txt $(VENV)/.main
	$(INSTALL) --require-hashes --requirement requirements/lab.txt
	touch $@

# Needs uv. Main first: the others agree with it.
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate pyproject.toml requirements/build.in
lock:
	$(COMPILE) --output-file requirements/main.txt
	$(COMPILE) --extra test --constraint requirements/main.txt --output-file requirements/test.txt
	$(COMPILE) --extra extract --constraint requirements/main.txt --output-file requirements/extract.txt
	$(COMPILE) --extra panel --extra cluster --constraint requirements/main.txt --output-file requirements/many.txt
	$(COMPILE) --extra lab --constraint requirements/main.txt --output-file requirements/lab.txt

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis
