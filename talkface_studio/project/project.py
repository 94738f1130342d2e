"""The evented project: the document that is open, how it is looked at, and its history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from psygnal import Signal

from talkface_studio.api.errors import ProjectError
from talkface_studio.project.document.check import check
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.settings import Consent
from talkface_studio.project.document.view import View
from talkface_studio.project.edit.edit import Edit
from talkface_studio.project.events import Cause, Changes, difference
from talkface_studio.project.history import History


class Project:
    """A document that changes by edits and tells who listens.

    Signals come after the fact: whoever hears one finds the project as it is now. Belongs to one thread; `document` is
    a frozen value that may be handed to another.
    """

    changed = Signal(Changes)
    """The document changed: one batch for each edit, transaction, undo and redo."""
    history_changed = Signal()
    """What can be undone or redone, or whether there is something to save, may be different now."""
    view_changed = Signal(View)
    selection_changed = Signal(frozenset)
    """The ids that are selected now."""

    def __init__(self, document: Document | None = None, view: View | None = None, *, limit: int | None = None) -> None:
        """Open a document, an empty one by default.

        Args:
            document: what to begin with.
            view: how to look at it.
            limit: how many steps can be undone; None for all of them.

        Raises:
            ProjectError: the document contradicts itself.
        """
        self._document = Document() if document is None else document
        check(self._document)
        self._view = view or View()
        self._limit = limit
        self._history = History(limit)
        self._selection: frozenset[str] = frozenset()
        self._saved: int | None = 0
        self._transaction: Document | None = None

    @property
    def document(self) -> Document:
        """What the project is at present."""
        return self._document

    @property
    def view(self) -> View:
        """How the user looks at it; travels in the file and is not undone."""
        return self._view

    @property
    def selection(self) -> frozenset[str]:
        """Ids of what is selected: media, clips, segments or markers. Does not travel."""
        return self._selection

    @property
    def modified(self) -> bool:
        """Whether there is something to save. Undoing back to what was saved makes it false again."""
        return self._saved != self._history.revision

    @property
    def undo_title(self) -> str | None:
        """What would be undone, None if nothing."""
        return self._history.undo_title

    @property
    def redo_title(self) -> str | None:
        """What would be redone, None if nothing."""
        return self._history.redo_title

    def do(self, edit: Edit) -> None:
        """Carry out an edit as a step that can be undone. One that changes nothing leaves no step.

        Raises:
            ProjectError: the edit is impossible here; nothing was changed.
        """
        before = self._document
        after = edit.apply(before)
        if after == before:
            return
        check(after)
        self._document = after
        if self._transaction is None:
            self._history.add(edit.title_in(before), before, after, edit.merge)
            self._announce(before, "edit")

    @contextmanager
    def transaction(self, title: str) -> Iterator[None]:
        """Make the edits of a block one step and one batch of changes; an exception takes all of them back.

        Within the block `document` is up to date and nothing is announced. Inner transactions join the outer one.
        """
        if self._transaction is not None:
            yield
            return
        before = self._transaction = self._document
        try:
            yield
        except BaseException:
            self._document = before
            raise
        finally:
            self._transaction = None
        if self._document != before:
            self._history.add(title, before, self._document)
            self._announce(before, "edit")

    def seal(self) -> None:
        """End the merging of steps: the mouse button or the slider was let go."""
        self._history.seal()

    def undo(self) -> bool:
        """Take the last step back; False if there is none."""
        return self._step(self._history.undo, "undo") if self.undo_title is not None else False

    def redo(self) -> bool:
        """Do the last undone step again; False if there is none."""
        return self._step(self._history.redo, "redo") if self.redo_title is not None else False

    def amend(self, change: Callable[[Document], Document]) -> None:
        """Change what the user did not decide, such as the facts of a file: no step, and not undone by any other.

        The change is made to the past and the undone future too, so it must not fail on any of their documents.
        """
        self._outside_transaction()
        before = self._document
        after = change(before)
        check(after)
        self._history.amend(change)
        self._document = after
        self._announce(before, "amend")

    def record_consent(self, consent: Consent) -> None:
        """Keep an answer for good: undoing an edit must not take back what a person said."""
        self._saved = None
        self.amend(lambda document: replace(document, consents=(*document.consents, consent)))

    def look(self, **changes: Any) -> None:
        """Change some fields of the view.

        Raises:
            TypeError: the view has no such field.
        """
        view = replace(self._view, **changes)
        if view != self._view:
            self._view = view
            self.view_changed.emit(view)

    def select(self, ids: Iterable[str]) -> None:
        """Select these and nothing else. What is deleted later leaves the selection by itself.

        Raises:
            ProjectError: one of them is not in the project.
        """
        chosen = frozenset(ids)
        unknown = chosen - _selectable(self._document)
        if unknown:
            raise ProjectError(f"{min(unknown)!r} is not in this project; it may have been deleted")
        self._set_selection(chosen)

    def load(self, document: Document, view: View | None = None, *, modified: bool = False) -> None:
        """Become another project, with an empty history; what listens stays connected.

        Args:
            document: what to become.
            view: how to look at it.
            modified: it differs from what is on disk, as a recovered project does.

        Raises:
            ProjectError: the document contradicts itself; the project stays what it was.
        """
        self._outside_transaction()
        check(document)
        before, self._document = self._document, document
        self._history = History(self._limit)
        self._saved = None if modified else self._history.revision
        self._view = view or View()
        self._announce(before, "load")
        self.view_changed.emit(self._view)

    def mark_saved(self) -> None:
        """Note that the present state is what is on disk."""
        self._history.seal()
        self._saved = self._history.revision
        self.history_changed.emit()

    def _step(self, step: Callable[[], Document], cause: Cause) -> bool:
        self._outside_transaction()
        before, self._document = self._document, step()
        self._announce(before, cause)
        return True

    def _announce(self, before: Document, cause: Cause) -> None:
        changes = Changes(difference(before, self._document), cause)
        self._set_selection(self._selection & _selectable(self._document))
        if changes.items or cause == "load":
            self.changed.emit(changes)
        self.history_changed.emit()

    def _set_selection(self, chosen: frozenset[str]) -> None:
        if chosen != self._selection:
            self._selection = chosen
            self.selection_changed.emit(chosen)

    def _outside_transaction(self) -> None:
        if self._transaction is not None:
            raise RuntimeError("a transaction is open; only edits are allowed in it")


def _selectable(document: Document) -> frozenset[str]:
    entries = (*document.media, *document.items, *document.markers)
    return frozenset(entry.id for entry in entries)
