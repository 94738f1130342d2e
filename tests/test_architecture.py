"""What the tree promises about itself: who imports whom, what stays light, and that nothing needs a window."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SPEECH = ROOT / "resources" / "samples" / "speech.wav"

BLOCKED = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"{{name}} is blocked", name=name)

sys.meta_path.insert(0, Blocker())
"""

OFFLINE = """
import sys

def refuse(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"}:
        raise RuntimeError(f"network access: {event} {arguments}")

sys.addaudithook(refuse)
"""

EVERY_MODULE = """
import importlib, pkgutil
count = 0
plugins = ("talkface_atvg", "talkface_ltfg_gan", "talkface_scldm", "talkface_sdm", "talkface_speech2video")
for root in ("talkface_studio", "talkface_trainer", *plugins):
    package = importlib.import_module(root)
    for module in pkgutil.walk_packages(package.__path__, root + "."):
        if not module.name.startswith("talkface_studio.gui"):
            importlib.import_module(module.name)
            count += 1
print(count)
"""

COMMAND = """
import sys
from talkface_studio.cli.main import run
code = run({arguments!r})
"""

IMPORTED = """
import json
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
sys.exit(code)
"""


def python(program: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a fresh interpreter, from a folder without any of our files."""
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT / "docs", timeout=240
    )


def imported_by(*arguments: str) -> set[str]:
    """The top-level packages that a command line imports."""
    result = python(COMMAND.format(arguments=list(arguments)) + IMPORTED)
    assert result.returncode == 0, result.stderr
    return set(json.loads(result.stderr.splitlines()[-1]))


def test_import_contracts_are_kept() -> None:
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert result.returncode == 0, result.stdout


def test_core_runs_without_qt() -> None:
    without_qt = BLOCKED.format(blocked={"PySide6", "shiboken6"})
    result = python(without_qt + EVERY_MODULE)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout.split()[-1]) > 100
    result = python(without_qt + COMMAND.format(arguments=["probe", "--json", str(SPEECH)]) + "sys.exit(code)")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["kind"] == "audio"


@pytest.mark.parametrize("line", ["--help", "models", "models --json", "dub --help", "queue --help", "batch --help"])
def test_light_commands_import_nothing_heavy(line: str) -> None:
    heavy = {"torch", "transformers", "mediapipe", "cv2", "av", "onnxruntime", "scipy", "skimage", "PySide6"}
    assert not imported_by(*line.split()) & heavy


def test_api_and_pytest_plugin_are_light() -> None:
    program = (
        "import sys\nimport talkface_studio.{module}\nprint(*sorted({{n.partition('.')[0] for n in sys.modules}}))"
    )
    heavy = {"torch", "cv2", "av", "mediapipe", "scipy", "transformers", "PySide6"}
    for module in ("api.generator", "api.recipe", "api.hookspecs", "api.testing"):
        assert not set(python(program.format(module=module)).stdout.split()) & heavy
    plugin = set(python(program.format(module="pytest_plugin")).stdout.split())
    assert "talkface_studio" in plugin
    assert not plugin & (heavy | {"numpy", "pydantic"})


def test_the_project_is_light() -> None:
    program = (
        "import importlib, pkgutil, sys\nimport talkface_studio.project as root\n"
        "names = [m.name for m in pkgutil.walk_packages(root.__path__, root.__name__ + '.')]\n"
        "names = [name for name in names if name != 'talkface_studio.project.queue.cluster']\n"
        "for name in names: importlib.import_module(name)\n"
        "print(len(names), *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    result = python(program)
    assert result.returncode == 0, result.stderr
    count, *imported = result.stdout.split()
    assert int(count) > 30
    assert not set(imported) & {"torch", "transformers", "mediapipe", "cv2", "av", "onnxruntime", "scipy", "PySide6"}


@pytest.mark.parametrize("arguments", [["models"], ["doctor", "--json"], ["weights", "list"]])
def test_commands_ask_no_network(arguments: list[str]) -> None:
    result = python(OFFLINE + COMMAND.format(arguments=arguments) + "sys.exit(code)")
    assert result.returncode == 0, result.stderr


def test_modules_stay_short() -> None:
    packages = (
        "talkface_studio",
        "plugins/atvg/talkface_atvg",
        "plugins/ltfg_gan/talkface_ltfg_gan",
        "plugins/scldm/talkface_scldm",
        "plugins/sdm/talkface_sdm",
        "plugins/speech2video/talkface_speech2video",
        "trainer/talkface_trainer",
    )
    lengths = {
        path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines())
        for package in packages
        for path in (ROOT / package).rglob("*.py")
    }
    assert len(lengths) > 100
    assert {path: length for path, length in lengths.items() if length > 400} == {}
