"""How sharp a model's lower face is on a talking face larger than its network, seen through the studio's contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import cv2
import numpy as np

from talkface_studio.api.card import CropSpec
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.generator import Generator
from talkface_studio.api.landmarks import eye_distance
from talkface_studio.api.values import ByteArray, CropLayout, Device, FaceCrop, FloatArray, Options
from talkface_studio.faces.align import crop_face
from talkface_studio.faces.tracker import FaceTracker
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.video import VideoReader
from talkface_studio.quality.sharpness import detail, lower_face, upper_face
from talkface_studio.speech.track import SpeechTrack
from talkface_trainer.evaluation import ListedCrops, spread_frames

SECONDS = 8.0
"""Of a video that are looked at."""


@dataclass(frozen=True, slots=True)
class _Crops:
    """The face of a video at its own size and at the network's."""

    large: list[FaceCrop]
    small: list[FaceCrop]


def sharpness(video: Path, generator: Generator, options: Options, device: Device) -> Mapping[str, Mapping[str, float]]:
    """Fine detail of the lower face, as a share of that of the source's own upper face, for three systems.

    References are from the first half of at most eight seconds; the second half is dubbed with its own speech. "source"
    are the true frames, "model" what the generator makes of crops of the face's size, and "plain resize" what it makes
    of crops of its network's size, enlarged by cubic interpolation. `lower_over_upper` is the mean over frames,
    `of_the_source` that of "source" set to 1.

    Raises:
        MediaError: the video cannot be read or has no sound.
        TrainingError: it shows no face that is larger than the network's crop for a second.
    """
    crops = _crops(video, generator.card.crop)
    half = len(crops.large) // 2
    chosen = spread_frames(half, generator.card.references)
    truth = crops.large[half:]
    side = truth[0].layout.size
    systems: dict[str, ByteArray] = {"source": np.stack([crop.pixels for crop in truth])}
    with AudioReader(video) as reader:
        speech = SpeechTrack(reader, device=device)
        for name, shown in (("model", crops.large), ("plain resize", crops.small)):
            face = ListedCrops(tuple(shown[index] for index in chosen), shown[half:])
            with generator.start(speech, face, options, device) as take:
                made = [frame.pixels for frame in take.render([crop.time for crop in truth])]
            systems[name] = np.stack([_resized(pixels, side) for pixels in made])
    ratios = {name: _lower_over_upper(frames, truth) for name, frames in systems.items()}
    return {
        name: {"lower_over_upper": ratio, "of_the_source": ratio / ratios["source"]} for name, ratio in ratios.items()
    }


def detail_over(frames: ByteArray, truth: ByteArray, regions: FloatArray) -> float:
    """Fine detail of frames `(N, H, H, 3)` over that of the true ones inside of regions `(N, H, H)`, mean of frames."""
    pairs = zip(frames, truth, regions, strict=True)
    return float(np.mean([detail(ours, region) / max(detail(real, region), 1e-6) for ours, real, region in pairs]))


def _lower_over_upper(frames: ByteArray, truth: list[FaceCrop]) -> float:
    ratios = []
    for pixels, crop in zip(frames, truth, strict=True):
        lower, upper = (region(crop.landmarks, crop.layout.size) for region in (lower_face, upper_face))
        ratios.append(detail(pixels, lower) / max(detail(crop.pixels, upper), 1e-6))
    return float(np.mean(ratios))


def _crops(video: Path, spec: CropSpec) -> _Crops:
    found = _Crops([], [])
    layout: CropLayout | None = None
    with VideoReader(video) as reader, FaceTracker(max_faces=1, skipped=1) as tracker:
        frames = takewhile(lambda frame: frame.time < SECONDS, reader.frames(0.0))
        for tracked in tracker.track(frames):
            if not tracked.faces:
                continue
            face = tracked.faces[0]
            # One size for the whole clip, as a dub has it.
            layout = layout or spec.layout_for(eye_distance(face.landmarks))
            found.large.append(crop_face(tracked.frame.pixels, face, layout))
            found.small.append(crop_face(tracked.frame.pixels, face, spec.layout))
    if layout is None or layout.size <= spec.size or len(found.large) < 25:
        raise TrainingError(
            f"{video}: sharpness needs a second of a face that is larger than the network's {spec.size} pixels"
        )
    return found


def _resized(pixels: ByteArray, side: int) -> ByteArray:
    if len(pixels) == side:
        return pixels
    return np.asarray(cv2.resize(pixels, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)
