import importlib.util
import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from talkface_studio.api.values import CropLayout
from talkface_trainer.dataset import FRAME_RATE, SAMPLE_RATE, VERSION, ClipRecord

TESTS = Path(__file__).parent


@pytest.fixture(scope="session")
def toy():
    """The module toy.py."""
    spec = importlib.util.spec_from_file_location("trainer_toy", TESTS / "toy.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["trainer_toy"] = module
    spec.loader.exec_module(module)
    return module


def write_clip(folder, record, size, rng):
    target = folder / "clips" / record.id
    (target / "features").mkdir(parents=True)
    n = record.frames
    np.save(target / "crops.npy", rng.integers(0, 256, (n, size, size, 3), dtype=np.uint8))
    np.save(target / "landmarks.npy", rng.normal(size / 2, 10, (n, 478, 3)).astype(np.float32))
    np.save(target / "matrices.npy", np.tile(np.eye(2, 3), (n, 1, 1)))
    np.save(target / "times.npy", np.arange(n) / FRAME_RATE)
    np.save(target / "observed.npy", np.ones(n, dtype=bool))
    np.save(target / "speech.npy", rng.normal(0, 0.1, int(n / FRAME_RATE * SAMPLE_RATE)).astype(np.float32))
    np.save(target / "features" / "toy-1.5.npy", rng.normal(size=(2 * n, 4)).astype(np.float16))
    (target / "features" / "toy-1.5.json").write_text(json.dumps({"rate": 50.0, "start": -0.01, "kind": "toy-1.5"}))
    (target / "clip.json").write_text(json.dumps(asdict(record)))


@pytest.fixture(scope="session")
def toy_dataset(tmp_path_factory):
    """A data set of noise: alice has four clips, bob one, carol (held out) one; one of bob's clips was rejected."""
    folder = tmp_path_factory.mktemp("data") / "set"
    layout = CropLayout(size=32)
    rng = np.random.default_rng(3)
    speakers = [("alice", "train")] * 4 + [("bob", "train"), ("carol", "val_unseen")]
    records = [
        ClipRecord(id=f"clip-{i}", path=f"{i}.mp4", speaker=who, split=split, frames=6 + i, seconds=(6 + i) / 25)
        for i, (who, split) in enumerate(speakers)
    ]
    for record in records:
        write_clip(folder, record, layout.size, rng)
    records.append(ClipRecord(id="clip-9", path="9.mp4", speaker="bob", split="train", rejected="no face: in 60%"))
    settings = {"version": VERSION, "layout": asdict(layout), "frame_rate": FRAME_RATE, "features": ["toy-1.5"]}
    (folder / "dataset.json").write_text(json.dumps(settings))
    (folder / "clips.jsonl").write_text("".join(json.dumps(asdict(record)) + "\n" for record in records))
    return folder
