"""Adapted networks kept in files, so that a second dub of the same video with the same weights does not learn again.

    adapted-<key>.safetensors   what the adapted network has different from the one it came from: maybe nothing
        metadata "digest"       SHA-256 of the tensors
        metadata "known"        the references' indices, JSON
        metadata "before", "after"

The key is a SHA-256 over everything that the adaptation depends on. A file that cannot be used is computed again, and
one that cannot be written costs nothing but time.
"""

from __future__ import annotations

import copy
import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from talkface_ltfg_gan.adapt import Adaptation, adapted
from talkface_ltfg_gan.face_generator import FaceGenerator
from talkface_studio.api.errors import WeightsError
from talkface_studio.api.values import Device, FaceCrop
from talkface_studio.nn.weights import read_tensors, write_tensors

VERSION = 2
"""Raise it when the adaptation gives other networks than before."""
KEPT = 16
"""Files that are kept, those used last; each is about as large as the network."""

_log = logging.getLogger(__name__)


def kept_adaptation(
    network: FaceGenerator,
    crops: Sequence[FaceCrop],
    device: Device,
    *,
    steps: int,
    seed: int,
    folder: Path | None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Adaptation:
    """`adapt.adapted`, or what it gave before, from a file in `folder`; None keeps nothing.

    Raises:
        JobCancelledError: `cancelled` said so; nothing is kept then.
    """
    if steps <= 0 or folder is None:
        return adapted(network, crops, device, steps=steps, seed=seed, cancelled=cancelled)
    path = folder / f"adapted-{_key(network, crops, device, steps, seed)}.safetensors"
    known = _read(path, network)
    if known is not None:
        return known
    done = adapted(network, crops, device, steps=steps, seed=seed, cancelled=cancelled)
    _write(path, done, network)
    return done


def _key(network: FaceGenerator, crops: Sequence[FaceCrop], device: Device, steps: int, seed: int) -> str:
    digest = hashlib.sha256()
    facts = {"version": VERSION, "steps": steps, "seed": seed, "precision": device.precision}
    digest.update(json.dumps(facts | asdict(network.config), sort_keys=True).encode())
    digest.update(_digest(network.state_dict()).encode())
    for crop in crops:
        digest.update(np.ascontiguousarray(crop.pixels).data)
        digest.update(np.ascontiguousarray(crop.landmarks).data)
    return digest.hexdigest()[:32]


def _digest(tensors: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().float().cpu().contiguous().numpy().data)
    return digest.hexdigest()


def _read(path: Path, network: FaceGenerator) -> Adaptation | None:
    if not path.is_file():
        return None
    try:
        tensors, facts = read_tensors(path)
        intact = facts.get("digest") == _digest(tensors)
    except WeightsError:
        intact = False
    if not intact:
        _log.warning("%s: damaged; the face is learned again", path)
        return None
    with suppress(OSError):
        path.touch()
    fitted = network
    if tensors:
        fitted = copy.deepcopy(network)
        fitted.load_state_dict(network.state_dict() | tensors)
        fitted.requires_grad_(requires_grad=False).eval()
    return Adaptation(fitted, tuple(json.loads(facts["known"])), float(facts["before"]), float(facts["after"]))


def _write(path: Path, done: Adaptation, network: FaceGenerator) -> None:
    start = network.state_dict()
    changed = {name: value for name, value in done.network.state_dict().items() if not torch.equal(value, start[name])}
    changed = {name: value.detach().float().cpu() for name, value in changed.items()}
    facts = {"before": repr(done.before), "after": repr(done.after), "digest": _digest(changed)}
    facts["known"] = json.dumps(done.known)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_tensors(path, changed, facts)
        files = sorted(path.parent.glob("adapted-*.safetensors"), key=lambda file: file.stat().st_mtime)
        for old in files[:-KEPT]:
            old.unlink(missing_ok=True)
    except (WeightsError, OSError) as error:
        _log.warning("the adapted network is not kept: %s", error)
