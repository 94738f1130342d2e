"""How this program starts further processes of itself, installed as a package or packaged as an application.

A packaged application has no Python beside it. It brings one of its own, which knows every module of the application
and understands `-c`, `-m` and a script as `python` does, so that whoever starts a process need not know which it is.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

INTERPRETER = "talkface-python"
"""The packaged application's own interpreter, beside its other programs."""


def packaged() -> bool:
    """Whether this program is the packaged application."""
    return bool(getattr(sys, "frozen", False))


def interpreter() -> str:
    """The program that stands for Python in a command: it imports what this process can import."""
    if not packaged():
        return sys.executable
    program = Path(sys.executable)
    return str(program.with_name(INTERPRETER + program.suffix))


def environment_of_others(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment (by default that of this process) for a program that does not belong to this one.

    A packaged application on Linux looks for libraries in its own folder first, and other programs must not.
    """
    changed = dict(os.environ if environ is None else environ)
    if packaged():
        for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
            original = changed.pop(f"{name}_ORIG", None)
            changed.pop(name, None)
            if original:
                changed[name] = original
    return changed
