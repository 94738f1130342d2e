"""Published corpora of talking faces, as they lie on a disk after their own download: no table has to be written.

    CREMA-D     VideoFlash/1001_DFA_ANG_XX.flv: actor, sentence, emotion, level; also as VideoMP4/*.mp4
    VoxCeleb2   dev/mp4/id00012/21Uxsk56VDQ/00001.mp4, test/mp4/...: person, video, utterance
    VoxCeleb1   mp4/id10001/1zcIwhmdeo4/00001.mp4: the utterances that its tables name, cut out
    AVSpeech    avspeech_train.csv and avspeech_test.csv, which name parts of videos, and in train/ and test/ these
                parts, cut out: YTID_90.000000_95.000000.mp4

Splits are a function of the names alone. Where a corpus is meant for recollecting speakers, some clips of every speaker
are held out as `val`, and some speakers altogether as `val_unseen`.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from talkface_studio.api.errors import TrainingError

VOXCELEB1_TEST = range(10270, 10310)
"""People of VoxCeleb1's test of verification, whose names begin with E (Nagrani et al. 2017)."""
UNSEEN_ACTORS, HELD_OUT, TESTED = 0.08, 0.15, 0.15
"""Shares of CREMA-D: actors nobody trains on; of the others' clips those to validate on, and the paper's test."""
HELD_OUT_UTTERANCES = 0.02
"""Share of VoxCeleb's development utterances that are validated on."""
EMOTIONS = {"ANG": "anger", "DIS": "disgust", "FEA": "fear", "HAP": "happiness", "NEU": "neutral", "SAD": "sadness"}
_CREMA = re.compile(r"(\d{4})_([A-Z]{3})_([A-Z]{3})_([A-Z]{2})")
_AVSPEECH = re.compile(r"(.{11})_(\d+(?:\.\d+)?)_(\d+(?:\.\d+)?)")


class CorpusClip(NamedTuple):
    """One video of a corpus, with what its name or its tables say."""

    path: Path
    speaker: str
    split: str
    group: str
    licence: str
    note: str = ""


def corpus_of(folder: Path) -> Callable[[Path], Iterator[CorpusClip]] | None:
    """What reads this folder, or None where it is none of these corpora."""
    if (folder / "VideoFlash").is_dir() or (folder / "VideoMP4").is_dir():
        return crema_d
    if any((folder / part / "mp4").is_dir() for part in ("dev", "test")):
        return voxceleb
    if next((folder / "mp4").glob("id1*"), None) is not None:
        return voxceleb1
    if any((folder / f"avspeech_{part}.csv").is_file() for part in ("train", "test")):
        return avspeech
    return None


def crema_d(folder: Path) -> Iterator[CorpusClip]:
    """The clips of CREMA-D (Cao et al. 2014); notes say "emotion=NAME" and the level.

    Raises:
        TrainingError: a video is not named as in the corpus.
    """
    videos = folder / "VideoFlash" if (folder / "VideoFlash").is_dir() else folder / "VideoMP4"
    for path in sorted(videos.iterdir()):
        if path.suffix.lower() not in {".flv", ".mp4"}:
            continue
        named = _CREMA.fullmatch(path.stem)
        if named is None or named.group(3) not in EMOTIONS:
            raise TrainingError(f"{path}: is not named like a clip of CREMA-D, for example 1001_DFA_ANG_XX.flv")
        actor, _, emotion, level = named.groups()
        place = _share(path.stem)
        if _share(actor) < UNSEEN_ACTORS:
            split = "val_unseen"
        else:
            split = "val" if place < HELD_OUT else "test" if place < HELD_OUT + TESTED else "train"
        note = f"emotion={EMOTIONS[emotion]} level={level}"
        yield CorpusClip(path, actor, split, "crema-d", "Open Database License, for research", note)


def voxceleb(folder: Path) -> Iterator[CorpusClip]:
    """The utterances of VoxCeleb2 (Chung et al. 2018): the test set's people are those that nobody trains on."""
    for part in ("dev", "test"):
        for path in sorted((folder / part / "mp4").glob("id*/*/*.mp4")):
            person = path.parts[-3]
            held = _share("/".join(path.parts[-3:])) < HELD_OUT_UTTERANCES
            split = "val_unseen" if part == "test" else "val" if held else "train"
            yield CorpusClip(path, person, split, "voxceleb", "CC BY 4.0 (the videos are their owners')")


def voxceleb1(folder: Path) -> Iterator[CorpusClip]:
    """The utterances of VoxCeleb1 (Nagrani et al. 2017), which is not divided into folders.

    Raises:
        TrainingError: a folder of a person is not named as in the corpus.
    """
    for path in sorted((folder / "mp4").glob("id*/*/*.mp4")):
        person = path.parts[-3]
        if not person[2:].isdigit():
            raise TrainingError(f"{path.parents[1]}: is not named like a person of VoxCeleb1, for example id10001")
        held = _share("/".join(path.parts[-3:])) < HELD_OUT_UTTERANCES
        split = "val_unseen" if int(person[2:]) in VOXCELEB1_TEST else "val" if held else "train"
        yield CorpusClip(path, person, split, "voxceleb", "CC BY 4.0 (the videos are their owners')")


def avspeech(folder: Path) -> Iterator[CorpusClip]:
    """The clips of AVSpeech (Ephrat et al. 2018) that were cut; a video's identifier stands for its speaker.

    Raises:
        TrainingError: a table has a line that is not identifier, start, end, x, y.
    """
    for part, split in (("train", "train"), ("test", "val_unseen")):
        table = folder / f"avspeech_{part}.csv"
        if not table.is_file():
            continue
        known = dict(_segments(table))
        for path in sorted((folder / part).glob("*.mp4")):
            named = _AVSPEECH.fullmatch(path.stem)
            place = None if named is None else known.get((named.group(1), round(float(named.group(2)), 3)))
            if named is None or place is None:
                continue
            yield CorpusClip(
                path, named.group(1), split, "avspeech", "CC BY 4.0 (the videos are their owners')", f"face={place}"
            )


def _segments(table: Path) -> Iterator[tuple[tuple[str, float], str]]:
    with table.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.reader(lines), 1):
            try:
                name, start, _, x, y = row
                yield (name, round(float(start), 3)), f"{float(x):.3f},{float(y):.3f}"
            except ValueError:
                raise TrainingError(f"{table} line {number}: is not identifier, start, end, x, y") from None


def _share(name: str) -> float:
    """A number in 0..1 that belongs to a name."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 2**32
