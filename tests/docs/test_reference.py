from __future__ import annotations

import importlib.util
import inspect
from pathlib import Path
from types import ModuleType

import pytest

from talkface_studio.api import hookspecs
from talkface_studio.cli.commands import COMMANDS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_reference", DOCS / "build_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_reference_is_up_to_date(builder: ModuleType) -> None:
    stale = [
        name
        for name, text in builder.pages().items()
        if not (DOCS / "reference" / name).is_file() or (DOCS / "reference" / name).read_text() != text
    ]
    assert not stale, f"run `make docs`: {', '.join(stale)}"


def test_every_hook_is_documented_with_its_exact_signature() -> None:
    page = (DOCS / "reference" / "hooks.md").read_text()
    hooks = {name: hook for name, hook in vars(hookspecs).items() if name.startswith("talkface_")}
    assert len(hooks) >= 6
    for name, hook in hooks.items():
        assert f"def {name}{str(inspect.signature(hook)).replace(chr(39), '')}" in page
        assert inspect.getdoc(hook) in page


def test_help_of_every_command_is_documented(builder: ModuleType) -> None:
    page = (DOCS / "reference" / "cli.md").read_text()
    documented = dict(builder.command_help())
    assert {words[1] for words in documented if len(words) == 2} == set(COMMANDS)
    for words, text in documented.items():
        assert f"## `{' '.join(words)}`" in page
        assert text in page
        assert "Example" in text or (len(words) > 1 and (*words[:2],) in documented), words
