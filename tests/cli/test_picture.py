"""A picture is written whole or not at all."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from talkface_studio.api.errors import ExportError
from talkface_studio.cli.picture import write_picture

PIXELS = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)


def test_png_keeps_every_pixel(tmp_path: Path) -> None:
    write_picture(PIXELS, tmp_path / "frame.png")
    with Image.open(tmp_path / "frame.png") as picture:
        assert np.array_equal(np.asarray(picture), PIXELS)
    assert [path.name for path in tmp_path.iterdir()] == ["frame.png"]


@pytest.mark.parametrize("name", ["frame.jpg", "frame.JPEG", "frame.webp"])
def test_other_formats(tmp_path: Path, name: str) -> None:
    write_picture(PIXELS, tmp_path / name)
    with Image.open(tmp_path / name) as picture:
        assert picture.size == (30, 20)


@pytest.mark.parametrize("name", ["frame.gif", "frame", "missing/frame.png"])
def test_what_cannot_be_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportError):
        write_picture(PIXELS, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_failure_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "frame.png").mkdir()
    with pytest.raises(ExportError, match=r"frame\.png: cannot be written"):
        write_picture(PIXELS, tmp_path / "frame.png")
    assert [path.name for path in tmp_path.iterdir()] == ["frame.png"]
