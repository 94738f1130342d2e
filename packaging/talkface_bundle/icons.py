"""The application's icon in the forms that the systems want, from one drawing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

DRAWING = Path(__file__).parents[1] / "icon.svg"
SIZES = (16, 24, 32, 48, 64, 128, 256, 512, 1024)


def write_icons(folder: Path) -> Path:
    """Write talkface-studio.png in all sizes, .ico and .icns into `folder`; returns the one for this system."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PIL import Image
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    folder.mkdir(parents=True, exist_ok=True)
    renderer = QSvgRenderer(str(DRAWING))
    for size in SIZES:
        picture = QImage(size, size, QImage.Format.Format_ARGB32)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        renderer.render(painter)
        painter.end()
        picture.save(str(folder / f"{size}.png"))
    largest = Image.open(folder / f"{SIZES[-1]}.png")
    largest.save(folder / "talkface-studio.ico", sizes=[(size, size) for size in SIZES if size <= 256])
    largest.save(folder / "talkface-studio.icns")
    suffix = {"win32": "ico", "darwin": "icns"}.get(sys.platform)
    return folder / (f"talkface-studio.{suffix}" if suffix else "256.png")
