"""What is said of a job of the queue, in the user's language."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication, QLocale

from talkface_studio.engine.protocol.questions import Job
from talkface_studio.project.queue.job import QueuedJob


def state_line(job: QueuedJob, live: Job | None, *, held: bool) -> str:
    """A job's state in a line; what an error says is shown apart from it."""
    translate = QCoreApplication.translate
    if job.state == "waiting":
        return _waiting_line(job, held=held)
    if job.state == "running":
        return _running_line(job, live)
    if job.state == "done":
        return _done_line(job)
    if job.state == "paused" and job.done:
        return translate("QueueText", "Paused at {0} %").format(percent(job, live))
    return {
        "paused": translate("QueueText", "Paused"),
        "cancelled": translate("QueueText", "Cancelled"),
        "failed": translate("QueueText", "Failed"),
    }[job.state]


def percent(job: QueuedJob, live: Job | None) -> int:
    """How much of a job is done, 0 to 100."""
    if job.state == "done":
        return 100
    done, total = (job.done, job.total) if live is None or not live.total else (live.done, live.total)
    return min(100, 100 * done // total) if total else 0


def clock(seconds: float) -> str:
    """A duration as m:ss, or as h:mm:ss from an hour on."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def size(count: float) -> str:
    """Bytes, in the user's notation."""
    return QLocale().formattedDataSize(int(count), 1, QLocale.DataSizeFormat.DataSizeTraditionalFormat)


def _waiting_line(job: QueuedJob, *, held: bool) -> str:
    translate = QCoreApplication.translate
    if held:
        return translate("QueueText", "Waits until the queue goes on")
    wait = job.not_before - time.time()
    if wait > 0:
        return translate("QueueText", "Tried again in {0}").format(clock(wait))
    return translate("QueueText", "Waiting")


def _running_line(job: QueuedJob, live: Job | None) -> str:
    translate = QCoreApplication.translate
    if job.wish == "cancel":
        return translate("QueueText", "Stopping…")
    if job.wish is not None:
        return translate("QueueText", "Pausing…")
    if live is None or not live.done:
        return translate("QueueText", "Looking for faces, loading the model…")
    words = [translate("QueueText", "Frame {0} of {1}").format(live.done, live.total)]
    if live.fps:
        words.append(translate("QueueText", "{0} frames/s").format(QLocale().toString(live.fps, "f", 1)))
    if live.seconds_left is not None:
        words.append(translate("QueueText", "{0} left").format(clock(live.seconds_left)))
    return " · ".join(words)


def _done_line(job: QueuedJob) -> str:
    translate = QCoreApplication.translate
    result = job.result or {}
    if "seconds" not in result or "duration" not in result:
        return translate("QueueText", "Done")
    return translate("QueueText", "{0} of video, made in {1}").format(
        clock(float(result["duration"])), clock(float(result["seconds"]))
    )
