"""Sound made of numbers, and the encoders that all tests of this room share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from talkface_studio.api.values import AudioClip, Device, FloatArray
from talkface_studio.speech.encoder import EncoderRegistry
from talkface_studio.speech.encoders import studio_encoders


@dataclass
class MadeSound:
    """Sound computed from the numbers of its samples, so that an hour of it needs no memory."""

    make: Callable[[np.ndarray], np.ndarray]
    duration: float
    rate: int = 16_000
    channels: int = 1
    reads: list[tuple[float, float]] = field(default_factory=list)

    def read(self, start: float, end: float) -> AudioClip:
        self.reads.append((start, end))
        numbers = round(start * self.rate) + np.arange(round((end - start) * self.rate))
        inside = (numbers >= 0) & (numbers < round(self.duration * self.rate))
        samples = np.where(inside, self.make(numbers / self.rate), 0)
        return AudioClip(np.broadcast_to(samples, (self.channels, len(numbers))).astype(np.float32), self.rate, start)


@pytest.fixture(scope="session")
def made_sound() -> type[MadeSound]:
    return MadeSound


@pytest.fixture(scope="session")
def recorded() -> Callable[[FloatArray], MadeSound]:
    """Samples in memory as 16 kHz mono sound."""

    def wrap(samples: FloatArray) -> MadeSound:
        def at(times: np.ndarray) -> np.ndarray:
            return samples[np.clip(np.round(times * 16_000).astype(int), 0, len(samples) - 1)]

        return MadeSound(at, len(samples) / 16_000)

    return wrap


@pytest.fixture(scope="session")
def babble() -> FloatArray:
    """18 s that change all the time: noise in bursts of different colour, float32 at 16 kHz."""
    random = np.random.default_rng(3)
    pieces = []
    for length in random.integers(800, 4800, 150):
        noise = random.normal(0, 0.1, length)
        shape = random.random() * np.cos(np.arange(length) * random.uniform(0.05, 1.5))
        pieces.append(noise * shape * np.hanning(length))
    return np.concatenate(pieces)[: 18 * 16_000].astype(np.float32)


@pytest.fixture(scope="session")
def wav2vec2_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random network in the layout of the real one."""
    import torch
    from transformers import Wav2Vec2Config, Wav2Vec2ForCTC

    torch.manual_seed(0)
    config = Wav2Vec2Config(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        conv_dim=(8,) * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2,
    )
    folder = tmp_path_factory.mktemp("encoders")
    Wav2Vec2ForCTC(config).save_pretrained(folder / "wav2vec2")
    return folder


@pytest.fixture(scope="session")
def encoders(wav2vec2_folder: Path) -> EncoderRegistry:
    return studio_encoders(Device(), wav2vec2_folder)
