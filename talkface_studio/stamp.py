"""Which build this program is: written into the packaged application, absent in a checkout."""

from __future__ import annotations

import json
from pathlib import Path

from talkface_studio import __version__

FILE = Path(__file__).with_name("build.json")


def build_stamp() -> dict[str, str]:
    """`version`, and in a packaged application `revision` and `date` of its source."""
    if not FILE.is_file():
        return {"version": __version__}
    stamp: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8"))
    return stamp


def version_line() -> str:
    """The same for people: "0.1.0 (build v0.1.0-4-g1a2b3c4 of 2026-11-21)"."""
    stamp = build_stamp()
    build = f" (build {stamp['revision']} of {stamp['date'][:10]})" if "revision" in stamp else ""
    return stamp["version"] + build
