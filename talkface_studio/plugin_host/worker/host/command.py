"""How a worker is started: its interpreter, its environment, what of the file system it needs."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import talkface_studio
from talkface_studio.launch import environment_of_others, interpreter, packaged
from talkface_studio.plugin_host.store.values import InstalledPlugin
from talkface_studio.plugin_host.worker.inside import bootstrap
from talkface_studio.runtime import half_of_cores

STUDIO = Path(talkface_studio.__file__).parent
_ROOMS = ("__init__.py", "api", "nn", "ipc", "plugin_host/__init__.py", "plugin_host/worker")
"""Of the studio, what a worker imports."""
_PASSED_ON = frozenset({"PATH", "LANG", "LANGUAGE", "TZ", "SYSTEMROOT", "WINDIR", "COMSPEC", "NUMBER_OF_PROCESSORS"})
_PASSED_ON_PREFIXES = ("LC_", "OMP_", "MKL_", "OPENBLAS_", "CUDA_", "NVIDIA_", "HIP_", "ROCR_", "HSA_", "LD_LIBRARY_")
MARK = "TALKFACE_WORKER"
"""A variable by which processes are known that a worker left behind."""


@dataclass(frozen=True, slots=True)
class Launch:
    """What runs the worker, and what it must be able to read for that."""

    command: tuple[str, ...]
    needs: frozenset[Path]


def launch(installed: InstalledPlugin) -> Launch:
    """How to start the process of a plugin; the worker's own arguments come behind `command`."""
    contract = {STUDIO / room for room in _ROOMS}
    python = Path(interpreter()) if installed.python is None else installed.python
    folders = _folders_of(python) if installed.python is not None else _own_folders(python)
    # Isolated: neither variables nor the user's own packages change what is imported. A crash leaves its stack in the
    # log, and modules are read from where they lie, without writing there.
    command = (str(python), "-I", "-B", "-X", "faulthandler", str(Path(bootstrap.__file__)), str(STUDIO))
    return Launch(command, frozenset(path for path in contract | folders if path.exists()))


def environment(
    installed: InstalledPlugin, temporary: Path, mark: str, own: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The variables of a worker. What the user keeps in others, such as keys, is none of a plugin's business."""
    own = os.environ if own is None else own
    if installed.python is not None:
        own = environment_of_others(own)
    # The studio decodes, composes and encodes meanwhile. With all of the cores, the threads of torch wait for one
    # another on cores that do that, and a dub takes longer.
    kept = {"OMP_NUM_THREADS": str(half_of_cores())}
    kept |= {name: value for name, value in own.items() if name.upper() in _PASSED_ON or _passed_on(name.upper())}
    folder = str(temporary)
    return kept | {
        MARK: mark,
        "HOME": folder,
        "USERPROFILE": folder,
        "TMPDIR": folder,
        "TEMP": folder,
        "TMP": folder,
        # Threads with heaps of their own give their memory back and take it again at each frame, which costs a model as
        # much time as its networks do.
        "MALLOC_ARENA_MAX": "1",
        # The same for what a network computes layer by layer: it is kept for the next frame, up to a quarter of a GiB.
        "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
        "MALLOC_TRIM_THRESHOLD_": str(256 * 2**20),
        # torch unpickles nothing then, whatever a plugin asks it for.
        "TORCH_FORCE_WEIGHTS_ONLY_LOAD": "1",
    }


def _passed_on(name: str) -> bool:
    return name.startswith(_PASSED_ON_PREFIXES)


def _own_folders(python: Path) -> set[Path]:
    if packaged():
        return {python.parent, Path(sys.prefix)}
    paths = sysconfig.get_paths()
    named = (sys.prefix, sys.base_prefix, paths["purelib"], paths["platlib"], paths["stdlib"])
    return _without_system({Path(path) for path in named} | _folders_of(python))


def _folders_of(python: Path) -> set[Path]:
    """The folders of an interpreter: those of its environment, and those of the one that this was made from."""
    folders = {python.parent.parent, python.resolve().parent.parent}
    settings = python.parent.parent / "pyvenv.cfg"
    if settings.is_file():
        for line in settings.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "home":
                folders |= {Path(value.strip()).parent, Path(value.strip()).resolve().parent}
    return _without_system(folders)


def _without_system(folders: set[Path]) -> set[Path]:
    return {folder for folder in folders if folder != Path("/") and folder != Path("/usr")}
