"""Which clips a data set is made of: a folder of videos, with or without a table that describes them."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from talkface_studio.api.errors import TrainingError
from talkface_trainer.corpora import CorpusClip, corpus_of

VIDEO_SUFFIXES = frozenset({".flv", ".mp4", ".mov", ".mkv", ".avi", ".mpg", ".mpeg", ".webm", ".m4v"})
COLUMNS = ("path", "speaker", "group", "split", "seconds", "licence", "note")
UNSEEN_SHARE = 0.1
"""Share of the speakers that are held out where no table says who is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipSource:
    """One video to prepare. `name` is its path relative to the table or folder, with forward slashes."""

    path: Path
    name: str
    speaker: str
    split: str
    group: str = ""
    licence: str = ""
    note: str = ""

    @property
    def id(self) -> str:
        """Name of the clip's folder: readable, unique, and the same on every machine."""
        stem = re.sub(r"[^A-Za-z0-9]+", "-", self.name.rsplit(".", 1)[0]).strip("-").lower()
        return f"{stem[-48:]}-{hashlib.sha256(self.name.encode()).hexdigest()[:6]}"


def list_clips(clips: Path, table: Path | None = None) -> tuple[ClipSource, ...]:
    """The clips of a folder, sorted by name.

    `table` is a tab-separated file with the columns of `COLUMNS` (only path and speaker are required; paths are
    relative to the table). Without one, `clips.tsv` in the folder is used if it exists, then the layout of a published
    corpus if the folder has one (see `corpora`); otherwise the name of the parent folder is the speaker, and about a
    tenth of the speakers, chosen by a hash of their name, are `val_unseen`.

    Raises:
        TrainingError: the folder or table is missing, malformed, or names no video.
    """
    if not clips.is_dir():
        raise TrainingError(f"{clips}: no such folder of clips")
    if table is None and (clips / "clips.tsv").is_file():
        table = clips / "clips.tsv"
    corpus = None if table else corpus_of(clips)
    if corpus is not None:
        found = _read_corpus(clips, corpus(clips))
    else:
        found = _read_table(table) if table else _read_folder(clips)
    if not found:
        raise TrainingError(f"{table or clips}: holds no video; expected {', '.join(sorted(VIDEO_SUFFIXES))}")
    return tuple(sorted(found, key=lambda clip: clip.name))


def select_clips(
    clips: Sequence[ClipSource],
    *,
    groups: Iterable[str] | None = None,
    splits: Iterable[str] | None = None,
    exclude: Iterable[str] = (),
    max_per_speaker: int | None = None,
    limit: int | None = None,
) -> tuple[ClipSource, ...]:
    """A deterministic part of the clips, spread evenly.

    `exclude` names speakers to leave out. `max_per_speaker` holds for every split of a speaker by itself, so that
    held-out clips survive; `limit` takes turns between the speakers.

    Raises:
        TrainingError: nothing is left.
    """
    wanted_groups = None if groups is None else frozenset(groups)
    wanted_splits = None if splits is None else frozenset(splits)
    excluded = frozenset(exclude)
    parts: dict[tuple[str, str], list[ClipSource]] = defaultdict(list)
    for clip in clips:
        if clip.speaker in excluded or (wanted_groups is not None and clip.group not in wanted_groups):
            continue
        if wanted_splits is None or clip.split in wanted_splits:
            parts[clip.speaker, clip.split].append(clip)
    kept = [spread(part, max_per_speaker) for _, part in sorted(parts.items())]
    if limit is not None:
        turns = sorted((turn, i) for i, part in enumerate(kept) for turn in range(len(part)))[:limit]
        sizes = [sum(1 for _, owner in turns if owner == i) for i in range(len(kept))]
        kept = [spread(part, size) for part, size in zip(kept, sizes, strict=True)]
    chosen = sorted((clip for part in kept for clip in part), key=lambda clip: clip.name)
    if not chosen:
        raise TrainingError(f"no clip left of {len(clips)}: check the group, split and limit that were asked for")
    return tuple(chosen)


def spread(clips: Sequence[ClipSource], count: int | None) -> Sequence[ClipSource]:
    """`count` of the clips at even distances (all of them for None)."""
    if count is None or count >= len(clips):
        return clips
    return [clips[i * len(clips) // count] for i in range(count)]


def _read_table(table: Path) -> list[ClipSource]:
    try:
        rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines(), delimiter="\t"))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TrainingError(f"{table}: cannot be read as a clip table: {error}") from error
    found = []
    for number, row in enumerate(rows, start=2):
        if not row.get("path") or not row.get("speaker"):
            raise TrainingError(f"{table} line {number}: needs the tab-separated columns path and speaker")
        found.append(
            ClipSource(
                path=table.parent / row["path"],
                name=Path(row["path"]).as_posix(),
                speaker=row["speaker"],
                split=row.get("split") or "train",
                group=row.get("group") or "",
                licence=row.get("licence") or "",
                note=row.get("note") or "",
            )
        )
    return found


def _read_corpus(folder: Path, clips: Iterable[CorpusClip]) -> list[ClipSource]:
    return [
        ClipSource(
            path=clip.path,
            name=clip.path.relative_to(folder).as_posix(),
            speaker=clip.speaker,
            split=clip.split,
            group=clip.group,
            licence=clip.licence,
            note=clip.note,
        )
        for clip in clips
    ]


def _read_folder(folder: Path) -> list[ClipSource]:
    paths = [path for path in folder.rglob("*") if path.suffix.lower() in VIDEO_SUFFIXES and path.is_file()]
    unseen = _unseen_speakers({path.parent.name for path in paths})
    return [
        ClipSource(
            path=path,
            name=path.relative_to(folder).as_posix(),
            speaker=path.parent.name,
            split="val_unseen" if path.parent.name in unseen else "train",
        )
        for path in paths
    ]


def _unseen_speakers(speakers: set[str]) -> set[str]:
    ranks = {speaker: int(hashlib.sha256(speaker.encode()).hexdigest()[:8], 16) / 2**32 for speaker in speakers}
    unseen = {speaker for speaker, rank in ranks.items() if rank < UNSEEN_SHARE}
    if not unseen and len(speakers) > 1:
        unseen = {min(ranks, key=ranks.__getitem__)}
    return unseen if len(unseen) < len(speakers) else set()
