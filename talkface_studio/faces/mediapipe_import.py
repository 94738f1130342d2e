"""Imports MediaPipe without what it draws with.

Its helpers that draw import matplotlib's plots, which takes longer than all else of it, and nothing here draws.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import LazyLoader
from threading import Lock
from types import ModuleType

_DRAWING = {f"mediapipe.tasks.python.vision.{name}" for name in ("drawing_styles", "drawing_utils")}
_lock = Lock()


class _Later(MetaPathFinder):
    """Puts off the work of these modules until something in them is used."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in _DRAWING:
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        spec = next(filter(None, (finder.find_spec(fullname, path, target) for finder in others)), None)
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


def mediapipe() -> ModuleType:
    """The package, with `mediapipe.tasks.python.vision` in it."""
    with _lock:
        if "mediapipe" not in sys.modules:
            later = _Later()
            sys.meta_path.insert(0, later)
            try:
                return import_module("mediapipe")
            finally:
                sys.meta_path.remove(later)
    return sys.modules["mediapipe"]
