"""`talkface presets`: the export presets, and the encoding that the options of `dub` make."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from talkface_studio.cli.app import App, pass_app, print_json, print_table
from talkface_studio.cli.parameters import json_option

if TYPE_CHECKING:
    from talkface_studio.media.encoding import Encoding
    from talkface_studio.media.presets import ExportPreset


@click.command(epilog="Example: talkface presets --json")
@json_option
@pass_app
def presets(app: App, /, *, as_json: bool) -> None:
    """List the export presets, for talkface dub --export.

    Yours are TOML files in the folder that is named below the list; one of the same name replaces a bundled one.
    """
    from talkface_studio.api.errors import ExportError
    from talkface_studio.media.presets import preset_files, read_preset

    folder = app.folders.presets
    found: list[ExportPreset] = []
    failures: list[str] = []
    for path in preset_files([folder]).values():
        try:
            found.append(read_preset(path))
        except ExportError as error:
            failures.append(str(error))
            click.echo(f"talkface: warning: {error}", err=True)
    if as_json:
        documents = [{**preset.model_dump(mode="json"), "encoding": asdict(preset.encoding())} for preset in found]
        print_json({"presets": documents, "codecs": _codecs(), "failures": failures, "folder": str(folder)})
    else:
        _show(found)
        click.echo(f"\nyour own: {folder}{'/'}NAME.toml")


def chosen_encoding(
    app: App, output: Path, export: str | None, *, codec: str | None = None, crf: int | None = None
) -> Encoding:
    """The encoding that a preset and the options beside it make; options win.

    Raises:
        ExportError: there is no such preset, or the output's suffix is not the preset's.
    """
    from talkface_studio.api.errors import ExportError
    from talkface_studio.media.codecs import usual_codec
    from talkface_studio.media.encoding import Encoding
    from talkface_studio.media.presets import find_preset

    encoding = Encoding()
    if export is not None:
        preset = find_preset(export, [app.folders.presets])
        if output.suffix.lower() != f".{preset.container}":
            raise ExportError(f"{output}: preset {preset.name} writes .{preset.container}; give the output that suffix")
        encoding = preset.encoding()
    elif codec is None:
        encoding = replace(encoding, codec=usual_codec(output) or ("vp9" if output.suffix == ".webm" else "h264"))
    given: dict[str, Any] = {"codec": codec, "crf": crf}
    encoding = replace(encoding, **{key: value for key, value in given.items() if value is not None})
    if crf is not None:
        encoding = replace(encoding, bitrate=None)
    return encoding


def _codecs() -> dict[str, dict[str, Any]]:
    """The codecs in software that movies are written with: containers, and the largest CRF (None: it takes none)."""
    from talkface_studio.media.codecs import MOVIES, VIDEO_CODECS

    return {
        name: {"containers": [each for each in codec.containers if each in MOVIES], "largest_crf": codec.largest_crf}
        for name, codec in VIDEO_CODECS.items()
        if codec.software is None and set(codec.containers) & set(MOVIES)
    }


def _show(found: list[ExportPreset]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("preset", "file", "picture", "sound", "at most", "for"):
        table.add_column(heading, overflow="fold")
    for preset in found:
        size = "" if preset.size is None else f"{preset.size[0]}x{preset.size[1]}"
        longest = "" if preset.longest is None else f"{preset.longest:g} s"
        rate = f" crf {preset.crf}" if preset.crf is not None else ""
        rate = f" {preset.bitrate / 1e6:g} Mbit/s" if preset.bitrate is not None else rate
        table.add_row(
            preset.name,
            f".{preset.container}",
            f"{preset.codec}{rate}" if preset.codec else "none",
            preset.audio or "",
            " ".join(filter(None, (size, longest))),
            preset.title,
        )
    print_table(table)
