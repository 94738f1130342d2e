"""What the decoder is given and what it shall make: batches of the stages `frames` and `adversarial`.

Dimension letters: B clips, F consecutive frames of each, S side, D numbers heard, E of mu, I of nu, M of a manner.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from talkface_speech2video.articulation import by_frame
from talkface_speech2video.config import STEPS_PER_FRAME
from talkface_speech2video.gallery import Gallery
from talkface_speech2video.recipe.data import HELD, Passage, Voices
from talkface_speech2video.recipe.library import Hearing, Networks, restored, speech_networks, taught
from talkface_speech2video.recipe.settings import Settings
from talkface_speech2video.students import Students
from talkface_studio.api.values import ByteArray, FloatArray
from talkface_studio.nn.voice_print import voice_print
from talkface_trainer.morphs import SHARES, Seen, morph

PIECES = 4
"""Pieces of a passage whose nu and mu are kept: a student does not say the same of each."""


class Shown(NamedTuple):
    """Frames of one face: pictures `(F, S, S, 3)`, lips `(F, D)`, manner `(F, M)`, and its nu `(I,)`."""

    pictures: ByteArray
    lips: FloatArray
    manner: FloatArray
    identity: FloatArray


class Performances:
    """Every training passage with what teachers and students say of it."""

    def __init__(self, voices: Voices, settings: Settings, done: Mapping[str, Path], device: str) -> None:
        self.voices, self.settings, self.model = voices, settings, settings.model
        self.networks = speech_networks(self.model, done, device)
        self.students = Students(self.model).to(device).eval().requires_grad_(False)
        restored(self.students, done["distill"] / "students.safetensors")
        self.gallery: Gallery | None = None
        if self.model.students.recall:
            self.gallery = Gallery(self.model.students.identity, len(voices.speakers)).to(device).eval()
            restored(self.gallery, done["distill"] / "gallery.safetensors")
        self.hearing = [Hearing.of(passage.samples(), self.networks) for passage in voices.training]
        self.taught = taught(voices, settings, done)
        self.said = [self._students(hearing) for hearing in self.hearing]
        self.lips = [voices.lip_shapes(passage) for passage in voices.training] if self.model.articulation.size else []
        self.spoken = [self.heard(hearing) for hearing in self.hearing]

    def _students(self, hearing: Hearing) -> tuple[FloatArray, FloatArray]:
        steps = len(hearing.voiced)
        length = max(round(0.7 * steps), min(steps, 50))
        firsts = np.linspace(0, steps - length, PIECES).astype(int)
        omegas = torch.stack([hearing.omega(self.model, int(first), int(first) + length) for first in firsts])
        with torch.inference_mode():
            nu, mu = self.students(omegas.to(self.students.mean.device))
        return nu.cpu().numpy(), mu.cpu().numpy()

    def heard(self, hearing: Hearing) -> FloatArray:
        """What speech says of each frame, `(F, D)`."""
        if "articulation" not in self.networks:
            return hearing.states[STEPS_PER_FRAME - 1 :: STEPS_PER_FRAME].float().numpy()
        frames = len(hearing.voiced) // STEPS_PER_FRAME
        device = next(self.networks["articulation"].parameters()).device
        given = by_frame(hearing.states[None].float(), hearing.encoded[None].float(), frames).to(device)
        with torch.inference_mode():
            said: FloatArray = self.networks["articulation"](given)[0].cpu().numpy()
        return said

    def batch(self, rng: np.random.Generator, clips: int, frames: int, student_share: float) -> dict[str, Tensor]:
        """Random clips, each with consecutive frames: their pictures and what the decoder is given for them.

        A share of the clips gets the students' nu, mu and lips, the others get the teachers' and the true ones.
        """
        items = [self._item(rng, frames, student=bool(rng.random() < student_share)) for _ in range(clips)]
        return {name: torch.from_numpy(np.stack([item[name] for item in items])) for name in items[0]}

    def _item(self, rng: np.random.Generator, frames: int, *, student: bool) -> dict[str, np.ndarray[Any, Any]]:
        number = self.voices.draw(rng, self.settings.frames.balance)
        passage = self.voices.training[number]
        first = int(rng.integers(max(passage.frames - frames, 0) + 1))
        index = np.minimum(first + np.arange(frames), passage.frames - 1)
        hearing = self.hearing[number]
        piece = int(rng.integers(PIECES))
        nu, mu = (said[piece] for said in self.said[number])
        if self.gallery is not None:
            nu = self.taught.identity[number]
        if not student:
            chosen = rng.integers(self.taught.emotion.shape[1], size=self.settings.distill.emotion_frames)
            nu, mu = self.taught.identity[number], self.taught.emotion[number][chosen].mean(axis=0)
        # Speech never gives the true lips; half of the students' clips have them, so that pictures stay true to them.
        lips = self.spoken[number] if not self.lips or (student and rng.random() < 0.5) else self.lips[number]
        stepped = hearing.by_frame(int(index[0]), int(index[-1]) + 1)
        other = _elsewhere(rng, passage, first, frames, self.settings.adversarial.shift)
        shown = Shown(
            passage.pictures(index, self.model.decoder.size), lips[index], self.voices.manners(passage)[index], nu
        )
        if rng.random() < self.settings.frames.morphs:
            shown = self._morphed(rng, number, index, shown)
        return {
            "frames": shown.pictures,
            "heard": shown.lips,
            "manner": shown.manner[:, : self.model.decoder.manner],
            "identity": shown.identity.astype(np.float32),
            "emotion": mu.astype(np.float32),
            "sound": stepped[index - index[0]],
            "other_sound": hearing.by_frame(0, passage.frames)[
                np.minimum(other + np.arange(frames), passage.frames - 1)
            ],
        }

    def _morphed(self, rng: np.random.Generator, number: int, index: NDArray[np.int64], shown: Shown) -> Shown:
        """The same frames with a share of another speaker in them, whose lips are held as alike as they come."""
        voices = self.voices
        others = [name for name in voices.speakers if name != voices.training[number].speaker]
        if not others or not self.lips:
            return shown
        own = voices.by_speaker[others[int(rng.integers(len(others)))]]
        other = own[int(rng.integers(len(own)))]
        passage, second = voices.training[number], voices.training[other]
        share, size = float(rng.uniform(*SHARES)), self.model.decoder.size
        apart = np.square(self.lips[number][index][:, None] - self.lips[other][None]).sum(axis=2)
        alike = apart.argmin(axis=1)
        theirs = second.pictures(alike, size)
        pictures = [
            morph(
                Seen(shown.pictures[i], passage.mesh(int(index[i]), size)),
                Seen(theirs[i], second.mesh(int(j), size)),
                share,
            )
            for i, j in enumerate(alike)
        ]
        background = slice(HELD, None)
        manner = share * shown.manner + (1 - share) * voices.manners(second)[alike]
        manner[:, background] = shown.manner[:, background]
        return Shown(
            np.stack(pictures),
            share * self.lips[number][index] + (1 - share) * self.lips[other][alike],
            manner,
            share * shown.identity + (1 - share) * self.taught.identity[other],
        )


def _elsewhere(rng: np.random.Generator, passage: Passage, first: int, frames: int, shift: int) -> int:
    """Where sound that does not belong to these frames begins; the farthest place if none is far enough."""
    places = np.arange(max(passage.frames - frames, 0) + 1)
    far = places[np.abs(places - first) >= shift]
    return int(rng.choice(far)) if len(far) else int(places[np.abs(places - first).argmax()])


def pictures(frames: Tensor) -> Tensor:
    """uint8 `(..., S, S, 3)` to `(..., 3, S, S)` in -1..1."""
    return frames.movedim(-1, -3).float() / 127.5 - 1


def held_out(performances: Performances, passages: tuple[Passage, ...], count: int, networks: Networks) -> list[Tensor]:
    """Frames as made from speech alone, beside the true ones: `(n, 2, 3, S, S)` in -1..1 for each of some passages."""
    device = next(networks["decoder"].parameters()).device
    model, found = performances.model, []
    for passage in passages[:count]:
        hearing = Hearing.of(passage.samples(), performances.networks)
        index = np.linspace(0, passage.frames - 1, 4).astype(int)
        nu, mu = performances.students(hearing.omega(model)[None].to(device))
        if performances.gallery is not None:
            nu = performances.gallery(nu, voice_print(torch.from_numpy(passage.samples()))[None].to(device))
        heard = torch.from_numpy(performances.heard(hearing)[index]).to(device)
        maps = networks["identity"](nu).maps
        manner = torch.zeros(len(index), model.decoder.manner, device=device)
        made = networks["decoder"](heard, mu.expand(len(index), -1), manner, maps)
        true = pictures(torch.from_numpy(passage.pictures(index, model.decoder.size))).to(device)
        found.append(torch.stack([made, true], dim=1))
    return found
