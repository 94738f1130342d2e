"""Runs the converter of a plugin once; the last line on standard error says what went wrong."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.plugin_host.worker.inside.plugin import find_offer


def main(arguments: Sequence[str]) -> None:
    """Convert `SITE ENTRY MODEL OUTPUT CHECKPOINT...`; does not return."""
    site, entry, model, output, *checkpoints = arguments
    sys.path.insert(0, site)
    try:
        converter = find_offer(entry, model).converter
        if converter is None:
            sys.exit("it has no converter for checkpoints")
        pkgutil.resolve_name(converter)([Path(each) for each in checkpoints], Path(output))
    except TalkFaceError as error:
        sys.exit(" ".join(str(error).split()))
    except Exception as error:  # noqa: BLE001 - whatever it raises is the plugin's fault and is told as one line
        sys.exit(f"{type(error).__name__}: {' '.join(str(error).split())}")
    sys.exit(0)
