"""All commands of the editor, in the order of the menus."""

from __future__ import annotations

from collections.abc import Callable

from talkface_studio.project.commands.command import Command
from talkface_studio.project.commands.context import Context

FILE, EDIT, TIMELINE, PLAYBACK, VIEW, QUEUE, HELP = (
    ("File",), ("Edit",), ("Timeline",), ("Playback",), ("View",), ("Queue",), ("Help",)
)  # fmt: skip
COMPARE = (*VIEW, "Compare")
PLACES = (*VIEW, "Go to")
LANES = (*TIMELINE, "By keyboard")


def _has_media(context: Context) -> bool:
    return context.media > 0


def _has_items(context: Context) -> bool:
    return context.items > 0


def _items_selected(context: Context) -> bool:
    return context.selected_items > 0


def _segments_selected(context: Context) -> bool:
    return context.selected_segments > 0


def _one_item_selected(context: Context) -> bool:
    return context.selected_items == 1


def _anything_selected(context: Context) -> bool:
    return context.selected_items + context.selected_media + context.selected_markers > 0


def _at_playhead(context: Context) -> bool:
    return context.at_playhead > 0


def _has_lanes(context: Context) -> bool:
    return context.lanes > 0


def _has_markers(context: Context) -> bool:
    return context.markers > 0


def _jobs_selected(context: Context) -> bool:
    return context.selected_jobs > 0


FILE_COMMANDS = (
    Command(id="project.new", title="New project", icon="file-plus", keys=("Ctrl+N",), menu=FILE),
    Command(id="project.open", title="Open project…", icon="folder-open", keys=("Ctrl+O",), menu=FILE),
    Command(id="project.open_sample", title="Open the sample project", icon="sparkles", menu=FILE),
    Command(id="project.save", title="Save", icon="save", keys=("Ctrl+S",), menu=FILE, group=1),
    Command(id="project.save_as", title="Save as…", keys=("Ctrl+Shift+S",), menu=FILE, group=1),
    Command(id="media.add", title="Add media…", icon="plus", keys=("Ctrl+I",), menu=FILE, group=2),
    Command(id="media.add_folder", title="Add a folder…", icon="folder-plus", menu=FILE, group=2),
    Command(
        id="media.imagine", title="Imagine a face from this voice…", icon="sparkles", menu=FILE, group=2,
        enabled=lambda context: context.selected_segments + context.selected_media > 0,
    ),
    Command(id="media.record", title="Record a voice…", icon="mic", keys=("Ctrl+R",), menu=FILE, group=2),
    Command(
        id="media.relink", title="Find missing media…", icon="link", menu=FILE, group=2,
        enabled=lambda context: context.missing_media > 0,
    ),
    Command(
        id="export.start", title="Export…", icon="export", keys=("Ctrl+E",), menu=FILE, group=3, enabled=_has_items
    ),
    Command(
        id="export.queue_all", title="Queue everything…", icon="stack", keys=("Ctrl+Shift+E",), menu=FILE, group=3,
        enabled=_has_media,
    ),
    Command(id="app.quit", title="Quit", keys=("Ctrl+Q",), menu=FILE, group=4),
)  # fmt: skip

EDIT_COMMANDS = (
    Command(
        id="edit.undo", title="Undo", icon="undo", keys=("Ctrl+Z",), menu=EDIT,
        enabled=lambda context: context.can_undo,
    ),
    Command(
        id="edit.redo", title="Redo", icon="redo", keys=("Ctrl+Shift+Z", "Ctrl+Y"), menu=EDIT,
        enabled=lambda context: context.can_redo,
    ),
    Command(
        id="edit.cut", title="Cut", icon="scissors", keys=("Ctrl+X",), menu=EDIT, group=1, enabled=_items_selected
    ),
    Command(
        id="edit.copy", title="Copy", icon="copy", keys=("Ctrl+C",), menu=EDIT, group=1, enabled=_items_selected
    ),
    Command(
        id="edit.paste", title="Paste", icon="clipboard", keys=("Ctrl+V",), menu=EDIT, group=1,
        enabled=lambda context: context.can_paste or context.can_paste_media,
    ),
    Command(
        id="edit.duplicate", title="Duplicate", keys=("Ctrl+D",), menu=EDIT, group=1, enabled=_items_selected
    ),
    Command(
        id="edit.delete", title="Delete", icon="trash", keys=("Delete", "Backspace"), menu=EDIT, group=2,
        enabled=_anything_selected,
    ),
    Command(
        id="edit.ripple_delete", title="Ripple delete", keys=("Shift+Delete",), menu=EDIT, group=2,
        enabled=_items_selected,
    ),
    Command(id="edit.select_all", title="Select all", keys=("Ctrl+A",), menu=EDIT, group=3, enabled=_has_items),
    Command(
        id="edit.select_none", title="Select nothing", keys=("Ctrl+Shift+A",), menu=EDIT, group=3,
        enabled=_anything_selected,
    ),
    Command(id="app.preferences", title="Preferences…", icon="settings", keys=("Ctrl+,",), menu=EDIT, group=4),
)  # fmt: skip

TIMELINE_COMMANDS = (
    Command(
        id="timeline.insert", title="Put on the timeline", icon="insert", keys=("Insert", "E"), menu=TIMELINE,
        enabled=lambda context: context.selected_media > 0,
    ),
    Command(
        id="timeline.split", title="Split at the playhead", icon="split", keys=("S",), menu=TIMELINE,
        enabled=_at_playhead,
    ),
    Command(
        id="timeline.split_all", title="Split all lanes at the playhead", keys=("Shift+S",), menu=TIMELINE,
        enabled=_at_playhead,
    ),
    Command(
        id="timeline.trim_start", title="Trim the start to the playhead", keys=("Q",), menu=TIMELINE,
        enabled=_one_item_selected,
    ),
    Command(
        id="timeline.trim_end", title="Trim the end to the playhead", keys=("W",), menu=TIMELINE,
        enabled=_one_item_selected,
    ),
    Command(id="timeline.close_gap", title="Close the gap at the playhead", menu=TIMELINE, enabled=_has_items),
    Command(
        id="timeline.nudge_earlier", title="Move one frame earlier", keys=("Alt+Left",), menu=TIMELINE, group=1,
        enabled=_items_selected,
    ),
    Command(
        id="timeline.nudge_later", title="Move one frame later", keys=("Alt+Right",), menu=TIMELINE, group=1,
        enabled=_items_selected,
    ),
    Command(
        id="segment.speech_earlier", title="Move the speech 10 ms earlier", keys=("Ctrl+Alt+Left",), menu=TIMELINE,
        group=1, enabled=_segments_selected,
    ),
    Command(
        id="segment.speech_later", title="Move the speech 10 ms later", keys=("Ctrl+Alt+Right",), menu=TIMELINE,
        group=1, enabled=_segments_selected,
    ),
    Command(
        id="segment.mute", title="Mute or unmute", icon="mute", keys=("D",), menu=TIMELINE, group=2,
        enabled=_segments_selected,
    ),
    Command(
        id="segment.assign_voice", title="Assign a voice…", icon="voice", keys=("V",), menu=TIMELINE, group=2,
        enabled=_segments_selected,
    ),
    Command(
        id="segment.next_face", title="Dub the next face", icon="face", keys=("F",), menu=TIMELINE, group=2,
        enabled=lambda context: context.selected_segments > 0 and context.faces > 1,
    ),
    Command(
        id="segment.voice_only", title="Make the face from the voice", menu=TIMELINE, group=2,
        enabled=_segments_selected,
    ),
    Command(id="lane.add", title="Add a voice lane", icon="lane-plus", menu=TIMELINE, group=3),
    Command(id="lane.mute", title="Mute or unmute the lane", menu=TIMELINE, group=3, enabled=_has_lanes),
    Command(id="lane.remove", title="Remove the lane", menu=TIMELINE, group=3, enabled=_has_lanes),
    Command(
        id="marks.set_in", title="Set the in point", icon="in", keys=("I",), menu=TIMELINE, group=4,
        enabled=_has_items,
    ),
    Command(
        id="marks.set_out", title="Set the out point", icon="out", keys=("O",), menu=TIMELINE, group=4,
        enabled=_has_items,
    ),
    Command(
        id="marks.clear_range", title="Clear the in and out points", keys=("Shift+X",), menu=TIMELINE, group=4,
        enabled=lambda context: context.has_range,
    ),
    Command(id="marks.add_marker", title="Add a marker", icon="marker", keys=("M",), menu=TIMELINE, group=4),
    Command(
        id="timeline.snap", title="Snap", icon="magnet", keys=("N",), menu=TIMELINE, group=5,
        checked=lambda context: context.snapping,
    ),
)  # fmt: skip


def _lane_command(name: str, title: str, *keys: str, enabled: Callable[[Context], bool] = _has_lanes) -> Command:
    return Command(
        id=f"timeline.{name}", title=title, keys=keys, scope="timeline", menu=LANES, group=6, enabled=enabled
    )


LANE_COMMANDS = (
    _lane_command("previous_lane", "Go to the lane above", "PgUp"),
    _lane_command("next_lane", "Go to the lane below", "PgDown"),
    _lane_command("select_previous", "Select the previous item of the lane", ",", enabled=_has_items),
    _lane_command("select_next", "Select the next item of the lane", ".", enabled=_has_items),
    _lane_command("add_previous", "Add the previous item to the selection", "Shift+,", "Shift+<", enabled=_has_items),
    _lane_command("add_next", "Add the next item to the selection", "Shift+.", "Shift+>", enabled=_has_items),
    _lane_command("select_here", "Select what the playhead is on", "Return", "Enter", enabled=_has_items),
    _lane_command("add_here", "Add what the playhead is on to the selection", "Shift+Return", enabled=_has_items),
    _lane_command("rename", "Rename the marker or the lane", "F2"),
    _lane_command("lane_up", "Move to the lane above", "Alt+Up", enabled=_segments_selected),
    _lane_command("lane_down", "Move to the lane below", "Alt+Down", enabled=_segments_selected),
    _lane_command("slip_earlier", "Show an earlier part of the media", "Alt+Shift+Left", enabled=_items_selected),
    _lane_command("slip_later", "Show a later part of the media", "Alt+Shift+Right", enabled=_items_selected),
)

PLAYBACK_COMMANDS = (
    Command(
        id="playback.toggle", title="Play or pause", icon="play", keys=("Space",), menu=PLAYBACK, enabled=_has_media
    ),
    Command(id="playback.backward", title="Play backwards", keys=("J",), menu=PLAYBACK, enabled=_has_media),
    Command(id="playback.stop", title="Stop", keys=("K",), menu=PLAYBACK, enabled=_has_media),
    Command(id="playback.forward", title="Play forwards, faster each time", keys=("L",), menu=PLAYBACK,
            enabled=_has_media),
    Command(
        id="playback.loop", title="Loop between the in and out points", icon="loop", keys=("Ctrl+L",), menu=PLAYBACK,
        checked=lambda context: context.looping,
    ),
    Command(
        id="playback.previous_frame", title="Previous frame", icon="step-back", keys=("Left",), menu=PLAYBACK, group=1,
        enabled=_has_media,
    ),
    Command(
        id="playback.next_frame", title="Next frame", icon="step-forward", keys=("Right",), menu=PLAYBACK, group=1,
        enabled=_has_media,
    ),
    Command(
        id="playback.second_back", title="One second back", keys=("Shift+Left",), menu=PLAYBACK, group=1,
        enabled=_has_media,
    ),
    Command(
        id="playback.second_on", title="One second on", keys=("Shift+Right",), menu=PLAYBACK, group=1,
        enabled=_has_media,
    ),
    Command(id="playback.start", title="Go to the start", keys=("Home",), menu=PLAYBACK, group=2, enabled=_has_media),
    Command(id="playback.end", title="Go to the end", keys=("End",), menu=PLAYBACK, group=2, enabled=_has_media),
    Command(
        id="playback.previous_edge", title="Go to the previous edge", keys=("Up",), menu=PLAYBACK, group=2,
        enabled=_has_items,
    ),
    Command(
        id="playback.next_edge", title="Go to the next edge", keys=("Down",), menu=PLAYBACK, group=2,
        enabled=_has_items,
    ),
    Command(
        id="playback.previous_marker", title="Go to the previous marker", keys=("Ctrl+Left",), menu=PLAYBACK, group=2,
        enabled=_has_markers,
    ),
    Command(
        id="playback.next_marker", title="Go to the next marker", keys=("Ctrl+Right",), menu=PLAYBACK, group=2,
        enabled=_has_markers,
    ),
    Command(
        id="playback.go_in", title="Go to the in point", keys=("Shift+I",), menu=PLAYBACK, group=2,
        enabled=lambda context: context.has_range,
    ),
    Command(
        id="playback.go_out", title="Go to the out point", keys=("Shift+O",), menu=PLAYBACK, group=2,
        enabled=lambda context: context.has_range,
    ),
)  # fmt: skip

VIEW_COMMANDS = (
    Command(id="palette.open", title="Command palette…", icon="search", keys=("Ctrl+Shift+P",), menu=VIEW),
    Command(id="timeline.zoom_in", title="Zoom in", icon="zoom-in", keys=("+", "="), menu=VIEW, group=1),
    Command(id="timeline.zoom_out", title="Zoom out", icon="zoom-out", keys=("-",), menu=VIEW, group=1),
    Command(
        id="timeline.zoom_fit", title="Zoom to fit", icon="zoom-fit", keys=("Shift+Z",), menu=VIEW, group=1,
        enabled=_has_items,
    ),
    Command(
        id="viewer.mouth", title="Zoom to the mouth", icon="mouth", keys=("Z",), menu=VIEW, group=1,
        enabled=lambda context: context.faces > 0,
    ),
    Command(
        id="viewer.faces", title="Show faces", icon="face", keys=("B",), menu=VIEW, group=1,
        checked=lambda context: context.faces_shown,
    ),
    Command(
        id="viewer.dubbed", title="Show the dubbed frame", icon="dub", keys=("P",), menu=VIEW, group=1,
        enabled=_has_items, checked=lambda context: context.dub_shown,
    ),
    Command(
        id="viewer.single", title="One picture", icon="single", keys=("1",), menu=COMPARE, group=2, enabled=_has_items,
        checked=lambda context: context.layout == "single",
    ),
    Command(
        id="viewer.side_by_side", title="Side by side", icon="columns", keys=("2",), menu=COMPARE, group=2,
        enabled=_has_items, checked=lambda context: context.layout == "side",
    ),
    Command(
        id="viewer.wipe", title="Wipe", icon="wipe", keys=("3",), menu=COMPARE, group=2, enabled=_has_items,
        checked=lambda context: context.layout == "wipe",
    ),
    Command(
        id="viewer.hold_source", title="Show the source while held", keys=("H",), menu=COMPARE, group=2,
        enabled=_has_items,
    ),
    Command(
        id="viewer.compare_models", title="Compare models", icon="strip", keys=("C",), menu=COMPARE, group=2,
        enabled=_has_items, checked=lambda context: context.comparing,
    ),
    Command(id="place.bin", title="Media bin", keys=("Ctrl+1",), menu=PLACES, group=3),
    Command(id="place.viewer", title="Viewer", keys=("Ctrl+2",), menu=PLACES, group=3),
    Command(id="place.timeline", title="Timeline", keys=("Ctrl+3",), menu=PLACES, group=3),
    Command(id="place.inspector", title="Inspector", keys=("Ctrl+4",), menu=PLACES, group=3),
    Command(id="place.queue", title="Export queue", icon="queue", keys=("Ctrl+5",), menu=PLACES, group=3),
    Command(id="place.models", title="Model manager", icon="cube", keys=("Ctrl+6",), menu=PLACES, group=3),
    Command(id="place.training", title="Training", icon="chart", keys=("Ctrl+7",), menu=PLACES, group=3),
    Command(id="place.start", title="Start page", icon="home", keys=("Ctrl+0",), menu=PLACES, group=3),
    Command(id="view.text_larger", title="Larger text", keys=("Ctrl++", "Ctrl+="), menu=VIEW, group=4),
    Command(id="view.text_smaller", title="Smaller text", keys=("Ctrl+-",), menu=VIEW, group=4),
    Command(id="view.theme", title="Dark or light", icon="moon", menu=VIEW, group=4),
    Command(id="view.full_screen", title="Full screen", keys=("F11",), menu=VIEW, group=4),
)  # fmt: skip

QUEUE_COMMANDS = (
    Command(
        id="queue.pause", title="Pause", icon="pause", menu=QUEUE,
        enabled=lambda context: context.running_jobs > 0,
    ),
    Command(
        id="queue.resume", title="Resume", icon="play", menu=QUEUE, enabled=lambda context: context.paused_jobs > 0
    ),
    Command(id="queue.cancel", title="Cancel", icon="x", menu=QUEUE, enabled=_jobs_selected),
    Command(id="queue.retry", title="Retry", icon="retry", menu=QUEUE, enabled=_jobs_selected),
    Command(
        id="queue.account", title="What was made…", icon="info", menu=QUEUE,
        enabled=lambda context: context.selected_results == 1,
    ),
    Command(id="queue.open_folder", title="Open the folder", icon="folder", menu=QUEUE, enabled=_jobs_selected),
    Command(
        id="queue.clear", title="Clear what is finished", menu=QUEUE, group=1,
        enabled=lambda context: context.finished_jobs > 0,
    ),
)  # fmt: skip

HELP_COMMANDS = (
    Command(id="help.guide", title="User guide", icon="book", keys=("F1",), menu=HELP),
    Command(id="help.shortcuts", title="Keyboard shortcuts", icon="keyboard", keys=("Ctrl+/",), menu=HELP),
    Command(id="help.diagnostics", title="Diagnostics", icon="pulse", menu=HELP, group=1),
    Command(id="help.about", title="About TalkFace Studio", menu=HELP, group=1),
)

COMMANDS = (
    *FILE_COMMANDS,
    *EDIT_COMMANDS,
    *TIMELINE_COMMANDS,
    *LANE_COMMANDS,
    *PLAYBACK_COMMANDS,
    *VIEW_COMMANDS,
    *QUEUE_COMMANDS,
    *HELP_COMMANDS,
)
