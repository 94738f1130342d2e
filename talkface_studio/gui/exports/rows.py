"""The jobs of the queue as a list: what it holds, and how a row is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from talkface_studio.engine.protocol.questions import Job
from talkface_studio.gui.exports.queue import ExportQueue
from talkface_studio.gui.exports.wording import percent, state_line
from talkface_studio.gui.theme.theme import Role, Theme
from talkface_studio.gui.theme.tokens import FontSize, Radius, Space
from talkface_studio.project.queue.job import QueuedJob

JOB, LIVE, LINE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2
_ICONS: dict[str, tuple[str, Role]] = {
    "waiting": ("clock", "muted"),
    "running": ("export", "accent"),
    "paused": ("pause", "warning"),
    "done": ("check", "success"),
    "failed": ("alert", "error"),
    "cancelled": ("x", "muted"),
}
_ERROR_LINES = 5
Index = QModelIndex | QPersistentModelIndex


class QueueModel(QAbstractListModel):
    """The jobs, in the order in which they run."""

    def __init__(self, queue: ExportQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue = queue
        self._jobs: tuple[QueuedJob, ...] = ()
        queue.changed.connect(self._changed)
        queue.progressed.connect(self._progressed)
        self._changed()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - an index is a value
        """How many jobs there are."""
        return 0 if parent.isValid() else len(self._jobs)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A job, or words about it."""
        if not index.isValid() or index.row() >= len(self._jobs):
            return None
        job = self._jobs[index.row()]
        live = self._queue.live.get(job.id)
        line = state_line(job, live, held=self._queue.snapshot.held)
        name = Path(job.output).name
        return {
            JOB: job,
            LIVE: live,
            LINE: line,
            Qt.ItemDataRole.DisplayRole: name,
            Qt.ItemDataRole.ToolTipRole: job.output,
            Qt.ItemDataRole.AccessibleTextRole: ", ".join(word for word in (name, line, job.error or "") if word),
        }.get(role)

    def row_of(self, job_id: int) -> int:
        """Where a job stands, -1 where it is not."""
        return next((row for row, job in enumerate(self._jobs) if job.id == job_id), -1)

    def _changed(self) -> None:
        jobs = self._queue.jobs
        if [job.id for job in jobs] == [job.id for job in self._jobs]:
            self._jobs = jobs
            if jobs:
                self.dataChanged.emit(self.index(0), self.index(len(jobs) - 1))
            return
        self.beginResetModel()
        self._jobs = jobs
        self.endResetModel()

    def _progressed(self, job_id: int) -> None:
        row = self.row_of(job_id)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row), [LIVE, LINE])


class JobDelegate(QStyledItemDelegate):
    """Draws a job: what it makes, how far it is, and why it failed."""

    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view
        theme.changed.connect(view.doItemsLayout)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As wide as the list, as high as its lines."""
        job: QueuedJob = index.data(JOB)
        width = self._view.viewport().width()
        body, small = self._metrics()
        height = 2 * self._theme.px(Space.S) + body.height() + self._theme.px(Space.XS) + small.height()
        if self._has_bar(job):
            height += self._theme.px(Space.S) + self._bar_height()
        if self._error(job):
            height += self._theme.px(Space.XS) + self._error_rect(job, self._text_width(width)).height()
        return QSize(width, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw it."""
        job: QueuedJob = index.data(JOB)
        live: Job | None = index.data(LIVE)
        theme, px = self._theme, self._theme.px
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRect(option.rect)
        state = option.state
        if state & QStyle.StateFlag.State_Selected or state & QStyle.StateFlag.State_MouseOver:
            chosen = bool(state & QStyle.StateFlag.State_Selected)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft" if chosen else "hover"))
            painter.drawRoundedRect(QRectF(rect.adjusted(2, 1, -2, -1)), Radius.M, Radius.M)
        icon, role = _ICONS[job.state]
        side = px(16)
        top, left = rect.top() + px(Space.S), rect.left() + px(Space.M)
        body, small = self._metrics()
        theme.icon(icon, role).paint(painter, QRect(left, top + (body.height() - side) // 2, side, side))
        left += side + px(Space.S)
        width = self._text_width(rect.width())
        self._draw_name(painter, QRect(left, top, width, body.height()), job, live)
        top += body.height() + px(Space.XS)
        painter.setFont(theme.font(FontSize.SMALL))
        painter.setPen(theme.color("error" if job.state == "failed" else "muted"))
        line = small.elidedText(index.data(LINE), Qt.TextElideMode.ElideRight, width)
        painter.drawText(QRect(left, top, width, small.height()), Qt.AlignmentFlag.AlignVCenter, line)
        top += small.height()
        if self._has_bar(job):
            top += px(Space.S)
            self._draw_bar(painter, QRectF(left, top, width, self._bar_height()), job, live)
            top += self._bar_height()
        if self._error(job):
            place = self._error_rect(job, width).translated(left, top + px(Space.XS))
            painter.setPen(theme.color("text"))
            painter.drawText(place, Qt.TextFlag.TextWordWrap, self._error(job))
        painter.restore()

    def _draw_name(self, painter: QPainter, place: QRect, job: QueuedJob, live: Job | None) -> None:
        theme = self._theme
        metrics, _ = self._metrics()
        if self._has_bar(job):
            share = f"{percent(job, live)} %"
            painter.setFont(theme.font(FontSize.BODY, tabular=True))
            painter.setPen(theme.color("muted"))
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, share)
            place = place.adjusted(0, 0, -metrics.horizontalAdvance(share) - theme.px(Space.S), 0)
        painter.setFont(theme.font())
        painter.setPen(theme.color("muted" if job.state == "cancelled" else "text"))
        name = metrics.elidedText(Path(job.output).name, Qt.TextElideMode.ElideMiddle, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, name)

    def _draw_bar(self, painter: QPainter, place: QRectF, job: QueuedJob, live: Job | None) -> None:
        radius = place.height() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("border_strong"))
        painter.drawRoundedRect(place, radius, radius)
        place.setWidth(max(place.height(), place.width() * percent(job, live) / 100))
        painter.setBrush(self._theme.color("accent" if job.state == "running" else "warning"))
        if percent(job, live):
            painter.drawRoundedRect(place, radius, radius)

    def _has_bar(self, job: QueuedJob) -> bool:
        return job.state == "running" or (job.state == "paused" and job.done > 0)

    def _error(self, job: QueuedJob) -> str:
        # Paths have no spaces to break lines at.
        words = (job.error or "").replace("/", "/\u200b")
        return words if job.state in {"failed", "waiting"} else ""

    def _error_rect(self, job: QueuedJob, width: int) -> QRect:
        _, small = self._metrics()
        space = QRect(0, 0, width, _ERROR_LINES * small.lineSpacing())
        return small.boundingRect(space, Qt.TextFlag.TextWordWrap, self._error(job)).intersected(space)

    def _metrics(self) -> tuple[QFontMetrics, QFontMetrics]:
        return QFontMetrics(self._theme.font()), QFontMetrics(self._theme.font(FontSize.SMALL))

    def _bar_height(self) -> int:
        return self._theme.px(4)

    def _text_width(self, width: int) -> int:
        return width - self._theme.px(16) - self._theme.px(Space.S) - 2 * self._theme.px(Space.M)
