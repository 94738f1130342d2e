"""`talkface probe`: what is in a media file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from talkface_studio.cli.app import print_json, print_table
from talkface_studio.cli.parameters import PATH, json_option

if TYPE_CHECKING:
    from talkface_studio.api.values import FaceObservation, VideoFrame
    from talkface_studio.media.probe import MediaInfo

SAMPLES = 5
"""Frames of a video in which faces are looked for."""


@click.command(epilog="Example: talkface probe talk.mp4 --json")
@click.argument("file", metavar="FILE", type=PATH)
@click.option("--faces/--no-faces", default=True, help="Look for faces in a few frames.")
@json_option
def probe(file: Path, *, faces: bool, as_json: bool) -> None:
    """Show what is in a media file, and the faces in it.

    Streams, sizes, frame rate (constant or variable), durations, and the faces in a few of its frames.
    """
    from talkface_studio.media.description import describe
    from talkface_studio.media.probe import probe as probe_file

    info = probe_file(file)
    document = describe(info)
    document["faces"] = _look_for_faces(info) if faces and info.videos else None
    if as_json:
        print_json(document)
    else:
        _show(document)


def _look_for_faces(info: MediaInfo) -> dict[str, Any]:
    from talkface_studio.faces.detector import FaceDetector

    with FaceDetector() as detector:
        frames = [_frame(frame, detector.detect(frame.pixels, frame.time)) for frame in _samples(info)]
    return {
        "sampled": len(frames),
        "with_face": sum(bool(frame["faces"]) for frame in frames),
        "most": max((len(frame["faces"]) for frame in frames), default=0),
        "frames": frames,
    }


def _samples(info: MediaInfo) -> Iterator[VideoFrame]:
    """The photo, or frames spread evenly over the clip."""
    if info.kind == "photo":
        from talkface_studio.api.values import VideoFrame
        from talkface_studio.media.photo import read_photo

        yield VideoFrame(read_photo(info.path).pixels, 0.0)
        return
    from talkface_studio.media.video import VideoReader

    video = info.videos[0]
    shown = None
    with VideoReader(info.path) as reader:
        for number in range(SAMPLES):
            frame = reader.frame_at(video.start + video.duration * (number + 0.5) / SAMPLES)
            # A clip of fewer frames gives the same one for several instants.
            if frame.time != shown:
                yield frame
            shown = frame.time


def _frame(frame: VideoFrame, faces: tuple[FaceObservation, ...]) -> dict[str, Any]:
    boxes = [{"box": [round(edge, 1) for edge in face.box], "score": round(face.score, 3)} for face in faces]
    return {"time": round(frame.time, 6), "faces": boxes}


def _show(document: dict[str, Any]) -> None:
    from rich.table import Table

    table = Table(title=f"{document['path']}: {document['kind']} ({document['container']})", title_justify="left")
    for heading in ("stream", "codec", "format", "rate", "start", "duration"):
        table.add_column(heading)
    still = document["kind"] == "photo"
    for video in document["videos"]:
        turned = f", turned by {video['rotation']}°" if video["rotation"] else ""
        pace = "variable, about " if video["variable"] else ""
        woven = ", interlaced" if video["interlaced"] else ""
        table.add_row(
            f"{video['index']} video",
            video["codec"],
            f"{video['width']}x{video['height']} {video['pixel_format']}{turned}{woven}",
            "still" if still else f"{pace}{video['fps']:.3f} frames/s",
            "" if still else f"{video['start']:.3f} s",
            "" if still else f"{video['duration']:.3f} s",
        )
    for audio in document["audios"]:
        table.add_row(
            f"{audio['index']} audio",
            audio["codec"],
            f"{audio['channels']} channel(s), {audio['layout']}",
            f"{audio['rate']} Hz",
            f"{audio['start']:.3f} s",
            f"{audio['duration']:.3f} s",
        )
    print_table(table)
    faces = document["faces"]
    if faces is not None:
        click.echo(_faces_line(faces, still=still))


def _faces_line(faces: dict[str, Any], *, still: bool) -> str:
    if not faces["most"]:
        return "no face found" if still else f"no face found in {faces['sampled']} frames that were looked at"
    frame = max(faces["frames"], key=lambda frame: len(frame["faces"]))
    places = []
    for number, face in enumerate(frame["faces"]):
        left, top, right, bottom = face["box"]
        places.append(f"{number}: {right - left:.0f} px wide at {(left + right) / 2:.0f},{(top + bottom) / 2:.0f}")
    where = "" if still else f" in {faces['with_face']} of {faces['sampled']} frames; at {frame['time']:.2f} s"
    return f"{faces['most']} face(s){where}: {'; '.join(places)}"
