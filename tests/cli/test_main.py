"""Exit codes, one-line errors, JSON on standard output, and commands that load when they are used."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pytest

import toy_plugins
from command_line import Talkface, parsed
from talkface_studio import __version__
from talkface_studio.api.errors import JobCancelledError, MediaError
from talkface_studio.cli import models
from talkface_studio.cli.commands import COMMANDS


def every_command() -> dict[str, click.Command]:
    """All commands, those of groups under "group command"."""
    found: dict[str, click.Command] = {}
    for name, lazy in COMMANDS.items():
        command = lazy.load()
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {inner}": item for inner, item in command.commands.items()}
    return found


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Make `talkface models` raise."""

    def fail(*arguments: Any) -> None:
        raise error

    monkeypatch.setattr(models, "describe_models", fail)


def test_help_lists_every_command(talkface: Talkface) -> None:
    answer = talkface("--help")
    assert answer.code == 0
    assert answer.err == ""
    for name, command in COMMANDS.items():
        assert f"  {name} " in answer.out
        assert command.short_help.split()[0] in answer.out


@pytest.mark.parametrize("name", list(COMMANDS))
def test_table_of_commands_tells_the_truth(name: str) -> None:
    command = COMMANDS[name].load()
    assert command.name == name
    assert command.help is not None
    assert (
        command.help.split("\n\n")[0].replace("\n", " ").startswith(COMMANDS[name].short_help.rstrip(".").split(",")[0])
    )


@pytest.mark.parametrize("name", list(every_command()))
def test_every_command_has_an_example_that_parses(name: str) -> None:
    command = every_command()[name]
    assert command.epilog is not None
    example = command.epilog.removeprefix("Example: ").split(">")[0].split()
    words = ["talkface", *name.split()]
    if isinstance(command, click.Group):
        assert example[: len(words)] == words
        return
    assert example[: len(words)] == words
    assert parsed(command, *example[len(words) :]).params


@pytest.mark.parametrize("name", list(every_command()))
def test_every_option_has_a_help_text(name: str) -> None:
    for parameter in every_command()[name].params:
        if isinstance(parameter, click.Option):
            assert parameter.help


def test_version(talkface: Talkface) -> None:
    answer = talkface("--version")
    assert answer.code == 0
    assert __version__ in answer.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["dup"], "no command 'dup'; there are: dub, preview,"),
        (["dub", "face.png", "-o", "out.mp4"], "Missing argument 'SPEECH'"),
        (["dub", "face.png", "speech.wav"], "'--output'"),
        (["dub", "face.png", "speech.wav", "-o", "out.mp4", "--mode", "x"], "No such option"),
        (["dub", "face.png", "speech.wav", "-o", "out.mp4", "--fit", "stretch"], "'stretch' is not one of"),
        (["dub", "face.png", "speech.wav", "-o", "out.mp4", "--seed", "-1"], "--seed"),
        (["--homes"], "No such option"),
    ],
)
def test_wrong_usage_is_one_line(talkface: Talkface, arguments: list[str], words: str) -> None:
    answer = talkface(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert words in answer.line


@pytest.mark.parametrize(("arguments", "command"), [([], "dub"), (["weights"], "convert")])
def test_no_command_shows_the_help(talkface: Talkface, arguments: list[str], command: str) -> None:
    answer = talkface(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert "\nCommands:\n" in answer.err
    assert f"\n  {command} " in answer.err


def test_error_is_one_line_and_its_exit_code(talkface: Talkface, toy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, MediaError("a.mp4: is\n  damaged"))
    answer = talkface("models")
    assert (answer.code, answer.out, answer.line) == (2, "", "talkface: a.mp4: is damaged")
    failing(monkeypatch, JobCancelledError("stopped"))
    assert talkface("models").code == 3


def test_error_with_json_is_a_document_too(talkface: Talkface, toy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, MediaError("a.mp4: is damaged"))
    answer = talkface("models", "--json")
    assert answer.code == 2
    assert answer.document == {"error": {"kind": "MediaError", "message": "a.mp4: is damaged", "exit_code": 2}}
    assert answer.line == "talkface: a.mp4: is damaged"


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt(), click.Abort()])
def test_interrupt_is_3(
    talkface: Talkface, toy: str, monkeypatch: pytest.MonkeyPatch, interrupt: BaseException
) -> None:
    failing(monkeypatch, interrupt)
    answer = talkface("models")
    assert answer.code == 3
    assert "talkface: interrupted" in answer.err


def test_bug_is_not_hidden(talkface: Talkface, toy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, ZeroDivisionError("bug"))
    with pytest.raises(ZeroDivisionError):
        talkface("models")


BUG = """
import sys
from talkface_studio.cli import main
main.talkface.main = lambda *arguments, **settings: 1 / 0
sys.argv = ["talkface", "models"]
main.main()
"""


def test_bug_shows_its_traceback_and_exits_1() -> None:
    result = subprocess.run([sys.executable, "-c", BUG], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "ZeroDivisionError" in result.stderr
    assert "this is a bug" in result.stderr
    assert result.stdout == ""


def test_reader_that_goes_away_is_no_bug(toy: str, environment: Mapping[str, str]) -> None:
    script = (
        "import sys\nfrom talkface_studio.cli.main import main\nsys.argv = ['talkface', 'models', '--json']\nmain()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate(timeout=60)
    assert process.returncode in {1, -signal.SIGPIPE}
    assert b"Traceback" not in err


def test_home_option_comes_before_the_environment(site: Path, talkface: Talkface, home: Path, tmp_path: Path) -> None:
    own = '[[weights]]\nname = "networks"\npreset = "paper"\npath = "own.bin"\nbundled = false\n'
    toy_plugins.install_model(site, "toy", tables=own)
    other = tmp_path / "other"
    for options, folder in ((["--home", other], other), ([], home)):
        rows = talkface(*options, "weights", "list", "--json").document["weights"]
        assert Path(rows[0]["path"]) == folder / "data" / "weights" / "own.bin"
        assert not folder.exists()


COMMAND_PLUGIN = """
import click
from talkface_studio.api.hookspecs import hookimpl


@click.command()
@click.option("--json", "as_json", is_flag=True)
def wave(as_json):
    \"\"\"Wave at the user.\"\"\"
    click.echo("hello")


@hookimpl
def talkface_register_commands(registrar):
    registrar.add("wave", lambda: wave)
    registrar.add("broken", lambda: 1 / 0)
    registrar.add("dub", lambda: wave)
"""


def test_commands_of_plugins(site: Path, talkface: Talkface) -> None:
    toy_plugins.install(site, "wave_plugin", COMMAND_PLUGIN)
    help_text = talkface("--help").out
    assert "Wave at the user." in help_text
    assert "ZeroDivisionError" in help_text
    assert talkface("wave").out == "hello\n"
    answer = talkface("broken")
    assert answer.code == 2
    assert "command broken cannot be loaded" in answer.line
    assert "SPEECH" in talkface("dub", "--help").out
    assert talkface("--safe", "wave").code == 2


def test_broken_plugin_is_a_warning(site: Path, talkface: Talkface, toy: str) -> None:
    toy_plugins.install(site, "broken_plugin", "import no_such_module_here")
    answer = talkface("models", "--json")
    assert answer.code == 0
    assert "talkface: warning: plugin broken_plugin" in answer.err
    assert answer.document["failures"][0]["plugin"] == "broken_plugin"
    assert [model["name"] for model in answer.document["models"]] == ["toy"]


LIGHT = """
import json, sys
from talkface_studio.cli.main import run
commands = [["--version"], ["dup"], ["preview", "--help"], ["weights", "list"], ["train", "--help"]]
codes = [run(arguments) for arguments in commands]
print(json.dumps([codes, sorted({name.partition(".")[0] for name in sys.modules})]), file=sys.stderr)
"""


def test_light_commands_import_nothing_heavy(toy: str, environment: Mapping[str, str]) -> None:
    result = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True, check=False, env=environment)
    codes, imported = json.loads(result.stderr.splitlines()[-1])
    assert codes == [0, 2, 0, 0, 0]
    assert "toy_plugin" in imported
    heavy = {"torch", "cv2", "mediapipe", "transformers", "PySide6", "av", "scipy", "onnxruntime", "toy_generators"}
    assert not heavy & set(imported)
