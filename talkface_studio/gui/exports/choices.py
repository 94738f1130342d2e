"""What an export can be written as: the presets, and encoders in hardware where this machine has some."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from talkface_studio.gui.command_line import CommandLine
from talkface_studio.gui.studio import Studio, translated
from talkface_studio.project.document.settings import ExportSettings


@dataclass(frozen=True, slots=True)
class Format:
    """One entry of the list of formats; `preset` is what `talkface presets --json` says of it."""

    name: str | None
    """Of the preset; None is what the project's own settings say."""
    title: str
    suffix: str
    preset: Mapping[str, Any]

    @property
    def codec(self) -> str | None:
        """The video codec, None for sound alone."""
        return self.preset.get("codec")

    def describe(self) -> str:
        """Container, picture and sound in a line."""
        translate = QCoreApplication.translate
        preset = self.preset
        words = [self.suffix.removeprefix(".").upper()]
        if self.codec is None:
            words.append(translate("ExportFormat", "sound alone"))
        else:
            words.append(codec_title(self.codec))
        if preset.get("size"):
            words.append(translate("ExportFormat", "at most {0} × {1}").format(*preset["size"]))
        if preset.get("bitrate"):
            words.append(translate("ExportFormat", "{0} Mbit/s").format(f"{preset['bitrate'] / 1e6:g}"))
        if preset.get("audio") in {None, "copy"}:
            if self.suffix not in {".gif", ".webp", ".png"}:
                words.append(translate("ExportFormat", "sound as it is"))
        else:
            words.append(str(preset["audio"]).upper())
        if preset.get("longest"):
            words.append(translate("ExportFormat", "up to {0} s").format(f"{preset['longest']:g}"))
        return " · ".join(words)


@dataclass(frozen=True, slots=True)
class Codec:
    """A codec that movies are written with, in software."""

    name: str
    suffixes: tuple[str, ...]
    largest_crf: int | None
    """None where it takes no quality."""


_PICTURES = {"h264": "H.264", "hevc": "HEVC", "av1": "AV1", "vp9": "VP9", "prores": "ProRes", "ffv1": "FFV1"}


def codec_title(name: str) -> str:
    """What a codec is called."""
    return _PICTURES.get(name, name.upper())


_USUAL = ExportSettings()


class ExportChoices(QObject):
    """Reads formats and encoders in processes beside the window; until they are there, one format is offered."""

    changed = Signal()

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._talkface = CommandLine(studio.folders, self)
        self._asked: set[str] = set()
        self.presets: tuple[Format, ...] = ()
        self.codecs: tuple[Codec, ...] = ()
        self.failures: tuple[str, ...] = ()
        """Presets of the user that cannot be read, a line each."""
        self.hardware: tuple[str, ...] = ()
        """Codecs of encoders in hardware that work here."""

    def load(self) -> None:
        """Read them, once."""
        self.load_formats()
        if "machine" not in self._asked:
            self._asked.add("machine")
            self._talkface.ask(["doctor", "--json"], self._heard_machine, self._failed, owner=self)

    def load_formats(self) -> None:
        """Read presets and codecs, once."""
        if "formats" not in self._asked:
            self._asked.add("formats")
            self._talkface.ask(["presets", "--json"], self._heard_presets, self._failed, owner=self)

    def codec(self, name: str) -> Codec | None:
        """The codec of this name; None while they were not read."""
        return next((codec for codec in self.codecs if codec.name == name), None)

    def own_format(self, settings: ExportSettings) -> Format:
        """What the settings make without a preset."""
        if (settings.codec, settings.crf) == (_USUAL.codec, _USUAL.crf):
            title = QCoreApplication.translate("ExportFormat", "H.264, as good as the source")
        else:
            title = QCoreApplication.translate("ExportFormat", "{0}, as set in the inspector")
        codec, suffix = self.codec(settings.codec), settings.suffix
        if settings.preset is not None:
            # The suffix is that of the preset.
            suffix = _USUAL.suffix if codec is None else codec.suffixes[0]
        return Format(None, title.format(codec_title(settings.codec)), suffix, {"codec": settings.codec})

    def encoders_for(self, codec: str | None) -> tuple[str, ...]:
        """The encoders in hardware that make this codec here."""
        return tuple(name for name in self.hardware if codec is not None and name.split("_")[0] == codec)

    def _heard_presets(self, document: dict[str, Any]) -> None:
        self.presets = tuple(
            Format(preset["name"], translated("preset", preset["title"]), f".{preset['container']}", preset)
            for preset in document["presets"]
        )
        self.codecs = tuple(
            Codec(name, tuple(f".{container}" for container in codec["containers"]), codec["largest_crf"])
            for name, codec in document["codecs"].items()
        )
        self.failures = tuple(document["failures"])
        self.changed.emit()

    def _heard_machine(self, document: dict[str, Any]) -> None:
        encoders: Mapping[str, str] = document.get("hardware_encoders", {})
        self.hardware = tuple(name for name, state in encoders.items() if state == "ok")
        self.changed.emit()

    def _failed(self, reason: str) -> None:
        self.failures = (*self.failures, reason)
        self.changed.emit()


def with_encoding(request: dict[str, Any], chosen: Format, encoder: str | None) -> dict[str, Any]:
    """A request (`dubbing.documents.document_of`) to be written in a format, by an encoder in hardware or not."""
    encoding = dict(chosen.preset.get("encoding") or request.get("encoding") or {})
    if encoder is not None:
        encoding["codec"] = encoder
    return {**request, "encoding": encoding} if encoding else request
