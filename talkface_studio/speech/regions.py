"""Where in a track somebody speaks."""

from __future__ import annotations

import numpy as np

from talkface_studio.api.generator import Speech
from talkface_studio.speech.vad import SPEECH_PROBABILITY, STEP, STEP_SECONDS

SHORTEST = 0.1
"""Seconds; shorter stretches are noise."""
SHORTEST_PAUSE = 0.25
"""Seconds; shorter pauses belong to the speech around them."""

_VALUE = STEP / 16_000


def speech_regions(speech: Speech) -> tuple[tuple[float, float], ...]:
    """Start and end of each stretch of speech, in seconds, rising.

    Raises:
        SpeechError: voice activity detection is not installed.
    """
    found: list[list[float]] = []
    for begin in np.arange(0.0, speech.duration, STEP_SECONDS):
        end = min(begin + STEP_SECONDS, speech.duration)
        activity = speech.activity(begin, end)
        times = activity.start + np.arange(len(activity.values)) / activity.rate
        for time in times[(activity.values[:, 0] >= SPEECH_PROBABILITY) & (times >= begin) & (times < end)]:
            first, last = max(float(time) - _VALUE / 2, 0.0), min(float(time) + _VALUE / 2, speech.duration)
            if found and first - found[-1][1] < SHORTEST_PAUSE:
                found[-1][1] = last
            else:
                found.append([first, last])
    return tuple((first, last) for first, last in found if last - first >= SHORTEST)
