# Every target sets up what it needs by itself; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
ARGS ?=
# Where it forbids Python to keep compiled modules, every command would compile all of its modules anew (0.5 s of 1.3).
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test check bench eval train fmt lock clean

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

run: ## set up and train where needed, start everything; Ctrl-C stops it
	@bash scripts/python3.sh scripts/setup.py run
	@exec $(BIN)/shouwang serve $(ARGS)

test: ## the whole test suite; ARGS="tests/nlu -k money" for a part
	@bash scripts/python3.sh scripts/setup.py test
	@$(BIN)/shouwang train
	@bash scripts/test.sh $(ARGS)

check: ## style, types, import table, policy packs, data files
	@bash scripts/python3.sh scripts/setup.py test
	@bash scripts/check.sh

bench: ## speed against a bare Rasa assistant, and of extract and assess
	@bash scripts/python3.sh scripts/setup.py test
	@$(BIN)/shouwang train
	@$(BIN)/python -m bench $(ARGS)

eval: ## accuracy with intervals and comparisons; ARGS="chat --only-ours", ARGS="--record 0.2.0"
	@bash scripts/python3.sh scripts/setup.py eval
	@$(BIN)/python -m bench.accuracy $(ARGS)

train: ## train the dialogue model again if its sources changed
	@bash scripts/python3.sh scripts/setup.py run
	@$(BIN)/shouwang train

fmt: ## format the code
	@bash scripts/python3.sh scripts/setup.py test
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

lock: ## pin requirements/*.in anew; ARGS=--upgrade for the newest
	@bash scripts/python3.sh scripts/setup.py test
	@bash scripts/lock.sh $(ARGS)

clean: ## remove the environments and caches (data in var/ stays)
	rm -rf .uv .venv .venv-rasa .venv-eval node_modules bot/web/static/vendor nlu/models build *.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .grimp_cache .hypothesis
