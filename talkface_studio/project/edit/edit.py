"""What an edit is, and the names under which edits are undone."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import StrEnum

from talkface_studio.project.document.document import Document


class Title(StrEnum):
    """What a step of the history is called, behind "Undo" and "Redo"; the source text of its translations."""

    ADD_MEDIA = "Add media"
    REMOVE_MEDIA = "Remove media"
    RELINK_MEDIA = "Relink media"
    ADD_CLIP = "Add clip"
    ADD_SEGMENT = "Add segment"
    TRIM = "Trim"
    TRIM_CLIP = "Trim clip"
    TRIM_SEGMENT = "Trim segment"
    SPLIT = "Split"
    SPLIT_CLIP = "Split clip"
    SPLIT_SEGMENT = "Split segment"
    MOVE = "Move"
    MOVE_CLIP = "Move clip"
    MOVE_SEGMENT = "Move segment"
    DELETE = "Delete"
    DELETE_CLIP = "Delete clip"
    DELETE_SEGMENT = "Delete segment"
    RIPPLE_DELETE = "Ripple delete"
    DUPLICATE = "Duplicate"
    DUPLICATE_CLIP = "Duplicate clip"
    DUPLICATE_SEGMENT = "Duplicate segment"
    CUT = "Cut"
    PASTE = "Paste"
    MUTE_SEGMENT = "Mute segment"
    UNMUTE_SEGMENT = "Unmute segment"
    SLIP = "Slip"
    ASSIGN_FACE = "Assign face"
    ASSIGN_VOICE = "Assign voice"
    SET_MODEL = "Set model"
    SET_OPTION = "Set option"
    SET_SEED = "Set seed"
    SET_AUDIO_OFFSET = "Set audio offset"
    ADD_LANE = "Add voice lane"
    REMOVE_LANE = "Remove voice lane"
    CHANGE_LANE = "Change voice lane"
    MOVE_LANE = "Move voice lane"
    INSERT_GAP = "Insert gap"
    CLOSE_GAP = "Close gap"
    ADD_MARKER = "Add marker"
    CHANGE_MARKER = "Change marker"
    REMOVE_MARKER = "Remove marker"
    SET_RANGE = "Set in and out points"
    CHANGE_EXPORT = "Change export settings"


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that can be undone."""

    title: str | Callable[[Document], str]
    """One of `Title` for the editor's own; a function where it depends on what is changed."""
    apply: Callable[[Document], Document]
    """Gives the changed document; raises ProjectError, with nothing changed, where that is not possible."""
    merge: Hashable = None
    """Consecutive edits with the same key become one step, until `Project.seal`: a slider, the drag of an edge."""

    def title_in(self, document: Document) -> str:
        """What the step is called when it is done to this document."""
        return self.title if isinstance(self.title, str) else self.title(document)
