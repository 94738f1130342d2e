"""The measures of the paper and of head motion on held-out clips: the full model, its ablations, trivial baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from talkface_sdm.blinks import Blinks
from talkface_sdm.config import ABLATIONS
from talkface_sdm.head_motion import points
from talkface_sdm.motion import SpeechMotion
from talkface_sdm.photo import MovingPhoto
from talkface_sdm.recipe.data import MotionClips
from talkface_sdm.recipe.face_stage import lip_agreement
from talkface_sdm.recipe.head_measures import (
    OUTER,
    beat_alignment,
    head_figures,
    share_within,
    spread_of,
    variance_across,
)
from talkface_sdm.take import SdmTake, TakeParts
from talkface_sdm.weights import SdmNetworks, ablated_networks, load_networks
from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import TrainingError, WeightsError
from talkface_studio.api.generator import Speech
from talkface_studio.api.values import ByteArray, CropLayout, Device, FloatArray
from talkface_trainer.dataset import Clip, Dataset
from talkface_trainer.evaluation import (
    LocalFid,
    Reference,
    aligned_frames,
    mean_scores,
    reference_score,
    save_strip,
    shared_encoders,
    speech_of,
    spread_frames,
)
from talkface_trainer.identity import csim, identity_teacher
from talkface_trainer.perceptual import perceptual_network
from talkface_trainer.teachers import Teacher

PAPER = {
    "columns": ["FID", "SSIM", "CSIM", "LMD"],
    "rows": {
        "VoxCeleb2: Zhou et al.": [137, 0.84, 0.32, 4.8],
        "VoxCeleb2: Song et al.": [163, 0.78, 0.27, 5.6],
        "VoxCeleb2: Chung et al.": [159, 0.79, 0.29, 5.4],
        "VoxCeleb2: Vougioukas et al.": [127, 0.85, 0.33, 6.3],
        "VoxCeleb2: Chen et al.": [142, 0.82, 0.31, 4.9],
        "VoxCeleb2: Wiles et al.": [117, 0.65, 0.31, 4.8],
        "VoxCeleb2: SDM": [97, 0.74, 0.42, 3.4],
        "LRW: Zhou et al.": [149, 0.85, 0.39, 3.7],
        "LRW: Song et al.": [134, 0.91, 0.45, 3.1],
        "LRW: Chung et al.": [132, 0.91, 0.44, 3.1],
        "LRW: Vougioukas et al.": [116, 0.88, 0.35, 3.6],
        "LRW: Chen et al.": [151, 0.84, 0.38, 3.3],
        "LRW: Wiles et al.": [107, 0.69, 0.31, 3.2],
        "LRW: SDM": [102, 0.76, 0.49, 3.1],
        "LRS3-TED: Zhou et al.": [221, 0.72, 0.27, 6.2],
        "LRS3-TED: Song et al.": [204, 0.62, 0.28, 6.5],
        "LRS3-TED: Chung et al.": [212, 0.58, 0.32, 6.7],
        "LRS3-TED: Vougioukas et al.": [196, 0.63, 0.26, 6.4],
        "LRS3-TED: Chen et al.": [294, 0.66, 0.31, 4.8],
        "LRS3-TED: Wiles et al.": [172, 0.57, 0.28, 5.6],
        "LRS3-TED: SDM": [122, 0.79, 0.44, 3.2],
    },
}
"""As printed in the paper: other data, another crop, and a FID of Inception's features."""
SEEDS = 2
"""Takes of each clip whose motion is measured."""
MEASURED, PICTURED = 6, 3
"""Clips of a split whose motion is measured, and those whose pictures are too; both spread over the split."""
SHORTEST = 12
"""Frames of the shortest clip that is measured."""
REAL, STILL, REPLAYED = "real clips", "still head", "replayed motion"


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """What else is asked for."""

    rows: Mapping[str, Path] = field(default_factory=dict)
    """Further weights by name, each a system whose motion is measured; of networks without a part, say."""
    clips: int = 0
    """Clips of a split whose motion is measured; 0 means `MEASURED`."""
    weights_folder: Path | None = None
    """Where the user may have ArcFace, by which CSIM is measured."""


def evaluate(
    dataset: Path, weights: Path | None, device: Device, output: Path, asked: Measured | None = None
) -> Mapping[str, Any]:
    """Measure motion and pictures on `val` and `val_unseen`.

    Each clip's first frame is the photo and its own speech is spoken; the truth is the clip. "Still head" is the full
    model without motion of the head; "replayed motion" is the motion of a training clip, head and lips, that has
    nothing to do with the speech. Ablations are switched off in the trained networks; those that were trained anew
    are further rows of the tables of motion.

    The tables of "motion" are of some clips of a split with two seeds each; "real clips" are the clips themselves, with
    the 5th and 95th percentile of all held-out ones, and `within_spread` is the share of a take's six figures of head
    motion that lie between these. `lip_error` is the mean distance of the mouth's points from the true ones, head held
    still, in thousandths of the eyes' distance. Those of "pictures" are of up to three clips of a split; every frame,
    made or true, is aligned by the face that is found in it before it is compared. Identity is `csim` by the user's
    ArcFace, and `csim_dlib` where there is none.

    Raises:
        TrainingError: the data set has no held-out clips, or was prepared without the model's speech features.
        WeightsError: the weights are missing or of another network.
    """
    data = Dataset(dataset)
    splits = {split: [clip for clip in data.clips(split) if clip.frames >= SHORTEST] for split in ("val", "val_unseen")}
    if not any(splits.values()):
        raise TrainingError(
            f"{dataset}: has no held-out clips to measure on; prepare clips of the splits val, val_unseen"
        )
    asked = asked or Measured()
    card = ModelCard.load(Path(__file__).parents[1] / "plugin.toml")
    path = weights or card_weights(card)
    networks = load_networks(path)
    systems = {row: ablated_networks(networks, row) for row in ABLATIONS} | {STILL: networks, REPLAYED: networks}
    systems |= {name: load_networks(file) for name, file in asked.rows.items()}
    clips = MotionClips.open(dataset, networks.config)
    encoders = shared_encoders()
    identity, known = _identity(asked.weights_folder)
    held_out = [clip for held in splits.values() for clip in held]
    spread = spread_of([head_figures(clips.of(clip).motion) for clip in held_out])
    report: dict[str, Any] = {
        "model": card.name,
        "weights": path.name,
        "start": f"K = {networks.start} of {networks.config.diffusion.steps}",
        "identity": known,
        "splits": {},
        "paper": PAPER,
    }
    for split, held in splits.items():
        if not held:
            continue
        chosen = [held[index] for index in spread_frames(len(held), asked.clips or MEASURED)]
        performers = [Performer(systems, clips, clip, speech_of(clip, encoders), device) for clip in chosen]
        report["splits"][f"{split}, motion"] = motion_table(performers, spread)
        strips = output if split == "val_unseen" else None
        some = [performers[index] for index in spread_frames(len(performers), PICTURED)]
        shown = [system for system in systems if system not in asked.rows]
        report["splits"][f"{split}, pictures"] = picture_table(some, shown, data.layout, identity, strips)
    return report


def _identity(weights_folder: Path | None) -> tuple[Teacher | None, str]:
    """What tells people apart, and what reports say of it."""
    try:
        teacher = identity_teacher(weights_folder)
    except WeightsError as error:
        return None, f"not measured: {error}"
    return teacher, teacher.title


def card_weights(card: ModelCard) -> Path:
    """The bundled weights, without a comparison of hashes: measuring is what tells what to write into the card.

    Raises:
        WeightsError: the plugin has none.
    """
    for file in card.weights:
        if file.preset == "compact" and file.bundled:
            return Path(__file__).parents[1] / file.path
    raise WeightsError(f"model {card.name} comes without weights; name a file with --weights")


@dataclass(frozen=True, slots=True)
class Performer:
    """A clip's person, whom any of some systems may move."""

    systems: Mapping[str, SdmNetworks]
    clips: MotionClips
    clip: Clip
    speech: Speech
    device: Device

    def motion(self, system: str, seed: int) -> FloatArray:
        """Motion `(N, 143)` of all frames as a system makes it; see `SpeechMotion`."""
        times = np.asarray(self.clip.times)
        if system == REPLAYED:
            return self._replayed(len(times), seed)
        home = self.clips.of(self.clip).home
        head = 0.0 if system == STILL else 1.0
        made = SpeechMotion(
            self.speech, self.systems[system], home, seed=seed, device=self.device.torch_name, head=head
        )
        return made.at(times)

    def _replayed(self, frames: int, seed: int) -> FloatArray:
        """From the first training clip, beginning with a random one, that is as long; played to and fro if need be."""
        others = self.clips.dataset.clips("train")
        chosen = others[int(np.random.default_rng((seed, 8)).integers(len(others)))]
        motion = self.clips.of(chosen).motion
        there_and_back = np.r_[np.arange(len(motion)), np.arange(len(motion) - 2, 0, -1)]
        index = there_and_back[np.arange(frames) % max(len(there_and_back), 1)]
        return np.column_stack([motion[index], np.ones(frames, np.float32)])

    def frames(self, system: str) -> ByteArray:
        """The clip's first frame, moved by a system, uint8 `(N, S, S, 3)`."""
        motion = self.motion(system, 0)
        photo = MovingPhoto.of(np.array(self.clip.crops[0]), np.array(self.clip.landmarks[0]))
        parts = TakeParts(
            photo,
            Recorded(motion, np.asarray(self.clip.times)),
            Blinks(0, 0),
            self.systems[system].renderer,
            0.8,
            self.device,
            self.systems[system].refiner(0),
        )
        with SdmTake(parts) as take:
            return np.stack([face.pixels for face in take.render(self.clip.times.tolist())])


@dataclass(frozen=True, slots=True)
class Recorded:
    """Motion `(N, 143)` at `times` as a take asks for it."""

    motion: FloatArray
    times: NDArray[np.float64]

    def at(self, times: NDArray[np.float64]) -> FloatArray:
        """The nearest frame's."""
        nearest: FloatArray = self.motion[np.abs(self.times - np.asarray(times)[:, None]).argmin(axis=1)]
        return nearest


def motion_table(performers: Sequence[Performer], spread: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    """Figures of the motion of each system, and of the real clips with their spread."""
    systems: dict[str, dict[str, float]] = {}
    for system in (REAL, *performers[0].systems):
        scores = [score for performer in performers for score in _motion_scores(performer, system)]
        systems[system] = mean_scores([score | {"within_spread": share_within(score, spread)} for score in scores])
        if system == REAL:
            for place, part in enumerate(OUTER):
                systems[f"{REAL}, {part}th percentile"] = {name: ends[place] for name, ends in spread.items()}
    return _table([performer.clip for performer in performers], systems)


def _motion_scores(performer: Performer, system: str) -> list[dict[str, float]]:
    real = performer.clips.of(performer.clip).motion
    energy = performer.clips.heard(performer.clip, np.arange(len(real))).rhythm[:, 0]
    if system == REAL:
        return [head_figures(real) | {"beat_alignment": beat_alignment(real, energy)}]
    takes = [performer.motion(system, seed) for seed in range(SEEDS)]
    apart = variance_across(takes)
    return [
        head_figures(take)
        | {"beat_alignment": beat_alignment(take, energy), "variance_across_seeds": apart}
        | lip_agreement(points(real), points(take[:, :-1]))
        for take in takes
    ]


def picture_table(
    performers: Sequence[Performer],
    systems: Sequence[str],
    layout: CropLayout,
    identity: Teacher | None,
    strips: Path | None,
) -> dict[str, Any]:
    """Measures of the pictures of some systems; strips of truth and dub are written into a folder."""
    fid = LocalFid(perceptual_network())
    scores: dict[str, list[Mapping[str, float]]] = {}
    for performer in performers:
        true = aligned_frames(np.array(performer.clip.crops), layout)
        reference = Reference.of(true)
        fid.add("truth", true)
        for system in systems:
            made = performer.frames(system)
            if strips is not None and system == "full":
                save_strip(strips / f"{performer.clip.id}.png", np.array(performer.clip.crops), made)
            shown = aligned_frames(made, layout)
            seen = Reference.of(shown)
            same = csim(identity, seen, reference) if identity is not None else {}
            scores.setdefault(system, []).append(dict(reference_score(seen, reference)) | same)
            fid.add(system, shown)
    rows = {system: mean_scores(each) | {"fid_local": fid.distance("truth", system)} for system, each in scores.items()}
    return _table([performer.clip for performer in performers], rows)


def _table(clips: Sequence[Clip], systems: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    return {
        "clips": len(clips),
        "speakers": len({clip.speaker for clip in clips}),
        "frames": sum(clip.frames for clip in clips),
        "systems": {name: dict(values) for name, values in systems.items()},
    }
