"""How everything looks."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon

from talkface_studio.gui.parts.buttons import IconButton
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.theme.icons import icon_names
from talkface_studio.gui.theme.style_sheet import SHEET_COLORS, style_sheet
from talkface_studio.gui.theme.tokens import DARK, LIGHT, FontSize
from talkface_studio.project.commands.catalogue import COMMANDS

THEMES = pytest.mark.parametrize("colors", [DARK, LIGHT], ids=["dark", "light"])


def luminance(color: str) -> float:
    parts = [QColor(color).redF(), QColor(color).greenF(), QColor(color).blueF()]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@THEMES
def test_text_can_be_read(colors) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 for text; 1.4.11: 3 to 1 for what shows a state."""
    for back in (colors.window, colors.surface, colors.raised, colors.hover, colors.sunken, colors.accent_soft):
        assert contrast(colors.text, back) >= 7
    for back in (colors.window, colors.surface, colors.raised, colors.sunken):
        assert contrast(colors.muted, back) >= 4.5
    assert contrast(colors.on_accent, colors.accent) >= 4.5
    assert contrast(colors.on_stage, colors.stage) >= 7
    assert contrast(colors.error, colors.error_soft) >= 4.5
    for state in (colors.accent, colors.focus, colors.success, colors.warning, colors.error):
        assert contrast(state, colors.surface) >= 3


def test_the_style_sheet_grows_with_the_text() -> None:
    assert f"font-size: {FontSize.BODY}px" in style_sheet(1.0)
    assert f"font-size: {FontSize.BODY * 2}px" in style_sheet(2.0)
    assert "$" not in style_sheet(1.0)


def test_the_style_sheet_takes_all_its_colours_from_the_palette() -> None:
    assert not re.search(r"#[0-9a-f]{3,8}\b|\brgba?\(", style_sheet(1.0))


def test_what_is_seen_and_what_is_hidden_wear_the_new_colours(theme, qtbot, wait) -> None:
    seen, hidden = label("seen", "badge"), label("hidden", "badge")
    for shown in (seen, hidden):
        qtbot.addWidget(shown)
        shown.show()
        qtbot.waitExposed(shown)
    hidden.hide()
    theme.wear(mode="light")
    wait(lambda: seen.updatesEnabled() and all(shown.palette().window() == LIGHT.hover for shown in (seen, hidden)))
    for shown in (seen, hidden):
        image = shown.grab().toImage()
        assert image.pixelColor(image.width() // 2, 1).name() == LIGHT.hover


def test_every_command_s_icon_is_drawn() -> None:
    assert {command.icon for command in COMMANDS} - {""} <= icon_names()


def test_every_icon_shows_something_in_the_colour_of_the_theme(theme) -> None:
    for name in icon_names():
        image = theme.icon(name, "error").pixmap(QSize(48, 48)).toImage()
        drawn = [image.pixelColor(x, y) for x in range(48) for y in range(48)]
        solid = [color for color in drawn if color.alpha() == 255]
        assert len(solid) > 10, name
        assert {color.name() for color in solid} == {theme.colors.error}, name


def test_icons_that_were_handed_out_follow_the_theme(theme) -> None:
    icon = theme.icon("stop")
    seen = []
    for mode in ("dark", "light"):
        theme.wear(mode=mode)
        seen.append(icon.pixmap(QSize(24, 24)).toImage().pixelColor(12, 12).name())
    off = icon.pixmap(QSize(24, 24), QIcon.Mode.Disabled).toImage().pixelColor(12, 12).name()
    assert [*seen, off] == [DARK.text, LIGHT.text, LIGHT.disabled]


def test_no_role_of_the_palette_carries_two_colours() -> None:
    roles = [role for pair in SHEET_COLORS.values() for role in pair]
    assert len(set(roles)) == len(roles)


def test_buttons_grow_with_the_text(theme, qtbot) -> None:
    button = IconButton(theme, "play", "Play")
    qtbot.addWidget(button)
    before = button.iconSize().width()
    theme.wear(scale=1.5)
    assert button.iconSize().width() == 1.5 * before
    theme.wear(scale=1.0)
