"""Other people's generators, each in a process of its own.

    generator = isolated_generator(installed, "loud-mouth")      # an ordinary api Generator, of ordinary takes

protocol    what both sides say: lines of JSON over pipes
parcels     arrays through shared memory, both ways
limits      how long and how much a plugin may take
host/       our side: starts and watches the process, answers what the plugin asks, checks what it gives
inside/     the plugin's side: loads it, drives its takes

What the plugin's side imports must work in an interpreter that has nothing of the studio but `api`, `nn`, `ipc` and
this folder, and of other packages only numpy, pydantic and pluggy. So this module imports both sides when asked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from talkface_studio.plugin_host.worker.limits import WorkerLimits

if TYPE_CHECKING:
    from talkface_studio.api.generator import Generator
    from talkface_studio.plugin_host.store.values import InstalledPlugin
    from talkface_studio.plugin_host.worker.host.sandbox import Isolation

__all__ = [
    "CONTRACT_REQUIREMENTS",
    "WorkerLimits",
    "isolated_converter",
    "isolated_generator",
    "isolation",
    "main",
]

CONTRACT_REQUIREMENTS = ("numpy>=2", "pydantic>=2.9", "pluggy>=1.5")
"""What an interpreter of a plugin's own needs besides its requirements. `nn` needs torch and safetensors too."""
CONVERT_FLAG = "--convert"
"""The first argument with which a worker converts a checkpoint and ends."""


def isolated_generator(installed: InstalledPlugin, card_name: str, limits: WorkerLimits | None = None) -> Generator:
    """A model of an installed plugin. Its process is started by the first take and ended by `close`.

    Raises:
        PluginError: the plugin has no such model, or was written for another version of the contract.
    """
    from talkface_studio.plugin_host.worker.host.generator import IsolatedGenerator

    return IsolatedGenerator(installed, card_name, limits or WorkerLimits())


def isolation() -> Isolation:
    """Whether this machine keeps plugins from the network and from other people's folders, and if not, why."""
    from talkface_studio.plugin_host.worker.host.sandbox import isolation as find

    return find()


def isolated_converter(installed: InstalledPlugin, card_name: str) -> Callable[[Sequence[Path], Path], None]:
    """What makes weights of an author's checkpoint: `(checkpoints, output)`, in a process without network."""
    from talkface_studio.plugin_host.worker.host.conversion import convert

    return partial(convert, installed, card_name)


def main(arguments: Sequence[str]) -> None:
    """Be a worker on standard input and output, or convert a checkpoint; does not return.

    `--site FOLDER` is among the arguments: the plugin's packages. They come before those of the interpreter, and before
    anything is imported that they may hold in another version, such as numpy.
    """
    sys.path.insert(0, arguments[arguments.index("--site") + 1])
    if arguments[:1] == [CONVERT_FLAG]:
        from talkface_studio.plugin_host.worker.inside.conversion import main as convert

        convert(arguments[1:])
    from talkface_studio.plugin_host.worker.inside.main import main as work

    work(arguments)
