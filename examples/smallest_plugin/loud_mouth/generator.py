"""Moves what lies below the lips down, and darkens the gap."""

from itertools import tee

import numpy as np

from talkface_studio.api.errors import PluginError
from talkface_studio.api.generator import Generator, Take
from talkface_studio.api.values import RenderedFace

UPPER_LIP, RIGHT_CORNER, LEFT_CORNER = 13, 61, 291
WINDOW = 0.03
"""Seconds on either side of an instant over which loudness is measured."""


class LoudMouth(Generator):
    """Holds nothing, so any number of takes may share it."""

    def start(self, speech, face, options, device):
        if face is None:
            raise PluginError(f"model {self.card.name} animates a face; give it a photo or a video")
        return LoudTake(speech, face, float(options.values["width"]))


class LoudTake(Take):
    """One face performing one speech."""

    def __init__(self, speech, face, width):
        self._speech = speech
        self._face = face
        self._width = width

    def render(self, times):
        # `times` may be endless, and a window may start anywhere: nothing is read ahead, nothing is remembered.
        instants, asked = tee(times)
        for time, crop in zip(instants, self._face.crops(asked)):
            gap = self._loudness(time) * self._width * crop.layout.size
            yield RenderedFace(open_mouth(crop.pixels, crop.landmarks, gap), time)

    def _loudness(self, time):
        samples = self._speech.samples(time - WINDOW, time + WINDOW).samples
        return min(1.0, 4.0 * float(np.sqrt(np.mean(samples**2))))


def open_mouth(pixels, landmarks, gap):
    """The crop with what lies below the upper lip moved down by up to `gap` pixels, most in the mouth's middle."""
    left, right = landmarks[RIGHT_CORNER, 0], landmarks[LEFT_CORNER, 0]
    x = np.arange(pixels.shape[1])
    drop = gap * np.clip(1 - ((2 * x - left - right) / (right - left)) ** 2, 0, 1)
    below = np.arange(pixels.shape[0])[:, None] - landmarks[UPPER_LIP, 1]
    # A row that lies d below the lip shows what was at d - drop; within the gap it shows the dark of the mouth.
    rows = np.arange(pixels.shape[0])[:, None] - np.where(below > drop, drop, 0).round().astype(int)
    moved = pixels[rows, x[None]]
    return np.where(((below > 0) & (below <= drop))[..., None], moved // 4, moved)
