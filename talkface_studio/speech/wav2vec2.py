"""Wav2Vec 2.0 from a folder that the user names, or from the hub where a download was asked for."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from talkface_studio.api.errors import SpeechError, WeightsError
from talkface_studio.api.values import Device, FloatArray
from talkface_studio.speech.encoder import Encoder
from talkface_studio.speech.packaged import file_sha256
from talkface_studio.speech.source import SAMPLE_RATE

HUB_NAME = "facebook/wav2vec2-base-960h"
CHUNK_SECONDS, CONTEXT_SECONDS = 4.0, 0.5
QUIETEST = 1e-3
"""RMS, -60 dBFS, added in square before a chunk is brought to unit variance, so that its silence stays silent."""


class Wav2Vec2Features(Encoder):
    """Kind "wav2vec2": the last hidden layer (768 values in the base model), 50 vectors a second.

    The network normalises its first layer over all it hears, so a vector depends on its chunk; hence chunks of 4 s with
    0.5 s of context on each side, the same in training and use. Sound is brought to zero mean and unit variance as by
    transformers' Wav2Vec2FeatureExtractor, but for a floor under the variance.
    """

    kind = "wav2vec2"

    def __init__(self, network: Any, device: Device, identity: str | None = None) -> None:
        """`network` is transformers' Wav2Vec2Model; strides and receptive field come from its configuration."""
        config = network.config
        self.identity = identity
        self.dim = int(config.hidden_size)
        self.hop = prod(config.conv_stride)
        field = 1
        for kernel, stride in zip(reversed(config.conv_kernel), reversed(config.conv_stride), strict=True):
            field = (field - 1) * stride + kernel
        self.centre = field // 2
        self.chunk = round(CHUNK_SECONDS * SAMPLE_RATE / self.hop)
        self._context = round(CONTEXT_SECONDS * SAMPLE_RATE / self.hop)
        self.before = self._context * self.hop
        self.after = self._context * self.hop + field - self.hop
        self._device = device
        self._network = network.to(device.torch_name).eval().requires_grad_(False)

    def encode(self, samples: FloatArray) -> FloatArray:
        """See `Encoder.encode`."""
        import torch

        level = np.sqrt(samples.var() + QUIETEST**2)
        sound = torch.from_numpy((samples - samples.mean()) / level)[None].to(self._device.torch_name)
        dtype = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[self._device.precision]
        with (
            torch.inference_mode(),
            torch.autocast(self._device.kind, dtype=dtype, enabled=self._device.precision != "fp32"),
        ):
            hidden = self._network(sound).last_hidden_state
        features: FloatArray = hidden[0, self._context : self._context + self.chunk].float().cpu().numpy()
        return features

    def close(self) -> None:
        """See `Encoder.close`."""
        self._network = None


def load_wav2vec2(device: Device, folder: Path | None, *, download: bool = False) -> Wav2Vec2Features:
    """The encoder from `folder`: config.json and model.safetensors of a Wav2Vec2Model or Wav2Vec2ForCTC.

    Without a folder, and only with `download`, `HUB_NAME` is fetched from the hub (by transformers, into its cache).

    Raises:
        SpeechError: no folder was named, or it holds another model.
        WeightsError: the weights are missing, damaged or in a pickled format.
    """
    if folder is None and not download:
        raise SpeechError(
            f"the speech encoder wav2vec2 needs a local folder: name the one that holds {HUB_NAME} as safetensors"
        )
    from transformers import AutoConfig, Wav2Vec2Config, Wav2Vec2ForCTC, Wav2Vec2Model

    place = str(folder or HUB_NAME)
    try:
        config = AutoConfig.from_pretrained(place, local_files_only=not download)
    except (OSError, ValueError) as error:
        raise SpeechError(f"{place}: no readable config.json of a Wav2Vec2 model") from error
    if not isinstance(config, Wav2Vec2Config):
        raise SpeechError(f"{place}: holds a {config.model_type} model, not wav2vec2")
    spoken = any("CTC" in name for name in config.architectures or ())
    try:
        network = (Wav2Vec2ForCTC if spoken else Wav2Vec2Model).from_pretrained(
            place, local_files_only=not download, use_safetensors=True
        )
    except Exception as error:
        # Whatever transformers meets in a damaged file (OSError, SafetensorError, RuntimeError, ...) means the same.
        raise WeightsError(f"{place}: no usable model.safetensors: {' '.join(str(error).split())[:160]}") from error
    identity = None if folder is None else file_sha256(folder / "model.safetensors")
    return Wav2Vec2Features(network.wav2vec2 if spoken else network, device, identity)
