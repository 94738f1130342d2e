"""The style sheet of the application: its lengths from the tokens, its colours from the palette.

Qt looks a colour of the palette up whenever it polishes a widget, so a change of colours needs no other sheet. To take
another sheet, Qt goes through every widget that there is, seen or not, before it does anything else.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from string import Template

from PySide6.QtGui import QColor, QPalette

from talkface_studio.gui.theme.tokens import GLYPH, Colors, FontSize, Radius, Space

_SHEET = Path(__file__).with_name("style_sheet.qss")
_ROLE = QPalette.ColorRole
SHEET_COLORS = {
    "window": (_ROLE.Shadow, "shadow"),
    "surface": (_ROLE.Window, "window"),
    "raised": (_ROLE.Button, "button"),
    "hover": (_ROLE.Light, "light"),
    "sunken": (_ROLE.Base, "base"),
    "stage": (_ROLE.LinkVisited, "link-visited"),
    "border": (_ROLE.Mid, "mid"),
    "border_strong": (_ROLE.Dark, "dark"),
    "text": (_ROLE.WindowText, "window-text"),
    "muted": (_ROLE.PlaceholderText, "placeholder-text"),
    "disabled": (_ROLE.ToolTipText, "tooltip-text"),
    "accent": (_ROLE.Highlight, "highlight"),
    "accent_soft": (_ROLE.Midlight, "midlight"),
    "on_accent": (_ROLE.HighlightedText, "highlighted-text"),
    "focus": (_ROLE.Link, "link"),
    "success": (_ROLE.Accent, "accent"),
    "warning": (_ROLE.ToolTipBase, "tooltip-base"),
    "error": (_ROLE.BrightText, "bright-text"),
    "error_soft": (_ROLE.AlternateBase, "alternate-base"),
}
"""What carries each colour of `Colors` to the sheet: a role of the palette, and its name in a sheet. Where Qt draws by
itself, a role is what Qt takes it for; those that it draws nothing with here carry the rest."""


def style_sheet(scale: float) -> str:
    """The sheet; lengths in it that text stands in grow with `scale`."""
    lengths = {
        **{f"space_{name.lower()}": value for name, value in vars(Space).items() if name.isupper()},
        **{f"font_{name.lower()}": value for name, value in vars(FontSize).items() if name.isupper()},
        "control": 28,
        "slim": 22,
        "handle": 14,
    }
    words = {name: f"palette({role})" for name, (_, role) in SHEET_COLORS.items()}
    words |= {f"radius_{name.lower()}": f"{value}px" for name, value in vars(Radius).items() if name.isupper()}
    words |= {name: f"{round(value * scale)}px" for name, value in lengths.items()}
    words |= {name.replace("-", "_"): _glyph(name, color).as_posix() for name, color in GLYPH.items()}
    return Template(_SHEET.read_text(encoding="utf-8")).substitute(words)


def palette(colors: Colors) -> QPalette:
    """The colours as the sheet looks them up."""
    made = QPalette()
    for name, (role, _) in SHEET_COLORS.items():
        made.setColor(role, QColor(getattr(colors, name)))
    for role in (_ROLE.Text, _ROLE.ButtonText):
        made.setColor(role, QColor(colors.text))
    for role in (_ROLE.WindowText, _ROLE.Text, _ROLE.ButtonText, _ROLE.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(colors.disabled))
    return made


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="talkface-theme-")


@cache
def _glyph(name: str, color: str) -> Path:
    drawing = (_SHEET.parent / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    path = Path(_folder().name, f"{name}.svg")
    path.write_text(drawing.replace("currentColor", color), encoding="utf-8")
    return path
