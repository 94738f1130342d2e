"""Stand-ins for the authors' checkpoints, and small untrained networks with inputs for them."""

from __future__ import annotations

import functools
import json
import math
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from prepared_clips import prepare_sample_clips
from talkface_ltfg_gan.config import LtfgConfig, preset
from talkface_ltfg_gan.convert import convert
from talkface_ltfg_gan.table import table_row
from talkface_ltfg_gan.weights import LtfgNetworks, build_networks, load_networks, save_networks
from talkface_studio.api.values import CropLayout, FaceCrop
from talkface_trainer.dataset import Clip, Dataset
from tone_speech import ToneSpeech

HERE = Path(__file__).parent
POINTS = 131


class Reference:
    """The published networks' tensors with deterministic values, inputs likewise, and what the networks answered."""

    def __init__(self) -> None:
        self.shapes = json.loads((HERE / "ip_lap_state_dict.json").read_text())
        with np.load(HERE / "ip_lap_golden.npz") as file:
            self.golden = {name: file[name] for name in file.files}

    @staticmethod
    def _wave(name: str, size: int, step: float) -> np.ndarray:
        return np.sin(step * np.arange(size, dtype=np.float64) + zlib.crc32(name.encode()) % 1009)

    def tensor(self, name: str, shape: tuple[int, ...]) -> torch.Tensor:
        """Scaled like an initialised tensor, different for every name."""
        if name.endswith("num_batches_tracked"):
            return torch.zeros(shape, dtype=torch.int64)
        v = self._wave(name, math.prod(shape), 0.7).reshape(shape)
        if name.endswith("running_var"):
            v = 1 + 0.5 * v**2
        elif name.endswith("running_mean"):
            v = 0.1 * v
        elif len(shape) > 1:
            v = v * math.sqrt(2 * shape[0] / math.prod(shape))
        elif name.endswith("weight"):
            v = 1 + 0.1 * v
        else:
            v = 0.1 * v
        return torch.from_numpy(v.astype(np.float32))

    def image(self, name: str, shape: tuple[int, ...]) -> torch.Tensor:
        """A smooth input in 0..1."""
        values = 0.5 + 0.5 * self._wave(name, math.prod(shape), 0.01)
        return torch.from_numpy(values.reshape(shape).astype(np.float32))

    def checkpoint(self, network: str) -> dict[str, torch.Tensor]:
        """All tensors of "landmark_generator" or "renderer"."""
        return {name: self.tensor(name, tuple(shape)) for name, shape in self.shapes[network].items()}

    def blank(self, network: str) -> dict[str, torch.Tensor]:
        """The same names and shapes, zeros that take no space in a file."""
        return {name: torch.zeros(()).expand(shape) for name, shape in self.shapes[network].items()}


@pytest.fixture(scope="session")
def reference() -> Reference:
    return Reference()


@pytest.fixture(scope="session")
def converted(converted_weights: Path) -> LtfgNetworks:
    """The authors' checkpoints through our converter, wrapped as their training script writes them."""
    return load_networks(converted_weights)


@pytest.fixture(scope="session")
def converted_weights(reference: Reference, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    torch.save({"state_dict": reference.checkpoint("landmark_generator"), "global_step": 7}, folder / "landmarks.pth")
    renderer = {f"module.{name}": value for name, value in reference.checkpoint("renderer").items()}
    renderer["module.perceptual.vgg.weight"] = torch.zeros(2)
    torch.save({"state_dict": renderer, "optimizer": {"lr": 1e-4}}, folder / "renderer.pth")
    convert([folder / "renderer.pth", folder / "landmarks.pth"], folder / "paper.safetensors")
    for path in folder.glob("*.pth"):
        path.unlink()
    return folder / "paper.safetensors"


class Inputs:
    """Random inputs of the debug networks for B frames and N references."""

    def __init__(self, config: LtfgConfig, B: int = 2, N: int = 2, seed: int = 1) -> None:
        random = torch.Generator().manual_seed(seed)

        def rand(*shape: int) -> torch.Tensor:
            return torch.rand(shape, generator=random)

        face, landmarks = config.face_generator, config.landmark_generator
        S, K = face.size, face.sketch_channels
        self.references = rand(B, N, 3, S, S), rand(B, N, K, S, S), rand(B, N, POINTS, 2)
        speech = rand(B, face.speech.steps, face.speech.inputs)
        self.frames = rand(B, 3, S, S), rand(B, face.window, K, S, S), speech, rand(B, POINTS, 2)
        T, P, C = landmarks.window, landmarks.pose_points, landmarks.content_points
        window = rand(B, T, landmarks.speech.steps, landmarks.speech.inputs)
        self.windows = window, rand(B, T, P, 2), rand(B, N, P, 2), rand(B, N, C, 2)


@pytest.fixture
def debug() -> LtfgNetworks:
    torch.manual_seed(0)
    return build_networks(preset("debug"))


@pytest.fixture
def base() -> LtfgNetworks:
    torch.manual_seed(0)
    return build_networks(table_row(preset("debug"), "base"))


@pytest.fixture
def make_inputs() -> type[Inputs]:
    return Inputs


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare_sample_clips(tmp_path_factory.mktemp("clips"))


@pytest.fixture(scope="session")
def debug_weights(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "debug.safetensors"
    save_networks(path, build_networks(preset("debug")))
    return {"networks": path}


class Face:
    """The frames of the prepared sample clip as crops of a host; every crop may be taken once."""

    def __init__(self, clip: Clip, *, references: int = 4, side: int = 128) -> None:
        self._clip, self._side = clip, side
        self.references = tuple(self.crop(int(i)) for i in np.linspace(0, clip.frames - 1, references))

    def crop(self, frame: int, time: float | None = None) -> FaceCrop:
        """One frame, enlarged to `side` where that is larger."""
        margin = (self._clip.crops.shape[1] - 128) // 2
        pixels = np.ascontiguousarray(self._clip.crops[frame][margin:-margin, margin:-margin])
        mesh = np.array(self._clip.landmarks[frame])
        mesh[:, :2] -= margin
        if self._side != 128:
            scale = self._side / 128
            pixels = cv2.resize(pixels, (self._side, self._side), interpolation=cv2.INTER_CUBIC)
            mesh[:, :2] = (mesh[:, :2] + 0.5) * scale - 0.5
            mesh[:, 2] *= scale
        shown = float(self._clip.times[frame]) if time is None else time
        return FaceCrop(pixels, np.eye(2, 3), mesh, shown, CropLayout(size=self._side))

    def crops(self, times: Iterable[float]) -> Iterator[FaceCrop]:
        """The frame nearest to each instant; the last one behind the end."""
        for time in times:
            yield self.crop(min(round(time * 25), self._clip.frames - 1), time)


@pytest.fixture
def clip(dataset: Path) -> Clip:
    return Dataset(dataset).clips("val")[0]


@pytest.fixture
def make_face(clip: Clip) -> Callable[..., Face]:
    return functools.partial(Face, clip)


@pytest.fixture
def tone() -> ToneSpeech:
    return ToneSpeech()
