"""One video to the arrays of one prepared clip, or the reason why it cannot be used."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.api.landmarks import eye_distance
from talkface_studio.api.values import AudioClip, CropLayout, FaceObservation, FloatArray, VideoFrame
from talkface_studio.faces.align import crop_face
from talkface_studio.faces.tracker import FaceTracker
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.probe import MediaInfo, probe
from talkface_studio.media.video import VideoReader
from talkface_studio.speech.encoder import EncoderRegistry
from talkface_studio.speech.track import SpeechTrack
from talkface_trainer.arrays import RowWriter
from talkface_trainer.dataset import FRAME_RATE, SAMPLE_RATE, ClipRecord
from talkface_trainer.table import ClipSource

FEATURE_MARGIN = 0.6
"""Seconds of vectors that are kept before and after a clip, so that windows at its ends see what inference sees."""
HALF_FLOAT_FROM = 128
"""Encoders with vectors at least this long are stored as float16."""


class RejectedError(Exception):
    """The clip cannot be trained on; the message is the reason, a class in front of a colon and details behind."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What a clip must fulfil."""

    shortest: float = 1.0
    """Seconds of picture and sound together."""
    missing: float = 0.1
    """Largest share of frames without the face."""
    eye_distance: float = 40.0
    """Smallest median distance of the outer eye corners in the source, in pixels."""
    rival: float = 0.5
    """A second person whose face is at least this much of the first one's size, in a quarter of the frames, is one too
    many."""
    speech: float = 0.1
    """Least seconds in which voice activity is likely; 0 switches the check off, and sound need only not be silent."""


@dataclass(frozen=True, slots=True)
class FaceFrames:
    """Where the main face is: one row for each frame of the prepared clip."""

    frames: NDArray[np.int64]
    """Index of the source frame, `(N,)`, rising."""
    times: NDArray[np.float64]
    landmarks: FloatArray
    """In frame pixels, `(N, 478, 3)`."""
    observed: NDArray[np.bool_]


def extract_clip(
    source: ClipSource,
    folder: Path,
    *,
    layout: CropLayout,
    features: Sequence[str],
    limits: Limits,
    encoders: EncoderRegistry,
) -> ClipRecord:
    """Write the arrays of one clip into `folder`, an existing empty folder.

    Raises:
        RejectedError: the clip cannot be used.
    """
    duration = _playable(source.path, limits)
    speech = _read_speech(source.path, duration, limits, encoders)
    face = _find_face(source.path, duration, limits)
    np.save(folder / "speech.npy", speech)
    write_features(folder, speech, features, encoders)
    _write_frames(source.path, folder, face, layout)
    return ClipRecord(
        id=source.id,
        path=source.name,
        speaker=source.speaker,
        split=source.split,
        group=source.group,
        frames=len(face.times),
        seconds=round(len(face.times) / FRAME_RATE, 3),
        missing=int(np.sum(~face.observed)),
        eye_distance=round(float(np.median([eye_distance(mesh) for mesh in face.landmarks])), 1),
        licence=source.licence,
        note=source.note,
    )


def write_features(folder: Path, speech: FloatArray, kinds: Sequence[str], encoders: EncoderRegistry) -> None:
    """Write the vectors of these encoders beside a clip's 16 kHz samples `(n,)`.

    Raises:
        SpeechError: an encoder is unknown or not installed.
    """
    if not kinds:
        return
    track = SpeechTrack(_Samples(speech), encoders=encoders)
    target = folder / "features"
    target.mkdir(exist_ok=True)
    for kind in kinds:
        vectors = track.features(kind, -FEATURE_MARGIN, len(speech) / SAMPLE_RATE + FEATURE_MARGIN)
        half = vectors.values.shape[1] >= HALF_FLOAT_FROM
        np.save(target / f"{kind}.npy", vectors.values.astype(np.float16 if half else np.float32))
        facts = {"kind": kind, "rate": vectors.rate, "start": vectors.start, "dim": vectors.values.shape[1]}
        # Written last: a clip has the features whose facts are there.
        (target / f"{kind}.json").write_text(json.dumps(facts), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Samples:
    """16 kHz mono samples as an audio source."""

    samples: FloatArray
    rate: int = SAMPLE_RATE
    channels: int = 1

    @property
    def duration(self) -> float:
        return len(self.samples) / self.rate

    def read(self, start: float, end: float) -> AudioClip:
        first, count = round(start * self.rate), max(0, round((end - start) * self.rate))
        window = np.zeros((1, count), dtype=np.float32)
        low, high = max(first, 0), min(first + count, len(self.samples))
        if high > low:
            window[0, low - first : high - first] = self.samples[low:high]
        return AudioClip(window, self.rate, start)


def _playable(path: Path, limits: Limits) -> float:
    """Seconds that both picture and sound last."""
    try:
        info: MediaInfo = probe(path)
        if not info.videos:
            raise RejectedError("no picture")
        if not info.audios:
            raise RejectedError("no sound")
        with VideoReader(path) as video, AudioReader(path) as audio:
            duration = min(video.duration, audio.duration)
    except TalkFaceError as error:
        raise RejectedError(f"unreadable: {error}") from error
    if duration < limits.shortest:
        raise RejectedError(f"too short: {duration:.2f} s, needs {limits.shortest:g} s")
    return duration


def _read_speech(path: Path, duration: float, limits: Limits, encoders: EncoderRegistry) -> FloatArray:
    """16 kHz mono samples, of which enough sound like speech."""
    try:
        with AudioReader(path) as audio:
            track = SpeechTrack(audio, encoders=encoders)
            samples = np.ascontiguousarray(track.samples(0.0, duration).samples[0])
            if float(np.abs(samples).max(initial=0.0)) < 1e-3:
                raise RejectedError("silent speech: no sample above -60 dB")
            if limits.speech > 0:
                activity = track.activity(0.0, duration)
                heard = float(np.sum(activity.values > 0.5)) / activity.rate
                if heard < limits.speech:
                    raise RejectedError(f"silent speech: {heard:.2f} s of voice heard, needs {limits.speech:g} s")
    except TalkFaceError as error:
        raise RejectedError(f"unreadable sound: {error}") from error
    return samples


def _find_face(path: Path, duration: float, limits: Limits) -> FaceFrames:
    times: list[float] = []
    seen: dict[int, list[tuple[int, FaceObservation]]] = defaultdict(list)
    try:
        with VideoReader(path) as video, FaceTracker(skipped=1) as tracker:
            steady = not video.info.variable and abs(float(video.info.frame_rate) - FRAME_RATE) < 0.01
            for tracked in tracker.track(video.frames(0.0, duration)):
                for face in tracked.faces:
                    seen[face.track].append((len(times), face))
                times.append(tracked.frame.time)
    except TalkFaceError as error:
        raise RejectedError(f"unreadable picture: {error}") from error
    main = _main_track(seen, len(times), limits)
    chosen = np.arange(len(times)) if steady else nearest_frames(np.array(times), duration)
    found = np.array([index for index, _ in main])
    meshes = np.stack([face.landmarks for _, face in main])
    observed = np.zeros(len(times), dtype=bool)
    observed[[index for index, face in main if face.observed]] = True
    # A 25 fps source keeps its own times; another one is put on the grid, at most half a source frame off.
    instants = np.array(times) if steady else np.arange(len(chosen)) / FRAME_RATE
    return FaceFrames(chosen, instants, _bridged(found, meshes, chosen), observed[chosen])


def nearest_frames(times: NDArray[np.float64], duration: float) -> NDArray[np.int64]:
    """Index of the frame nearest to each instant k/25 s of `duration` seconds."""
    instants = np.arange(int(duration * FRAME_RATE + 1e-6)) / FRAME_RATE
    after = np.searchsorted(times, instants).clip(1, max(len(times) - 1, 1))
    before = after - 1
    after = after.clip(0, len(times) - 1)
    nearer_before = np.abs(times[before] - instants) <= np.abs(times[after] - instants)
    return np.where(nearer_before, before, after)


def _main_track(
    seen: dict[int, list[tuple[int, FaceObservation]]], frames: int, limits: Limits
) -> list[tuple[int, FaceObservation]]:
    """Observations of the person that the clip shows."""
    if frames == 0:
        raise RejectedError("unreadable picture: no frame could be decoded")
    if not seen:
        raise RejectedError("no face: not one was found")
    present = Counter({track: sum(face.observed for _, face in faces) for track, faces in seen.items()})
    sizes = {
        track: float(np.median([eye_distance(face.landmarks) for _, face in faces])) for track, faces in seen.items()
    }
    main = max(seen, key=lambda track: present[track] * sizes[track])
    rivals = [
        track
        for track in seen
        if track != main
        and sizes[track] > limits.rival * sizes[main]
        and _overlap(seen[track], seen[main]) > frames / 4
    ]
    if rivals:
        raise RejectedError(f"several faces: {len(rivals) + 1} of comparable size")
    missing = 1 - present[main] / frames
    if missing > limits.missing:
        raise RejectedError(f"no face: in {missing:.0%} of the frames")
    if sizes[main] < limits.eye_distance:
        raise RejectedError(f"small face: eyes {sizes[main]:.0f} px apart, needs {limits.eye_distance:g} px")
    return seen[main]


def _overlap(one: list[tuple[int, FaceObservation]], other: list[tuple[int, FaceObservation]]) -> int:
    return len({index for index, _ in one} & {index for index, _ in other})


def _bridged(found: NDArray[np.int64], meshes: FloatArray, wanted: NDArray[np.int64]) -> FloatArray:
    """Meshes at the wanted frames, interpolated where the face was not found, held at the ends."""
    after = np.searchsorted(found, wanted).clip(0, len(found) - 1)
    before = np.maximum(np.searchsorted(found, wanted, side="right") - 1, 0)
    gap = (found[after] - found[before]).astype(np.float32)
    weight = np.divide(wanted - found[before], gap, out=np.zeros(len(wanted), dtype=np.float32), where=gap > 0)
    weight = weight.clip(0, 1)[:, None, None]
    bridged: FloatArray = (meshes[before] * (1 - weight) + meshes[after] * weight).astype(np.float32)
    return bridged


def _write_frames(path: Path, folder: Path, face: FaceFrames, layout: CropLayout) -> None:
    """Second pass over the pictures: crops, written as they come."""
    landmarks, matrices = [], []
    size = layout.size
    with RowWriter(folder / "crops.npy", (size, size, 3), np.uint8) as crops:
        for row, frame in enumerate(_frames_at(path, face.frames)):
            mesh = face.landmarks[row]
            low, high = mesh[:, :2].min(axis=0), mesh[:, :2].max(axis=0)
            box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
            crop = crop_face(frame.pixels, FaceObservation(mesh, box, 1.0, float(face.times[row])), layout)
            crops.append(crop.pixels)
            landmarks.append(crop.landmarks)
            matrices.append(crop.matrix)
    if len(landmarks) != len(face.times):
        raise RejectedError("unreadable picture: the second reading gave other frames than the first")
    np.save(folder / "landmarks.npy", np.stack(landmarks).astype(np.float32))
    np.save(folder / "matrices.npy", np.stack(matrices).astype(np.float64))
    np.save(folder / "times.npy", face.times.astype(np.float64))
    np.save(folder / "observed.npy", face.observed)


def _frames_at(path: Path, wanted: NDArray[np.int64]) -> Iterator[VideoFrame]:
    """The frames with these rising (possibly repeated) indices."""
    position = 0
    with VideoReader(path) as video:
        for index, frame in enumerate(video.frames(0.0)):
            while position < len(wanted) and wanted[position] == index:
                yield frame
                position += 1
            if position == len(wanted):
                return
