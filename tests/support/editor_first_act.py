"""The first act of the editor's story, as a process of its own that is killed in the end.

    python editor_first_act.py HOME MEDIA PROJECT

Says "edited" once there is unsaved work beside the saved project.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from editor_hands import drop, lay, press_key, wait_until
from talkface_studio.gui.app import Start, make_window
from talkface_studio.gui.window import StudioWindow
from talkface_studio.project.document.timeline import PICTURE

MODEL = "atvg"


def main() -> None:
    """Edit until the end of the process."""
    home, media, path = map(Path, sys.argv[1:])
    app = QApplication([])
    window = make_window(app, Start(home=home))
    window.show()
    wait_until(window.isVisible)
    dub_photo(window, media)
    preview(window, (0.2, 0.6, 1.0))
    cast_video(window, media)
    split_and_undo(window)
    window.projects.save_to(path)
    press_key(window, "marks.add_marker")
    wait_until(path.with_name(f".{path.name}.recovery").exists)
    sys.stdout.write("edited\n")
    sys.stdout.flush()
    app.exec()


def dub_photo(window: StudioWindow, media: Path) -> None:
    """Drop a photo and a voice anywhere, and choose a model of the inspector."""
    project = window.studio.project
    drop(window, media / "photo.png", media / "short.wav")
    wait_until(lambda: project.document.segments)
    (clip,), (segment,) = project.document.clips, project.document.segments
    assert clip.end == segment.end
    project.select([segment.id])
    choose_model(window)


def choose_model(window: StudioWindow) -> None:
    """Press the model's card for the selected segments."""
    page, project = window.editor.docks["inspector"].widget().segments, window.studio.project
    wait_until(lambda: {each.id for each in page._segments} == project.selection and MODEL in page.cards.cards)
    page.cards.cards[MODEL].pressed.emit()
    assert all(segment.model == MODEL for segment in project.document.segments if segment.id in project.selection)


def preview(window: StudioWindow, times: tuple[float, ...]) -> None:
    """Look at dubbed frames; each is another picture than the source's, and than the one before."""
    canvas, before = window.editor.viewer.canvas, None
    for time in times:
        window.studio.project.look(playhead=time)
        wait_until(lambda time=time: canvas._dubbed is not None and abs(canvas._dubbed.time - time) < 0.04)
        dubbed = canvas._dubbed.image
        assert dubbed != canvas._source.image
        assert dubbed != before
        before = dubbed.copy()


def cast_video(window: StudioWindow, media: Path) -> None:
    """Drop a video and two voices on the timeline, and give each face one: by key, and by the mouse in the viewer."""
    project, canvas = window.studio.project, window.editor.viewer.canvas
    end = project.document.clips[0].end
    lane = project.document.lanes[0].id
    lay(window, media / "two.mp4", end, PICTURE)
    lay(window, media / "anna.wav", end, lane)
    anna = next(iter(project.selection))
    choose_model(window)
    lay(window, media / "ben.wav", end, "")
    ben = next(iter(project.selection))
    choose_model(window)
    assert len(project.document.lanes) == 2
    project.look(playhead=end + 0.5)
    wait_until(lambda: window.studio.context.faces == 2)
    press_key(window, "segment.next_face")
    assert project.document.segment(ben).face.index == 1
    project.select([anna])
    left = min(canvas._faces.faces, key=lambda face: face.box[0])
    place = canvas._on_screen(left, canvas._place(canvas._cells()[0], canvas._source))
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place.center().toPoint())
    x, y = project.document.segment(anna).face.point
    assert left.box[0] < x < left.box[2]
    assert left.box[1] < y < left.box[3]


def split_and_undo(window: StudioWindow) -> None:
    """Split one of the voices, take that back, and do it again."""
    project = window.studio.project
    anna = next(segment for segment in project.document.segments if segment.id in project.selection)
    project.look(playhead=anna.start + 1.2)
    count = len(project.document.segments)
    press_key(window, "timeline.split")
    assert len(project.document.segments) == count + 1
    press_key(window, "edit.undo")
    assert len(project.document.segments) == count
    press_key(window, "edit.redo")
    assert len(project.document.segments) == count + 1


if __name__ == "__main__":
    main()
