"""A prepared data set: clips of aligned faces with their speech, read through memory maps.

    folder/
      dataset.json      version, layout of the crops, frame rate, settings of the preparation
      clips.jsonl       one clip a line; `rejected` holds the reason why a clip was left out, or null
      clips/<id>/       crops.npy      uint8   (N, S, S, 3)   aligned faces, RGB
                        landmarks.npy  float32 (N, 478, 3)    mesh in crop pixels
                        matrices.npy   float64 (N, 2, 3)      affine from frame to crop
                        times.npy      float64 (N,)           seconds, 25 a second, on the axis of the speech
                        observed.npy   bool    (N,)           False where the face was bridged
                        speech.npy     float32 (n,)           16 kHz mono, sample 0 at 0 s
                        features/<kind>.npy, <kind>.json      vectors of a speech encoder; their rate and start

N frames, S side of the padded crop.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.errors import TrainingError
from talkface_studio.api.values import ByteArray, CropLayout, FloatArray, Matrix, SpeechFeatures

VERSION = 1
FRAME_RATE = 25.0
SAMPLE_RATE = 16_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipRecord:
    """What `clips.jsonl` says of one clip."""

    id: str
    path: str
    """Of the source, relative to its table or folder."""
    speaker: str
    split: str
    group: str = ""
    frames: int = 0
    seconds: float = 0.0
    missing: int = 0
    """Frames whose face was bridged."""
    eye_distance: float = 0.0
    """Median distance of the outer eye corners in the source, in pixels."""
    licence: str = ""
    note: str = ""
    rejected: str | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """One prepared clip. Every array is opened when asked for and is read-only; keep a reference while you use it."""

    record: ClipRecord
    folder: Path

    @property
    def id(self) -> str:
        """Name of the clip's folder."""
        return self.record.id

    @property
    def speaker(self) -> str:
        """Who speaks."""
        return self.record.speaker

    @property
    def frames(self) -> int:
        """Number of frames, N."""
        return self.record.frames

    @property
    def crops(self) -> ByteArray:
        """Aligned faces, uint8 RGB `(N, S, S, 3)`, memory-mapped."""
        return self._map("crops")

    @property
    def landmarks(self) -> FloatArray:
        """Mesh in crop pixels, float32 `(N, 478, 3)`, memory-mapped."""
        return self._map("landmarks")

    @property
    def matrices(self) -> Matrix:
        """Affine from frame to crop, float64 `(N, 2, 3)`."""
        return self._map("matrices")

    @property
    def times(self) -> NDArray[np.float64]:
        """Instants of the frames in seconds, float64 `(N,)`."""
        return self._map("times")

    @property
    def observed(self) -> NDArray[np.bool_]:
        """False where the face was not seen but bridged, `(N,)`."""
        return self._map("observed")

    @property
    def speech(self) -> FloatArray:
        """16 kHz mono samples, float32 `(n,)`, from 0 s."""
        return self._map("speech")

    def has_features(self, kind: str) -> bool:
        """Whether this encoder's vectors were prepared."""
        return (self.folder / "features" / f"{kind}.json").is_file()

    def features(self, kind: str) -> SpeechFeatures:
        """All vectors of one encoder over the clip, float32 `(n, dim)`.

        Raises:
            TrainingError: the data set was prepared without this encoder.
        """
        folder = self.folder / "features"
        try:
            facts = json.loads((folder / f"{kind}.json").read_text(encoding="utf-8"))
            values = np.load(folder / f"{kind}.npy")
        except FileNotFoundError:
            raise TrainingError(
                f"{self.folder.parent.parent}: prepared without {kind} features; run prepare again with this kind"
            ) from None
        return SpeechFeatures(
            values=values.astype(np.float32, copy=False), rate=facts["rate"], start=facts["start"], kind=kind
        )

    def _map(self, name: str) -> NDArray[Any]:
        # Not kept open: Python's mmap holds a file descriptor, and a data set has more clips than a process may open.
        path = self.folder / f"{name}.npy"
        try:
            array: NDArray[Any] = np.load(path, mmap_mode="r")
        except (OSError, ValueError) as error:
            raise TrainingError(
                f"{path}: cannot be read ({error}); remove the clip's folder and prepare again"
            ) from error
        return array


@dataclass
class Dataset:
    """A prepared data set, opened for reading.

    Raises:
        TrainingError: the folder is not a prepared data set, or one of another version.
    """

    folder: Path
    settings: Mapping[str, Any] = field(init=False)
    layout: CropLayout = field(init=False)
    records: tuple[ClipRecord, ...] = field(init=False)
    """All clips, rejected ones included, sorted by id."""

    def __post_init__(self) -> None:
        self.settings = read_settings(self.folder)
        self.layout = CropLayout(**self.settings["layout"])
        self.records = tuple(sorted(read_records(self.folder).values(), key=lambda record: record.id))
        self._by_split: dict[tuple[str | None, str | None], tuple[Clip, ...]] = {}

    def clips(self, split: str | None = None, speaker: str | None = None) -> tuple[Clip, ...]:
        """The usable clips of a split and speaker (None: of all), sorted by id."""
        key = split, speaker
        if key not in self._by_split:
            self._by_split[key] = tuple(
                Clip(record, self.folder / "clips" / record.id)
                for record in self.records
                if record.rejected is None
                and (split is None or record.split == split)
                and (speaker is None or record.speaker == speaker)
            )
        return self._by_split[key]

    def speakers(self, split: str | None = None) -> tuple[str, ...]:
        """Names of the speakers of a split, sorted."""
        return tuple(sorted({clip.speaker for clip in self.clips(split)}))

    def sample_clip(self, rng: np.random.Generator, *, split: str = "train", balance: float = 0.5) -> Clip:
        """A random clip: first the speaker with a probability of (number of clips) ** balance, then one of its clips.

        `balance` 0 makes every speaker equally likely, 1 every clip.

        Raises:
            TrainingError: the split has no clips.
        """
        speakers = self.speakers(split)
        if not speakers:
            raise TrainingError(f"{self.folder}: has no clips in the split {split!r}")
        weights = np.array([len(self.clips(split, speaker)) for speaker in speakers], dtype=np.float64) ** balance
        speaker = speakers[int(rng.choice(len(speakers), p=weights / weights.sum()))]
        clips = self.clips(split, speaker)
        return clips[int(rng.integers(len(clips)))]

    def fingerprint(self) -> str:
        """SHA-256 over the settings and the usable clips: two data sets with the same one train the same."""
        digest = hashlib.sha256(json.dumps(self.settings, sort_keys=True).encode())
        for clip in self.clips():
            digest.update(f"{clip.id} {clip.frames} {clip.record.split} {clip.speaker}\n".encode())
        return digest.hexdigest()

    def summary(self) -> dict[str, Any]:
        """Counts for a run's record: clips, speakers and minutes by split, licences, reasons of rejection."""
        splits: dict[str, dict[str, Any]] = defaultdict(lambda: {"clips": 0, "speakers": 0, "minutes": 0.0})
        for clip in self.clips():
            part = splits[clip.record.split]
            part["clips"] += 1
            part["minutes"] = round(part["minutes"] + clip.record.seconds / 60, 6)
        for split, part in splits.items():
            part["speakers"] = len(self.speakers(split))
            part["minutes"] = round(part["minutes"], 2)
        return {
            "fingerprint": self.fingerprint(),
            "splits": dict(splits),
            "licences": dict(Counter(clip.record.licence or "unknown" for clip in self.clips())),
            "rejected": dict(Counter(record.rejected.split(":")[0] for record in self.records if record.rejected)),
        }


def read_settings(folder: Path) -> dict[str, Any]:
    """The document `dataset.json`.

    Raises:
        TrainingError: it is missing, damaged or of another version.
    """
    path = folder / "dataset.json"
    try:
        settings: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version = settings["version"]
    except (OSError, ValueError, KeyError, TypeError):
        raise TrainingError(
            f"{folder}: not a prepared data set (no readable dataset.json); run prepare first"
        ) from None
    if version != VERSION:
        raise TrainingError(f"{folder}: prepared by another version ({version}, this is {VERSION}); prepare it again")
    return settings


def read_records(folder: Path) -> dict[str, ClipRecord]:
    """The lines of `clips.jsonl` by clip id; a line that was cut off by a kill is left out."""
    path = folder / "clips.jsonl"
    records = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            record = ClipRecord(**json.loads(line))
        except (ValueError, TypeError):
            continue
        if math.isfinite(record.seconds):
            records[record.id] = record
    return records
