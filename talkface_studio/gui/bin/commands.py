"""The commands that bring media in, and what happens with the first of them."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from talkface_studio.api.errors import ProjectError
from talkface_studio.gui.intake import Intake
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.timeline.drags import Here
from talkface_studio.gui.timeline.placing import place
from talkface_studio.project.document.media import Media
from talkface_studio.project.edit.clipboard import CLIPBOARD_TYPE
from talkface_studio.project.edit.edit import Title


class BinCommands(QObject):
    """Adding, recording, pasting, relinking."""

    def __init__(self, studio: Studio, intake: Intake, window: QWidget) -> None:
        super().__init__(window)
        self._studio, self._intake, self._window = studio, intake, window
        self._first: tuple[str, ...] = ()
        intake.added.connect(self._added)
        intake.learnt.connect(self._place_first)
        QGuiApplication.clipboard().dataChanged.connect(self._look_at_clipboard)
        for command, act in {
            "media.add": self.choose_files,
            "media.add_folder": self.choose_folder,
            "media.record": self.record,
            "media.imagine": self.imagine,
            "media.relink": self.choose_relink_folder,
        }.items():
            studio.commands.bind(command, act)
        self._look_at_clipboard()

    def choose_files(self) -> None:
        """Have the user choose files."""
        names, _ = QFileDialog.getOpenFileNames(self._window, self.tr("Add media"), str(Path.home()))
        if names:
            self._intake.add(map(Path, names))

    def choose_folder(self) -> None:
        """Have the user choose a folder; all media below it are added."""
        name = QFileDialog.getExistingDirectory(self._window, self.tr("Add a folder"), str(Path.home()))
        if name:
            self._intake.add([Path(name)])

    def choose_relink_folder(self) -> None:
        """Have the user choose where to look for missing media."""
        name = QFileDialog.getExistingDirectory(self._window, self.tr("Where are the missing media?"), str(Path.home()))
        if name:
            self._intake.relink(Path(name))

    def record(self) -> None:
        """Record a voice with the microphone."""
        from talkface_studio.gui.bin.record_dialog import RecordDialog

        dialog = RecordDialog(self._studio, self._free_path(self.tr("Recording"), ".wav"), self._window)
        dialog.recorded.connect(lambda path: self._intake.add([path]))
        dialog.open()

    def imagine(self) -> None:
        """Imagine a face of the voice that is selected, in the bin or on the timeline."""
        from talkface_studio.gui.bin.imagine_dialog import ImagineDialog

        document, chosen = self._studio.project.document, self._studio.project.selection
        spoken = {segment.media for segment in document.segments if segment.id in chosen} | chosen
        voice = next((media for media in document.media if media.id in spoken and media.speaks), None)
        if voice is None:
            self._studio.tell(self.tr("Select a voice first, in the bin or on the timeline."), "warning")
            return
        dialog = ImagineDialog(self._studio, voice.path, self._studio.folders.data / "media", self._window)
        dialog.chosen.connect(lambda path: self._intake.add([path]))
        dialog.open()

    def paste_picture(self) -> bool:
        """Add the picture of the clipboard as a photo; False if there is none."""
        data = QGuiApplication.clipboard().mimeData()
        if data.hasFormat(CLIPBOARD_TYPE):
            return False
        files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if files:
            self._intake.add(files)
            return True
        image = QGuiApplication.clipboard().image()
        if image.isNull():
            return False
        path = self._free_path(self.tr("Pasted photo"), ".png")
        self._studio.bridge.run(
            partial(_write, image, path),
            lambda _done: self._intake.add([path]),
            lambda error: self._studio.tell(str(error), "error"),
            owner=self,
        )
        return True

    def _look_at_clipboard(self) -> None:
        data = QGuiApplication.clipboard().mimeData()
        picture = data is not None and (data.hasImage() or data.hasUrls())
        self._studio.add_to_context(can_paste_media=picture)

    def _free_path(self, name: str, suffix: str) -> Path:
        moment = datetime.now().astimezone().strftime("%Y-%m-%d %H.%M.%S")
        return self._studio.folders.data / "media" / f"{name} {moment}{suffix}"

    def _added(self, ids: tuple[str, ...]) -> None:
        document = self._studio.project.document
        if document.clips and document.segments:
            return
        self._first = (*self._first, *ids)
        self._place_first()

    def _place_first(self) -> None:
        """Lay the first picture and the first voice on an empty timeline, once it is known what they are."""
        project = self._studio.project
        known = {media.id: media for media in project.document.media}
        media = [known[name] for name in self._first if name in known]
        if not media or any(entry.status == "unprobed" for entry in media):
            return
        self._first = ()
        usable = [entry for entry in media if entry.status == "ready"]
        pictures = [entry for entry in usable if entry.kind != "audio"]
        voices = [entry for entry in usable if entry.kind == "audio"]
        with project.transaction(str(Title.ADD_CLIP)):
            if pictures and not project.document.clips:
                self._place(pictures[0])
            if voices and project.document.clips and not project.document.segments:
                self._place(voices[0])

    def _place(self, media: Media) -> None:
        try:
            self._studio.project.do(place([media], Here(self._studio.project.document, 0.0)).edit())
        except ProjectError as error:
            self._studio.tell(str(error), "error")


def _write(image: QImage, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not image.save(str(path)):
        raise OSError(0, "the picture cannot be written", str(path))
