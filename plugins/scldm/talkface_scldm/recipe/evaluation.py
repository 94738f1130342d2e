"""The paper's measures on held-out voices, beside trivial baselines.

Dimension letters: D numbers of a feature, K candidates.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from talkface_scldm.generator import drawn_noise
from talkface_scldm.hearing import hear
from talkface_scldm.latent_space import LatentSpace
from talkface_scldm.networks import ScldmNetworks, imagined, schedule_of
from talkface_scldm.recipe.data import PORTRAIT, Voices, pixels_of, shrunk
from talkface_scldm.recipe.settings import EvaluationSettings
from talkface_scldm.recipe.studio import backdrop, in_skull
from talkface_scldm.speech_encoder import Heard
from talkface_scldm.weights import load_networks
from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import SpeechError, TrainingError, WeightsError
from talkface_studio.api.values import ByteArray, Device, FloatArray
from talkface_trainer.dataset import Clip
from talkface_trainer.evaluation import mean_scores, shared_encoders, speech_in, spread_frames
from talkface_trainer.teachers import open_teacher, picture_descriptions

PAPER = {
    "columns": ["L1", "L2", "cos", "gender", "age"],
    "rows": {
        "AVSpeech: Wav2Pix": [144.72, 24.32, 82.51, 67.4, 41.3],
        "AVSpeech: Speech2Face": [67.18, 3.94, 46.97, 95.6, 65.2],
        "AVSpeech: SCLDM, base": [56.39, 3.30, 29.83, 95.9, 74.7],
        "AVSpeech: SCLDM, +CP": [47.61, 2.69, 21.79, 97.2, 82.6],
        "AVSpeech: SCLDM, +PN": [44.27, 2.38, 20.41, 96.4, 80.3],
        "AVSpeech: SCLDM, +CP+PN": [35.01, 1.48, 12.81, 98.8, 84.5],
        "VoxCeleb: Wav2Pix": [137.58, 22.19, 79.36, 74.5, 49.6],
        "VoxCeleb: Speech2Face": [66.46, 2.77, 44.38, 96.1, 69.4],
        "VoxCeleb: Wen et al.": [59.82, 2.41, 42.54, 97.4, 72.5],
        "VoxCeleb: SCLDM": [27.10, 1.09, 11.54, 99.4, 88.6],
    },
}
"""As printed in the paper: other data, features of VGG-Face, attributes of Face++. Its prose differs twice."""
CANDIDATES, BEST = 5, 3
"""Faces drawn of each voice, and the best of them over which mean and variance of the angle are taken."""
MEASURED = 8
"""Clips of a split, at most, spread over it."""
STEPS = 50
WEIGHTS_OF_PRIOR = {"shift": (0.0, 0.001, 0.01, 0.1, 1.0), "residual": (0.0, 0.5, 1.0, 1.5)}
"""What the sweep multiplies the prior with, by mode; the first leaves it out."""
MEAN, NEAREST, REBUILT = "mean face", "nearest training voice's face", "true face, rebuilt"
LIKE_BACKDROP, HOLE = 25.0, 0.01
"""Distance in RGB up to which a pixel is taken for the backdrop, and the part of a head that a hole has."""
SHEET_VOICES = 10


class Judge:
    """The networks under test, and what compares faces."""

    def __init__(self, networks: ScldmNetworks, device: Device, vgg_face: str = "") -> None:
        self.networks, self.device = networks, device
        self.eyes = networks.encoder
        self.encoders = shared_encoders()
        self.estimator = open_teacher("dlib-attributes")
        self.published = open_teacher("vgg-face", file=Path(vgg_face)) if vgg_face else None
        self._heard: dict[tuple[str, int], Heard] = {}

    def of(self, networks: ScldmNetworks) -> Judge:
        """What compares faces of other networks by the same features."""
        other = copy.copy(self)
        other.networks, other._heard = networks, {}
        return other

    def heard(self, clip: Clip, half: int = 0) -> Heard:
        """What is heard in a clip (0), or in its first (1) or second (2) half."""
        key = clip.id, half
        if key not in self._heard:
            middle = len(clip.speech) // 2
            part = (slice(None), slice(middle), slice(middle, None))[half]
            speech = speech_in(np.array(clip.speech[part]), self.encoders)
            self._heard[key] = hear(speech, self.networks.speech, self.device)
        return self._heard[key]

    def drawn(self, heard: Heard, numbers: Iterable[int], space: LatentSpace | None = None) -> Tensor:
        """Faces `(K, 3, S, S)` of a voice, one for each number of a candidate."""
        networks = self.networks
        noise = torch.cat([drawn_noise(networks, seed=0, number=number) for number in numbers])
        with torch.inference_mode():
            latents = imagined(
                networks.denoiser,
                space or networks.space,
                schedule_of(networks.config),
                heard,
                noise.to(self.device.torch_name),
                steps=STEPS,
            )
            faces: Tensor = networks.decoder(latents)
            return faces

    def features(self, faces: Tensor) -> FloatArray:
        """The compact face encoder's latents as vectors, `(K, D)`."""
        with torch.inference_mode():
            seen = shrunk(faces.to(self.device.torch_name), self.eyes.config.side)
            found: FloatArray = self.eyes(seen).flatten(1).cpu().numpy()
        return found

    def attributes(self, faces: Tensor) -> list[FloatArray | None]:
        """Gender and age as estimated; None where no face is found."""
        return picture_descriptions(self.estimator, pixels_of(faces))


def evaluate(
    dataset: Path,
    weights: Path | None,
    device: Device,
    output: Path,
    *,
    settings: EvaluationSettings | None = None,
    rows: Mapping[str, Path] | None = None,
) -> Mapping[str, Any]:
    """Measure imagined faces on `val` and `val_unseen`.

    Of each voice five faces are drawn. `l1`, `l2` and `cos` (degrees) compare features of the imagined face with those
    of the best portrait of the clip as the decoder should draw it, raw, and `unit_l1`, `unit_l2` with features of
    length 1; features are what the model's own face encoder says ("local"), not VGG-Face's. `best_cos` and
    `best_cos_variance` are over the three best of the five. `gender` and `age` are the shares of faces of which the
    networks of dlib-models say the same gender, and an age within ten years, as of the true portrait; `true_gender` is
    compared with the data set's labels.

    `holed` is the share of faces in whose head the backdrop shows, where the decoder draws one.

    Where the settings name the user's file of VGG-Face, `vgg_l1`, `vgg_l2` and `vgg_cos` say the same in the paper's
    features. `rows` are further weights, measured by the same features on the same clips.

    The tables of "prior" multiply the prior while sampling. "Voices" tells how alike faces are: of one voice in
    different sentences (or halves of the only one), and of different voices, each pair with different noise.

    Raises:
        TrainingError: the data set has no held-out clips.
        WeightsError: the weights are missing or of another network, or the estimator is not installed.
    """
    card = ModelCard.load(Path(__file__).parents[1] / "plugin.toml")
    path = weights or _card_weights(card)
    networks = load_networks(path)
    _on(networks, device)
    voices = Voices.open(dataset, networks.config)
    splits = {split: voices.dataset.clips(split) for split in ("val", "val_unseen")}
    if not any(splits.values()):
        raise TrainingError(
            f"{dataset}: has no held-out clips to measure on; prepare clips of the splits val, val_unseen"
        )
    judge = Judge(networks, device, (settings or EvaluationSettings()).vgg_face)
    others = {name: judge.of(_on(load_networks(file), device)) for name, file in (rows or {}).items()}
    report: dict[str, Any] = {
        "model": card.name,
        "weights": path.name,
        "prior": networks.config.diffusion.prior_mode,
        "attributes by": judge.estimator.title,
        "features by": "the model's own face encoder (local)"
        + (f"; vgg: {judge.published.title}" if judge.published is not None else ""),
        "splits": {},
        "paper": PAPER,
    }
    for split, clips in splits.items():
        if clips:
            chosen = [clips[index] for index in spread_frames(len(clips), MEASURED)]
            report["splits"][split] = _table(chosen, _systems(judge, voices, chosen))
            if others:
                table = {name: _imagined(each, voices, chosen) for name, each in others.items()}
                report["splits"][f"{split}, rows"] = _table(chosen, table)
            report["splits"][f"{split}, prior"] = _table(chosen, _sweep(judge, voices, chosen))
    known = [voices.dataset.clips("train", speaker) for speaker in voices.dataset.speakers("train")]
    report["splits"]["voices"] = _table([clips[0] for clips in known], {"imagined": _sameness(judge, known)})
    save_sheet(output / "portraits.png", judge, known)
    return report


def _on(networks: ScldmNetworks, device: Device) -> ScldmNetworks:
    for module in networks.modules.values():
        module.to(device.torch_name)
    return networks


def _card_weights(card: ModelCard) -> Path:
    """The bundled weights, without a comparison of hashes: measuring is what tells what to write into the card."""
    for file in card.weights:
        if file.preset == "compact" and file.bundled:
            return Path(__file__).parents[1] / file.path
    raise WeightsError(f"model {card.name} comes without weights; name a file with --weights")


def _systems(judge: Judge, voices: Voices, clips: Sequence[Clip]) -> dict[str, dict[str, float]]:
    scores: dict[str, list[dict[str, float]]] = {}
    for clip, heard in _audible(judge, clips):
        truth = voices.drawn_portraits(clip, 1).to(judge.device.torch_name)
        for system, faces in _made(judge, voices, heard, clip).items():
            label = voices.labels.male.get(clip.speaker)
            scores.setdefault(system, []).append(face_scores(judge, faces, truth, label))
    return {system: mean_scores(each) for system, each in scores.items()}


def _imagined(judge: Judge, voices: Voices, clips: Sequence[Clip]) -> dict[str, float]:
    """The measures of imagined faces alone."""
    scores = []
    for clip, heard in _audible(judge, clips):
        truth = voices.drawn_portraits(clip, 1).to(judge.device.torch_name)
        label = voices.labels.male.get(clip.speaker)
        scores.append(face_scores(judge, judge.drawn(heard, range(CANDIDATES)), truth, label))
    return mean_scores(scores)


def _made(judge: Judge, voices: Voices, heard: Heard, clip: Clip) -> dict[str, Tensor]:
    networks = judge.networks
    seen = voices.portraits(clip, 1).to(judge.device.torch_name)
    with torch.inference_mode():
        mean = networks.decoder((networks.space.prior / networks.space.scale)[None])
        rebuilt = networks.decoder(networks.encoder(seen))
    return {
        "imagined": judge.drawn(heard, range(CANDIDATES)),
        MEAN: mean,
        NEAREST: voices.drawn_portraits(_nearest(judge, voices, heard), 1).to(seen.device),
        REBUILT: rebuilt,
    }


def _nearest(judge: Judge, voices: Voices, heard: Heard) -> Clip:
    """The training clip whose speech vector points most nearly the same way, of the first clips of each speaker."""
    data = voices.dataset
    clips = [clip for speaker in data.speakers("train") for clip in data.clips("train", speaker)[:3]]
    near = [float(torch.cosine_similarity(judge.heard(clip).vector, heard.vector)[0]) for clip in clips]
    return clips[int(np.argmax(near))]


def face_scores(judge: Judge, faces: Tensor, truth: Tensor, male: float | None) -> dict[str, float]:
    """Measures of faces `(K, 3, S, S)` of one voice against its true face, means over faces."""
    real, made = judge.features(truth)[0], judge.features(faces)
    angles = np.array([angle(real, each) for each in made])
    unit = _unit(made) - _unit(real[None])
    best = np.sort(angles)[:BEST]
    studio = judge.networks.config.face.studio
    return (
        {
            "l1": float(np.abs(made - real).sum(axis=1).mean()),
            "l2": float(np.linalg.norm(made - real, axis=1).mean()),
            "cos": float(angles.mean()),
            "unit_l1": float(np.abs(unit).sum(axis=1).mean()),
            "unit_l2": float(np.linalg.norm(unit, axis=1).mean()),
            "best_cos": float(best.mean()),
            "best_cos_variance": float(best.var()),
        }
        | ({"holed": float(np.mean([holed(face) for face in pixels_of(faces)]))} if studio else {})
        | _attribute_scores(judge, faces, truth, male)
        | _published_scores(judge, faces, truth)
    )


def holed(portrait: ByteArray) -> bool:
    """Whether the backdrop shows in a head: in more than 1 % of where every head of a portrait `(S, S, 3)` is."""
    side = len(portrait)
    y, x = (np.mgrid[:side, :side].astype(np.float32) + 0.5) / side
    unit = PORTRAIT.eye_distance
    head = in_skull(np.abs(x - 0.5) / unit, (y - PORTRAIT.eye_height) / unit)
    distance = np.linalg.norm(portrait - backdrop(side), axis=2)
    return bool((distance[head] < LIKE_BACKDROP).mean() > HOLE)


def _published_scores(judge: Judge, faces: Tensor, truth: Tensor) -> dict[str, float]:
    """The same distances in the paper's features, of the faces that are found; nothing without the user's file."""
    if judge.published is None:
        return {}
    real, *made = picture_descriptions(judge.published, pixels_of(torch.cat([truth[:1], faces])))
    seen = [each for each in made if each is not None]
    if real is None or not seen:
        return {}
    return {
        "vgg_l1": float(np.mean([np.abs(each - real).sum() for each in seen])),
        "vgg_l2": float(np.mean([np.linalg.norm(each - real) for each in seen])),
        "vgg_cos": float(np.mean([angle(real, each) for each in seen])),
    }


def _attribute_scores(judge: Judge, faces: Tensor, truth: Tensor, male: float | None) -> dict[str, float]:
    real, made = judge.attributes(truth)[0], judge.attributes(faces)
    seen = [each for each in made if each is not None]
    found = {"drop_outs": float(len(made) - len(seen))}
    if not seen or real is None:
        return found
    said = np.stack(seen)
    found["gender"] = float(((said[:, 0] > 0.5) == (real[0] > 0.5)).mean())
    found["age"] = float((np.abs(said[:, 1] - real[1]) <= 10).mean())
    if male is not None:
        found["true_gender"] = float(((said[:, 0] > 0.5) == bool(male)).mean())
    return found


def _sweep(judge: Judge, voices: Voices, clips: Sequence[Clip]) -> dict[str, dict[str, float]]:
    """The angles with the prior multiplied while sampling; the networks stay those that were trained."""
    scores: dict[str, list[dict[str, float]]] = {}
    space = judge.networks.space
    for clip, heard in _audible(judge, clips):
        real = judge.features(voices.drawn_portraits(clip, 1))[0]
        for weight in WEIGHTS_OF_PRIOR[space.config.prior_mode]:
            made = judge.features(judge.drawn(heard, range(BEST), reweighted(space, weight)))
            angles = [angle(real, each) for each in made]
            scores.setdefault(f"w = {weight:g}", []).append({"cos": float(np.mean(angles)), "best": min(angles)})
    return {system: mean_scores(each) for system, each in scores.items()}


def reweighted(space: LatentSpace, weight: float) -> LatentSpace:
    """The same space with w replaced (mode "shift"), or with what is taken off and added again multiplied."""
    changed = copy.deepcopy(space)
    if space.config.prior_mode == "shift":
        changed.config = replace(space.config, prior_weight=weight)
    else:
        changed.prior.mul_(weight)
    return changed


def _sameness(judge: Judge, known: Sequence[Sequence[Clip]]) -> dict[str, float]:
    """Angles between faces of one voice and between those of two, and how often the former is the smaller one."""
    pairs = []
    for number, clips in enumerate(known):
        halves = [(clips[0], 0), (clips[-1], 0)] if len(clips) > 1 else [(clips[0], 1), (clips[0], 2)]
        try:
            heard = [judge.heard(clip, half) for clip, half in halves]
        except SpeechError:
            continue
        faces = [judge.drawn(each, (2 * number + place,)) for place, each in enumerate(heard)]
        pairs.append([judge.features(face)[0] for face in faces])
    if len(pairs) < 2:
        return {}
    same = [angle(*pair) for pair in pairs]
    across = [[angle(pair[0], other[1]) for other in pairs if other is not pair] for pair in pairs]
    wins = [own < each for own, others in zip(same, across, strict=True) for each in others]
    return {
        "same_voice": float(np.mean(same)),
        "different_voices": float(np.mean([each for others in across for each in others])),
        "same_is_nearer": float(np.mean(wins)),
    }


def _audible(judge: Judge, clips: Sequence[Clip]) -> Iterable[tuple[Clip, Heard]]:
    for clip in clips:
        try:
            yield clip, judge.heard(clip)
        except SpeechError:
            continue


def angle(one: FloatArray, other: FloatArray) -> float:
    """Between two features, in degrees, as Speech2Face has it."""
    cosine = float(_unit(one[None])[0] @ _unit(other[None])[0])
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _unit(features: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.maximum(lengths, 1e-9), np.float32)


def save_sheet(path: Path, judge: Judge, known: Sequence[Sequence[Clip]]) -> None:
    """A picture of imagined faces alone: a column for each voice, three of one sentence above three of another one.

    The first column is the mean face.
    """
    networks = judge.networks
    with torch.inference_mode():
        mean = pixels_of(networks.decoder((networks.space.prior / networks.space.scale)[None]))[0]
    columns = [np.vstack([mean] * 6)]
    for clips in known[:SHEET_VOICES]:
        halves = [(clips[0], 0), (clips[-1], 0)] if len(clips) > 1 else [(clips[0], 1), (clips[0], 2)]
        try:
            rows: list[ByteArray] = []
            for clip, half in halves:
                rows += list(pixels_of(judge.drawn(judge.heard(clip, half), range(3 * half, 3 * half + 3))))
            columns.append(np.vstack(rows))
        except SpeechError:
            continue
    Image.fromarray(np.hstack(columns)).save(path)


def _table(clips: Sequence[Clip], systems: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    return {
        "clips": len(clips),
        "speakers": len({clip.speaker for clip in clips}),
        "frames": sum(clip.frames for clip in clips),
        "systems": {name: dict(values) for name, values in systems.items()},
    }
