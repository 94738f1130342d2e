"""Media that are not where the project says, and where they went."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from talkface_studio.project.document.media import Fingerprint, Media, MediaProblem
from talkface_studio.project.storage.fingerprint import fingerprint


@dataclass(frozen=True, slots=True)
class Match:
    """A file that may be a missing one. `certain` says that size and content are the same, whatever its name."""

    path: Path
    fingerprint: Fingerprint
    certain: bool


def missing_problem(media: Media) -> MediaProblem | None:
    """What to tell of an entry whose file is not there, or None; other problems are not looked for."""
    # A folder that may not be looked into raises; what lies in it is as good as gone.
    with suppress(OSError):
        if media.path.is_file():
            return None
    there = False
    with suppress(OSError):
        there = media.path.parent.is_dir()
    if there:
        reason = f"{media.path.name} is no longer in {media.path.parent}; find it to go on"
    else:
        reason = f"the folder {media.path.parent} is not there; connect its drive, or find {media.path.name} elsewhere"
    return MediaProblem(status="missing", reason=reason)


def find_media(wanted: Iterable[Media], folders: Iterable[Path]) -> dict[str, Match]:
    """Look for missing media in folders and all below them.

    A file with the fingerprint of the entry is certain, under any name; without one, a file of the same name is a guess
    for the user to confirm. What cannot be read is passed over.

    Args:
        wanted: the entries to find.
        folders: where to look, the likeliest first.

    Returns:
        By the id of the entry, the best file for it.
    """
    entries = tuple(wanted)
    names = {entry.path.name.casefold() for entry in entries}
    sizes = {entry.fingerprint.size for entry in entries if entry.fingerprint is not None}
    by_name: dict[str, list[Path]] = defaultdict(list)
    by_size: dict[int, list[Path]] = defaultdict(list)
    for path, size in _files(folders):
        if path.name.casefold() in names:
            by_name[path.name.casefold()].append(path)
        if size in sizes:
            by_size[size].append(path)
    found = ((entry.id, _best(entry, by_name, by_size)) for entry in entries)
    return {entry_id: match for entry_id, match in found if match is not None}


def _best(entry: Media, by_name: Mapping[str, list[Path]], by_size: Mapping[int, list[Path]]) -> Match | None:
    same_name = by_name.get(entry.path.name.casefold(), [])
    same_size = by_size.get(entry.fingerprint.size, []) if entry.fingerprint is not None else []
    guess: Match | None = None
    for path in dict.fromkeys([*same_name, *same_size]):
        with suppress(OSError):
            print_ = fingerprint(path)
            if print_ == entry.fingerprint:
                return Match(path, print_, certain=True)
            if guess is None and path in same_name:
                guess = Match(path, print_, certain=False)
    return guess


def _files(folders: Iterable[Path]) -> Iterator[tuple[Path, int]]:
    for folder in folders:
        for parent, _, names in os.walk(folder):
            for name in names:
                path = Path(parent, name)
                with suppress(OSError):
                    yield path.absolute(), path.stat().st_size
