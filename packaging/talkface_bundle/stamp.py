"""Which source the application is built from, and when: the same source gives the same stamp on every machine."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

from talkface_studio import __version__

EPOCH_VARIABLE = "SOURCE_DATE_EPOCH"
"""See https://reproducible-builds.org/specs/source-date-epoch/."""


class Stamp(TypedDict):
    """What the application says of itself."""

    version: str
    revision: str
    """As `git describe` names it; empty outside a checkout."""
    date: str
    """ISO 8601, in UTC."""


def source_date(folder: Path) -> int:
    """Seconds since 1970 that every file of the build is dated with: given, or that of the last commit.

    Raises:
        ValueError: SOURCE_DATE_EPOCH is no whole number.
    """
    given = os.environ.get(EPOCH_VARIABLE)
    return int(given) if given else int(_git(folder, "log", "-1", "--format=%ct") or 0)


def make_stamp(folder: Path) -> Stamp:
    """The stamp of the checkout in `folder`."""
    return {
        "version": __version__,
        "revision": _git(folder, "describe", "--always", "--dirty", "--tags"),
        "date": datetime.fromtimestamp(source_date(folder), UTC).isoformat(),
    }


def _git(folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
