"""Uses the application as a stranger does: no Python on the path, an empty home, no network asked for.

`python -m talkface_bundle.check FOLDER` starts the editor on a virtual screen, dubs the sample, installs the smallest
example plugin from a wheel, dubs with it, removes it, and writes what it measured beside FOLDER.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from talkface_bundle.build import size_of
from talkface_bundle.contents import ROOT

PATIENCE = 900.0
"""Seconds that any of the programs may take."""
TITLE = "TalkFace Studio"
EXAMPLE = ROOT / "examples" / "smallest_plugin"


class CheckError(Exception):
    """The application does not do what it should; a line."""


class Application:
    """The programs of a folder, started with nothing of this machine's Python around them."""

    def __init__(self, folder: Path, work: Path) -> None:
        self.folder, self.work = folder, work
        self.home, self.samples = work / "home", folder / "_internal" / "resources" / "samples"
        tools = work / "bin"
        tools.mkdir()
        self.home.mkdir()
        # What a desktop has anyway, and the studio uses where it is there.
        for tool in filter(None, map(shutil.which, ("bwrap",))):
            (tools / Path(tool).name).symlink_to(tool)
        self.environment = {
            "PATH": str(tools),
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TALKFACE_HOME": str(self.home),
        }

    def run(self, *arguments: str) -> str:
        """Standard output of `talkface ARGUMENTS`.

        Raises:
            CheckError: it failed.
        """
        words = [str(self.folder / "talkface"), *arguments]
        done = subprocess.run(
            words, env=self.environment, cwd=self.work, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        if done.returncode:
            raise CheckError(
                f"talkface {' '.join(arguments)}: exit code {done.returncode}: {done.stderr.strip()[-600:]}"
            )
        return done.stdout

    def json(self, *arguments: str) -> dict[str, Any]:
        """The document that `talkface ARGUMENTS --json` prints."""
        document: dict[str, Any] = json.loads(self.run(*arguments, "--json"))
        return document

    def dub(self, face: str, *arguments: str) -> dict[str, Any]:
        """Dub a sample with the sample speech."""
        paths = str(self.samples / face), str(self.samples / "speech.wav")
        return self.json("dub", *paths, "-o", str(self.work / "out.mp4"), "--restart", *arguments)


def check(folder: Path) -> Mapping[str, Any]:
    """Everything; gives what was measured, in seconds and megabytes.

    Raises:
        CheckError: something of it does not work.
    """
    figures: dict[str, Any] = {"megabytes": round(sum(size_of(folder).values()) / 1e6)}
    with TemporaryDirectory(prefix="talkface-check-") as name:
        application = Application(folder, Path(name))
        figures["command_line_seconds"] = _seconds(lambda: application.run("--version"))
        _doctor(application)
        figures["window_seconds"] = _window(application)
        figures["dub"] = _dubbed(application.dub("portrait.jpg"))
        figures["plugin"] = _plugin(application)
    return figures


def _doctor(application: Application) -> None:
    report = application.json("doctor")
    wrong = {name: asset["state"] for name, asset in report["assets"].items() if asset["state"] != "ok"}
    missing = [name for name, version in report["packages"].items() if version is None]
    failed = [plugin["name"] for plugin in report["plugins"] if plugin["state"] != "ok"]
    if wrong or missing or failed:
        raise CheckError(f"talkface doctor: assets {wrong}, packages missing {missing}, plugins failed {failed}")
    models = application.json("models")
    if len(models["models"]) < 4:
        raise CheckError(f"talkface models: {models}")


def _window(application: Application) -> float:
    """Seconds until the editor's window is there, on a screen of its own."""
    with _screen() as display:
        environment = {**application.environment, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        started = time.monotonic()
        editor = subprocess.Popen(
            [str(application.folder / "talkface-studio")], env=environment, cwd=application.work, stderr=subprocess.PIPE
        )
        try:
            while not _found(display):
                # A window that goes while xdotool looks at it ends the search.
                if editor.poll() is not None or time.monotonic() - started > PATIENCE:
                    raise CheckError(f"the editor showed no window; its exit code: {editor.poll()}")
            seconds = time.monotonic() - started
            return round(seconds, 2)
        finally:
            editor.terminate()
            _, said = editor.communicate(timeout=PATIENCE)
            if b"Traceback" in said:
                raise CheckError(f"the editor: {said.decode(errors='replace')[-600:]}")


def _found(display: str) -> bool:
    """Wait for the editor's window; whether it is there."""
    words = ["xdotool", "search", "--sync", "--onlyvisible", "--name", TITLE]
    environment = {**os.environ, "DISPLAY": display}
    try:
        done = subprocess.run(words, env=environment, capture_output=True, timeout=PATIENCE / 10, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


@contextmanager
def _screen() -> Iterator[str]:
    reader, writer = os.pipe()
    words = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1440x900x24"]
    server = subprocess.Popen(words, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        with os.fdopen(reader) as line:
            yield f":{line.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def _plugin(application: Application) -> Mapping[str, Any]:
    """Install the smallest example from a wheel without network, use it, remove it: nothing is left of it."""
    wheels = application.work / "wheels"
    words = ["pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels)]
    with TemporaryDirectory() as copy:
        shutil.copytree(EXAMPLE, Path(copy, "plugin"))
        subprocess.run([sys.executable, "-m", *words, str(Path(copy, "plugin"))], check=True)
    (wheel,) = wheels.iterdir()
    store = application.home / "data" / "plugins"
    seconds = _seconds(lambda: application.run("plugins", "install", str(wheel), "--offline", "--yes"))
    if not any(store.rglob("loud_mouth/plugin.toml")):
        raise CheckError(f"{store}: the plugin is not there after it was installed")
    dubbed = _dubbed(application.dub("video.mp4", "--model", "loud_mouth"))
    application.run("plugins", "remove", "loud-mouth")
    left = [str(path) for path in application.home.rglob("*") if "loud" in path.name]
    if left:
        raise CheckError(f"left after the plugin was removed: {', '.join(left)}")
    return {"install_seconds": seconds, "dub": dubbed}


def _dubbed(document: Mapping[str, Any]) -> Mapping[str, Any]:
    if not document["frames"] or not Path(document["output"]).stat().st_size:
        raise CheckError(f"the dub is empty: {document}")
    return {name: document[name] for name in ("model", "frames", "seconds", "realtime_factor")}


def _seconds(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return round(time.monotonic() - started, 2)


def main(arguments: Sequence[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser("talkface_bundle.check", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder.resolve()
    try:
        figures = check(folder)
    except CheckError as error:
        sys.exit(f"{folder}: {error}")
    text = json.dumps(figures, indent=2)
    (folder.parent / "package-check.json").write_text(text + "\n", encoding="utf-8")
    print(text)  # noqa: T201


if __name__ == "__main__":
    main()
