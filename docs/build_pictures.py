"""Write docs/pictures/demo.jpg and sdm.jpg from the two videos that `make demo` made.

    make demo && .venv/bin/python docs/build_pictures.py

In the first, above, the sample photo that speaks, below the sample video dubbed; the same instants of the speech in
both. The second is the talking photo four times a second.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from talkface_studio.media.video import VideoReader

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
TIMES = (0.28, 0.76, 1.16, 1.48, 2.28, 3.04)
FACE = np.s_[40:210, 145:305]
"""Where the face is in both samples, at 512 x 512."""
GAP = 6
SHEET = np.s_[0:260, 110:350]
"""Head and collar of the sample photo."""
COLUMNS, ROWS = 8, 4


def main() -> None:
    """Write the pictures."""
    PICTURES.mkdir(exist_ok=True)
    rows = [row(ROOT / "out" / name) for name in ("photo.mp4", "video.mp4")]
    picture = np.vstack([rows[0], np.full((GAP, rows[0].shape[1], 3), 255, np.uint8), rows[1]])
    save(PICTURES / "demo.jpg", picture)
    save(PICTURES / "sdm.jpg", sheet(ROOT / "out" / "photo.mp4"))


def save(path: Path, picture: np.ndarray) -> None:
    """Write an RGB picture."""
    cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 80])


def sheet(video: Path) -> np.ndarray:
    """Heads, four a second, in rows, uint8 RGB."""
    with VideoReader(video) as reader:
        heads = [reader.frame_at(index / 4).pixels[SHEET] for index in range(COLUMNS * ROWS - 1)]
    heads = [cv2.resize(head, None, fx=0.55, fy=0.55, interpolation=cv2.INTER_AREA) for head in [*heads, heads[-1]]]
    return np.vstack([np.hstack(heads[first : first + COLUMNS]) for first in range(0, len(heads), COLUMNS)])


def row(video: Path) -> np.ndarray:
    """The faces at `TIMES` side by side, uint8 RGB."""
    with VideoReader(video) as reader:
        faces = [reader.frame_at(time).pixels[FACE] for time in TIMES]
    gap = np.full((faces[0].shape[0], GAP, 3), 255, np.uint8)
    return np.hstack([part for face in faces for part in (gap, face)][1:])


if __name__ == "__main__":
    main()
