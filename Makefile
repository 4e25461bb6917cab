# Only makes a .venv with tox in it; tox does the rest. See tox.ini, or: make help

# Lambda runs Python 3.13, so that is the one to try things with where there is one, also one
# that only pyenv knows. Otherwise any from 3.11 on.
PYENV_ROOT ?= $(HOME)/.pyenv
PYTHON ?= $(shell for python in python3.13 $(PYENV_ROOT)/versions/3.13*/bin/python3 python3; do \
	$$python -c "" 2>/dev/null && echo $$python && break; done)
TOX = .venv/bin/tox
LOCK = requirements/make.txt

# Where tox looks for other versions. It must not download one.
PATH := $(PATH):$(subst $() ,:,$(wildcard $(PYENV_ROOT)/versions/3.1[1-3]*/bin))
export PATH
export UV_PYTHON_DOWNLOADS = never

.PHONY: demo test install help clean

demo: $(TOX)  ## deploy to an emulator on this machine, process files, delete everything
	$(TOX) run -q -e demo

test: $(TOX)  ## run all checks that a change has to pass
	$(TOX) run -m quick
	$(TOX) run -q --notest -m long
	$(TOX) run -q --notest -e taskcat-env,analyzers
	$(TOX) run-parallel --parallel 2 --parallel-no-spinner --skip-pkg-install -m long

install: $(TOX)  ## install serverlessapp and the emulator into .venv
	@.venv/bin/uv pip install --quiet --python .venv/bin/python --constraint requirements/project.txt \
		--build-constraint requirements/package.txt --editable '.[generate,local]'

help: $(TOX)  ## list the commands of make and tox
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /: /; s/^/make /'
	@$(TOX) list

clean:  ## remove what make and tox installed
	rm -rf .venv .tox build dist *.egg-info

$(TOX): Makefile $(LOCK)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is required; choose one with: make PYTHON=python3.13"; exit 1; }
	@echo "setting up .venv (once)"
	@$(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)
	@test -x $(TOX) || { echo "pip did not install tox into .venv, perhaps because of its configuration: try" \
		"PIP_CONFIG_FILE=/dev/null"; exit 1; }
	@touch $(TOX)  # newer than what it is made from, also when pip had nothing to do
