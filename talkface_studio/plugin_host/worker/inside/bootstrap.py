"""The first file that a worker's interpreter runs: makes the contract importable, and nothing else of the studio.

    python -I bootstrap.py STUDIO ARGUMENTS...

STUDIO is the folder of the package `talkface_studio`. It is served from there whatever else is installed, so that a
plugin always gets the contract of the studio that started it; its other rooms are refused, as they are when the plugin
runs in an environment of its own. This file imports nothing but the standard library.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from pathlib import Path

STUDIO = "talkface_studio"
WORKER = f"{STUDIO}.plugin_host.worker"
OPEN = (f"{STUDIO}.api", f"{STUDIO}.nn", f"{STUDIO}.ipc", WORKER)
PARENTS = (STUDIO, f"{STUDIO}.plugin_host")
OLDEST = (3, 11)
NEEDED = ("numpy", "pydantic", "pluggy")


class ContractFinder:
    """Finds the rooms of the studio that plugins may import, and refuses the others."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002
        """See `importlib.abc.MetaPathFinder`."""
        if name != STUDIO and not name.startswith(f"{STUDIO}."):
            return None
        if name not in PARENTS and not any(name == room or name.startswith(f"{room}.") for room in OPEN):
            raise ModuleNotFoundError(
                f"{name} is not for plugins, which may import {STUDIO}.api and {STUDIO}.nn", name=name
            )
        inside = name.split(".")[1:-1]
        folder = self._folder.joinpath(*inside) if name != STUDIO else self._folder.parent
        return PathFinder.find_spec(name, [str(folder)])


def lacking() -> str:
    """Why this interpreter cannot hold the contract; nothing where it can."""
    if sys.version_info < OLDEST:
        return f"it is Python {sys.version_info[0]}.{sys.version_info[1]}, and 3.11 or newer is needed"
    missing = [name for name in NEEDED if find_spec(name) is None]
    return f"it lacks {', '.join(missing)}" if missing else ""


def main(arguments: Sequence[str]) -> None:
    """Become a worker."""
    sys.meta_path.insert(0, ContractFinder(Path(arguments[0])))
    if reason := lacking():
        sys.exit(f"the interpreter {sys.executable} cannot run plugins: {reason}")
    importlib.import_module(WORKER).main(arguments[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
