"""The window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSizePolicy, QStackedWidget, QToolBar, QWidget

from talkface_studio import __version__
from talkface_studio.engine.client.settings import EngineState
from talkface_studio.gui.actions import Actions
from talkface_studio.gui.bin.commands import BinCommands
from talkface_studio.gui.docks import LAYOUT_VERSION, Editor
from talkface_studio.gui.drop_hint import DropHint
from talkface_studio.gui.intake import Intake
from talkface_studio.gui.pages.start import StartPage
from talkface_studio.gui.parts.buttons import button
from talkface_studio.gui.parts.question import Choice, ask_user
from talkface_studio.gui.parts.toast import Toasts
from talkface_studio.gui.places import PLACES
from talkface_studio.gui.projects import Projects
from talkface_studio.gui.rail import Rail
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.theme import SCALES

if TYPE_CHECKING:
    from talkface_studio.gui.pages.preferences import PreferencesPage

EDITOR = "editor"
TOOLBAR = (
    ("media.add", "media.record"),
    ("edit.undo", "edit.redo"),
    ("timeline.insert",),
)
TOOLBAR_END = ("palette.open", "view.theme")
_RUNNING = frozenset({"waiting", "running", "paused"})


class StudioWindow(QMainWindow):
    """Menus, toolbar, the rail at the left, and the editor or one of the pages."""

    painted = Signal()
    """The window was seen for the first time."""
    closed = Signal()
    """Everything was decided and let go of; the program may end."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self.projects = Projects(studio, self)
        self.intake = Intake(studio)
        self.bin_commands = BinCommands(studio, self.intake, self)
        self._pages: dict[str, QWidget] = {}
        self._painted = self._leaving = False
        self.setAcceptDrops(True)
        self.setMinimumSize(960, 600)
        self.resize(studio.theme.px(1440), studio.theme.px(900))
        self.actions_ = Actions(studio, self)
        self.editor = Editor(studio)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.editor)
        self._pages[EDITOR] = self.editor
        self.rail = Rail(studio, self.show_page)
        central = QWidget()
        central.setObjectName("central")
        row = QHBoxLayout(central)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self._stack, 1)
        self.setCentralWidget(central)
        self.actions_.fill(self.menuBar())
        self._add_toolbar()
        self._drop_hint = DropHint(studio.theme, central)
        self.toasts = Toasts(studio.theme, central)
        studio.noticed.connect(self.toasts.show_notice)
        studio.bridge.engine_changed.connect(self._engine_changed)
        self.projects.renamed.connect(self._retitle)
        self.projects.opened.connect(lambda: self.show_page(EDITOR))
        self._bind()
        self._restore()
        self._retitle()
        self.actions_.refresh()

    @property
    def page(self) -> str:
        """Which page is shown: "editor", or the id of a place."""
        return next(name for name, widget in self._pages.items() if widget is self._stack.currentWidget())

    def show_page(self, name: str) -> None:
        """Show the editor or a page; a page is made when it is first shown."""
        if name not in self._pages:
            place = next(place for place in PLACES if place.id == name)
            self._pages[name] = page = place.create(self.studio, self)
            page.setProperty("place", True)
            page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            self._stack.addWidget(page)
            if isinstance(page, StartPage):
                page.open_wanted.connect(self.projects.open)
                page.recovery_wanted.connect(self.projects.recover)
        if name == "start":
            cast("StartPage", self._pages[name]).recoveries = self.projects.recoveries()
        self._stack.setCurrentWidget(self._pages[name])
        self.rail.choose(name)

    def show_place(self, name: str) -> None:
        """Show a place of the editor, or a page."""
        area = next(place.area for place in PLACES if place.id == name)
        if area == "page":
            self.show_page(name)
        else:
            self.show_page(EDITOR)
            self.editor.show_place(name)

    def open_sample(self) -> None:
        """Open the sample project and play it."""
        self.projects.open_sample(lambda: self.studio.run("playback.toggle"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell of the first time."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted.emit)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped anywhere."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._drop_hint.appear()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """They are taken away again, or a place of its own takes them."""
        self._drop_hint.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take files, folders and projects."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._drop_hint.hide()
        self.take(paths)

    def take(self, paths: list[Path]) -> None:
        """Open a project, or add media."""
        from talkface_studio.project.storage.project_file import SUFFIX

        projects = [path for path in paths if path.suffix == SUFFIX]
        if projects:
            self.projects.open(projects[0])
        media = [path for path in paths if path.suffix != SUFFIX]
        if media:
            self.show_page(EDITOR)
            self.intake.add(media)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about exports that run and work that is not saved; the window closes when all is decided."""
        if self._leaving:
            event.accept()
            return
        event.ignore()
        self._ask_about_exports(lambda: self.projects.leave(self._leave))

    def _ask_about_exports(self, then: Callable[[], object]) -> None:
        in_engine = sum(job.state in _RUNNING for job in self.studio.engine.jobs.values())
        running = max(in_engine, self.studio.context.running_jobs)
        if not running:
            then()
            return
        ask_user(
            self,
            self.tr("%n export(s) not finished", "", running),
            self.tr("Closing stops what runs; nothing half-written is left, and the queue keeps what is not done."),
            (
                Choice(self.tr("Stop them and close"), then, "danger"),
                Choice(self.tr("Keep working"), rank="primary"),
            ),
        )

    def _leave(self) -> None:
        self._leaving = True
        geometry, layout = self.saveGeometry(), self.editor.saveState(LAYOUT_VERSION)
        self.studio.preferences.set(
            window_geometry=bytes(geometry.toBase64().data()).decode(),
            window_layout=bytes(layout.toBase64().data()).decode(),
        )
        self.projects.close()
        self.editor.close()
        self.close()
        self.studio.close()
        self.closed.emit()

    def _restore(self) -> None:
        values = self.studio.preferences.values
        if values.window_geometry:
            self.restoreGeometry(QByteArray.fromBase64(values.window_geometry.encode()))
        if values.window_layout:
            self.editor.restore(QByteArray.fromBase64(values.window_layout.encode()))

    def _add_toolbar(self) -> None:
        bar = QToolBar(self.tr("Tools"))
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        for number, group in enumerate(TOOLBAR):
            if number:
                bar.addSeparator()
            bar.addActions([self.actions_[name] for name in group])
        space = QWidget()
        space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(space)
        bar.addActions([self.actions_[name] for name in TOOLBAR_END])
        export = button(self.tr("Export"), lambda: self.studio.run("export.start"), "primary")
        action = self.actions_["export.start"]
        action.enabledChanged.connect(export.setEnabled)
        export.setEnabled(action.isEnabled())
        export.setToolTip(action.toolTip())
        bar.addWidget(export)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, bar)

    def _bind(self) -> None:
        bind = self.studio.commands.bind
        project, preferences, theme = self.studio.project, self.studio.preferences, self.studio.theme
        bind("app.quit", self.close)
        bind("app.preferences", partial(self.show_page, "preferences"))
        bind("help.diagnostics", partial(self.show_page, "diagnostics"))
        bind("help.about", self._about)
        bind("help.guide", self._open_guide)
        bind("help.shortcuts", self._show_shortcuts)
        self.studio.commands.bind_before("edit.paste", self.bin_commands.paste_picture)
        bind("edit.undo", project.undo)
        bind("edit.redo", project.redo)
        bind("palette.open", self._open_palette)
        bind("project.open_sample", self.open_sample)
        bind("view.theme", lambda: preferences.set(theme="light" if theme.dark else "dark"))
        bind("view.text_larger", lambda: self._scale_text(1))
        bind("view.text_smaller", lambda: self._scale_text(-1))
        bind("view.full_screen", lambda: self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen))
        bind("timeline.snap", lambda: preferences.set(snapping=not preferences.values.snapping))
        bind("playback.loop", lambda: preferences.set(looping=not preferences.values.looping))
        for place in PLACES:
            if f"place.{place.id}" in {command.id for command in self.studio.commands}:
                bind(f"place.{place.id}", partial(self.show_place, place.id))

    def _scale_text(self, steps: int) -> None:
        nearest = min(range(len(SCALES)), key=lambda place: abs(SCALES[place] - self.studio.theme.scale))
        self.studio.preferences.set(text_scale=SCALES[min(max(nearest + steps, 0), len(SCALES) - 1)])

    def _open_palette(self) -> None:
        from talkface_studio.gui.pages.palette import Palette

        Palette(self.studio, self).open()

    def _open_guide(self) -> None:
        from talkface_studio.gui.pages.guide import Guide

        Guide(self.studio, self).show()

    def _show_shortcuts(self) -> None:
        self.show_page("preferences")
        cast("PreferencesPage", self._pages["preferences"]).show_shortcuts()

    def _about(self) -> None:
        ask_user(
            self,
            "TalkFace Studio",
            self.tr("Version {0}. Dubs a face with a voice. Free software under the Apache Licence 2.0.").format(
                __version__
            ),
            (Choice(self.tr("Close"), rank="primary"),),
        )

    def _retitle(self) -> None:
        self.setWindowTitle(f"{self.projects.name}[*] – TalkFace Studio")
        self.setWindowModified(self.studio.project.modified)

    def _engine_changed(self, state: EngineState) -> None:
        if state.state == "lost":
            self.studio.tell(self.tr("The engine ended and is started again: {0}").format(state.message), "warning")
        elif state.state == "failed":
            again = (self.tr("Start it again"), self.studio.engine.start)
            self.studio.tell(self.tr("The engine cannot be started: {0}").format(state.message), "error", again)
