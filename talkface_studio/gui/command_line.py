"""The command line as a process beside the window: for what takes long and is no dub, and for what imports too much."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, QProcess, QProcessEnvironment

from talkface_studio.launch import interpreter
from talkface_studio.plugin_host.folders import HOME_VARIABLE, Folders

_PREFIX = "talkface: "
_START = "from talkface_studio.cli.main import main; main()"


class CommandLine(QObject):
    """Runs `talkface` with the folders of this window. Processes end with their owner."""

    def __init__(self, folders: Folders, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._environment = QProcessEnvironment.systemEnvironment()
        home = folders.data.parent
        if Folders.under(home) == folders:
            self._environment.insert(HOME_VARIABLE, str(home))

    def start(self, arguments: Sequence[str]) -> QProcess:
        """Start `talkface ARGUMENTS`; what becomes of it is told by the process's own signals."""
        process = QProcess(self)
        process.setProcessEnvironment(self._environment)
        process.setStandardInputFile(QProcess.nullDevice())
        # -P keeps a file of the user's folder from standing in for a module.
        process.start(interpreter(), ["-P", "-c", _START, *arguments])
        return process

    def ask(
        self,
        arguments: Sequence[str],
        done: Callable[[dict[str, Any]], object],
        failed: Callable[[str], object],
        *,
        owner: QObject | None = None,
    ) -> QProcess:
        """Run `talkface ARGUMENTS`, which prints JSON.

        Args:
            arguments: with --json among them.
            done: called with the document.
            failed: called with why there is none, in a line.
            owner: who asks; neither is called once it is gone.
        """
        process = self.start(arguments)

        def ended() -> None:
            if not shiboken6.isValid(process):
                return
            said, problem = bytes(process.readAllStandardOutput().data()), last_line(process)
            # It stays, small and finished, until its parent goes: deleted later, it takes the program down with it.
            if owner is not None and not shiboken6.isValid(owner):
                return
            try:
                document = json.loads(said)
            except ValueError:
                failed(problem or self.tr("The command line ended without an answer."))
                return
            if "error" in document:
                failed(str(document["error"]["message"]))
            else:
                done(document)

        process.finished.connect(ended)
        process.errorOccurred.connect(lambda error: ended() if error == QProcess.ProcessError.FailedToStart else None)
        return process

    def close(self) -> None:
        """End what still runs; a training keeps a checkpoint."""
        for process in self.findChildren(QProcess):
            process.terminate()
        for process in self.findChildren(QProcess):
            if not process.waitForFinished(5000):
                process.kill()


def last_line(process: QProcess) -> str:
    """The last line that a process said on standard error, without the program's name."""
    text = bytes(process.readAllStandardError().data()).decode(errors="replace").replace("\r", "\n")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix(_PREFIX) if lines else ""


def interrupt(process: QProcess) -> None:
    """Ask a process to end as Ctrl-C does."""
    if os.name == "posix":
        process.terminate()
    else:
        # There, only a console can be interrupted; the last checkpoint is what is kept.
        process.kill()
