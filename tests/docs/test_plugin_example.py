"""The plugin that docs/write_a_plugin.md builds is the example, is complete and passes the conformance suite."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from plugin_folders import run_beside, write_metadata

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "write_a_plugin.md"
EXAMPLE = ROOT / "examples" / "smallest_plugin"
BLOCK = re.compile(r"^```\w+\n# ([\w./]+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def test_page_shows_every_file_of_the_example_as_it_is() -> None:
    shown = dict(BLOCK.findall(PAGE.read_text(encoding="utf-8")))
    files = [path for path in EXAMPLE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert shown == {path.relative_to(EXAMPLE).as_posix(): path.read_text(encoding="utf-8") for path in files}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example") / "loud_mouth"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    write_metadata(folder)
    return folder


def test_example_passes_the_suite(installed: Path) -> None:
    result = run_beside(installed, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "tests")
    assert result.returncode == 0, result.stdout[-3000:]
    assert re.search(r"\b17 passed", result.stdout), result.stdout[-500:]


def test_example_is_listed(installed: Path) -> None:
    program = "import sys; from talkface_studio.cli.main import run; sys.exit(run(['models', 'loud_mouth']))"
    result = run_beside(installed, "-c", program)
    assert result.returncode == 0, result.stderr
    assert "Loud mouth" in result.stdout
