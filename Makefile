# Everything a machine needs, and the commands that people and CI use.
# make demo  sets everything up and runs the main job; make test sets up and runs all checks.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo test run translations lint bench setup system networks clean
NETWORKS := $(VENV)/.networks

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(MAKE) system
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	touch $@

# Shared libraries of Qt and OpenCV, which wheels do not carry. Only where apt is there and we may.
system:
	@sh tools/system_packages.sh

# The neural methods' libraries: about 7 GB. The tests need them, the embedded backends do not.
networks: $(NETWORKS)

$(NETWORKS): $(STAMP)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[networks]'
	touch $@

# Without the networks: make setup, then .venv/bin/strokeflow demo --backend embedded
demo: networks
	$(BIN)/strokeflow demo

run: setup
	$(BIN)/strokeflow

# Finds new texts of the window and makes what it reads; translate the .ts file in between.
translations: setup
	$(BIN)/pyside6-lupdate -no-obsolete -locations none $(shell find annotator/ui -name "*.py" | sort) \
		-ts resources/i18n/strokeflow_zh_CN.ts
	$(BIN)/pyside6-lrelease resources/i18n/strokeflow_zh_CN.ts \
		-qm resources/i18n/strokeflow_zh_CN.qm

lint: setup networks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n 2 --dist loadfile

bench: setup
	$(BIN)/strokeflow bench

clean:
	rm -rf $(VENV) build dist *.egg-info
