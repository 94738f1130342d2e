"""The style sheet of the application, made of the tokens."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from functools import cache
from pathlib import Path
from string import Template

from talkface_studio.gui.theme.tokens import Colors, FontSize, Radius, Space

_SHEET = Path(__file__).with_name("style_sheet.qss")
_GLYPHS = ("check", "chevron-down", "chevron-up")
"""Icons that Qt's style sheets can only take from files."""


def style_sheet(colors: Colors, scale: float) -> str:
    """The sheet; lengths in it that text stands in grow with `scale`."""
    lengths = {
        **{f"space_{name.lower()}": value for name, value in vars(Space).items() if name.isupper()},
        **{f"font_{name.lower()}": value for name, value in vars(FontSize).items() if name.isupper()},
        "control": 28,
        "slim": 22,
        "handle": 14,
    }
    radii = {f"radius_{name.lower()}": f"{value}px" for name, value in vars(Radius).items() if name.isupper()}
    words = {name: value for name, value in asdict(colors).items() if isinstance(value, str)}
    words |= {name: f"{round(value * scale)}px" for name, value in lengths.items()} | radii
    words |= {
        name.replace("-", "_"): _glyph(name, color).as_posix()
        for name, color in zip(_GLYPHS, (colors.on_accent, colors.muted, colors.muted), strict=True)
    }
    return Template(_SHEET.read_text(encoding="utf-8")).substitute(words)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="talkface-theme-")


@cache
def _glyph(name: str, color: str) -> Path:
    drawing = (_SHEET.parent / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    path = Path(_folder().name, f"{name}-{color[1:]}.svg")
    path.write_text(drawing.replace("currentColor", color), encoding="utf-8")
    return path
