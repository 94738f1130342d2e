"""How a person's head and face move with a speech, at any instant.

Frame by frame from the last one: such motion would depend on all that was before. Here it is made in runs that begin
at fixed ticks, each from rest and with some seconds to forget it; chance is a function of the seed and the tick, so
that neighbouring runs agree where they overlap, and are faded into one another there.

Dimension letters: T instants, D numbers of a frame's motion.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from talkface_sdm.config import POSE
from talkface_sdm.denoiser import REVERSE_STEPS, Denoiser, condition_of, schedule_of
from talkface_sdm.head_motion import Home, decoded
from talkface_sdm.motion_network import STRIDE, interpolated
from talkface_sdm.speech_input import read_speech
from talkface_sdm.weights import SdmNetworks
from talkface_studio.api.generator import Speech
from talkface_studio.api.values import FloatArray
from talkface_studio.nn.diffusion import sample
from talkface_studio.nn.ticks import TICK_RATE, Ticks, voiced

CHUNK = 100
"""Ticks of a run that are used."""
WARM_UP = 75
"""Ticks before them, in which a run gets from rest to where it would be."""
OVERLAP = 16
"""Ticks behind them, over which the next run takes over."""
MARGIN = 12
"""Ticks at both ends that the convolutions see beside."""
POSE_SMOOTHING, POINT_SMOOTHING = 0.75, 0.6
"""Standard deviation, in ticks, of the low-pass over poses and points; what was learned from is smooth already."""
IDLE = 0.3
"""Share of the head's motion that is left while nobody speaks."""
CALMING = 12.0
"""Standard deviation, in ticks, over which the head comes to rest."""
Z_STREAM, NOISE_STREAM = 1, 2
"""What the seed's random numbers are for."""


class Motion(Protocol):
    """What moves a photo."""

    def at(self, times: NDArray[np.float64]) -> FloatArray:
        """Pose, points, and how far the mouth speaks, `(T, 143)` at `times` (seconds)."""


class SpeechMotion:
    """Motion `(T, 143)` at any instant: pose, points, and how far the mouth speaks. Threads may share it.

    `head` is a factor on poses and `gain` one on the points.
    """

    def __init__(
        self,
        speech: Speech,
        networks: SdmNetworks,
        home: Home,
        *,
        seed: int = 0,
        device: str = "cpu",
        head: float = 1.0,
        gain: float = 1.0,
        rest_in_silence: bool = True,
    ) -> None:
        self._speech, self._networks, self._home = speech, networks, home
        self._seed, self._device = seed, device
        self._head, self._gain, self._rest_in_silence = head, gain, rest_in_silence
        self._schedule = schedule_of(networks.config)
        self._runs: OrderedDict[int, FloatArray] = OrderedDict()
        self._ticks = Ticks(self._computed, chunk=CHUNK)

    def at(self, times: NDArray[np.float64]) -> FloatArray:
        """Motion at `times` (seconds), linear between ticks.

        Raises:
            SpeechError: an encoder that the model needs is not installed.
        """
        return self._ticks.at(times)

    def _computed(self, first: int, stop: int) -> FloatArray:
        number = first // CHUNK
        if number == 0:
            # Nothing is shown before the first tick that would have to be gone on from.
            return self._run(0)[:CHUNK]
        before, now = self._run(number - 1), self._run(number)
        made = now[:CHUNK].copy()
        share = ((np.arange(OVERLAP) + 0.5) / OVERLAP)[:, None].astype(np.float32)
        made[:OVERLAP] = before[CHUNK:] * (1 - share) + now[:OVERLAP] * share
        assert stop - first == CHUNK
        return made

    def _run(self, number: int) -> FloatArray:
        """The ticks of a chunk and `OVERLAP` more, `(CHUNK + OVERLAP, 143)`."""
        if number not in self._runs:
            self._runs[number] = self._performed(number * CHUNK)
        self._runs.move_to_end(number)
        while len(self._runs) > 2:
            self._runs.popitem(last=False)
        return self._runs[number]

    def _performed(self, first: int) -> FloatArray:
        # Before the first tick there is only silence, from which little warm-up is needed.
        begin = first - (WARM_UP if first else MARGIN) - MARGIN
        end = first + CHUNK + OVERLAP + MARGIN
        motion = decoded(self._values(begin, end), self._home, self._networks.config.motion)
        speaks = voiced(self._speech, begin, end)
        calm = gaussian_filter1d(speaks, CALMING, mode="nearest")
        poses = gaussian_filter1d(motion[:, :POSE], POSE_SMOOTHING, axis=0, mode="nearest")
        poses = poses * self._head * (IDLE + (1 - IDLE) * calm)[:, None]
        points = self._gain * gaussian_filter1d(motion[:, POSE:], POINT_SMOOTHING, axis=0, mode="nearest")
        lips = speaks if self._rest_in_silence else np.ones_like(speaks)
        made = np.concatenate([poses, points, lips[:, None]], axis=1).astype(np.float32)
        return made[first - begin : -MARGIN]

    def _values(self, begin: int, end: int) -> FloatArray:
        """Motion of the ticks `begin..end` as the networks have it, `(T, D)`."""
        networks, config = self._networks, self._networks.config
        net = networks.motion
        heard = read_speech(self._speech, np.arange(begin, end) / TICK_RATE, config.speech)
        # Vectors of a run are short and few; half precision here would be seen as trembling.
        with torch.inference_mode():
            vectors, rhythm = (torch.from_numpy(values)[None].to(self._device) for values in heard)
            z = self._latent(begin, end)[None].to(self._device)
            rest = net.normalised(net.centre.new_zeros(1, config.motion.size))
            auxiliary = net(vectors, rhythm, rest, z)
            motion = auxiliary.motion
            denoiser = networks.denoiser
            if config.diffusion.enabled and isinstance(denoiser, Denoiser):
                rhythm = (rhythm - net.rhythm_centre) / net.rhythm_unit
                motion = self._denoised(denoiser, motion, condition_of(auxiliary, rhythm), begin, end)
            motion = net.restored(motion)
            if networks.face is not None and config.motion.pose_motion:
                motion = torch.cat([motion[..., :POSE], networks.face(vectors)], dim=2)
            values: FloatArray = motion[0].float().cpu().numpy()
        return values

    def _denoised(
        self, denoiser: Denoiser, auxiliary: torch.Tensor, condition: torch.Tensor, begin: int, end: int
    ) -> torch.Tensor:
        """Shallow diffusion: F^aux with K additions of noise, and back."""
        start = self._networks.start
        size = self._networks.config.motion.diffused
        noise = torch.stack([self._random(NOISE_STREAM, tick, size) for tick in range(begin, end)])
        noised = self._schedule.noised(auxiliary[..., :size], start - 1, noise[None].to(self._device))

        def predicted(x: torch.Tensor, step: int) -> torch.Tensor:
            made: torch.Tensor = denoiser(x, torch.full((1,), step, device=x.device), condition)
            return made

        clean = sample(self._schedule, predicted, noised, start, stride=max(start // REVERSE_STEPS, 1))
        return torch.cat([clean, auxiliary[..., size:]], dim=2)

    def _latent(self, begin: int, end: int) -> torch.Tensor:
        """Z of the ticks `begin..end`, `(T, Z)`."""
        low = begin // STRIDE
        count = (end - 1) // STRIDE - low + 2
        size = self._networks.config.motion.latent
        knots = torch.stack([self._random(Z_STREAM, low + i, size) for i in range(count)])
        return interpolated(knots[None], STRIDE, begin - low * STRIDE, end - begin)[0]

    def _random(self, stream: int, place: int, size: int) -> torch.Tensor:
        rng = np.random.default_rng((self._seed, stream, place & 0xFFFFFFFF))
        return torch.from_numpy(rng.standard_normal(size, dtype=np.float32))
