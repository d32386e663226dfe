# `make run` starts the tutor and `make test` runs every check. Both set up what is missing, from an
# empty folder on. make PYTHON=/path/to/python3.12 run chooses an interpreter, and
# make run ARGS="doctor" passes arguments.

SHELL = /bin/sh
PYTHON =
ARGS =
UV = uv
LOCK = $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --no-annotate pyproject.toml

# Each candidate is started to see whether it works: a version manager's stand-in may exist and fail.
define start
@for python in .venv/bin/python python3.13 python3.12 python3.11 python3.14 python3 python; do \
	if [ -n "$(PYTHON)" ]; then exec "$(PYTHON)" tools/setup.py $(1); fi; \
	if "$$python" -S -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' \
		>/dev/null 2>&1; then exec "$$python" -S tools/setup.py $(1); fi; \
done; \
echo 'The tutor needs Python 3.11, 3.12, 3.13 or 3.14, and none of them is on PATH.' >&2; \
echo 'Install one (python.org, your package manager, or "uv python install 3.13"), or name it:' >&2; \
echo '  make PYTHON=/path/to/python3.13 $@' >&2; exit 1
endef

.PHONY: run test coverage soak clean lock train

run:
	$(call start,run $(ARGS))

test:
	$(call start,test)

# Runs the tests again and counts which lines and branches they reach. Takes twice as long.
coverage:
	.venv/bin/python -m pytest -n 3 --dist worksteal --cov --cov-report=term

# Runs all kills, cancels and attacks, of which `make test` runs a tenth, then eight times as many
# examples of every property. Takes half an hour.
soak:
	TUTOR_SOAK=1 .venv/bin/python -m pytest tests/engine/test_kills.py \
		tests/progress/test_processes.py tests/grading/test_attacks.py
	TUTOR_SOAK=1 .venv/bin/python -m pytest -n 3 --dist worksteal -m hypothesis

clean:
	-@[ ! -x .venv/bin/python ] || .venv/bin/python -m tools.background stop
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache htmlcov \
		build dist snapshot_report.html .coverage .coverage.*
	find tutor tests bench tools -name __pycache__ -type d -prune -exec rm -rf {} +

lock:
	$(LOCK) --output-file requirements/run.txt
	$(LOCK) --group test --constraint requirements/run.txt --output-file requirements/test.txt

# Trains the judge's adapter, or resumes its training; see training/README.md.
train:
	.venv/bin/python -m pip install --quiet --upgrade pip
	.venv/bin/python -m pip install --quiet --group train
	.venv/bin/python -m training run
