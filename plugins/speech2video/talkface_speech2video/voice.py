"""What a take hears: who speaks, once, and the lips of every instant, on a fixed grid.

The encoder's state runs on within a stretch of four seconds and is begun anew, with a second and a half of warm-up, at
the next: so memory does not grow, and what is heard at an instant does not depend on where one began to listen.
Dimension letters: N samples, T instants, D numbers heard, I of nu, E of mu.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from talkface_speech2video.articulation import by_frame
from talkface_speech2video.config import SAMPLE_RATE, STEP_RATE, STEPS_PER_FRAME, STRIDE
from talkface_speech2video.cpc import REACH, CpcStream
from talkface_speech2video.hearing import voiced_steps
from talkface_speech2video.students import summarise
from talkface_speech2video.weights import Speech2VideoNetworks
from talkface_studio.api.errors import SpeechError
from talkface_studio.api.generator import Speech
from talkface_studio.api.values import FloatArray
from talkface_studio.nn.ticks import TICK_RATE, Ticks, voiced
from talkface_studio.nn.voice_print import voice_print

SEARCHED = 20.0
"""Seconds in which the first word is looked for."""
LISTENED = 16.0
"""Seconds behind the first word that say whose voice it is."""
CHUNK = 100
"""Ticks of a stretch."""
LIKELY, LEAST = 0.5, 0.25
"""Probability above which a step is speech, and the share of the loud steps that must be: a chord has moments of it."""
WARM_UP = 32
"""Ticks before it: the windows that the encoder was trained on."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks: nu `(1, I)` and mu `(1, E)`."""

    identity: Tensor
    emotion: Tensor


def hear_speaker(speech: Speech, networks: Speech2VideoNetworks, device: str) -> Speaker:
    """Whose voice this is, by its first words; of silence, nobody's in particular."""
    heard = speech.samples(0.0, min(SEARCHED, max(speech.duration, 1 / STEP_RATE))).samples[0]
    spoken = np.flatnonzero(voiced_steps(heard))
    first = int(spoken[0]) * STRIDE if len(spoken) else 0
    part = heard[first : first + round(LISTENED * SAMPLE_RATE)]
    # The encoder needs a step or two; shorter speech is followed by silence, which is left out below.
    part = np.pad(part, (0, max(4 * STRIDE - len(part), 0)))
    with torch.inference_mode():
        states, encoded = networks.cpc(torch.from_numpy(part)[None].to(device))
        known = torch.from_numpy(voiced_steps(part)).to(device)[: states.shape[1]]
        omega = summarise(states[0], encoded[0], known, networks.config.students.summary)
        identity, emotion = networks.students(omega[None])
        if networks.gallery is not None:
            identity = networks.gallery(identity, voice_print(torch.from_numpy(part)).to(device)[None])
    return Speaker(identity, emotion)


def require_voice(speech: Speech) -> None:
    """Pass if what is loud at the beginning is a voice, or if nothing is.

    Raises:
        SpeechError: it is music or noise, of which no face can be imagined; or voice activity detection is missing.
    """
    end = min(SEARCHED, max(speech.duration, 1 / STEP_RATE))
    loud = np.flatnonzero(voiced_steps(speech.samples(0.0, end).samples[0]))
    if len(loud) and float((speech.activity(0.0, end).at(loud / STEP_RATE)[:, 0] > LIKELY).mean()) < LEAST:
        raise SpeechError(
            f"what is heard in the first {end:.1f} s is music or noise rather than a voice; "
            "choose speech that begins with somebody speaking"
        )


class SpokenLips:
    """What the decoder hears at any instant."""

    def __init__(
        self, speech: Speech, networks: Speech2VideoNetworks, device: str, *, gain: float, rest_in_silence: bool
    ) -> None:
        self._speech, self._networks, self._device = speech, networks, device
        self._gain, self._rests = gain, rest_in_silence
        self._rest = self._resting()
        self._ticks = Ticks(self._compute, chunk=CHUNK)

    def at(self, times: NDArray[np.float64]) -> FloatArray:
        """float32 `(T, D)` at instants in seconds."""
        # Tick i hears the steps of the frame that begins at i.
        return self._ticks.at(times)

    def _compute(self, first: int, stop: int) -> FloatArray:
        reach = self._networks.config.articulation.reach
        begin, end = first - reach - WARM_UP, stop + reach
        samples = self._speech.samples(begin / TICK_RATE, end / TICK_RATE + REACH / SAMPLE_RATE).samples[0]
        with torch.inference_mode():
            states, encoded = CpcStream(self._networks.cpc).push(torch.from_numpy(samples))
            said = self._said(states[None], encoded[None], end - begin)
        own = said[WARM_UP + reach :][: stop - first]
        share = voiced(self._speech, first, stop)[:, None] if self._rests else np.float32(1)
        return np.asarray(self._rest + self._gain * share * (own - self._rest), np.float32)

    def _said(self, states: Tensor, encoded: Tensor, frames: int) -> FloatArray:
        articulation = self._networks.articulation
        if articulation is None:
            last: FloatArray = states[0, STEPS_PER_FRAME - 1 :: STEPS_PER_FRAME].cpu().numpy()
            return last
        said: FloatArray = articulation(by_frame(states, encoded, frames))[0].cpu().numpy()
        return said

    def _resting(self) -> FloatArray:
        articulation = self._networks.articulation
        if articulation is not None:
            rest: FloatArray = articulation.rest.cpu().numpy()
            return rest
        with torch.inference_mode():
            states, _ = self._networks.cpc(torch.zeros(1, WARM_UP * STEPS_PER_FRAME * STRIDE, device=self._device))
        silent: FloatArray = states[0, -1].cpu().numpy()
        return silent
