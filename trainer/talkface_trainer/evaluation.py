"""Measuring a generator on prepared clips, through the same contract by which the studio drives it.

Dimension letters: N frames, H side of the model's crop.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from talkface_studio.api.landmarks import CONTENT57, IBUG68, lip_opening
from talkface_studio.api.values import (
    AudioClip,
    ByteArray,
    CropLayout,
    Device,
    FaceCrop,
    FaceObservation,
    FloatArray,
    RenderedFace,
    VideoFrame,
)
from talkface_studio.faces.align import crop_face
from talkface_studio.faces.mask import Region
from talkface_studio.faces.paste import paste_face
from talkface_studio.faces.region import face_box
from talkface_studio.faces.tracker import FaceTracker
from talkface_studio.quality.distribution import FeatureStatistics, frechet_distance
from talkface_studio.quality.face import amplitude_ratio, lip_lmd, lmd, opening_correlation
from talkface_studio.quality.image import PSNR_CAP, cpbd, psnr, ssim
from talkface_studio.speech.encoder import EncoderRegistry
from talkface_studio.speech.encoders import studio_encoders
from talkface_studio.speech.track import SpeechTrack
from talkface_trainer.dataset import FRAME_RATE, SAMPLE_RATE, Clip
from talkface_trainer.perceptual import PerceptualNetwork

MEASURED_SIDE = 256
"""Crops are measured at this side: landmark distances are in pixels of it, and CPBD needs several 64-pixel blocks."""


@dataclass(frozen=True, slots=True)
class ArraySound:
    """Samples in memory as a source of sound, float32 `(n,)` at 16 kHz; see `speech.source.AudioSource`."""

    samples: FloatArray
    rate: int = SAMPLE_RATE
    channels: int = 1

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.rate

    def read(self, start: float, end: float) -> AudioClip:
        """A window, with silence outside the samples."""
        first = round(start * self.rate)
        count = round((end - start) * self.rate)
        window = np.zeros((1, count), np.float32)
        low, high = max(first, 0), min(first + count, len(self.samples))
        if low < high:
            window[0, low - first : high - first] = self.samples[low:high]
        return AudioClip(window, self.rate, first / self.rate)


@dataclass(frozen=True, slots=True)
class StillFace:
    """One frame of a clip as a photo; see `api.generator.Face`."""

    crop: FaceCrop

    @property
    def references(self) -> tuple[FaceCrop, ...]:
        """The photo."""
        return (self.crop,)

    def crops(self, times: Iterable[float]) -> Iterator[FaceCrop]:
        """The photo at each instant."""
        for time in times:
            yield replace(self.crop, time=time)


@dataclass(frozen=True, slots=True)
class ListedCrops:
    """Crops in a list as the face of a video; see `api.generator.Face`."""

    references: tuple[FaceCrop, ...]
    shown: Sequence[FaceCrop]

    def crops(self, times: Iterable[float]) -> Iterator[FaceCrop]:
        """The crop nearest to each instant."""
        instants = np.array([crop.time for crop in self.shown])
        for time in times:
            yield replace(self.shown[int(np.abs(instants - time).argmin())], time=time)


@dataclass(frozen=True, slots=True)
class ClipCrops:
    """A clip as the face of a video; see `api.generator.Face`.

    `padded` is the layout in which it was prepared, `layout` the model's. `chosen` are the frames that are shown as
    references; of a frame's own crop a model must hide the mouth by itself.
    """

    clip: Clip
    padded: CropLayout
    layout: CropLayout
    chosen: Sequence[int] | NDArray[np.int64]

    @property
    def references(self) -> tuple[FaceCrop, ...]:
        """The chosen frames."""
        return tuple(self._crop(int(index)) for index in self.chosen)

    def crops(self, times: Iterable[float]) -> Iterator[FaceCrop]:
        """The frame nearest to each instant."""
        instants = np.array(self.clip.times)
        for time in times:
            yield replace(self._crop(int(np.abs(instants - time).argmin())), time=time)

    def _crop(self, index: int) -> FaceCrop:
        return clip_crop(self.clip, index, self.padded, self.layout)


def shown(crops: Iterable[FaceCrop], rendered: Iterable[RenderedFace], region: Region | Literal["crop"]) -> ByteArray:
    """What a viewer gets to see: each rendered face blended into its own crop by the studio, uint8 `(N, H, H, 3)`.

    Models differ in how much of a crop they draw; what the studio takes of it does not. Colours are matched, and what
    lies outside the mask of the face's `region` is the source's. Of the region "crop" nothing is.
    """
    if region == "crop":
        return np.stack([face.pixels for face in rendered])
    return np.stack(
        [
            paste_face(VideoFrame(crop.pixels, crop.time), replace(crop, matrix=np.eye(2, 3)), face, region).pixels
            for crop, face in zip(crops, rendered, strict=True)
        ]
    )


def spread_frames(frames: int, count: int) -> NDArray[np.int64]:
    """Up to `count` different frames of the first `frames`, each in the middle of an equal part of them."""
    return np.unique(((np.arange(count) + 0.5) / count * frames).astype(np.int64))


def speech_of(clip: Clip, encoders: EncoderRegistry | None = None) -> SpeechTrack:
    """The clip's speech as a generator hears it; `encoders` shares loaded networks between clips."""
    return speech_in(np.array(clip.speech), encoders)


def speech_in(samples: FloatArray, encoders: EncoderRegistry | None = None) -> SpeechTrack:
    """Samples `(n,)` at 16 kHz as a generator hears them."""
    return SpeechTrack(ArraySound(samples), encoders=encoders)


def shared_encoders() -> EncoderRegistry:
    """Encoders for the speech of many clips, on the CPU."""
    return studio_encoders(Device())


def clip_crop(clip: Clip, index: int, padded: CropLayout, layout: CropLayout) -> FaceCrop:
    """One frame of a clip in a model's layout, cut from the padded crop that was prepared."""
    margin = (padded.size - layout.size) // 2
    landmarks = np.array(clip.landmarks[index])
    landmarks[:, :2] -= margin
    matrix = np.array(clip.matrices[index])
    matrix[:, 2] -= margin
    return FaceCrop(model_frames(clip, [index], layout.size)[0], matrix, landmarks, float(clip.times[index]), layout)


def model_frames(clip: Clip, frames: Sequence[int] | NDArray[np.int64], side: int) -> ByteArray:
    """Frames of a clip as a model of this crop side sees them, uint8 `(N, H, H, 3)`."""
    crops = np.asarray(clip.crops[frames])
    margin = (crops.shape[1] - side) // 2
    return np.ascontiguousarray(crops[:, margin : margin + side, margin : margin + side])


def enlarged(frames: ByteArray) -> ByteArray:
    """Frames at the side at which they are measured, by cubic interpolation."""
    size = (MEASURED_SIDE, MEASURED_SIDE)
    return np.stack([cv2.resize(frame, size, interpolation=cv2.INTER_CUBIC) for frame in frames])


def find_meshes(frames: ByteArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """The mesh in each of consecutive crops `(N, H, H, 3)`, 25 a second, tracked and smoothed as in a dub.

    Returns float32 `(N, 478, 3)` in crop pixels, and where a face was found.
    """
    margin = frames.shape[1] // 4
    meshes = np.zeros((len(frames), 478, 3), np.float32)
    found = np.zeros(len(frames), np.bool_)

    def wide() -> Iterator[VideoFrame]:
        # The detector expects to see around a face; the repeated border gives it room without inventing a second one.
        for index, frame in enumerate(frames):
            pixels = cv2.copyMakeBorder(frame, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
            yield VideoFrame(np.asarray(pixels, np.uint8), index / FRAME_RATE, index)

    with FaceTracker(max_faces=1, skipped=1) as tracker:
        for tracked in tracker.track(wide()):
            if tracked.faces:
                meshes[tracked.frame.index] = tracked.faces[0].landmarks - np.array([margin, margin, 0], np.float32)
                found[tracked.frame.index] = True
    return meshes, found


def aligned_frames(frames: ByteArray, layout: CropLayout) -> ByteArray:
    """Crops `(N, H, H, 3)` with the face that is found in each brought to a layout; as they are where none is.

    For models that move the head: truth and result can then be compared pixel by pixel.
    """
    meshes, found = find_meshes(frames)
    made = frames.copy()
    for index in np.flatnonzero(found):
        seen = FaceObservation(meshes[index], face_box(meshes[index]), 1.0, index / FRAME_RATE)
        made[index] = crop_face(frames[index], seen, layout).pixels
    return made


@dataclass(frozen=True, slots=True)
class Reference:
    """Consecutive frames at measured size, true or generated, with the meshes that are found in them."""

    frames: ByteArray
    meshes: FloatArray
    found: NDArray[np.bool_]

    @classmethod
    def of(cls, frames: ByteArray) -> Reference:
        """From frames at a model's side."""
        large = enlarged(frames)
        return cls(large, *find_meshes(large))


def score(frames: ByteArray, truth: Reference) -> Mapping[str, float]:
    """Measures of generated frames `(N, H, H, 3)` against the true ones, frame by frame.

    `ssim`, `psnr` and `cpbd` are means over frames; `lmd` is in pixels of a 256-pixel crop over mouth points with each
    mouth's own mean taken off; `opening_correlation` and `opening_amplitude` compare the lip opening over time;
    `drop_outs` counts frames in which no face was found on either side, which the landmark measures leave out.
    """
    return reference_score(Reference.of(frames), truth)


def reference_score(seen: Reference, truth: Reference) -> Mapping[str, float]:
    """The measures of `score` of frames whose faces are found already."""
    both = seen.found & truth.found
    pairs = list(zip(truth.frames, seen.frames, strict=True))
    result = {
        "ssim": float(np.mean([ssim(a, b) for a, b in pairs])),
        "psnr": float(np.mean([psnr(a, b) for a, b in pairs])),
        "cpbd": float(np.mean([cpbd(frame) for frame in seen.frames[::5]])),
        "drop_outs": float((~both).sum()),
    }
    if both.sum() < 2:
        return result
    real, ours = truth.meshes[both], seen.meshes[both]
    result["lmd"] = lmd(real[:, IBUG68, :2], ours[:, IBUG68, :2]).centred
    return result | _opening_scores(real, ours)


def landmark_scores(ours: Reference, truth: Reference) -> dict[str, float]:
    """Measures of the landmarks found in generated frames against those found in the true ones.

    `lip_lmd` is the mean distance of jaw and lips in thousandths of the crop's side; the others are those of `score`.
    """
    both = ours.found & truth.found
    drop_outs = {"drop_outs": float((~both).sum())}
    if both.sum() < 2:
        return drop_outs
    real, made = truth.meshes[both], ours.meshes[both]
    side = float(MEASURED_SIDE)
    distance = lip_lmd(real[:, CONTENT57, :2], made[:, CONTENT57, :2], (side, side))
    return {"lip_lmd": 1000 * distance} | _opening_scores(real, made) | drop_outs


def _opening_scores(real: FloatArray, generated: FloatArray) -> dict[str, float]:
    openings = np.array([[lip_opening(mesh) for mesh in side] for side in (real, generated)])
    return opening_agreement(openings[0], openings[1])


def opening_agreement(real: FloatArray, generated: FloatArray) -> dict[str, float]:
    """How a mouth's opening over time, `(N,)`, agrees with the true one: correlation, and relative amplitude."""
    return {
        "opening_correlation": opening_correlation(real, generated),
        "opening_amplitude": amplitude_ratio(real, generated),
    }


def image_scores(frames: ByteArray, truth: ByteArray) -> dict[str, float]:
    """Means of `ssim` and `psnr` over consecutive frames `(N, H, H, 3)` at their own side."""
    return {
        "ssim": float(np.mean([ssim(real, ours) for real, ours in zip(truth, frames, strict=True)])),
        "psnr": float(np.mean([psnr(real, ours) for real, ours in zip(truth, frames, strict=True)])),
    }


def pixel_scores(frames: ByteArray, truth: ByteArray, mouths: FloatArray) -> dict[str, float]:
    """Measures of the pixels of consecutive generated frames `(N, H, H, 3)` against the true ones, at their own side.

    `mouths`, `(N, H, H)` in 0..1, says how much each pixel belongs to the true mouth, and weighs the errors of
    `mouth_psnr` and the similarities of `mouth_ssim`; `psnr` and `ssim` are of the whole crop. All are means over
    frames. `flicker` is the mean size of the second difference over time around the mouth, made over true: more than 1
    is restless, less is smooth (true frames have the noise of a camera).
    """
    from skimage.metrics import structural_similarity

    measured: list[tuple[float, float, float, float]] = []
    for ours, real, mouth in zip(frames, truth, mouths, strict=True):
        # The Gaussian convention of quality.image.ssim, with its map.
        whole, similarity = structural_similarity(
            real,
            ours,
            data_range=255,
            channel_axis=2,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            full=True,
        )
        weight = mouth / max(float(mouth.sum()), 1e-6)
        error = float(((real.astype(np.float64) - ours) ** 2).mean(axis=2).ravel() @ weight.ravel())
        around = min(PSNR_CAP, 10 * np.log10(255**2 / max(error, 1e-6)))
        measured.append((around, float((similarity.mean(axis=2) * weight).sum()), psnr(real, ours), float(whole)))
    means = np.mean(measured, axis=0)
    moved, moves = (_restlessness(side, mouths) for side in (frames, truth))
    scores = dict(zip(("mouth_psnr", "mouth_ssim", "psnr", "ssim"), means.tolist(), strict=True))
    return scores | {"flicker": moved / moves if moves > 0 else float("nan")}


def _restlessness(frames: ByteArray, mouths: FloatArray) -> float:
    if len(frames) < 3:
        return 0.0
    change = np.abs(np.diff(frames.astype(np.float32), n=2, axis=0)).mean(axis=3)
    weight = mouths[1:-1]
    return float((change * weight).sum() / max(float(weight.sum()), 1e-6))


class LocalFid:
    """Frechet distance between sets of frames by what an ImageNet network sees: never comparable with a paper's FID.

    The features are those of the network's last layer, each averaged over the picture.
    """

    def __init__(self, network: PerceptualNetwork) -> None:
        self.network = network
        self._statistics: dict[str, FeatureStatistics] = {}

    def add(self, name: str, frames: ByteArray) -> None:
        """Add frames `(N, H, H, 3)` to the set of this name."""
        for part in np.array_split(frames, max(1, len(frames) // 16)):
            pictures = torch.from_numpy(np.ascontiguousarray(part)).movedim(3, 1).float() / 255
            with torch.inference_mode():
                features = self.network(pictures)[-1].mean(dim=(2, 3)).numpy()
            self._statistics.setdefault(name, FeatureStatistics(features.shape[1])).add(features)

    def distance(self, real: str, generated: str) -> float:
        """Between two sets, of two frames or more; see `quality.distribution.frechet_distance`."""
        return frechet_distance(self._statistics[real], self._statistics[generated])


def save_strip(path: Path, truth: ByteArray, rendered: ByteArray, count: int = 8) -> None:
    """Write `count` frames spread over a clip as a picture, the true ones above the rendered ones."""
    chosen = np.linspace(0, len(truth) - 1, count).round().astype(int)
    strip = np.vstack([np.hstack(list(truth[chosen])), np.hstack(list(rendered[chosen]))])
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(strip).save(path)


def mean_scores(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Mean over clips of each measure, over the clips that have it and where it is a number; drop-outs are added up."""
    names = dict.fromkeys(name for item in scores for name in item)
    means = {}
    for name in names:
        values = np.array([item[name] for item in scores if name in item and np.isfinite(item[name])])
        if len(values):
            means[name] = float(values.sum() if name == "drop_outs" else values.mean())
    return means
