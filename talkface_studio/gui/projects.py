"""Opening, saving and recovering projects: the window's side of a session."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from talkface_studio.api.errors import ProjectError, TalkFaceError
from talkface_studio.gui.parts.question import Choice, ask_user
from talkface_studio.gui.samples import SAMPLE_FILES, sample_document, samples_folder
from talkface_studio.gui.studio import Studio
from talkface_studio.project.document.media import MediaFacts
from talkface_studio.project.storage.project_file import SUFFIX
from talkface_studio.project.storage.session import Recovery, Session, untitled_recoveries

_RETRY_MS = 30_000


class Projects(QObject):
    """The session that the window holds, and the ways from one to the next."""

    opened = Signal()
    """Another project is open now."""
    renamed = Signal()
    """The title of the window may be another: a file, or whether there is something to save."""

    def __init__(self, studio: Studio, window: QWidget) -> None:
        super().__init__(window)
        self._studio, self._window = studio, window
        self._folder = studio.folders.data / "recovery"
        self.session = Session.new(self._folder, time.monotonic, studio.project)
        self._autosave = QTimer(self, singleShot=True)
        self._autosave.timeout.connect(self._tick)
        studio.project.changed.connect(self._plan_autosave)
        studio.project.history_changed.connect(self._title_changed)
        for command, act in {
            "project.new": self.new,
            "project.open": self.choose,
            "project.save": self.save,
            "project.save_as": self.save_as,
        }.items():
            studio.commands.bind(command, act)

    @property
    def name(self) -> str:
        """What the project is called."""
        path = self.session.path
        return self.tr("Untitled") if path is None else path.stem

    def recoveries(self) -> tuple[Recovery, ...]:
        """Unsaved work of projects that never had a file."""
        return untitled_recoveries(self._folder)

    def new(self) -> None:
        """Begin an empty project, after asking about the present one."""
        self.leave(lambda: self._enter(lambda: Session.new(self._folder, time.monotonic, self._studio.project)))

    def choose(self) -> None:
        """Have the user choose a file to open."""
        kinds = self.tr("TalkFace projects") + f" (*{SUFFIX})"
        name, _ = QFileDialog.getOpenFileName(self._window, self.tr("Open project"), str(self._near()), kinds)
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Open a project file, after asking about the present one."""
        if path.absolute() == self.session.path:
            self.opened.emit()
        else:
            self.leave(lambda: self._open(path))

    def recover(self, recovery: Path) -> None:
        """Go on with unsaved work that never had a file."""
        project = self._studio.project
        self.leave(
            lambda: self._enter(lambda: Session.recover_untitled(recovery, self._folder, time.monotonic, project))
        )

    def open_sample(self, then: Callable[[], object] | None = None) -> None:
        """Open the sample project, and then do something, such as playing it."""
        folder = samples_folder()
        if folder is None:
            self._studio.tell(self.tr("The sample media were left out of this installation."), "error")
            return

        def facts_are_known(facts: dict[str, MediaFacts]) -> None:
            self.leave(lambda: enter(facts))

        def enter(facts: dict[str, MediaFacts]) -> None:
            self._enter(lambda: Session.new(self._folder, time.monotonic, self._studio.project))
            self._studio.project.load(sample_document(folder, facts))
            self.opened.emit()
            if then is not None:
                then()

        self._sample_facts(folder, facts_are_known)

    def save(self, then: Callable[[], object] | None = None) -> None:
        """Save, asking for a file where there is none; `then` is done only if it was saved."""
        if self.session.path is None:
            self.save_as(then)
        elif self._try(self.session.save):
            self._saved(then)

    def save_as(self, then: Callable[[], object] | None = None) -> None:
        """Have the user choose a file to save to."""
        kinds = self.tr("TalkFace projects") + f" (*{SUFFIX})"
        start = self._near() / f"{self.name}{SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(self._window, self.tr("Save project"), str(start), kinds)
        if name:
            self.save_to(Path(name), then)

    def save_to(self, path: Path, then: Callable[[], object] | None = None) -> None:
        """Save to a file, which is the project's own from now on."""
        path = path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)
        if self._try(lambda: self.session.save_as(path)):
            self._saved(then)

    def leave(self, then: Callable[[], object]) -> None:
        """Do something that ends the present project, if the user agrees to what becomes of unsaved work."""
        if not self._studio.project.modified:
            then()
            return
        ask_user(
            self._window,
            self.tr("Save the changes to {0}?").format(self.name),
            self.tr("What is not saved is lost."),
            (
                Choice(self.tr("Save"), lambda: self.save(then), "primary"),
                Choice(self.tr("Do not save"), then, "danger"),
                Choice(self.tr("Cancel")),
            ),
        )

    def close(self) -> None:
        """End the session."""
        self._autosave.stop()
        self.session.close()

    def _open(self, path: Path) -> None:
        project = self._studio.project
        if not self._enter(lambda: Session.open(path, self._folder, time.monotonic, project)):
            return
        self._remember(path)
        if self.session.recovery is not None:
            when = self.session.recovery.time.astimezone().strftime("%x %H:%M")
            ask_user(
                self._window,
                self.tr("There is unsaved work of {0}").format(self.name),
                self.tr("The program ended before it was saved, on {0}.").format(when),
                (
                    Choice(self.tr("Recover it"), self.session.recover, "primary"),
                    Choice(self.tr("Discard it"), self.session.discard_recovery, "danger"),
                    Choice(self.tr("Decide later")),
                ),
            )

    def _enter(self, begin: Callable[[], Session]) -> bool:
        before = self.session
        # Both hold the same project: the old one must not take the new one's changes for its own.
        try:
            session = begin()
        except ProjectError as error:
            self._studio.tell(str(error), "error")
            return False
        before.close()
        self.session = session
        session.path_changed.connect(self._title_changed)
        self.opened.emit()
        self.renamed.emit()
        return True

    def _saved(self, then: Callable[[], object] | None) -> None:
        if self.session.path is not None:
            self._remember(self.session.path)
        self._studio.tell(self.tr("Saved {0}.").format(self.name), "success")
        self.renamed.emit()
        if then is not None:
            then()

    def _remember(self, path: Path) -> None:
        with suppress(ProjectError):
            self._studio.recent.add(path, datetime.now(UTC))

    def _near(self) -> Path:
        path = self.session.path
        return Path.home() if path is None else path.parent

    def _try(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except ProjectError as error:
            self._studio.tell(str(error), "error")
            return False
        return True

    def _title_changed(self) -> None:
        self.renamed.emit()

    def _plan_autosave(self) -> None:
        due = self.session.autosave_due_in
        if due is not None:
            self._autosave.start(max(0, int(due * 1000)) + 1)

    def _tick(self) -> None:
        try:
            self.session.tick()
        except ProjectError as error:
            self._studio.tell(str(error), "warning")
            self._autosave.start(_RETRY_MS)
            return
        self._plan_autosave()

    def _sample_facts(self, folder: Path, done: Callable[[dict[str, MediaFacts]], object]) -> None:
        from talkface_studio.engine.protocol.questions import Document, Probe

        facts: dict[str, MediaFacts] = {}

        def failed(error: TalkFaceError) -> None:
            self._studio.tell(str(error), "error")

        for name in SAMPLE_FILES:
            known = self._studio.media_index.find(folder / name)
            if known is not None:
                facts[name] = known.facts

        def answered(name: str, answer: Document) -> None:
            facts[name] = MediaFacts.from_probe(answer.content)
            self._studio.media_index.learn(folder / name, answer.content["kind"], facts[name])  # type: ignore[arg-type]
            if len(facts) == len(SAMPLE_FILES):
                done(facts)

        missing = [name for name in SAMPLE_FILES if name not in facts]
        for name in missing:
            self._studio.bridge.ask(Probe(path=folder / name), partial(answered, name), failed, owner=self)
        if not missing:
            done(facts)
