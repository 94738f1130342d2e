"""Undo and redo: the documents before and after each step. They share all that a step left alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from talkface_studio.project.document.document import Document


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to undo. `revision` names the state after it, so that a state can be recognised."""

    title: str
    before: Document
    after: Document
    revision: int
    merge: Hashable = None


class History:
    """The steps done and undone, at most `limit` of them (None: all)."""

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._oldest = 0
        """Revision of the state before the first step that is kept."""
        self._count = 0
        self._sealed = True

    @property
    def revision(self) -> int:
        """Names the present state; equal numbers mean equal documents."""
        return self._done[-1].revision if self._done else self._oldest

    @property
    def undo_title(self) -> str | None:
        """What would be undone."""
        return self._done[-1].title if self._done else None

    @property
    def redo_title(self) -> str | None:
        """What would be redone."""
        return self._undone[-1].title if self._undone else None

    def add(self, title: str, before: Document, after: Document, merge: Hashable = None) -> None:
        """Note a step; it joins the last one if both have the same key and no seal lies between them."""
        self._count += 1
        step = Step(title, before, after, self._count, merge)
        if merge is not None and not self._sealed and self._done and self._done[-1].merge == merge:
            step = replace(step, before=self._done.pop().before)
        self._undone.clear()
        self._sealed = False
        if step.before == step.after:
            return  # dragged there and back
        self._done.append(step)
        if self._limit is not None and len(self._done) > self._limit:
            self._oldest = self._done.pop(0).revision

    def seal(self) -> None:
        """Let the next step begin a new one, whatever its key."""
        self._sealed = True

    def undo(self) -> Document:
        """Step back; gives the document as it was."""
        step = self._done.pop()
        self._undone.append(step)
        self._sealed = True
        return step.before

    def redo(self) -> Document:
        """Step forward again; gives the document as it will be."""
        step = self._undone.pop()
        self._done.append(step)
        self._sealed = True
        return step.after

    def amend(self, change: Callable[[Document], Document]) -> None:
        """Change all documents of the past and of the undone future."""
        # A step begins with the very document that the one before it ended with; that must stay so. The old ones are
        # kept in the table, since an id is only a name while its object lives.
        known: dict[int, tuple[Document, Document]] = {}

        def amended(document: Document) -> Document:
            if id(document) not in known:
                known[id(document)] = document, change(document)
            return known[id(document)][1]

        for steps in (self._done, self._undone):
            steps[:] = [replace(step, before=amended(step.before), after=amended(step.after)) for step in steps]
