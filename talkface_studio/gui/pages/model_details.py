"""One model in full: its card, its weights, where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from talkface_studio.gui.exports.wording import size
from talkface_studio.gui.pages.page import Facts, group
from talkface_studio.gui.parts.buttons import IconButton
from talkface_studio.gui.parts.labels import ElidedLabel, label
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space


def state_of(model: Mapping[str, Any]) -> tuple[str, Literal["success", "warning"]]:
    """Whether a model runs here, in a word, and the rank of that word."""
    if model["runnable"]:
        return QCoreApplication.translate("ModelState", "Ready"), "success"
    return QCoreApplication.translate("ModelState", "Not ready"), "warning"


class ModelDetails(QWidget):
    """What `talkface models --json` says of a model, in words."""

    def __init__(
        self,
        studio: Studio,
        model: Mapping[str, Any],
        weights: Sequence[Mapping[str, Any]],
        sizes: Mapping[str, int],
        parent: QWidget | None = None,
    ) -> None:
        """Show a model.

        Args:
            studio: what all places share.
            model: an entry of `talkface models --json`.
            weights: its entries of `talkface weights list --json`.
            sizes: bytes of the weight files that are there, by path.
            parent: of this widget.
        """
        super().__init__(parent)
        self._studio = studio
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.L)
        for part in (
            self._about(model),
            self._trust(model),
            self._presets(model, weights, sizes),
            self._options(model),
            self._measures(model),
        ):
            if part is not None:
                column.addWidget(part)

    def _about(self, model: Mapping[str, Any]) -> QWidget:
        crop = model["crop"]
        pixels = self.tr("{0} × {0} pixels").format(crop["size"])
        if crop["largest"]:
            pixels = self.tr("{0} × {0} up to {1} × {1} pixels").format(crop["size"], crop["largest"])
        facts = Facts(
            [
                (self.tr("Takes"), "\n".join(" + ".join(map(self._input, each)) for each in model["takes"])),
                (self.tr("Face"), pixels),
                (self.tr("Memory"), self.tr("about {0}").format(size(model["memory_mb"] << 20))),
                (self.tr("Cannot do"), model["limits"]),
                (self.tr("Paper"), model["paper"]),
                (self.tr("Learned from"), model["training_data"]),
            ]
        )
        title = label(f"{model['title']}  {model['version']}", "title", wrap=True)
        return group("", title, label(model["summary"], "muted", wrap=True), facts)

    def _trust(self, model: Mapping[str, Any]) -> QWidget:
        plugin = model["plugin"]
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.S)
        picture = QLabel()
        side = self._studio.theme.px(18)
        icon = self._studio.theme.icon("shield", "success" if plugin["bundled"] else "warning")
        picture.setPixmap(icon.pixmap(side, side))
        if plugin["bundled"]:
            words = self.tr("Comes with the studio and is tested with it.")
        elif plugin["isolated"]:
            words = self.tr("Third party: its code runs in a process of its own.")
        else:
            words = self.tr("Third party: its code runs with your rights. Keep it only if you trust who made it.")
        line.addWidget(picture)
        line.addWidget(label(words, wrap=True), 1)
        facts = Facts(
            [
                (self.tr("Package"), f"{plugin['package']} {plugin['version']}"),
                (self.tr("Licence of the code"), model["code_licence"]),
                (self.tr("Licence of the weights"), model["weights_licence"]),
            ]
        )
        return group(self.tr("Trust and licences"), row, facts)

    def _presets(
        self, model: Mapping[str, Any], weights: Sequence[Mapping[str, Any]], sizes: Mapping[str, int]
    ) -> QWidget:
        total = sum(sizes.get(str(weight["path"]), 0) for weight in weights)
        card = QWidget()
        column = QVBoxLayout(card)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        for preset in model["presets"]:
            problems = model["problems"].get(preset, [])
            box = QVBoxLayout()
            box.setSpacing(2)
            head = QHBoxLayout()
            head.addWidget(label(preset))
            head.addStretch()
            runs = self.tr("runs here") if not problems else self.tr("does not run here")
            head.addWidget(label(runs, "warning" if problems else "success"))
            box.addLayout(head)
            for problem in problems:
                box.addWidget(label(problem, "small", wrap=True))
            for weight in weights:
                if weight["preset"] == preset:
                    box.addWidget(self._weight(weight, sizes))
            column.addLayout(box)
        return group(self.tr("Presets and weights: {0} on disk").format(size(total)), card)

    def _weight(self, weight: Mapping[str, Any], sizes: Mapping[str, int]) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.S)
        path = str(weight["path"])
        there = path in sizes
        name = ElidedLabel(Path(path).name, rank="muted")
        name.setToolTip(path + (f"\nSHA-256 {weight['sha256']}" if weight["sha256"] else ""))
        line.addWidget(name, 1)
        line.addWidget(label(size(sizes[path]) if there else self.tr("missing"), "muted"))
        show = partial(QDesktopServices.openUrl, QUrl.fromLocalFile(str(Path(path).parent)))
        opens = IconButton(
            self._studio.theme, "folder-open", self.tr("Show {0}").format(Path(path).name), show, role="muted", size=14
        )
        opens.setEnabled(there)
        line.addWidget(opens)
        return row

    def _options(self, model: Mapping[str, Any]) -> QWidget | None:
        facts = Facts()
        for option in model["options"]:
            default = option["default"]
            words = (
                self.tr("{0} (default {1})").format(option["help"], default) if default is not None else option["help"]
            )
            facts.add(option["name"], words)
        return group(self.tr("Options"), facts) if model["options"] else None

    def _measures(self, model: Mapping[str, Any]) -> QWidget | None:
        measured = [(name, f"{value:g}") for name, value in model["metrics"].items()]
        return group(self.tr("Measured on held-out speakers"), Facts(measured)) if measured else None

    def _input(self, kind: str) -> str:
        return {"speech": self.tr("voice"), "photo": self.tr("photo"), "video": self.tr("video")}.get(kind, kind)
