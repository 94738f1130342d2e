"""The export queue as a place of the window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QListView, QMenu, QStackedLayout, QVBoxLayout, QWidget

from talkface_studio.gui.exports.choices import ExportChoices
from talkface_studio.gui.exports.quality import QualityReport
from talkface_studio.gui.exports.queue import ExportQueue
from talkface_studio.gui.exports.rows import JOB, JobDelegate, QueueModel
from talkface_studio.gui.exports.wording import clock
from talkface_studio.gui.inspector.facts import Account
from talkface_studio.gui.parts.boxes import EmptyState
from talkface_studio.gui.parts.buttons import IconButton, button
from talkface_studio.gui.parts.command_button import CommandButton
from talkface_studio.gui.parts.labels import ElidedLabel, label
from talkface_studio.gui.parts.question import Choice, ask_user
from talkface_studio.gui.studio import Studio, translated
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.project.queue.job import ENDED, QueuedJob, State

_ACTIONS = ("queue.resume", "queue.pause", "queue.retry", "queue.cancel", "queue.account", "queue.open_folder",
            "queue.clear")  # fmt: skip
_AT_WORK = frozenset({"waiting", "running"})


class QueuePanel(QWidget):
    """The jobs, and what can be done with those that are selected; without a selection, with all."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.setProperty("place", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.queue = ExportQueue(studio, self)
        self._choices = ExportChoices(studio, self)
        self._states: dict[int, State] = {}
        self.list = self._list()
        self._summary = ElidedLabel(rank="small")
        self._problem = label(rank="error", wrap=True)
        self._problem.setVisible(False)
        self._pages = QStackedLayout()
        self._pages.addWidget(self._empty())
        self._pages.addWidget(self._filled())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._problem)
        column.addLayout(self._pages, 1)
        self.queue.changed.connect(self._changed)
        self.queue.progressed.connect(lambda _: self._summarize())
        self._bind()
        self._changed()

    def selected(self) -> list[int]:
        """The numbers of the selected jobs."""
        return [index.data(JOB).id for index in self.list.selectionModel().selectedIndexes()]

    def select(self, job_ids: list[int]) -> None:
        """Select these jobs and no others."""
        chosen = self.list.selectionModel()
        chosen.clear()
        for job_id in job_ids:
            row = self.model.row_of(job_id)
            if row >= 0:
                chosen.select(self.model.index(row), chosen.SelectionFlag.Select)

    def _list(self) -> QListView:
        view = QListView()
        self.model = QueueModel(self.queue, self)
        view.setModel(self.model)
        view.setItemDelegate(JobDelegate(self._studio.theme, view))
        view.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Errors take more or fewer lines in another width.
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setMouseTracking(True)
        view.setAccessibleName(self.tr("Exports"))
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._show_menu)
        view.selectionModel().selectionChanged.connect(lambda *_: self._say_selection())
        view.activated.connect(self._open_result)
        kept: list[int] = []
        self.model.modelAboutToBeReset.connect(lambda: kept.__setitem__(slice(None), self.selected()))
        self.model.modelReset.connect(lambda: self.select(kept))
        return view

    def _empty(self) -> QWidget:
        empty = EmptyState(
            self._studio.theme,
            "queue",
            self.tr("No exports yet"),
            self.tr("What you export is listed here and made while you go on working, also after a restart."),
        )
        empty.add(button(self.tr("Queue everything…"), partial(self._studio.run, "export.queue_all")))
        return empty

    def _filled(self) -> QWidget:
        page = QWidget()
        tools = QHBoxLayout()
        tools.setContentsMargins(Space.S, Space.XS, Space.S, Space.XS)
        tools.setSpacing(2)
        for command in _ACTIONS:
            icon = "trash" if command == "queue.clear" else ""
            tools.addWidget(CommandButton(self._studio, command, icon))
        theme = self._studio.theme
        self._up = IconButton(theme, "chevron-up", self.tr("Earlier in the queue"), partial(self._move, -1))
        self._down = IconButton(theme, "chevron-down", self.tr("Later in the queue"), partial(self._move, 1))
        tools.addStretch()
        tools.addWidget(self._up)
        tools.addWidget(self._down)
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.M, Space.XS, Space.S, Space.XS)
        foot.addWidget(self._summary, 1)
        self._hold = IconButton(theme, "pause", self.tr("Pause the whole queue"), self._toggle_hold)
        foot.addWidget(self._hold)
        foot.addWidget(CommandButton(self._studio, "export.queue_all", "stack"))
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(tools)
        column.addWidget(self.list, 1)
        column.addLayout(foot)
        return page

    def _bind(self) -> None:
        bind, queue = self._studio.commands.bind, self.queue
        bind("queue.pause", self._pause)
        bind("queue.resume", self._resume)
        bind("queue.cancel", lambda: queue.cancel(self.selected()))
        bind("queue.retry", lambda: queue.retry(self.selected()))
        bind("queue.account", self._show_account)
        bind("queue.open_folder", self._open_folder)
        bind("queue.clear", queue.forget)
        bind("export.start", self._export)
        bind("export.queue_all", self._queue_everything)

    def _export(self) -> None:
        from talkface_studio.gui.exports.dialog import ExportDialog

        ExportDialog(self._studio, self.queue, self._choices, self.window()).open()

    def _queue_everything(self) -> None:
        from talkface_studio.gui.exports.everything import EverythingDialog

        EverythingDialog(self._studio, self.queue, self._choices, self.window()).open()

    def _pause(self) -> None:
        chosen = [job.id for job in self._chosen() if job.state in _AT_WORK]
        if chosen:
            self.queue.pause(chosen)
        else:
            self.queue.hold(True)

    def _resume(self) -> None:
        chosen = [job.id for job in self._chosen() if job.state == "paused"]
        if chosen:
            self.queue.resume(chosen)
            return
        self.queue.hold(False)
        self.queue.resume([job.id for job in self.queue.jobs if job.state == "paused"])

    def _toggle_hold(self) -> None:
        self.queue.hold(not self.queue.snapshot.held)

    def _chosen(self) -> list[QueuedJob]:
        wanted = set(self.selected())
        return [job for job in self.queue.jobs if job.id in wanted]

    def _move(self, by: int) -> None:
        chosen = self.selected()
        if len(chosen) == 1:
            self.queue.move(chosen[0], by)

    def _open_folder(self) -> None:
        for folder in dict.fromkeys(Path(job.output).parent for job in self._chosen()):
            self._show_file(folder)

    def _show_account(self) -> None:
        job = self._chosen()[0]
        path = Path(job.output)
        account = Account(self.tr("What the engine said of it"))
        account.show_result(job.result or {})
        quality = QualityReport(self._studio)
        quality.show_export(path, job.request)
        more = QWidget()
        column = QVBoxLayout(more)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(account)
        column.addWidget(quality)
        show = Choice(self.tr("Show"), partial(self._show_file, path.parent))
        ask_user(self, path.name, str(path.parent), (show, Choice(self.tr("Close"), rank="primary")), more)

    def _open_result(self, index: QModelIndex) -> None:
        job: QueuedJob = index.data(JOB)
        if job.state == "done":
            self._show_file(Path(job.output))

    def _show_file(self, path: Path) -> None:
        if not path.exists():
            self._studio.tell(self.tr("{0} is not there any more").format(path), "warning")
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        for command_id in _ACTIONS:
            command, context = self._studio.commands[command_id], self._studio.context
            text = translated("command", command.title)
            entry = menu.addAction(self._studio.theme.icon(command.icon or "trash"), text)
            entry.setEnabled(self._studio.commands.can_run(command_id, context))
            entry.triggered.connect(partial(self._studio.run, command_id))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.list.viewport().mapToGlobal(at))

    def _changed(self) -> None:
        queue = self.queue
        self._problem.setText(queue.problem)
        self._problem.setVisible(bool(queue.problem))
        self._problem.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        self._pages.setCurrentIndex(1 if queue.jobs else 0)
        held = queue.snapshot.held
        name = self.tr("Let the queue go on") if held else self.tr("Pause the whole queue")
        self._hold.rename("play" if held else "pause", name)
        self._tell_ends()
        self._say_selection()
        self._summarize()

    def _say_selection(self) -> None:
        states = [job.state for job in self.queue.jobs]
        self._studio.add_to_context(
            running_jobs=sum(state in _AT_WORK for state in states),
            paused_jobs=states.count("paused") + self.queue.snapshot.held,
            finished_jobs=sum(state in ENDED for state in states),
            selected_jobs=len(self.selected()),
            selected_results=sum(job.state == "done" for job in self._chosen()),
        )
        rows = [index.row() for index in self.list.selectionModel().selectedIndexes()]
        self._up.setEnabled(len(rows) == 1 and rows[0] > 0)
        self._down.setEnabled(len(rows) == 1 and rows[0] < len(states) - 1)

    def _summarize(self) -> None:
        jobs = self.queue.jobs
        done = sum(job.state == "done" for job in jobs)
        words = [self.tr("{0} of {1} done").format(done, len(jobs))]
        failed = sum(job.state == "failed" for job in jobs)
        if failed:
            words.append(self.tr("{0} failed").format(failed))
        left = self._seconds_left()
        if left is not None and not self.queue.snapshot.held:
            words.append(self.tr("about {0} left").format(clock(left)))
        if self.queue.snapshot.held:
            words.append(self.tr("paused"))
        self._summary.setText(" · ".join(words))

    def _seconds_left(self) -> float | None:
        """Of what runs, and of what waits at the mean time of what is done; None where nothing tells."""
        waiting = sum(job.state == "waiting" for job in self.queue.jobs)
        live = [job.seconds_left for job in self.queue.live.values() if job.seconds_left is not None]
        took = [float((job.result or {}).get("seconds", 0.0)) for job in self.queue.jobs if job.state == "done"]
        if not live or (waiting and not took):
            return sum(live) if live and not waiting else None
        return sum(live) + (waiting * sum(took) / len(took) if waiting else 0.0)

    def _tell_ends(self) -> None:
        """A notice for each export that ended since the last look."""
        before, self._states = self._states, {job.id: job.state for job in self.queue.jobs}
        for job in self.queue.jobs:
            if before.get(job.id) in {"waiting", "running"} and job.state in {"done", "failed"}:
                path = Path(job.output)
                if job.state == "done":
                    show: Callable[[], object] = partial(self._show_file, path.parent)
                    self._studio.tell(self.tr("{0} is ready").format(path.name), "success", (self.tr("Show"), show))
                else:
                    self._studio.tell(job.error or self.tr("{0} failed").format(path.name), "error")
