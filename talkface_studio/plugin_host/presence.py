"""Whether third-party plugins are installed, told without importing any plugin or the contract."""

from __future__ import annotations

import importlib.metadata
import os
import re
from collections.abc import Mapping

GROUP = "talkface_studio.plugins"
BUNDLED_DISTRIBUTIONS = (
    "talkface-atvg",
    "talkface-ltfg-gan",
    "talkface-scldm",
    "talkface-sdm",
    "talkface-speech2video",
)
SAFE_MODE_VARIABLE = "TALKFACE_SAFE"


def is_bundled(distribution: str) -> bool:
    """Whether a distribution of this name comes with the studio."""
    return re.sub(r"[-_.]+", "-", distribution).lower() in BUNDLED_DISTRIBUTIONS


def safe_mode(environ: Mapping[str, str] | None = None) -> bool:
    """Whether the environment (by default that of the process) asks for bundled plugins only."""
    environ = os.environ if environ is None else environ
    return environ.get(SAFE_MODE_VARIABLE, "").lower() not in {"", "0", "false", "no", "off"}


def third_party_installed() -> bool:
    """Whether there is a third-party plugin that safe mode does not leave out."""
    if safe_mode():
        return False
    points = importlib.metadata.entry_points(group=GROUP)
    return any(not is_bundled(point.dist.name if point.dist else "") for point in points)
