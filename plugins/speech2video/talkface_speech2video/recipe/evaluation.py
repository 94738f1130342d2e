"""The measures of the paper on held-out speech, of seen and of unseen voices apart, beside trivial baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from talkface_speech2video.generator import Speech2VideoGenerator
from talkface_speech2video.recipe.data import Passage, Voices
from talkface_speech2video.recipe.frames_stage import one_of_each
from talkface_speech2video.weights import load_networks
from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import SpeechError, TrainingError, WeightsError
from talkface_studio.api.values import ByteArray, Device, FloatArray, Matrix, Options
from talkface_trainer.dataset import FRAME_RATE
from talkface_trainer.evaluation import (
    Reference,
    image_scores,
    landmark_scores,
    mean_scores,
    save_strip,
    shared_encoders,
    speech_in,
    spread_frames,
)
from talkface_trainer.tally import Judges, Likeness, embeddings_of, sync_scores

PAPER = {
    "columns": ["SSIM", "PSNR", "confidence"],
    "rows": {
        "CREMA-D: SDFA": [0.705, 23.568, 5.4],
        "CREMA-D: S2F+SDFA": [0.519, 20.104, 4.9],
        "CREMA-D: SDFA (mismatch)": [0.521, 20.024, 5.0],
        "CREMA-D: speech2video": [0.541, 20.540, 5.1],
        "VoxCeleb2: SDFA": [0.7342, 25.121, 5.8],
        "VoxCeleb2: S2F+SDFA": [0.5643, 20.413, 4.9],
        "VoxCeleb2: SDFA (mismatch)": [0.5612, 20.126, 5.0],
        "VoxCeleb2: speech2video": [0.5707, 20.891, 5.1],
    },
}
"""As printed in the paper: other data, another size, and the confidence of SyncNet."""
OURS, MEAN, NEAREST, STATIC = "speech2video", "mean face", "nearest training face", "static face"
PASSAGES = 12
"""Most passages of a split, one of each speaker first."""
FRAMES = 50
"""Most frames of a passage."""
FACES = 3
"""Training frames of a speaker that say what it looks like."""


def evaluate(dataset: Path, weights: Path | None, device: Device, output: Path) -> Mapping[str, Any]:
    """Measure what the model makes of held-out speech, whose true frames are known.

    "mean face" is the mean of the training speakers' mean frames, "nearest training face" a frame of the training
    speaker whose own voice leads to the most alike nu, "static face" the passage's own first frame: none of them moves.
    Head and eyes are held still. `identity` is the distance of embeddings, `recollected` the share of passages whose
    face is nearer to the right training speaker than to any other. Speech that training heard is told apart from speech
    that it did not hear. Pixels are measured at the network's own size.

    Raises:
        TrainingError: the data set has no training clips, or nothing to measure on.
        WeightsError: the weights are missing or of another network.
    """
    card = ModelCard.load(Path(__file__).parents[1] / "plugin.toml")
    path = weights or card_weights(card)
    networks = load_networks(path)
    voices = Voices.open(dataset, networks.config)
    splits = {
        "seen voices": one_of_each(voices.seen, PASSAGES),
        "seen voices, speech of the training": one_of_each(voices.training, PASSAGES),
        "unseen voices": one_of_each(voices.unseen, PASSAGES),
    }
    if not voices.seen and not voices.unseen:
        raise TrainingError(f"{dataset}: has no held-out speech to measure on; prepare clips of the split val_unseen")
    judges = Judges.gathered(voices.dataset.clips("train"))
    bench = Bench.of(voices, path, card, device, judges)
    report: dict[str, Any] = {
        "model": card.name,
        "weights": path.name,
        "teachers": f"{networks.config.identity_teacher}, {networks.config.emotion_teacher}",
        "trained on": ", ".join(networks.voices),
        "notes": dict(judges.notes),
        "splits": {
            name: bench.table(passages, output / name.replace(",", "").replace(" ", "-"))
            for name, passages in splits.items()
            if passages
        },
        "paper": PAPER,
    }
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


@dataclass(frozen=True, slots=True)
class Bench:
    """The model, what its training speakers look and sound like, and what measures."""

    generator: Speech2VideoGenerator
    options: Options
    device: Device
    size: int
    judges: Judges
    encoders: Any
    """Speech encoders that all clips share."""
    faces: Mapping[str, ByteArray]
    """Training frames of each speaker, `(FACES, S, S, 3)`."""
    known: Mapping[str, Matrix]
    """Their mean embedding, where a network of embeddings is installed."""
    sounds: Mapping[str, FloatArray]
    """The mean nu of each speaker's training speech."""
    mean: ByteArray

    @classmethod
    def of(cls, voices: Voices, weights: Path, card: ModelCard, device: Device, judges: Judges) -> Bench:
        """Look at the training speakers and listen to them."""
        size = voices.config.decoder.size
        generator = Speech2VideoGenerator(card.model_copy(update={"crop": card.crop.model_copy(update={"size": size})}))
        given = card.parse_options({"head_motion": 0.0, "blinks": 0.0})
        options = Options(values=given, weights={"networks": weights})
        faces, sounds, known, means = {}, {}, {}, []
        encoders = shared_encoders()
        for speaker in voices.speakers:
            own = [passage for passage in voices.training if passage.speaker == speaker]
            some = [own[int(i)] for i in spread_frames(len(own), FACES)]
            shown = [one.pictures(spread_frames(one.frames, -(-FACES // len(some))), size) for one in some]
            faces[speaker] = np.concatenate(shown)[:FACES]
            means.append(faces[speaker].mean(axis=0))
            with generator.start(speech_in(some[0].samples(), encoders), None, options, device) as take:
                sounds[speaker] = take.identity
            found = embeddings_of(Reference.of(faces[speaker]), judges.embedding)
            if len(found):
                known[speaker] = found.mean(axis=0)
        mean = np.mean(means, axis=0).round().astype(np.uint8)
        return cls(generator, options, device, size, judges, encoders, faces, known, sounds, mean)

    def table(self, passages: Sequence[Passage], strips: Path) -> dict[str, Any]:
        """Measures of all systems on some passages."""
        scores: dict[str, list[Mapping[str, float]]] = {}
        refused = 0
        for passage in passages:
            try:
                found = self._scores(passage, strips)
            except SpeechError:
                # The end of a clip may be breath alone.
                refused += 1
                continue
            for system, values in found.items():
                scores.setdefault(system, []).append(values)
        return {
            "clips": len(passages) - refused,
            "refused": refused,
            "speakers": len({passage.speaker for passage in passages}),
            "frames": sum(min(passage.frames, FRAMES) for passage in passages),
            "systems": {system: mean_scores(each) for system, each in scores.items()},
        }

    def _scores(self, passage: Passage, strips: Path) -> dict[str, dict[str, float]]:
        count = min(passage.frames, FRAMES)
        true = passage.pictures(np.arange(count), self.size)
        speech = speech_in(passage.samples(), self.encoders)
        times = np.arange(count) / FRAME_RATE
        with self.generator.start(speech, None, self.options, self.device) as take:
            made = np.stack([face.pixels for face in take.render(times.tolist())])
            nearest = min(self.sounds, key=lambda name: float(np.linalg.norm(self.sounds[name] - take.identity)))
        save_strip(strips / f"{passage.clip.id}.png", true, made)
        listener = self.judges.listener
        expected = None if listener is None else listener.expected(speech, times)
        truth, seen = Reference.of(true), Reference.of(made)
        stills = {MEAN: self.mean, NEAREST: self.faces[nearest][0], STATIC: true[0]}
        ours = (
            image_scores(made, true)
            | landmark_scores(seen, truth)
            | Likeness(truth, self.judges.embedding).scores(seen)
            | sync_scores(seen, expected)
            | self._recollected(passage, seen)
        )
        scores = {OURS: ours, "truth": sync_scores(truth, expected)}
        for name, still in stills.items():
            shown = Reference.of(still[None])
            scores[name] = image_scores(np.repeat(still[None], count, axis=0), true) | self._likeness(shown, truth)
        return scores

    def _likeness(self, shown: Reference, truth: Reference) -> dict[str, float]:
        own, real = (embeddings_of(side, self.judges.embedding) for side in (shown, truth))
        if not len(own) or not len(real):
            return {}
        return {"identity": float(np.linalg.norm(real - own[0], axis=1).mean())}

    def _recollected(self, passage: Passage, seen: Reference) -> dict[str, float]:
        own = embeddings_of(seen, self.judges.embedding)
        if passage.speaker not in self.known or not len(own):
            return {}
        face = own.mean(axis=0)
        nearest = min(self.known, key=lambda name: float(np.linalg.norm(self.known[name] - face)))
        return {"recollected": float(nearest == passage.speaker)}
