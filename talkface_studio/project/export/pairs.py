"""Everything with everything: exports for the queue that need no timeline."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Literal

from talkface_studio.api.card import OptionValue
from talkface_studio.api.errors import ProjectError
from talkface_studio.project.document.settings import ExportSettings
from talkface_studio.project.export.planned import DubEntry, PlannedExport, free_name

Pairing = Literal["product", "zip"]


def pair_exports(
    faces: Sequence[Path],
    voices: Sequence[Path],
    folder: Path,
    *,
    pairing: Pairing = "product",
    settings: ExportSettings | None = None,
    model: str | None = None,
    options: Mapping[str, OptionValue] | None = None,
    preset: str = "compact",
    taken: Collection[Path] = (),
) -> tuple[PlannedExport, ...]:
    """One export for every face with every voice, or for the first with the first and so on.

    For the clips of a folder, give what `storage.scan.media_files` finds there. An output is named after both files.

    Args:
        faces: videos and photos.
        voices: files with sound.
        folder: where outputs go when the settings name no folder.
        pairing: "product" or "zip".
        settings: how to export.
        model: for all of them; None leaves the choice to the engine, for each by its inputs.
        options: the model's own.
        preset: size and weights of the model.
        taken: outputs that must not be used again.

    Raises:
        ProjectError: there is no face or no voice, or "zip" has more of one than of the other.
    """
    if not faces or not voices:
        raise ProjectError("nothing to pair: choose at least one photo or video and at least one voice")
    if pairing == "zip" and len(faces) != len(voices):
        raise ProjectError(f"{len(faces)} faces do not go with {len(voices)} voices one by one; choose as many of both")
    settings = settings or ExportSettings()
    used = set(taken)
    exports = []
    for face, voice in product(faces, voices) if pairing == "product" else zip(faces, voices, strict=True):
        entry = DubEntry(speech=voice, model=model, options=dict(options or {}), preset=preset)
        output = free_name(settings.folder or folder, f"{face.stem}-{voice.stem}", settings.suffix, used)
        exports.append(PlannedExport(picture=face, entries=(entry,), output=output, settings=settings))
    return tuple(exports)
