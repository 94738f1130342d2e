"""Runs the converter of a plugin once; the last line on standard error says what went wrong."""

from __future__ import annotations

import argparse
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.plugin_host.worker.inside.plugin import find_offer


def main(arguments: Sequence[str]) -> None:
    """Convert as the arguments say; does not return."""
    options = _options(arguments)
    try:
        converter = find_offer(options.entry, options.model).converter
        if converter is None:
            sys.exit("it has no converter for checkpoints")
        pkgutil.resolve_name(converter)(options.checkpoints, options.output)
    except TalkFaceError as error:
        sys.exit(" ".join(str(error).split()))
    except Exception as error:  # noqa: BLE001 - whatever it raises is the plugin's fault and is told as one line
        sys.exit(f"{type(error).__name__}: {' '.join(str(error).split())}")
    sys.exit(0)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("talkface-worker --convert", description="Converts checkpoints.")
    parser.add_argument("--site", required=True, help="The folder of the plugin's packages, on the path already.")
    parser.add_argument("entry", help="The plugin's entry.")
    parser.add_argument("model", help="The model's name.")
    parser.add_argument("output", type=Path, help="The file to write.")
    parser.add_argument("checkpoints", nargs="+", type=Path, help="The author's files.")
    return parser.parse_args(arguments)
