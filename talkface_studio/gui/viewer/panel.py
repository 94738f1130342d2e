"""The viewer as a place of the window: joins stage, frames and playback to the project."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QVBoxLayout, QWidget

from talkface_studio.engine.client.settings import EngineState
from talkface_studio.engine.protocol.questions import FaceBox, Faces, Making
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.viewer.canvas import Canvas, Layout
from talkface_studio.gui.viewer.choices import Persons, choice_of
from talkface_studio.gui.viewer.frames import Frames, Shown, Wanted
from talkface_studio.gui.viewer.player import Player
from talkface_studio.gui.viewer.strip import ComparisonStrip
from talkface_studio.gui.viewer.transport import Transport
from talkface_studio.project.edit.segments import assign_face
from talkface_studio.project.events import Changes
from talkface_studio.project.export.moment import SourceMoment, dub_moment, source_moment


class ViewerPanel(QWidget):
    """Shows the instant under the playhead."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.canvas = Canvas(studio.theme)
        self.strip = ComparisonStrip(studio)
        self.strip.hide()
        self.player = Player(studio, self)
        self.frames = Frames(studio.bridge, self)
        self.persons = Persons(studio.bridge, self._show_faces, self)
        self.transport = Transport(studio, self.player)
        self._faces: Faces | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.strip)
        column.addWidget(self.transport)
        self._connect()
        self._bind()
        self.frames.choose(finding=studio.preferences.values.show_faces)
        self.refresh()

    def refresh(self) -> None:
        """Show what is under the playhead now."""
        project = self._studio.project
        document, time = project.document, project.view.playhead
        source = source_moment(document, time) or self._selected_media()
        dub = dub_moment(document, time, project.selection)
        moving = bool(self.player.speed)
        self.canvas.message = "" if source is not None else self._why_empty()
        self.frames.want(Wanted(source, dub, self.canvas.longest), moving=moving)
        if moving and 0 < self.frames.seconds_for_dub < 1 / self.player.frame_rate:
            self.frames.dub_now()
        self._caption(dub is not None)
        if self.strip.isVisible() and not moving:
            self.strip.show_moment(dub, self.canvas.around_face())
        self.canvas.update()

    def choose_layout(self, layout: Layout) -> None:
        """Show one picture, two side by side, or two parted by a line."""
        self.canvas.layout_ = layout
        self._studio.add_to_context(layout=layout)
        self.canvas.update()
        self.refresh()

    def toggle_dub(self) -> None:
        """Show the dubbed frame, or the source alone."""
        self.canvas.show_dubbed = not self.canvas.show_dubbed
        self.frames.choose(dubbing=self.canvas.show_dubbed)
        self._studio.add_to_context(dub_shown=self.canvas.show_dubbed)
        self.refresh()

    def toggle_faces(self) -> None:
        """Show boxes around faces, or not."""
        shown = not self._studio.preferences.values.show_faces
        self._studio.preferences.set(show_faces=shown)
        self.frames.choose(finding=shown)

    def toggle_strip(self) -> None:
        """Compare models, or stop that."""
        self.strip.setVisible(self.strip.isHidden())
        self._studio.add_to_context(comparing=not self.strip.isHidden())
        self.refresh()

    def hold_source(self) -> None:
        """Show the source for as long as the key is down."""
        self.canvas.hold_source = True
        self.canvas.update()
        QCoreApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the key that shows the source to be let go."""
        if event.type() == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent) and not event.isAutoRepeat():
            # Modifiers may be let go before the key itself.
            keys = {name.rpartition("+")[2] for name in self._studio.keymap.keys("viewer.hold_source")}
            if QKeySequence(event.key()).toString() in keys:
                self.canvas.hold_source = False
                self.canvas.update()
                QCoreApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        return False

    def _connect(self) -> None:
        project = self._studio.project
        project.view_changed.connect(self._moved)
        project.changed.connect(self._changed)
        project.selection_changed.connect(self._moved)
        self.player.speed_changed.connect(self._moved)
        self._studio.bridge.engine_changed.connect(self._engine_changed)
        self._studio.models_changed.connect(self._models_changed)
        self.frames.source_changed.connect(self.canvas.show_source)
        self.frames.dubbed_changed.connect(self._show_dub)
        self.frames.faces_changed.connect(self._got_faces)
        self.frames.failed.connect(self._complain)
        self.canvas.size_changed.connect(self.refresh)
        self.canvas.face_pressed.connect(self._choose_face)
        self.canvas.pressed.connect(self.canvas.setFocus)

    def _bind(self) -> None:
        acts: dict[str, Callable[[], object]] = {
            "viewer.mouth": self.canvas.look_at_mouth,
            "viewer.faces": self.toggle_faces,
            "viewer.dubbed": self.toggle_dub,
            "viewer.single": partial(self.choose_layout, "single"),
            "viewer.side_by_side": partial(self.choose_layout, "side"),
            "viewer.wipe": partial(self.choose_layout, "wipe"),
            "viewer.hold_source": self.hold_source,
            "viewer.compare_models": self.toggle_strip,
        }
        for command, act in acts.items():
            self._studio.commands.bind(command, act)

    def _moved(self) -> None:
        self.refresh()

    def _changed(self, changes: Changes) -> None:
        if changes.cause == "load":
            self.persons.forget()
            self.player.stop()
        self.refresh()
        self._show_faces()

    def _engine_changed(self, state: EngineState) -> None:
        if state.state == "running":
            self.persons.forget()
            self.frames.again()

    def _models_changed(self) -> None:
        self.frames.again()
        self.strip.forget_models()
        self.refresh()

    def _selected_media(self) -> SourceMoment | None:
        project = self._studio.project
        if project.document.clips:
            return None
        chosen = [media for media in project.document.media if media.id in project.selection]
        media = next((media for media in chosen if media.kind != "audio" and media.problem is None), None)
        return None if media is None else SourceMoment(media.id, media.path, 0.0)

    def _why_empty(self) -> str:
        if not self._studio.project.document.media:
            return self.tr("Drop a video or a photo here, and a voice.")
        if not self._studio.project.document.clips:
            return self.tr("Drag media from the left onto the timeline.")
        return self.tr("No picture at the playhead.")

    def _show_dub(self, shown: Shown | None) -> None:
        self.canvas.show_dub(shown)
        if shown is not None and shown.making is not None:
            self.canvas.caption = self._account(shown.making)
            self._studio.frame_made.emit(shown.making)

    def _caption(self, dubbed: bool) -> None:
        if dubbed and self.frames.dub_pending and not self.player.speed:
            self.canvas.caption = self.tr("Dubbing…")
        elif not dubbed:
            self.canvas.caption = ""

    def _account(self, making: Making) -> str:
        parts = [making.model, making.device]
        # Less than that is no making: nothing was to be dubbed, or the picture was at hand.
        if making.seconds >= 1e-3:
            factor = 1 / self.player.frame_rate / making.seconds
            parts += [_duration(making.seconds), self.tr("{0:.2g} × real time").format(factor)]
        if not making.face_found:
            parts.append(self.tr("no face here"))
        return "  ·  ".join(parts)

    def _complain(self, reason: str) -> None:
        self.canvas.message = reason
        self.canvas.update()

    def _got_faces(self, faces: Faces | None) -> None:
        self._faces = faces
        self._studio.add_to_context(faces=0 if faces is None else len(faces.faces))
        self._show_faces()

    def _show_faces(self) -> None:
        project = self._studio.project
        chosen = self.persons.dubbed_at(project.document, project.view.playhead) if self._faces else frozenset()
        self.canvas.show_faces(self._faces, chosen)

    def _choose_face(self, face: FaceBox) -> None:
        project = self._studio.project
        document, time = project.document, project.view.playhead
        heard = document.segments_at(time)
        selected = [segment for segment in heard if segment.id in project.selection]
        targets = selected or heard[:1]
        if not targets:
            self._studio.tell(self.tr("No voice is heard here; put one on the timeline, then pick its face."))
            return
        if self._faces is not None:
            self._studio.do(assign_face([segment.id for segment in targets], choice_of(face, self._faces.time)))


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
