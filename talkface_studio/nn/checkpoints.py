"""Authors' checkpoints: pickled tensors, read without running any code in them, and their names turned into ours."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.weights import load_module

# Bytes that are no pickle fail wherever the unpickler happens to stumble.
_UNREADABLE = (
    OSError,
    RuntimeError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    pickle.UnpicklingError,
)


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """The tensors of a `.pth` file, without the wrappers that training scripts put around them.

    Raises:
        WeightsError: there is no such file, or it holds anything but a table of named tensors.
    """
    try:
        with warnings.catch_warnings():
            # Of another pickle protocol: what cannot be read is an error below.
            warnings.simplefilter("ignore", UserWarning)
            data: Any = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise WeightsError(f"{path}: no such checkpoint") from None
    except _UNREADABLE as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise WeightsError(f"{path}: not a checkpoint of plain tensors: {reason}") from error
    if isinstance(data, Mapping):
        data = next(
            (data[key] for key in ("state_dict", "model", "weights") if isinstance(data.get(key), Mapping)), data
        )
    if not isinstance(data, Mapping) or not data or not all(isinstance(item, Tensor) for item in data.values()):
        raise WeightsError(f"{path}: not a checkpoint: it holds no table of named tensors")
    return {str(name).removeprefix("module."): value for name, value in data.items()}


def load_renamed(
    module: nn.Module,
    theirs: Mapping[str, Tensor],
    names: Mapping[str, str],
    *,
    neutral: Collection[str] = (),
    origin: str,
) -> None:
    """Fill `module` from tensors with other names; each of theirs must be used, and each of ours found.

    `names` maps a prefix of our names to the prefix that stands for it in theirs; the longest that fits counts.
    `neutral` are buffers of ours that they do not have, and that change nothing at their defaults.

    Raises:
        WeightsError: a tensor is missing, unexpected or of the wrong shape; `origin` names the file in the message.
    """
    defaults = module.state_dict()
    ours: dict[str, Tensor] = {}
    used: set[str] = set()
    for name in defaults:
        if name in neutral:
            ours[name] = defaults[name]
            continue
        source = _their_name(name, names)
        if source not in theirs:
            # Checkpoints from before batches were counted lack only the counter.
            if source.endswith("num_batches_tracked"):
                ours[name] = defaults[name]
                continue
            raise WeightsError(f"{origin}: tensor {source} is missing")
        if theirs[source].shape != defaults[name].shape:
            found, wanted = tuple(theirs[source].shape), tuple(defaults[name].shape)
            raise WeightsError(f"{origin}: tensor {source} has shape {found}, the published network has {wanted}")
        ours[name] = theirs[source]
        used.add(source)
    unused = sorted(set(theirs) - used)
    if unused:
        raise WeightsError(f"{origin}: unexpected tensor {unused[0]}; this is not the published network")
    load_module(module, ours, origin=origin)


def _their_name(name: str, names: Mapping[str, str]) -> str:
    prefix = name
    while prefix not in names:
        prefix = prefix.rpartition(".")[0]
        if not prefix:
            raise AssertionError(f"no rule for {name}")
    return names[prefix] + name[len(prefix) :]
