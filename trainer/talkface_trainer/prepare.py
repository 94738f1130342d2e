"""A folder of clips to a data set, resumable, over several processes; one bad clip never stops the rest."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from talkface_studio.api.errors import TrainingError
from talkface_studio.api.values import CropLayout, Device
from talkface_studio.speech.encoder import EncoderRegistry
from talkface_studio.speech.encoders import studio_encoders
from talkface_studio.speech.track import ACTIVITY
from talkface_trainer.dataset import FRAME_RATE, VERSION, ClipRecord, Dataset, read_records, read_settings
from talkface_trainer.extract import Limits, RejectedError, extract_clip, write_features
from talkface_trainer.files import write_text
from talkface_trainer.labels import read_labels, write_labels
from talkface_trainer.table import ClipSource, list_clips, select_clips

FEATURES = ("whisper-base", "whisper-tiny.en", "mfcc")
MARGIN = 8
"""Pixels around what a model sees, for augmentation."""
LAYOUTS = {
    "face": CropLayout().padded(MARGIN),
    "portrait": CropLayout(192, eye_distance=0.3, eye_height=0.43).padded(12),
}
"""Framings by name: the face alone, or the head with its hair and neck."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PrepareSummary:
    """What a data set holds after a preparation."""

    folder: Path
    clips: int
    """Usable ones."""
    new: int
    """Clips looked at by this call, rejected ones included."""
    frames: int
    speakers: int
    splits: dict[str, int]
    """Usable clips by split."""
    rejected: dict[str, str]
    """Reason by path of the clip."""
    seconds: float
    """How long this call took."""

    def document(self) -> dict[str, Any]:
        """As plain data for JSON."""
        return asdict(self) | {"folder": str(self.folder)}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Settings:
    """What every worker needs to know."""

    output: Path
    layout: CropLayout
    features: tuple[str, ...]
    limits: Limits = field(default_factory=Limits)
    encoder_folder: Path | None = None

    def document(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "layout": asdict(self.layout),
            "frame_rate": FRAME_RATE,
            "features": list(self.features),
            "limits": asdict(self.limits),
        }


def prepare(
    clips: Path,
    output: Path,
    *,
    layout: CropLayout | None = None,
    features: Sequence[str] = FEATURES,
    workers: int = 1,
    table: Path | None = None,
    groups: Iterable[str] | None = None,
    splits: Iterable[str] | None = None,
    exclude: Iterable[str] = (),
    max_per_speaker: int | None = None,
    limit: int | None = None,
    limits: Limits | None = None,
    encoder_folder: Path | None = None,
    retry_rejected: bool = False,
    progress: bool = True,
) -> PrepareSummary:
    """Prepare the clips of a folder (see `table.list_clips`) as a data set (see `dataset`) in `output`.

    Clips that are in the data set already are skipped, also after a kill, and none is removed; a kind in `features`
    that they lack is added to them. `layout` is that of the crops, by default the standard one with 8 pixels around it.
    `groups`, `splits`, `exclude` (speakers), `max_per_speaker` and `limit` select clips (see `table.select_clips`).
    Labels of speakers (see `labels`) beside the table, or in the folder without one, are taken over.
    `retry_rejected` looks again at clips that were rejected. `progress` draws a bar on stderr.

    Raises:
        TrainingError: there is nothing to prepare, or `output` holds something else or another layout.
        SpeechError: an encoder in `features` is unknown or not installed.
    """
    began = time.monotonic()
    chosen = select_clips(
        list_clips(clips, table),
        groups=groups,
        splits=splits,
        exclude=exclude,
        max_per_speaker=max_per_speaker,
        limit=limit,
    )
    settings = _Settings(
        output=output,
        layout=layout or LAYOUTS["face"],
        features=tuple(dict.fromkeys(features)),
        limits=limits or Limits(),
        encoder_folder=encoder_folder,
    )
    labels = read_labels(table.parent if table else clips)
    _check_encoders(settings)
    _open_output(settings)
    write_labels(output, labels)
    records = _finished_records(output)
    if retry_rejected:
        records = {id_: record for id_, record in records.items() if record.rejected is None}
    tasks = [clip for clip in chosen if _needs_work(clip, records, settings)]
    with (output / "clips.jsonl").open("a", encoding="utf-8") as log:
        for record in _progress(_prepared(tasks, settings, workers), len(tasks), progress):
            records[record.id] = record
            # A line at once, so that a kill costs only the clips under way.
            log.write(json.dumps(asdict(record)) + "\n")
            log.flush()
    _write_records(output, records)
    return _summary(output, len(tasks), time.monotonic() - began)


def prepare_clip(source: ClipSource, settings: _Settings, encoders: EncoderRegistry) -> ClipRecord:
    """Prepare one clip into its folder, or complete the features of one that is there."""
    final = settings.output / "clips" / source.id
    try:
        if final.is_dir():
            return _complete(final, settings, encoders)
        draft = settings.output / "clips" / f".{source.id}.{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            record = extract_clip(
                source,
                draft,
                layout=settings.layout,
                features=settings.features,
                limits=settings.limits,
                encoders=encoders,
            )
            write_text(draft / "clip.json", json.dumps(asdict(record)))
            draft.replace(final)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except RejectedError as reason:
        return _rejected(source, str(reason))
    except OSError as error:
        raise TrainingError(f"{final}: cannot be written: {error}") from error
    except Exception as error:  # noqa: BLE001 - whatever a strange file provokes, the other clips go on
        return _rejected(source, f"failed: {type(error).__name__}: {error}")
    return record


def _complete(folder: Path, settings: _Settings, encoders: EncoderRegistry) -> ClipRecord:
    lacking = [kind for kind in settings.features if not (folder / "features" / f"{kind}.json").is_file()]
    write_features(folder, np.load(folder / "speech.npy"), lacking, encoders)
    return ClipRecord(**json.loads((folder / "clip.json").read_text(encoding="utf-8")))


def _rejected(source: ClipSource, reason: str) -> ClipRecord:
    return ClipRecord(
        id=source.id,
        path=source.name,
        speaker=source.speaker,
        split=source.split,
        group=source.group,
        licence=source.licence,
        note=source.note,
        rejected=" ".join(reason.split()),
    )


def _check_encoders(settings: _Settings) -> None:
    """Refuse an encoder that is missing before hours of work, not after."""
    encoders = studio_encoders(Device(), settings.encoder_folder)
    for kind in (*settings.features, *((ACTIVITY,) if settings.limits.speech > 0 else ())):
        encoders.get(kind)
    encoders.close()


def _open_output(settings: _Settings) -> None:
    output = settings.output
    if (output / "dataset.json").exists():
        there = read_settings(output)
        wanted = settings.document()
        for key in ("layout", "limits"):
            if there[key] != wanted[key]:
                raise TrainingError(f"{output}: was prepared with another {key}; choose another output folder")
        kinds = list(dict.fromkeys([*there["features"], *settings.features]))
        write_text(output / "dataset.json", json.dumps(there | {"features": kinds}, indent=2))
        for draft in (output / "clips").glob(".*"):
            shutil.rmtree(draft, ignore_errors=True)
        return
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise TrainingError(f"{output}: exists and is not a prepared data set; choose another output folder")
    try:
        (output / "clips").mkdir(parents=True, exist_ok=True)
        write_text(output / "dataset.json", json.dumps(settings.document(), indent=2))
    except OSError as error:
        raise TrainingError(f"{output}: cannot be written: {error.strerror}") from error


def _finished_records(output: Path) -> dict[str, ClipRecord]:
    """What is done: the lines of clips.jsonl, and clips that were finished right before a kill."""
    records = read_records(output)
    for path in (output / "clips").glob("*/clip.json"):
        record = ClipRecord(**json.loads(path.read_text(encoding="utf-8")))
        records[record.id] = record
    # A usable clip whose folder is gone is not done.
    return {
        id_: record
        for id_, record in records.items()
        if record.rejected is not None or (output / "clips" / id_ / "clip.json").is_file()
    }


def _needs_work(clip: ClipSource, records: dict[str, ClipRecord], settings: _Settings) -> bool:
    record = records.get(clip.id)
    if record is None:
        return True
    folder = settings.output / "clips" / clip.id / "features"
    return record.rejected is None and any(not (folder / f"{kind}.json").is_file() for kind in settings.features)


def _prepared(tasks: Sequence[ClipSource], settings: _Settings, workers: int) -> Iterator[ClipRecord]:
    """The records, in any order."""
    if workers <= 1 or len(tasks) <= 1:
        encoders = studio_encoders(Device(), settings.encoder_folder)
        for task in tasks:
            yield prepare_clip(task, settings, encoders)
        encoders.close()
        return
    waiting = deque(tasks)
    while waiting:
        running: dict[Future[ClipRecord], ClipSource] = {}
        try:
            with _pool(workers) as pool:
                yield from _pooled(pool, waiting, running, settings, 2 * workers)
        except BrokenProcessPool:
            # A worker died (a decoder or detector crashed) and took its neighbours along: one of these was it.
            for task in running.values():
                yield _isolated(task, settings)


def _pooled(
    pool: ProcessPoolExecutor,
    waiting: deque[ClipSource],
    running: dict[Future[ClipRecord], ClipSource],
    settings: _Settings,
    most: int,
) -> Iterator[ClipRecord]:
    """Take from `waiting`, keep what is under way in `running`."""
    while waiting or running:
        while waiting and len(running) < most:
            running[pool.submit(_work, waiting[0], settings)] = waiting[0]
            waiting.popleft()
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            record = future.result()
            del running[future]
            yield record


def _isolated(task: ClipSource, settings: _Settings) -> ClipRecord:
    try:
        with _pool(1) as pool:
            return pool.submit(_work, task, settings).result()
    except BrokenProcessPool:
        return _rejected(task, "failed: the process that read it crashed")


def _pool(workers: int) -> ProcessPoolExecutor:
    # spawn: the detector's and torch's threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker)


def _start_worker() -> None:
    import cv2
    import torch

    torch.set_num_threads(1)
    cv2.setNumThreads(1)


def _work(task: ClipSource, settings: _Settings) -> ClipRecord:
    return prepare_clip(task, settings, _worker_encoders(settings.encoder_folder))


@cache
def _worker_encoders(folder: Path | None) -> EncoderRegistry:
    """The one thing that a worker process keeps between clips: its loaded encoders."""
    return studio_encoders(Device(), folder)


def _progress(records: Iterator[ClipRecord], total: int, show: bool) -> Iterator[ClipRecord]:
    from tqdm import tqdm

    with tqdm(total=total, desc="prepare", unit="clip", disable=not show, smoothing=0.05) as bar:
        rejected = 0
        for record in records:
            rejected += record.rejected is not None
            bar.set_postfix(rejected=rejected, refresh=False)
            bar.update()
            yield record


def _write_records(output: Path, records: dict[str, ClipRecord]) -> None:
    lines = [json.dumps(asdict(records[id_])) for id_ in sorted(records)]
    write_text(output / "clips.jsonl", "".join(f"{line}\n" for line in lines))


def _summary(output: Path, new: int, seconds: float) -> PrepareSummary:
    dataset = Dataset(output)
    usable = dataset.clips()
    return PrepareSummary(
        folder=output,
        clips=len(usable),
        new=new,
        frames=sum(clip.frames for clip in usable),
        speakers=len(dataset.speakers()),
        splits=dict(Counter(clip.record.split for clip in usable)),
        rejected={record.path: record.rejected for record in dataset.records if record.rejected},
        seconds=round(seconds, 1),
    )
