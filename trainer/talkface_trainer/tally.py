"""Scores of several systems over the clips of a split, each frame beside the true one.

Dimension letters: N frames of a clip, M measured ones, S side of the crop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.errors import TrainingError, WeightsError
from talkface_studio.api.landmarks import lip_opening
from talkface_studio.api.values import ByteArray, FloatArray, Matrix
from talkface_studio.quality.identity import FaceEmbedding, identity_distance
from talkface_studio.quality.sync import sync_score
from talkface_trainer.dataset import Clip
from talkface_trainer.evaluation import LocalFid, Reference, landmark_scores, mean_scores, pixel_scores
from talkface_trainer.listener import Listener
from talkface_trainer.perceptual import PerceptualNetwork, perceptual_network

TRUTH = "truth"
"""Name of the row that says how the true frames themselves are in sync."""
COMPARED_FACES = 8
"""Frames of a clip whose identity is compared."""


@dataclass(frozen=True, slots=True)
class Judges:
    """The networks that measure; None where one is not to be had."""

    features: PerceptualNetwork
    embedding: FaceEmbedding | None
    listener: Listener | None
    notes: Mapping[str, str] = field(default_factory=dict)
    """What each local measure is, and why one is missing."""

    @classmethod
    def gathered(cls, training: Sequence[Clip]) -> Judges:
        """All that this machine has; `training` are the real clips that the listener learns from."""
        features = perceptual_network()
        notes = {"fid_local": f"features of {features.name}, {features.layers[-1]}; not a FID"}
        embedding, listener = None, None
        try:
            embedding = FaceEmbedding()
            notes["identity"] = "Euclidean distance of dlib's embeddings, the same person below 0.6; not CSIM"
        except WeightsError as error:
            notes["identity"] = f"not measured: {error}"
        try:
            listener = Listener.fit(training)
            notes["sync"] = (
                "correlation of the lips with what a linear listener expects, confidence and offset (frames) after "
                "SyncNet; not LSE-C and LSE-D"
            )
        except TrainingError as error:
            notes["sync"] = f"not measured: {error}"
        return cls(features, embedding, listener, notes)


@dataclass(frozen=True, slots=True)
class Truth:
    """The true frames of a clip, and what is measured of them."""

    frames: ByteArray
    """uint8 `(N, S, S, 3)`."""
    reference: Reference
    measured: NDArray[np.int64]
    """Indices of the frames whose pixels are measured, `(M,)`; landmarks are measured in all."""
    mouths: FloatArray
    """How much each pixel of these belongs to the mouth, `(M, S, S)`."""
    expected: Matrix | None
    """How far the listener expects the lips to be open, `(N,)`."""

    @classmethod
    def of(
        cls, frames: ByteArray, measured: NDArray[np.int64], mouths: FloatArray, expected: Matrix | None = None
    ) -> Truth:
        """Find the faces in true frames."""
        return cls(frames, Reference.of(frames), measured, mouths, expected)


class Tally:
    """Gathers the scores of `systems`, and of the truth's own sync where there is a listener."""

    def __init__(self, systems: Sequence[str], judges: Judges) -> None:
        self.systems, self._judges = tuple(systems), judges
        self._scores: dict[str, list[Mapping[str, float]]] = {name: [] for name in (TRUTH, *systems)}
        self._fid = LocalFid(judges.features)
        self._clips: list[Clip] = []
        self._frames = 0

    def add(self, clip: Clip, made: Mapping[str, ByteArray], truth: Truth) -> None:
        """Add one clip: all its frames as each system makes them, uint8 `(N, S, S, 3)`."""
        self._clips.append(clip)
        self._frames += len(truth.frames)
        real = truth.frames[truth.measured]
        self._fid.add(TRUTH, real)
        self._scores[TRUTH].append(sync_scores(truth.reference, truth.expected))
        likeness = Likeness(truth.reference, self._judges.embedding)
        for system in self.systems:
            frames = made[system]
            seen = Reference.of(frames)
            self._scores[system].append(
                pixel_scores(frames[truth.measured], real, truth.mouths)
                | landmark_scores(seen, truth.reference)
                | likeness.scores(seen)
                | sync_scores(seen, truth.expected)
            )
            self._fid.add(system, frames[truth.measured])

    def summary(self) -> dict[str, Any]:
        """What a report says of a split; see `api.recipe.Recipe.evaluate`."""
        systems = {
            system: mean_scores(self._scores[system]) | {"fid_local": self._fid.distance(TRUTH, system)}
            for system in self.systems
        }
        true = mean_scores(self._scores[TRUTH])
        return {
            "clips": len(self._clips),
            "speakers": len({clip.speaker for clip in self._clips}),
            "frames": self._frames,
            "systems": systems | ({TRUTH: true} if true else {}),
        }


def sync_scores(seen: Reference, expected: Matrix | None) -> dict[str, float]:
    """`sync`, `sync_confidence` and `sync_offset` (frames, without sign) of frames `(N,)`; see `quality.sync`.

    Openings of frames without a face are interpolated.
    """
    if expected is None or seen.found.sum() < 2:
        return {}
    frames = np.arange(len(seen.found))
    openings = [lip_opening(mesh) for mesh in seen.meshes[seen.found]]
    score = sync_score(expected, np.interp(frames, frames[seen.found], openings))
    return {"sync": score.correlation, "sync_confidence": score.confidence, "sync_offset": abs(score.offset)}


def embeddings_of(seen: Reference, embedding: FaceEmbedding | None) -> Matrix:
    """Embeddings of some frames with a face, `(n, 128)`; none without the network."""
    found = np.flatnonzero(seen.found)
    if embedding is None or len(found) == 0:
        return np.zeros((0, 0))
    some = np.unique(found[np.linspace(0, len(found) - 1, COMPARED_FACES).round().astype(int)])
    return np.stack([embedding.embed(seen.frames[index], seen.meshes[index]) for index in some])


class Likeness:
    """Whether generated frames show the person of the true ones, whose embeddings are computed once for all systems."""

    def __init__(self, truth: Reference, embedding: FaceEmbedding | None) -> None:
        self._truth, self._embedding = truth, embedding
        self._known: dict[int, Matrix] = {}

    def scores(self, seen: Reference) -> dict[str, float]:
        """`identity`: mean distance of the embeddings of some frames from those of the true ones."""
        both = np.flatnonzero(seen.found & self._truth.found)
        if self._embedding is None or len(both) == 0:
            return {}
        some = np.unique(both[np.linspace(0, len(both) - 1, COMPARED_FACES).round().astype(int)])
        for index in set(some.tolist()) - set(self._known):
            self._known[index] = self._embedding.embed(self._truth.frames[index], self._truth.meshes[index])
        made = [self._embedding.embed(seen.frames[index], seen.meshes[index]) for index in some]
        distances = [identity_distance(one, self._known[index]) for one, index in zip(made, some.tolist(), strict=True)]
        return {"identity": float(np.mean(distances))}
