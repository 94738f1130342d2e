"""The measures of the paper on held-out clips: the whole model as a dub runs it, and the face generator by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from talkface_ltfg_gan.generator import WEIGHTS, LtfgGenerator
from talkface_ltfg_gan.recipe import evaluation_renderer as renderer
from talkface_ltfg_gan.recipe.data import LandmarkClips
from talkface_ltfg_gan.recipe.evaluation_renderer import SHORTEST, HeldOut, rendered
from talkface_ltfg_gan.weights import load_networks
from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import TrainingError, WeightsError
from talkface_studio.api.generator import Take
from talkface_studio.api.landmarks import lip_opening
from talkface_studio.api.values import ByteArray, Device, Options
from talkface_trainer.dataset import Clip, Dataset
from talkface_trainer.evaluation import (
    ClipCrops,
    LocalFid,
    Reference,
    landmark_scores,
    mean_scores,
    model_frames,
    pixel_scores,
    save_strip,
    shared_encoders,
    speech_of,
)
from talkface_trainer.perceptual import PerceptualNetwork, perceptual_network

PAPER = {
    "columns": ["PSNR", "FID", "LipLMD, thousandths"],
    "rows": {
        "Base (IP_LAP)": [33.05, 16.65, 12.92],
        "+ Wav2vec audio encoder": [32.97, 15.87, 11.03],
        "+ cross attention": [33.89, 15.16, 11.03],
        "LTFG-GAN": [34.07, 14.42, 11.03],
    },
}
"""As printed in the paper: other data (LRS2), another crop, and a FID of Inception's features."""

SYSTEMS = ("model", "repeat a reference")


def evaluate(dataset: Path, weights: Path | None, device: Device, output: Path) -> Mapping[str, Any]:
    """Measure the whole model and the face generator alone on `val` and `val_unseen`.

    Each clip is dubbed with its own speech, its own frames being the truth. Its first half gives the model's sixteen
    references; pixels are measured in its second half, from the third frame on, landmarks of the whole model in all
    frames. "Repeat a reference" shows the reference with the most closed mouth throughout.

    The tables of "face generator alone" are of the second halves, from their true landmarks: the generator and, with
    the same two references and weights, a warp by landmarks that has learned nothing; and the nearest reference as it
    is. A strip of truth and dub is written into `output` for each clip of `val_unseen`. Clips below twelve frames are
    left out. Not measured, for want of their networks: identity (CSIM) and SyncNet's scores.

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
    card = ModelCard.load(Path(__file__).parents[1] / "card.toml")
    path = weights or card_weights(card)
    networks = load_networks(path)
    net = networks.face_generator.to(device.torch_name)
    layout = card.crop.layout.resized(networks.config.face_generator.size)
    clips = LandmarkClips(data, networks.config)
    options = Options(values=card.parse_options({}), weights={WEIGHTS: path})
    encoders = shared_encoders()
    judge = perceptual_network()
    report: dict[str, Any] = {
        "model": card.name,
        "weights": path.name,
        "splits": {},
        "paper": PAPER,
        "lip_lmd": "in thousandths of the crop's side",
        "fid_local": f"features of {judge.name}, {judge.layers[-1]}; not a FID",
    }
    with closing(LtfgGenerator(card)) as generator:
        for split, held in splits.items():
            if not held:
                continue
            dubs, faces = Tally(SYSTEMS, judge), Tally(renderer.SYSTEMS, judge)
            for clip in held:
                part = HeldOut.of(clips, clip)
                face = ClipCrops(clip, data.layout, layout, part.references)
                with generator.start(speech_of(clip, encoders), face, options, device) as take:
                    made = _dubs(take, part, layout.size)
                true = model_frames(clip, np.arange(clip.frames), layout.size)
                dubs.add(made, true, part, part.frames)
                alone = rendered(net, part.windows, torch.device(device.torch_name))
                faces.add(alone, part.truth, part, np.arange(len(part.frames)))
                if split == "val_unseen":
                    save_strip(output / f"{clip.id}.png", true, made["model"])
            report["splits"][split] = dubs.summary(held)
            report["splits"][f"{split}, face generator alone"] = faces.summary(held)
    return report


def card_weights(card: ModelCard) -> Path:
    """The bundled weights, without a comparison of hashes: measuring is what tells what to write into the card.

    Raises:
        WeightsError: the plugin has none.
    """
    for file in card.weights:
        if file.preset == "compact" and file.bundled:
            return Path(__file__).parents[1] / file.path
    raise WeightsError(f"model {card.name} comes without weights; name a file with --weights")


@dataclass
class Tally:
    """The measures of some systems over the clips of a split."""

    systems: Sequence[str]
    judge: PerceptualNetwork
    frames: int = 0

    def __post_init__(self) -> None:
        self._scores: dict[str, list[Mapping[str, float]]] = {system: [] for system in self.systems}
        self._fid = LocalFid(self.judge)

    def add(self, made: Mapping[str, ByteArray], truth: ByteArray, part: HeldOut, measured: NDArray[np.int64]) -> None:
        """Add one clip: frames of each system and the true ones, uint8 `(n, S, S, 3)`.

        Landmarks are measured in all of them, pixels in those of the index `measured`, which show `part.frames`.
        """
        reference, mouths = Reference.of(truth), part.mouths
        self.frames += len(truth)
        self._fid.add("truth", truth[measured])
        for system in self.systems:
            frames = made[system]
            pixels = pixel_scores(frames[measured], truth[measured], mouths)
            self._scores[system].append(pixels | landmark_scores(frames, reference))
            self._fid.add(system, frames[measured])

    def summary(self, clips: Sequence[Clip]) -> dict[str, Any]:
        """What a report says of a split; see `Recipe.evaluate`."""
        return {
            "clips": len(clips),
            "speakers": len({clip.speaker for clip in clips}),
            "frames": self.frames,
            "systems": {
                system: mean_scores(self._scores[system]) | {"fid_local": self._fid.distance("truth", system)}
                for system in self.systems
            },
        }


def _dubs(take: Take, part: HeldOut, size: int) -> dict[str, ByteArray]:
    """Every frame of a clip as each of `SYSTEMS` makes it, uint8 `(n, S, S, 3)`."""
    clip = part.clip
    openings = [lip_opening(clip.landmarks[index]) for index in part.references]
    closed = model_frames(clip, [int(part.references[int(np.argmin(openings))])], size)
    return {
        "model": np.stack([face.pixels for face in take.render(clip.times.tolist())]),
        "repeat a reference": np.repeat(closed, clip.frames, axis=0),
    }
