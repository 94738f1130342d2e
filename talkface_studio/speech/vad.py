"""Voice activity: is anybody speaking, and when?

Silero's recurrent network, in chunks that first listen to what came before.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from talkface_studio.api.errors import SpeechError
from talkface_studio.api.generator import Speech
from talkface_studio.api.values import FloatArray
from talkface_studio.speech.encoder import Encoder
from talkface_studio.speech.packaged import packaged_file, read_checked

MODEL_SHA256 = "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3"
"""Of silero_vad/data/silero_vad.onnx 6.2.3, MIT licence."""

STEP = 512
"""Samples that the network takes at a time at 16 kHz."""
OVERLAP = 64
"""Samples of the step before that it sees again."""
WARM_UP = 64
"""Steps, about 2 s, after which the state no longer depends on where listening began."""

SILENCE_PEAK = 1e-3
"""-60 dBFS: nothing above it counts as sound."""
SPEECH_PROBABILITY = 0.5
STEP_SECONDS = 8.0


class SileroActivity(Encoder):
    """Kind "silero-vad": the probability of speech in each 32 ms, at the middle of them.

    A chunk of 8.2 s is judged after 2 s of warm-up from a zero state, so that it has one value in every window. It
    runs on one thread of the CPU, at about 2 ms for a second of sound.
    """

    kind = "silero-vad"
    dim = 1
    hop = STEP
    centre = STEP // 2
    chunk = 256
    before = WARM_UP * STEP + OVERLAP
    after = 0

    def __init__(self, model: bytes) -> None:
        """`model` is the content of silero_vad.onnx.

        It is loaded when something is first listened to: whoever knows all activity from before needs none.
        """
        self.identity = MODEL_SHA256
        self._model = model
        self._session: Any = None
        self._loading = Lock()

    def encode(self, samples: FloatArray) -> FloatArray:
        """See `Encoder.encode`."""
        session = self._loaded()
        windows = np.lib.stride_tricks.sliding_window_view(samples, OVERLAP + STEP)[::STEP]
        state, rate = np.zeros((2, 1, 128), dtype=np.float32), np.array(self.sample_rate, dtype=np.int64)
        activity = np.empty((len(windows), 1), dtype=np.float32)
        for step, window in enumerate(windows):
            activity[step], state = session.run(None, {"input": window[None], "state": state, "sr": rate})
        return activity[WARM_UP:]

    def _loaded(self) -> Any:
        import onnxruntime

        with self._loading:
            if self._session is None:
                settings = onnxruntime.SessionOptions()
                settings.intra_op_num_threads = settings.inter_op_num_threads = 1
                self._session = onnxruntime.InferenceSession(self._model, settings, providers=["CPUExecutionProvider"])
            return self._session


def load_activity() -> SileroActivity:
    """The network of the installed package, which is not imported.

    Raises:
        SpeechError: silero-vad is not installed; there is no second-best way to tell speech from noise.
        WeightsError: the file is another one.
    """
    path = packaged_file("silero_vad", "data/silero_vad.onnx", "silero-vad==6.2.3", "voice activity detection")
    return SileroActivity(read_checked(path, MODEL_SHA256))


def is_silent(speech: Speech) -> bool:
    """Whether no sample reaches -60 dBFS. Stops at the first that does."""
    return not any(
        float(np.abs(speech.samples(start, min(start + STEP_SECONDS, speech.duration)).samples).max(initial=0.0))
        >= SILENCE_PEAK
        for start in _starts(speech.duration)
    )


def require_speech(speech: Speech, name: str | Path) -> None:
    """Pass if somebody speaks in it. Stops at the first speech found; `name` is the file, for the message.

    Raises:
        SpeechError: it is empty or silent, or no voice is heard in it, or voice activity detection is not installed.
    """
    if speech.duration <= 0:
        raise SpeechError(f"{name}: the speech is empty; choose a file with a voice in it")
    if is_silent(speech):
        raise SpeechError(f"{name}: the speech is silent (nothing above -60 dBFS); choose a file with a voice in it")
    for start in _starts(speech.duration):
        activity = speech.activity(start, min(start + STEP_SECONDS, speech.duration)).values
        if float(activity.max()) >= SPEECH_PROBABILITY:
            return
    raise SpeechError(f"{name}: no voice is heard in it; choose a file in which somebody speaks")


def _starts(duration: float) -> list[float]:
    return [float(start) for start in np.arange(0.0, max(duration, 0.0), STEP_SECONDS)]
