"""The plugin that docs/write_a_plugin.md builds is complete and passes the conformance suite."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "write_a_plugin.md"
BLOCK = re.compile(r"^```\w+\n# ([\w./]+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the page in a folder, with the metadata that installing them would make."""
    folder = tmp_path_factory.mktemp("loud_mouth")
    files = dict(BLOCK.findall(PAGE.read_text(encoding="utf-8")))
    assert len(files) == 5
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    entry_points = re.search(r'\[project.entry-points."(.*?)"\]\n(.*?)\n\n', files["pyproject.toml"], re.DOTALL)
    assert entry_points is not None
    metadata = folder / "loud_mouth-0.1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: loud-mouth\nVersion: 0.1.0\n")
    (metadata / "entry_points.txt").write_text(f"[{entry_points[1]}]\n{entry_points[2].replace(chr(34), '')}\n")
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    environment.pop("TALKFACE_SAFE", None)
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment,
        timeout=250,
    )


def test_example_passes_the_suite(installed: Path) -> None:
    result = run(installed, "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "tests")
    assert result.returncode == 0, result.stdout[-3000:]
    assert re.search(r"\b17 passed", result.stdout), result.stdout[-500:]


def test_example_is_listed(installed: Path) -> None:
    program = "import sys; from talkface_studio.cli.main import run; sys.exit(run(['models', 'loud_mouth']))"
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(installed)},
    )
    assert result.returncode == 0, result.stderr
    assert "Loud mouth" in result.stdout
