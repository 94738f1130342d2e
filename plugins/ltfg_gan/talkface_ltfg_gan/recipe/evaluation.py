"""The measures of the paper on held-out clips: the whole model as a dub runs it, and the face generator by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from talkface_ltfg_gan.adapt import adapted
from talkface_ltfg_gan.face_generator import FaceGenerator
from talkface_ltfg_gan.generator import WEIGHTS, LtfgGenerator
from talkface_ltfg_gan.recipe import evaluation_renderer as renderer
from talkface_ltfg_gan.recipe.data import LandmarkClips
from talkface_ltfg_gan.recipe.evaluation_dubs import MODEL, Dubs
from talkface_ltfg_gan.recipe.evaluation_inner import inner_scores
from talkface_ltfg_gan.recipe.evaluation_renderer import SHORTEST, HeldOut, rendered
from talkface_ltfg_gan.weights import LtfgNetworks, load_networks
from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import TrainingError, WeightsError
from talkface_studio.api.generator import Speech
from talkface_studio.api.recipe import Comparison, Contender
from talkface_studio.api.values import ByteArray, CropLayout, Device, Options
from talkface_trainer.dataset import Clip, Dataset
from talkface_trainer.evaluation import (
    ClipCrops,
    mean_scores,
    model_frames,
    save_strip,
    shared_encoders,
    speech_of,
    spread_frames,
)
from talkface_trainer.sharpness import sharpness
from talkface_trainer.tally import Judges, Tally, Truth

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

ADAPTED = "face generator, adapted"
MANY = "from as many references as adaptation has"


def evaluate(
    dataset: Path, weights: Path | None, device: Device, output: Path, comparison: Comparison | None = None
) -> Mapping[str, Any]:
    """Measure the whole model and the face generator alone on `val`, `val_unseen` and what `comparison` names.

    Each clip is dubbed with its own speech, its own frames being the truth. Its first half gives the model's sixteen
    references; pixels are measured in its second half, from the third frame on, landmarks of the whole model in all
    frames. Beside the model stand its rows and other models, with the same face and speech; all are measured as the
    studio blends them into the crop, and the model as it comes out of its network as well. Mouths that do not listen
    are those of `evaluation_dubs`.

    The tables of "face generator alone" are of the second halves, from their true landmarks: the generator and, with
    the same two references and weights, a warp by landmarks that has learned nothing; the nearest reference as it is;
    the generators of rows for whose speech the data set was prepared; and where adaptation is asked for, on all splits
    but `val`, the generator adapted to references of the first half. The tables of "adaptation" are of every other
    second, made from references of the seconds between, as a dub's frames lie between those that the model knows. Those
    of "inside of the mouth" are of the second halves as a dub shows them, between the lips; see `evaluation_inner`.
    Those of "another's speech" are of dubs with the next clip's speech, which have no truth: only sync is measured, and
    not of rows.

    A strip of truth and dub is written into `output` for each clip of `val_unseen`. Clips below twelve frames are left
    out.

    Raises:
        TrainingError: the data set has no held-out clips, or was prepared without the model's speech features.
        WeightsError: the weights are missing or of another network.
        MediaError: a video to measure sharpness on cannot be read.
    """
    asked = comparison or Comparison()
    card = ModelCard.load(Path(__file__).parents[1] / "plugin.toml", "ltfg-gan")
    path = weights or card_weights(card)
    data = Dataset(dataset)
    splits = _splits(data, asked)
    judges = Judges.gathered(data.clips("train"))
    report: dict[str, Any] = {"model": card.name, "weights": path.name, "splits": {}, "paper": PAPER}
    report |= {"lip_lmd": "in thousandths of the crop's side", **judges.notes}
    with ExitStack() as stack:
        generator = LtfgGenerator(card)
        stack.callback(generator.close)

        def with_weights(file: Path) -> Contender:
            return Contender(generator=generator, options=Options(card.parse_options({}), weights={WEIGHTS: file}))

        contenders = {
            MODEL: with_weights(path),
            **{_row(name): with_weights(file) for name, file in asked.rows.items()},
            **asked.others,
        }
        rows = {_row(name): load_networks(file) for name, file in asked.rows.items()}
        voice = partial(speech_of, encoders=shared_encoders())
        bench = _Bench(card, contenders, load_networks(path), rows, device, judges, voice, asked)
        for name, split in splits.items():
            report["splits"] |= bench.measured(name, split, output if name == "val_unseen" else None)
        for video in asked.videos:
            own = contenders[MODEL]
            sharp = sharpness(video, own.generator, own.options, device)
            report["splits"][f"sharpness, {video.stem}"] = {"systems": sharp}
    return report


def _row(name: str) -> str:
    return f"row {name}"


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
class _Split:
    """Clips of one data set."""

    data: Dataset
    clips: Sequence[Clip]
    seen: bool
    """Whether these are people that the model knows."""


def _splits(data: Dataset, asked: Comparison) -> dict[str, _Split]:
    found = {split: _Split(data, data.clips(split), split == "val") for split in ("val", "val_unseen")}
    for name, path in asked.outside.items():
        outside = Dataset(path)
        found[name] = _Split(outside, outside.clips(), seen=False)
    splits = {}
    for name, split in found.items():
        long = [clip for clip in split.clips if clip.frames >= SHORTEST]
        if asked.clips and len(long) > asked.clips:
            long = [long[int((i + 0.5) * len(long) / asked.clips)] for i in range(asked.clips)]
        if long:
            splits[name] = _Split(split.data, long, split.seen)
    if not splits:
        raise TrainingError(
            f"{data.folder}: has no held-out clips to measure on; prepare clips of the splits val, val_unseen"
        )
    return splits


@dataclass(frozen=True, slots=True)
class _Bench:
    """What every split is measured with."""

    card: ModelCard
    contenders: Mapping[str, Contender]
    networks: LtfgNetworks
    rows: Mapping[str, LtfgNetworks]
    device: Device
    judges: Judges
    voice: Callable[[Clip], Speech]
    asked: Comparison

    def measured(self, name: str, split: _Split, pictures: Path | None) -> dict[str, Any]:
        """The tables of one split; strips of its dubs go into `pictures`."""
        steps = 0 if split.seen else self.asked.adapt
        layout = self._layout
        clips = LandmarkClips(split.data, self.networks.config)
        dubs = Dubs(self.contenders, layout, self.device, self.judges.listener)
        whole = Tally(dubs.systems, self.judges)
        rows = self._rows_of(split)
        alone = Tally((*renderer.SYSTEMS, *rows, *((ADAPTED,) if steps else ())), self.judges)
        foreign: dict[str, list[Mapping[str, float]]] = {}
        inner: dict[str, list[Mapping[str, float]]] = {}
        for place, clip in enumerate(split.clips):
            part = HeldOut.of(clips, clip)
            speech = self.voice(clip)
            made = dubs.own(split.data, part, speech)
            true = model_frames(clip, np.arange(clip.frames), layout.size)
            expected = dubs.expected(speech, clip.times)
            truth = Truth.of(true, part.frames, part.mouths, expected)
            whole.add(clip, made, truth)
            half = np.arange(len(part.frames)), part.mouths, None if expected is None else expected[part.frames]
            made_alone = self._alone(split, clips, part, steps) | self._by_rows(rows, clip)
            alone.add(clip, made_alone, Truth.of(part.truth, *half))
            device = torch.device(self.device.torch_name)
            for system, scores in inner_scores(self.networks.face_generator, part.windows, device).items():
                inner.setdefault(system, []).append(scores)
            other = split.clips[(place + 1) % len(split.clips)]
            if other is not clip and self.judges.listener is not None:
                count = min(clip.frames, other.frames)
                names = [name for name in self.contenders if name not in self.rows]
                others = dubs.foreign(split.data, part, self.voice(other), count, truth.reference, names=names)
                for system, scores in others.items():
                    foreign.setdefault(system, []).append(scores)
            if pictures is not None:
                save_strip(pictures / f"{clip.id}.png", true, made[MODEL])
        tables = {name: whole.summary(), f"{name}, face generator alone": alone.summary()}
        if steps:
            tables |= self._adaptation(name, split, clips, steps)
        for table, gathered in (("inside of the mouth", inner), ("another's speech", foreign)):
            if gathered:
                systems = {system: mean_scores(scores) for system, scores in gathered.items()}
                tables[f"{name}, {table}"] = {"clips": len(next(iter(gathered.values()))), "systems": systems}
        return tables

    def _rows_of(self, split: _Split) -> dict[str, LandmarkClips]:
        """The split as each row's networks hear it; rows for which it was not prepared are left out."""
        opened = {}
        for name, networks in self.rows.items():
            kind = networks.config.face_generator.speech.kind
            if all(clip.has_features(kind) for clip in split.clips):
                opened[name] = LandmarkClips(split.data, networks.config)
        return opened

    def _by_rows(self, rows: Mapping[str, LandmarkClips], clip: Clip) -> dict[str, ByteArray]:
        device, made = torch.device(self.device.torch_name), {}
        for name, clips in rows.items():
            net = self.rows[name].face_generator.to(device)
            made[name] = rendered(net, HeldOut.of(clips, clip).windows, device)[renderer.SYSTEMS[0]]
        return made

    @property
    def _layout(self) -> CropLayout:
        return self.card.crop.layout.resized(self.networks.config.face_generator.size)

    def _alone(self, split: _Split, clips: LandmarkClips, part: HeldOut, steps: int) -> dict[str, ByteArray]:
        device = torch.device(self.device.torch_name)
        net = self.networks.face_generator.to(device)
        made = rendered(net, part.windows, device)
        if steps:
            many = spread_frames(part.clip.frames // 2, self.card.references_for({"adapt": steps}))
            made[ADAPTED] = self._adapted(split, clips, HeldOut.of(clips, part.clip, many), steps)
        return made

    def _adapted(self, split: _Split, clips: LandmarkClips, part: HeldOut, steps: int) -> ByteArray:
        """The frames of a part, after adaptation to its references."""
        crops = ClipCrops(part.clip, split.data.layout, self._layout, part.references).references
        fitted = adapted(self.networks.face_generator, crops, self.device, steps=steps, seed=0)
        return self._made(fitted.network, part.from_some(clips, fitted.known))

    def _made(self, net: FaceGenerator, part: HeldOut) -> ByteArray:
        device = torch.device(self.device.torch_name)
        return rendered(net.to(device), part.windows, device)[renderer.SYSTEMS[0]]

    def _adaptation(self, name: str, split: _Split, clips: LandmarkClips, steps: int) -> Mapping[str, Any]:
        """The table of what adaptation gains in frames between those that it learned from; none of very short clips."""
        tally = Tally((renderer.SYSTEMS[0], MANY, ADAPTED), self.judges)
        net, count = self.networks.face_generator, self.card.references_for({"adapt": steps})
        for clip in split.clips:
            part, many = (HeldOut.between(clips, clip, number) for number in (self.card.references, count))
            if not len(part.frames):
                continue
            made = {
                renderer.SYSTEMS[0]: self._made(net, part),
                MANY: self._made(net, many),
                ADAPTED: self._adapted(split, clips, many, steps),
            }
            tally.add(clip, made, Truth.of(part.truth, np.arange(len(part.frames)), part.mouths, None))
        table = tally.summary()
        return {f"{name}, adaptation": table} if table["clips"] else {}
