"""Between safetensors files and torch modules, with one-line errors. Nothing is ever unpickled here."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from talkface_studio.api.errors import WeightsError


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """All tensors of a safetensors file, on the CPU, and its metadata.

    Raises:
        WeightsError: the file is missing, unreadable or not safetensors.
    """
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, dict(file.metadata() or {})  # noqa: SIM118
    except FileNotFoundError:
        raise WeightsError(f"{path}: no such weight file") from None
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{path}: not a readable safetensors file: {error}") from error


def write_tensors(
    path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str], *, half: bool = False
) -> None:
    """Write a safetensors file whole or not at all; `half` stores floating-point tensors as float16.

    Raises:
        WeightsError: a value is not finite (or too large for float16), or the file cannot be written.
    """
    ready: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        value = tensor.detach().cpu()
        if value.is_floating_point():
            value = value.to(torch.float16 if half else torch.float32)
            if not bool(torch.isfinite(value).all()):
                raise WeightsError(f"{path}: tensor {name} holds values that cannot be stored; it was not written")
        ready[name] = value.contiguous()
    temporary = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        os.close(handle)
        temporary = Path(name)
        save_file(ready, temporary, metadata=dict(metadata))
        # mkstemp makes a file that only its owner may read.
        temporary.chmod(0o644)
        temporary.replace(path)
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{path}: the weights cannot be written: {error}") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def load_module(module: nn.Module, tensors: Mapping[str, Tensor], *, prefix: str = "", origin: str = "weights") -> None:
    """Copy into `module` the tensors whose names start with `prefix`; half precision becomes the module's own.

    Raises:
        WeightsError: a tensor is missing, unexpected or of the wrong shape; `origin` names the file in the message.
    """
    given = {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
    wanted = module.state_dict()
    for name, value in wanted.items():
        if name not in given:
            raise WeightsError(f"{origin}: tensor {prefix}{name} is missing; the file does not fit this network")
        if given[name].shape != value.shape:
            found, shape = tuple(given[name].shape), tuple(value.shape)
            raise WeightsError(f"{origin}: tensor {prefix}{name} has shape {found}, the network needs {shape}")
    extra = sorted(set(given) - set(wanted))
    if extra:
        raise WeightsError(f"{origin}: unexpected tensor {prefix}{extra[0]}; the file does not fit this network")
    module.load_state_dict(given)
