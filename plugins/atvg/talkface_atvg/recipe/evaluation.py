"""The measures of the thesis on held-out clips: one photo and a speech, beside two trivial baselines."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from talkface_atvg.generator import WEIGHTS, AtvgGenerator
from talkface_atvg.take import AtvgTake
from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.generator import Take
from talkface_studio.api.landmarks import lip_opening
from talkface_studio.api.values import ByteArray, Device, Options
from talkface_trainer.dataset import Clip, Dataset
from talkface_trainer.evaluation import (
    Reference,
    StillFace,
    clip_crop,
    mean_scores,
    model_frames,
    save_strip,
    score,
    shared_encoders,
    speech_of,
)

THESIS = {
    "columns": ["GRID SSIM", "GRID CPBD", "LRW SSIM", "LRW CPBD"],
    "rows": {
        "Zakharov et al.": [0.54, 0.19, 0.42, 0.11],
        "Chung et al.": [0.41, 0.22, 0.34, 0.21],
        "Baseline, Chen et al.": [0.41, 0.08, 0.38, 0.07],
        "Thesis": [0.72, 0.12, 0.54, 0.06],
    },
}
"""As printed in the thesis: other data (all of GRID and LRW), another crop."""

SYSTEMS = ("model", "repeat the photo", "mean mouth")


def evaluate(dataset: Path, weights: Path | None, device: Device, output: Path) -> Mapping[str, Any]:
    """Measure the model and the baselines on `val` and `val_unseen`.

    The photo of each clip is a frame in which its mouth is closed, as in a portrait (the twentieth part of its frames
    are more closed). The clip's speech drives it; the clip's own frames, aligned face by face, are the truth. "Repeat
    the photo" never moves; "mean mouth" is the model's picture of the mean landmarks of all training speech, for every
    frame. A strip of truth and rendering is written into `output` for each clip of `val_unseen`.

    Raises:
        TrainingError: the data set has no held-out clips.
        WeightsError: the weights are missing or of another network.
    """
    data = Dataset(dataset)
    card = ModelCard.load(Path(__file__).parents[1] / "plugin.toml")
    path = weights or card_weights(card)
    encoders = shared_encoders()
    report: dict[str, Any] = {"model": card.name, "weights": path.name, "splits": {}, "paper": THESIS}
    with closing(AtvgGenerator(card)) as generator:
        for split in ("val", "val_unseen"):
            clips = data.clips(split)
            if not clips:
                continue
            scores: dict[str, list[Mapping[str, float]]] = {system: [] for system in SYSTEMS}
            for clip in clips:
                crop = clip_crop(clip, closed_frame(clip), data.layout, card.crop.layout)
                options = Options(values=card.parse_options({}), weights={WEIGHTS: path})
                with generator.start(speech_of(clip, encoders), StillFace(crop), options, device) as take:
                    frames = _systems(take, clip, crop.pixels)
                true = model_frames(clip, np.arange(clip.frames), card.crop.size)
                truth = Reference.of(true)
                for system in SYSTEMS:
                    scores[system].append(score(frames[system], truth))
                if split == "val_unseen":
                    save_strip(output / f"{clip.id}.png", true, frames["model"])
            report["splits"][split] = {
                "clips": len(clips),
                "speakers": len({clip.speaker for clip in clips}),
                "frames": sum(clip.frames for clip in clips),
                "systems": {system: mean_scores(items) for system, items in scores.items()},
            }
    if not report["splits"]:
        raise TrainingError(
            f"{dataset}: has no held-out clips to measure on; prepare clips of the splits val, val_unseen"
        )
    return report


def card_weights(card: ModelCard) -> Path:
    """The bundled weights, without a comparison of hashes: measuring is what tells what to write into the card."""
    bundled = next(file for file in card.weights if file.preset == "compact")
    return Path(__file__).parents[1] / bundled.path


def closed_frame(clip: Clip) -> int:
    """The frame of a clip that is its photo."""
    openings = np.array([lip_opening(mesh) for mesh in clip.landmarks])
    return int(np.argsort(openings, kind="stable")[len(openings) // 20])


def _systems(take: Take, clip: Clip, photo: ByteArray) -> dict[str, ByteArray]:
    assert isinstance(take, AtvgTake)
    mean = next(take.resting().render([0.0]))
    count = clip.frames
    return {
        "model": np.stack([face.pixels for face in take.render(clip.times.tolist())]),
        "repeat the photo": np.repeat(photo[None], count, axis=0),
        "mean mouth": np.repeat(mean.pixels[None], count, axis=0),
    }
