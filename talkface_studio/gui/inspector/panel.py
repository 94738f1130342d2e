"""The inspector as a place of the window: the page of what is selected."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from talkface_studio.engine.client.settings import EngineState
from talkface_studio.engine.protocol.questions import Document, Job, Making, Models
from talkface_studio.gui.inspector.export_page import ExportPage
from talkface_studio.gui.inspector.facts import MarkerPage, MediaPage
from talkface_studio.gui.inspector.models import Model, read_models
from talkface_studio.gui.inspector.segment_page import SegmentPage
from talkface_studio.gui.parts.boxes import scrolling
from talkface_studio.gui.studio import Studio


class InspectorPanel(QWidget):
    """Follows the selection: segments, a clip, a file, a marker; the project where nothing is selected."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("place", "true")
        self.setAccessibleName(self.tr("Inspector"))
        self._studio, self._models = studio, tuple[Model, ...]()
        self._speeds: dict[str, str] = {}
        self._models_asked = False
        self._ask = ask = partial(studio.bridge.ask, owner=self)
        self.segments = SegmentPage(studio, ask)
        self.media = MediaPage(studio, ask)
        self.marker = MarkerPage(studio)
        self.project = ExportPage(studio, ask)
        self._pages = QStackedWidget()
        pages: tuple[QWidget, ...] = (self.project, self.segments, self.media, self.marker)
        self._areas = {page: scrolling(page) for page in pages}
        for area in self._areas.values():
            self._pages.addWidget(area)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        # A slider that is dragged changes the project many times between two repaints.
        self._coming = QTimer(self, singleShot=True, interval=0)
        self._coming.timeout.connect(self.refresh)
        studio.project.changed.connect(self._changed)
        studio.project.selection_changed.connect(self._changed)
        studio.bridge.engine_changed.connect(self._engine_changed)
        studio.bridge.job_changed.connect(self._job_changed)
        studio.frame_made.connect(self._learn_making)
        studio.models_changed.connect(self._models_changed)
        self.refresh()

    @property
    def page(self) -> QWidget:
        """What is shown."""
        return next(page for page, area in self._areas.items() if area is self._pages.currentWidget())

    def refresh(self) -> None:
        """Show what is selected, as it is by now."""
        document, chosen = self._studio.project.document, self._studio.project.selection
        if any(segment.id in chosen for segment in document.segments):
            self._ask_models()
            self.segments.show_selection(self._models, self._speeds)
            self._show(self.segments)
            return
        clip = next((clip for clip in document.clips if clip.id in chosen), None)
        media_id = None if clip is None else clip.media
        media = next((m for m in document.media if m.id in chosen or m.id == media_id), None)
        marker = next((marker for marker in document.markers if marker.id in chosen), None)
        if media is not None:
            self.media.show_media(media, clip)
            self._show(self.media)
        elif marker is not None:
            self.marker.show_marker(marker)
            self._show(self.marker)
        else:
            if self._studio.engine.state.state == "running":
                # Looking at a project is no reason to start an engine.
                self.project.ask_machine()
            self._show(self.project)

    def _learn_making(self, making: Making) -> None:
        if making.model_seconds > 0:
            self._learn_speed(making.model, self.tr("{0:.0f} ms a frame here").format(making.model_seconds * 1000))

    def _show(self, page: QWidget) -> None:
        self._pages.setCurrentWidget(self._areas[page])

    def _changed(self, _change: object) -> None:
        if not self._coming.isActive():
            self._coming.start()

    def _ask_models(self) -> None:
        if not self._models_asked:
            self._models_asked = True
            self._ask(Models(), self._learn_models, self._forget_models)

    def _learn_models(self, answer: Document) -> None:
        self._models = read_models(answer.content)
        self.refresh()

    def _forget_models(self, _error: Exception) -> None:
        self._models_asked = False

    def _models_changed(self) -> None:
        self._models_asked = False
        self.refresh()

    def _engine_changed(self, state: EngineState) -> None:
        if state.state == "running":
            self.segments.retry()
            self.refresh()

    def _job_changed(self, job: Job) -> None:
        if job.state != "finished" or job.result is None:
            return
        self.project.account.show_result(job.result)
        self.project.quality.show_export(Path(str(job.result["output"])), self._studio.engine.dub_of(job.job))
        speed, model = job.result.get("realtime_factor"), job.result.get("model")
        if isinstance(speed, float) and isinstance(model, str) and speed > 0:
            self._learn_speed(model, self.tr("{0:.2f} x real time here").format(speed))

    def _learn_speed(self, model: str, speed: str) -> None:
        if self._speeds.get(model) != speed:
            self._speeds[model] = speed
            self._changed(None)
