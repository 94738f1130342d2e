"""Colours and measures. Nothing in the editor is drawn in a colour or at a size that is not named here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Colors:
    """One theme's colours, as "#rrggbb"."""

    window: str
    """Behind everything; seen between places."""
    surface: str
    """Of a place: bin, inspector, timeline."""
    raised: str
    """Cards, buttons, menus: what lies on a surface."""
    hover: str
    """What is raised, under the mouse."""
    sunken: str
    """Fields to type in, and tracks that something moves in."""
    stage: str
    """Around pictures; dark in both themes, so that pictures are judged alike."""
    border: str
    border_strong: str
    """Around what can be typed in or pressed."""
    text: str
    muted: str
    """Text of second rank."""
    disabled: str
    accent: str
    accent_soft: str
    """Behind what is selected."""
    on_accent: str
    """Text on the accent."""
    on_stage: str
    """Text and lines on the stage and on pictures."""
    focus: str
    """The accent under the mouse, and the ring around what has the keyboard."""
    success: str
    warning: str
    error: str
    error_soft: str
    """Behind a line that tells of an error."""
    lane_picture: str
    """Clips of the picture lane."""
    lanes: tuple[str, ...]
    """Segments of the voice lanes, in turn."""
    markers: dict[str, str]
    """By the names that the project gives its markers."""


DARK = Colors(
    window="#101216",
    surface="#181b21",
    raised="#232730",
    hover="#2d323d",
    sunken="#12141a",
    stage="#0a0b0e",
    border="#2a2f39",
    border_strong="#3c434f",
    text="#e8eaee",
    muted="#99a2b0",
    disabled="#596170",
    accent="#8c7bff",
    accent_soft="#302c52",
    on_accent="#0f0b24",
    on_stage="#f2f3f5",
    focus="#a99dff",
    success="#4cc38a",
    warning="#f0b429",
    error="#ff6b6b",
    error_soft="#3a2226",
    lane_picture="#3d4c66",
    lanes=("#2f6f6b", "#7a5a2e", "#6b3f63", "#3f6a3a", "#345f86"),
    markers={"blue": "#5aa2ff", "green": "#4cc38a", "yellow": "#f0b429", "red": "#ff6b6b"},
)
LIGHT = Colors(
    window="#e6e8ec",
    surface="#f6f7f9",
    raised="#ffffff",
    hover="#eceef2",
    sunken="#ffffff",
    stage="#1a1c21",
    border="#d7dbe1",
    border_strong="#b9c0ca",
    text="#1a1d23",
    muted="#5b6472",
    disabled="#a3abb7",
    accent="#5b45e0",
    accent_soft="#e5e1ff",
    on_accent="#ffffff",
    on_stage="#f2f3f5",
    focus="#4a35cc",
    success="#1a7f4f",
    warning="#9a6700",
    error="#c62f36",
    error_soft="#fde8e8",
    lane_picture="#b4c3dc",
    lanes=("#9fd4cd", "#ecd09a", "#e2b6da", "#b5dbaa", "#a8cff0"),
    markers={"blue": "#1f6feb", "green": "#1a7f4f", "yellow": "#b57b00", "red": "#c62f36"},
)


class Space:
    """Distances, in pixels at a text scale of 100 %."""

    XS, S, M, L, XL = 4, 8, 12, 16, 24


class Radius:
    """Of corners, in pixels."""

    S, M, L = 4, 6, 10


class FontSize:
    """In pixels at a text scale of 100 %."""

    SMALL, BODY, TITLE, DISPLAY = 11, 13, 16, 26


ICON = 18
"""Side of an icon in a button, in pixels at a text scale of 100 %."""
GLYPH = {"check": "#ffffff", "chevron-down": "#7d8695", "chevron-up": "#7d8695"}
"""Icons that the style sheet takes from files, each in a colour that is seen in both themes."""
