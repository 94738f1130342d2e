"""What observers are told: which entries changed, and in which of their fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Literal, Protocol

from talkface_studio.project.document.document import Document

Kind = Literal["media", "clip", "lane", "segment", "marker", "range", "export", "consent"]
Action = Literal["added", "removed", "changed", "reordered"]
Cause = Literal["edit", "undo", "redo", "amend", "load"]

_COLLECTIONS: tuple[tuple[Kind, str], ...] = (
    ("media", "media"),
    ("lane", "lanes"),
    ("clip", "clips"),
    ("segment", "segments"),
    ("marker", "markers"),
    ("consent", "consents"),
)
_SINGLES: tuple[Kind, ...] = ("range", "export")


class _Entry(Protocol):
    @property
    def id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that changed.

    `id` is empty for the range, the export settings, and "reordered", which says that the same entries of this kind
    stand in another order. `fields` names what is different after "changed".
    """

    kind: Kind
    action: Action
    id: str = ""
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Changes:
    """One batch: everything that an edit, a transaction, an undo or a redo changed; removals come first.

    After "load" the project is another one, and `items` names all that was there and all that is there now.
    """

    items: tuple[Change, ...]
    cause: Cause

    def of(self, *kinds: Kind) -> Iterator[Change]:
        """The changes of some kinds."""
        return (change for change in self.items if change.kind in kinds)

    def touches(self, *kinds: Kind) -> bool:
        """Whether anything of these kinds changed."""
        return any(True for _ in self.of(*kinds))


def difference(before: Document, after: Document) -> tuple[Change, ...]:
    """What leads from one document to the other. What is the same object in both costs nothing."""
    changes: list[Change] = []
    for kind, name in _COLLECTIONS:
        old, new = getattr(before, name), getattr(after, name)
        if old is not new:
            changes += _collection(kind, old, new)
    for kind in _SINGLES:
        changed = _changed_fields(getattr(before, kind), getattr(after, kind))
        if changed:
            changes.append(Change(kind, "changed", fields=changed))
    # Views may drop what is gone before they meet what took its place.
    return tuple(sorted(changes, key=lambda change: change.action != "removed"))


def _collection(kind: Kind, old: Sequence[_Entry], new: Sequence[_Entry]) -> Iterator[Change]:
    before, after = {entry.id: entry for entry in old}, {entry.id: entry for entry in new}
    yield from (Change(kind, "removed", name) for name in before if name not in after)
    for name, entry in after.items():
        if name not in before:
            yield Change(kind, "added", name)
        elif changed := _changed_fields(before[name], entry):
            yield Change(kind, "changed", name, changed)
    kept_before = [name for name in before if name in after]
    if kept_before != [name for name in after if name in before]:
        yield Change(kind, "reordered")


def _changed_fields(old: _Entry, new: _Entry) -> frozenset[str]:
    if old is new:
        return frozenset()
    return frozenset(f.name for f in fields(old) if getattr(old, f.name) != getattr(new, f.name))  # type: ignore[arg-type]
