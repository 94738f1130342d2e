"""What decides whether a command can be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from talkface_studio.project.project import Project


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """The state of a window, as far as commands depend on it. Counts are of what there is or what is selected."""

    modified: bool = False
    can_undo: bool = False
    can_redo: bool = False
    media: int = 0
    missing_media: int = 0
    items: int = 0
    """Clips and segments on the timeline."""
    lanes: int = 0
    """Voice lanes."""
    markers: int = 0
    has_range: bool = False
    selected_media: int = 0
    selected_clips: int = 0
    selected_segments: int = 0
    selected_markers: int = 0
    at_playhead: int = 0
    """Clips and segments that the playhead lies within."""
    faces: int = 0
    """Faces that the viewer shows."""
    can_paste: bool = False
    """Whether the clipboard holds clips or segments."""
    can_paste_media: bool = False
    """Whether the clipboard holds a picture or files."""
    snapping: bool = True
    looping: bool = False
    faces_shown: bool = True
    """Whether the viewer draws boxes around faces."""
    dub_shown: bool = True
    """Whether the viewer shows the dubbed frame."""
    layout: str = "single"
    """How the viewer compares: "single", "side" or "wipe"."""
    comparing: bool = False
    """Whether models are compared."""
    running_jobs: int = 0
    paused_jobs: int = 0
    finished_jobs: int = 0
    selected_jobs: int = 0
    selected_results: int = 0
    """Selected jobs of the queue that are done."""

    @property
    def selected_items(self) -> int:
        """Clips and segments."""
        return self.selected_clips + self.selected_segments

    @classmethod
    def of(cls, project: Project, **more: Any) -> Self:
        """The context of a project; `more` is what the project does not know."""
        document, selection, playhead = project.document, project.selection, project.view.playhead
        return cls(
            modified=project.modified,
            can_undo=project.undo_title is not None,
            can_redo=project.redo_title is not None,
            media=len(document.media),
            missing_media=sum(media.status == "missing" for media in document.media),
            items=len(document.clips) + len(document.segments),
            lanes=len(document.lanes),
            markers=len(document.markers),
            has_range=document.range.start is not None or document.range.end is not None,
            selected_media=sum(media.id in selection for media in document.media),
            selected_clips=sum(clip.id in selection for clip in document.clips),
            selected_segments=sum(segment.id in selection for segment in document.segments),
            selected_markers=sum(marker.id in selection for marker in document.markers),
            at_playhead=sum(item.start < playhead < item.end for item in document.items),
            **more,
        )
