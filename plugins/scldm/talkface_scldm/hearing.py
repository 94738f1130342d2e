"""A voice track of any length to what is heard in it: windows of six seconds and the mean over them.

Dimension letters: n samples.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from talkface_scldm.config import SpeechConfig
from talkface_scldm.spectrogram import SECONDS, spectrogram, tiled
from talkface_scldm.speech_encoder import Heard, SpeechEncoder
from talkface_studio.api.errors import SpeechError
from talkface_studio.api.generator import Speech
from talkface_studio.api.values import Device
from talkface_studio.nn.serving import autocast

HOP = SECONDS / 2
MOST_WINDOWS = 12
"""Windows that are listened to: in speech of more than a minute they are spread over all of it."""
SPEAKING = 0.5
"""Probability from which on somebody speaks."""
LEAST_VOICE = 0.3
"""Seconds of voice without which nothing is said of a face."""


def window_starts(duration: float) -> list[float]:
    """Where windows begin, in seconds."""
    last = max(duration - SECONDS, 0.0)
    starts = [number * HOP for number in range(int(last // HOP) + 1)]
    if len(starts) > MOST_WINDOWS:
        return [float(start) for start in np.linspace(0, last, MOST_WINDOWS)]
    # What lies behind the last whole hop is heard too.
    return [*starts, last] if last > starts[-1] else starts


def hear(speech: Speech, encoder: SpeechEncoder, device: Device) -> Heard:
    """The mean of what is heard in all windows with a voice, one `(1, ...)` of each; memory does not grow.

    Raises:
        SpeechError: nobody speaks, or for less than 0.3 s.
    """
    total: list[Tensor] = []
    weight = 0.0
    for samples, voiced in _windows(speech):
        heard = _encoded(samples, encoder, device)
        weight += voiced
        parts = [part * voiced for part in heard]
        total = parts if not total else [before + part for before, part in zip(total, parts, strict=True)]
    if weight < LEAST_VOICE:
        raise SpeechError(
            f"a face is imagined from a voice, and in these {speech.duration:.1f} s nobody speaks "
            f"({weight:.1f} s of voice found, {LEAST_VOICE:g} s needed); give a recording of one person speaking"
        )
    return Heard(*(part / weight for part in total))


def _windows(speech: Speech) -> Iterator[tuple[Tensor, float]]:
    """The samples of each window in which somebody speaks, and how many seconds of it are speech."""
    for start in window_starts(speech.duration):
        end = min(start + SECONDS, speech.duration)
        activity = speech.activity(start, end)
        inside = np.arange(len(activity.values)) / activity.rate + activity.start
        spoken = activity.values[(inside >= start) & (inside <= end), 0] > SPEAKING
        voiced = float(spoken.mean()) * (end - start) if len(spoken) else 0.0
        if voiced > 0:
            yield torch.from_numpy(speech.samples(start, end).samples[0]), voiced


def _encoded(samples: Tensor, encoder: SpeechEncoder, device: Device) -> Heard:
    config: SpeechConfig = encoder.config
    with torch.inference_mode(), autocast(device):
        planes = spectrogram(tiled(samples)[None].to(device.torch_name), config)
        heard = encoder(planes)
    return Heard(*(part.float() for part in heard))
