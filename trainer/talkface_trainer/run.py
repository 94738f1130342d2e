"""The folder of a run.

run/
  run.json            model, configuration, seed, versions, data set, sessions, facts of the stages
  events.jsonl        see `events`
  samples/            <stage>_<step>_<name>.png
  tensorboard/        where asked for
  <stage>/            checkpoints/ (see `checkpoint`), and when the stage is done:
    weights/          <module>.safetensors: the best weights (averaged where averaging is on)
    done.json         steps, best step and measure
"""

from __future__ import annotations

import datetime as dt
import json
import platform
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

import talkface_studio
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.recipe import StagePlan
from talkface_studio.api.values import ByteArray
from talkface_trainer.checkpoint import save_weights
from talkface_trainer.files import publish_folder, remove_drafts, write_text


class RunFolder:
    """Reads and writes a run's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def exists(self) -> bool:
        """Whether there is a run."""
        return (self.folder / "run.json").is_file()

    def read(self) -> dict[str, Any]:
        """The document `run.json`.

        Raises:
            TrainingError: it is missing or damaged.
        """
        try:
            document: dict[str, Any] = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise TrainingError(f"{self.folder}: not a training run (no readable run.json)") from None
        return document

    def write(self, document: Mapping[str, Any]) -> None:
        """Replace `run.json`."""
        write_text(self.folder / "run.json", json.dumps(document, indent=2))

    def open(self, identity: Mapping[str, Any], session: Mapping[str, Any], *, resume: bool) -> None:
        """Start a run, or continue the one that is there.

        `identity` is what may not change between sessions; `session` is recorded for each of them.

        Raises:
            TrainingError: a run is there and `resume` is false, or it was made with another identity.
        """
        if self.exists:
            if not resume:
                raise TrainingError(f"{self.folder}: holds a run already; resume it, or choose another folder")
            document = self.read()
            for key, value in _plain(identity).items():
                if document.get(key) != value:
                    what = _first_difference(key, document.get(key), value)
                    raise TrainingError(f"{self.folder}: cannot resume, {what}; choose another folder")
        else:
            if self.folder.exists() and (not self.folder.is_dir() or any(self.folder.iterdir())):
                raise TrainingError(f"{self.folder}: exists and is not a run; choose another folder")
            document = {**_plain(identity), "sessions": [], "stages": {}}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            remove_drafts(self.folder)
            now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            document["sessions"].append({"started": now, **_plain(session), "versions": versions()})
            self.write(document)
        except OSError as error:
            raise TrainingError(f"{self.folder}: cannot be written: {error.strerror}") from error

    def record_stage(self, plan: StagePlan, facts: Mapping[str, Any]) -> None:
        """Record what a stage said of itself."""
        document = self.read()
        document["stages"][plan.name] = _plain(facts)
        self.write(document)

    def checkpoints(self, stage: str) -> Path:
        """Folder of a stage's checkpoints."""
        return self.folder / stage / "checkpoints"

    def weights(self, stage: str) -> Path:
        """Folder of a finished stage's weights."""
        return self.folder / stage / "weights"

    def finished(self, stage: str) -> bool:
        """Whether a stage is done."""
        return (self.folder / stage / "done.json").is_file()

    def finish(self, stage: str, modules: Mapping[str, nn.Module], facts: Mapping[str, Any]) -> None:
        """Publish a stage's weights and mark it as done."""
        remove_drafts(self.folder / stage)
        shutil.rmtree(self.weights(stage), ignore_errors=True)
        draft = self.folder / stage / ".weights"
        draft.mkdir(parents=True)
        for name, module in modules.items():
            save_weights(module, draft / f"{name}.safetensors")
        publish_folder(draft, self.weights(stage))
        write_text(self.folder / stage / "done.json", json.dumps(facts, indent=2))

    def save_samples(self, stage: str, step: int, samples: Sequence[tuple[str, ByteArray]]) -> None:
        """Write sample pictures, uint8 RGB `(H, W, 3)`."""
        from PIL import Image

        folder = self.folder / "samples"
        folder.mkdir(exist_ok=True)
        for name, pixels in samples:
            Image.fromarray(np.ascontiguousarray(pixels)).save(folder / f"{stage}_{step:08d}_{name}.png")


def finished_weights(run: Path, stages: Sequence[str]) -> dict[str, Path]:
    """The weights folders of a finished run by stage, as `Recipe.export` takes them.

    Raises:
        TrainingError: there is no run, or a stage of it is not done.
    """
    folder = RunFolder(run)
    folder.read()
    for stage in stages:
        if not folder.finished(stage):
            raise TrainingError(f"{run}: the stage {stage} is not finished; resume the training first")
    return {stage: folder.weights(stage) for stage in stages}


def versions() -> dict[str, str]:
    """Versions of what a run depends on."""
    return {
        "talkface_studio": talkface_studio.__version__,
        "torch": torch.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }


def _plain(document: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON gives it back: tuples become lists."""
    plain: dict[str, Any] = json.loads(json.dumps(document, default=str))
    return plain


def _first_difference(key: str, there: Any, wanted: Any) -> str:
    if isinstance(there, dict) and isinstance(wanted, dict):
        for name in sorted({*there, *wanted}):
            if there.get(name) != wanted.get(name):
                return _first_difference(f"{key}.{name}", there.get(name), wanted.get(name))
    return f"its {key} is {json.dumps(there)[:80]}, not {json.dumps(wanted)[:80]}"
