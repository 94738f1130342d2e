"""The conformance suite of `api.testing`, run on the models of a plugin, as a report."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from talkface_studio.api.errors import PluginError
from talkface_studio.launch import interpreter
from talkface_studio.plugin_host.folders import Folders

_TESTS = """
from pathlib import Path

import pytest

from talkface_studio.api.testing import GeneratorConformance
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.testing_host import StudioHost

FOLDERS = Folders(*map(Path, {folders!r}))


@pytest.fixture(scope="session")
def conformance_host():
    return StudioHost(FOLDERS)


class TestModel(GeneratorConformance):
    model = {model!r}
"""
_REPORTER = """
import json


def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        words = str(getattr(getattr(report.longrepr, "reprcrash", None), "message", report.longrepr or ""))
        line = {"rule": report.nodeid.rpartition("::")[2], "outcome": report.outcome, "words": words}
        print("\\nRULE " + json.dumps(line), flush=True)
"""


def check_models(
    folders: Folders, models: Sequence[str], progress: Callable[[str], None] | None, rules: Sequence[str] = ()
) -> dict[str, Any]:
    """Run the rules on each model; `progress` is told of each as it ends.

    With `rules`, only those are run whose names contain one of these texts.

    Raises:
        PluginError: pytest, which runs them, is not installed, or it did not get as far as a rule.
    """
    if find_spec("pytest") is None:
        raise PluginError("the conformance suite needs pytest; install it with: pip install pytest")
    found = {model: _check(folders, model, progress, rules) for model in models}
    return {"passed": all(rule["passed"] for rules in found.values() for rule in rules), "models": found}


def report_text(report: dict[str, Any]) -> str:
    """In words: how many rules each model holds to, which it does not, and what of the plugin is not used."""
    lines = []
    for model, rules in report["models"].items():
        kept = sum(rule["passed"] for rule in rules)
        lines.append(f"{model}: holds to {kept} of {len(rules)} rules")
        lines += [_line(rule) for rule in rules if not rule["passed"]]
    return "\n".join([*lines, *report.get("unused", ())])


def _check(
    folders: Folders, model: str, progress: Callable[[str], None] | None, rules: Sequence[str]
) -> list[dict[str, Any]]:
    with TemporaryDirectory(prefix="talkface-") as name:
        folder = Path(name)
        places = [str(folders.data), str(folders.cache), str(folders.config)]
        (folder / "test_model.py").write_text(_TESTS.format(folders=places, model=model), encoding="utf-8")
        (folder / "conftest.py").write_text(_REPORTER, encoding="utf-8")
        (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        words = [interpreter(), "-P", "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "test_model.py"]
        words += ["-k", " or ".join("_".join(text.split()) for text in rules)] if rules else []
        process = subprocess.Popen(
            words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL
        )
        found, last = [], ""
        with process:
            for line in process.stdout or ():
                if line.startswith("RULE "):
                    rule = _rule(json.loads(line.removeprefix("RULE ")))
                    found.append(rule)
                    if progress is not None:
                        progress(_line(rule))
                last = line.strip() or last
    if not found and "deselected" in last:
        raise PluginError(f"no rule has a name with: {', '.join(rules)}; without --rule all are run and named")
    if not found:
        raise PluginError(f"model {model}: the conformance suite did not run: {last}")
    return found


def _rule(found: dict[str, str]) -> dict[str, Any]:
    reason = found["words"].partition("\n")[0].removeprefix("AssertionError: ").removeprefix("Failed: ")
    return {
        "rule": found["rule"].removeprefix("test_").replace("_", " "),
        "passed": found["outcome"] == "passed",
        "reason": "" if found["outcome"] == "passed" else reason,
    }


def _line(rule: dict[str, Any]) -> str:
    return f"  {'ok  ' if rule['passed'] else 'FAIL'}  {rule['rule']}{': ' if rule['reason'] else ''}{rule['reason']}"
