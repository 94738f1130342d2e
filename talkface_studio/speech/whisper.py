"""The default speech encoders: those of Whisper, offline.

L: positions in a chunk with its context (50 a second), D: the model's width. The log-mel has 2 L frames of 80 bins.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from talkface_studio.api.errors import SpeechError, WeightsError
from talkface_studio.api.values import Device, FloatArray
from talkface_studio.speech.ctranslate2 import read_variables
from talkface_studio.speech.encoder import Encoder
from talkface_studio.speech.mel import hann, slaney_filters, spectrum
from talkface_studio.speech.packaged import file_sha256, read_checked
from talkface_studio.speech.whisper_models import TINY_EN, WhisperModel

BINS = 80
CHUNK, CONTEXT = 100, 50
"""Vectors: 2 s, and 1 s on each side.

Features depend on where in the network's input they lie. Within 2 s the same sound keeps a cosine of 0.84 or more to
itself, over 8 s it falls to 0.34; and a training clip of 3 s then shows a model every place that there is.
"""
POSITIONS = CHUNK + 2 * CONTEXT
MEL_HOP = 160
LOUDEST_SILENCE = 0.0
"""Log10 power that a chunk's floor is measured from where the chunk itself is quieter; see `whisper_mel`."""


def whisper_mel(samples: FloatArray, window: FloatArray, filters: FloatArray) -> FloatArray:
    """Whisper's log-mel of samples that already carry half a window on both sides: `(80, frames)`.

    Source: whisper/audio.py, log_mel_spectrogram. There the floor lies 8 below the loudest bin. Here it never lies
    below -8, so that a chunk of silence looks as silence does beside speech.
    """
    power = spectrum(samples, window, MEL_HOP) ** 2
    log = np.log10(np.maximum(power @ filters.T, 1e-10))
    floor = max(float(log.max()), LOUDEST_SILENCE) - 8
    return np.ascontiguousarray(((np.maximum(log, floor) + 4) / 4).T, dtype=np.float32)


class WhisperFeatures(Encoder):
    """What some layers of a model say and the normalised last one, concatenated: 50 vectors a second.

    The network is not padded to 30 s: it sees 4 s at a time with the first 200 rows of its position table.
    """

    hop = 2 * MEL_HOP
    centre = 0
    chunk = CHUNK
    before = CONTEXT * hop + 200
    # The last mel frame is one hop before the end and reaches half a window further.
    after = CONTEXT * hop + 200 - MEL_HOP

    def __init__(
        self,
        weights: Callable[[], dict[str, Any]],
        device: Device,
        identity: str | None = None,
        model: WhisperModel = TINY_EN,
    ) -> None:
        """`weights` reads them, as torch tensors named as those of transformers' WhisperEncoder.

        They are read when something is first listened to: whoever knows all features from before needs none.
        """
        import torch

        self.kind, self.dim, self.identity = model.kind, model.dim, identity
        self._device, self._model, self._weights = device, model, weights
        self._dtype = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[device.precision]
        self._network: Any = None
        self._loading = Lock()
        self._window = hann(400)
        self._filters = slaney_filters(BINS, 400, 0, 8000)

    def encode(self, samples: FloatArray) -> FloatArray:
        """See `Encoder.encode`.

        Raises:
            WeightsError: the weights are damaged, or do not fit the network.
        """
        import torch

        network = self._loaded()
        mel = torch.from_numpy(whisper_mel(samples, self._window, self._filters))[None].to(self._device.torch_name)
        with (
            torch.inference_mode(),
            torch.autocast(self._device.kind, dtype=self._dtype, enabled=self._device.precision != "fp32"),
        ):
            said = torch.cat(network(mel, self._model.taps), dim=-1)
        features: FloatArray = said[0, CONTEXT : CONTEXT + CHUNK].float().cpu().numpy()
        return features

    def _loaded(self) -> Any:
        import torch

        with self._loading:
            if self._network is None:
                self._network = build_network(self._weights(), self._device, self._model)
                for module in self._network.modules():
                    # As autocast would round them for every chunk.
                    if isinstance(module, (torch.nn.Linear, torch.nn.Conv1d)):
                        module.to(self._dtype)
            return self._network

    def close(self) -> None:
        """See `Encoder.close`."""
        self._network = None


def build_network(
    weights: dict[str, Any], device: Device, model: WhisperModel = TINY_EN, positions: int = POSITIONS
) -> Any:
    """The encoder for `2 * positions` mel frames, with the beginning of the position table.

    Raises:
        WeightsError: these are not its weights.
    """
    import torch

    from talkface_studio.speech.whisper_network import WhisperEncoder

    with torch.device("meta"):
        network = WhisperEncoder(model.width, model.layers, model.heads, BINS, positions)
    table = weights["embed_positions.weight"][:positions].clone()
    try:
        network.load_state_dict({**weights, "embed_positions.weight": table}, assign=True)
    except RuntimeError as error:
        reason = " ".join(str(error).split())[:200]
        raise WeightsError(f"these are not the weights of the encoder {model.kind}: {reason}") from error
    return network.to(device.torch_name).eval().requires_grad_(False)


def load_whisper(device: Device, folder: Path | None = None, model: WhisperModel = TINY_EN) -> WhisperFeatures:
    """The encoder from `folder` (config.json and model.safetensors as on the hub) or the installed packages.

    Raises:
        SpeechError: a package is not installed, or the folder holds another model.
        WeightsError: the weight file in the folder is damaged. That of a package is looked at when it is needed.
    """
    if folder is None:
        model.check_installed()
        identity = "+".join(part.sha256 for part in model.parts)
        return WhisperFeatures(partial(packaged_weights, model), device, identity, model)
    weights = folder_weights(folder, model)
    return WhisperFeatures(lambda: weights, device, file_sha256(folder / "model.safetensors"), model)


def packaged_weights(model: WhisperModel = TINY_EN) -> dict[str, Any]:
    """The weights that the studio comes with, named as transformers names them, in float32.

    They are those of the encoder alone where it is there, as in the packaged application, else in installed packages.

    Raises:
        SpeechError: a package is not installed.
        WeightsError: a file is damaged.
    """
    import torch

    if model.alone.is_file():
        from safetensors.torch import load

        alone = load(read_checked(model.alone, model.alone_sha256))
        return {name: values.float() for name, values in alone.items()}
    variables = read_variables(model.read(), "encoder/")
    return converted({name: torch.from_numpy(values.astype(np.float32)) for name, values in variables.items()}, model)


def write_encoder(model: WhisperModel, path: Path) -> None:
    """Write the encoder of installed packages without its decoder, in the fp16 that they hold, as `model.alone`.

    Raises:
        SpeechError: a package is not installed.
        WeightsError: a file is damaged, or this is not what `model.alone_sha256` says.
    """
    import torch
    from safetensors.torch import save_file

    variables = read_variables(model.read(), "encoder/")
    tensors = {name: torch.from_numpy(values.astype(np.float16)) for name, values in variables.items()}
    save_file(converted(tensors, model), path)
    read_checked(path, model.alone_sha256)


def converted(tensors: dict[str, Any], model: WhisperModel = TINY_EN) -> dict[str, Any]:
    """CTranslate2's names and fused projections to those of transformers' WhisperEncoder."""
    import torch

    out: dict[str, Any] = {"embed_positions.weight": tensors["encoder/position_encodings/encodings"]}
    for name in ("conv1", "conv2"):
        for part in ("weight", "bias"):
            out[f"{name}.{part}"] = tensors[f"encoder/{name}/{part}"]
    norms = [("encoder/layer_norm", "layer_norm")]
    for i in range(model.layers):
        source, target = f"encoder/layer_{i}", f"layers.{i}"
        norms += [
            (f"{source}/self_attention/layer_norm", f"{target}.self_attn_layer_norm"),
            (f"{source}/ffn/layer_norm", f"{target}.final_layer_norm"),
        ]
        for part in ("weight", "bias"):
            fused = tensors[f"{source}/self_attention/linear_0/{part}"]
            for name, block in zip(("q_proj", "k_proj", "v_proj"), torch.chunk(fused, 3), strict=True):
                # transformers' key projection has no bias; CTranslate2 stores zeros.
                if (name, part) != ("k_proj", "bias"):
                    out[f"{target}.self_attn.{name}.{part}"] = block.contiguous()
            out[f"{target}.self_attn.out_proj.{part}"] = tensors[f"{source}/self_attention/linear_1/{part}"]
            out[f"{target}.fc1.{part}"] = tensors[f"{source}/ffn/linear_0/{part}"]
            out[f"{target}.fc2.{part}"] = tensors[f"{source}/ffn/linear_1/{part}"]
    for origin, target in norms:
        out[f"{target}.weight"], out[f"{target}.bias"] = tensors[f"{origin}/gamma"], tensors[f"{origin}/beta"]
    return out


def folder_weights(folder: Path, model: WhisperModel = TINY_EN) -> dict[str, Any]:
    """The encoder's weights of a transformers folder, in float32.

    Raises:
        SpeechError: the folder holds another model.
        WeightsError: model.safetensors is missing or damaged.
    """
    from safetensors import SafetensorError, safe_open

    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SpeechError(f"{folder}: no readable config.json; name a folder of openai/{model.kind}") from error
    if not isinstance(config, dict) or (config.get("model_type"), config.get("d_model")) != ("whisper", model.width):
        raise SpeechError(f"{folder}: its config.json is not that of openai/{model.kind}; name a folder of that model")
    path = folder / "model.safetensors"
    try:
        with safe_open(str(path), framework="pt") as file:
            names = {name.partition("encoder.")[2]: name for name in file.keys() if ".encoder." in f".{name}"}  # noqa: SIM118
            return {short: file.get_tensor(name).float() for short, name in names.items()}
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{path}: cannot be read as safetensors") from error
