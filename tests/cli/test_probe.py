"""`talkface probe`: streams, times and faces."""

from pathlib import Path

import pytest

from command_line import Talkface


def test_video(talkface: Talkface, clip: Path) -> None:
    document = talkface("probe", clip, "--json").document
    assert (document["kind"], document["path"]) == ("video", str(clip))
    assert document["duration"] == pytest.approx(1.0, abs=0.05)
    (video,), (audio,) = document["videos"], document["audios"]
    assert (video["width"], video["height"], video["frame_rate"], video["variable"]) == (240, 240, "24", False)
    assert video["frames"] == 24
    assert (audio["rate"], audio["channels"], audio["codec"]) == (24_000, 1, "aac")
    faces = document["faces"]
    assert faces["sampled"] == faces["with_face"] == 5
    assert faces["most"] == 1
    left, top, right, bottom = faces["frames"][0]["faces"][0]["box"]
    assert 60 < left < right < 200
    assert 40 < top < bottom < 220


def test_photo_in_words(talkface: Talkface, portrait: Path) -> None:
    answer = talkface("probe", portrait)
    assert answer.code == 0
    assert answer.err == ""
    assert "photo" in answer.out
    assert "256x256" in answer.out
    assert "1 face(s): 0: " in answer.out


def test_video_in_words(talkface: Talkface, clip: Path) -> None:
    text = talkface("probe", clip).out
    assert "24.000 frames/s" in text
    assert "24000 Hz" in text
    assert "1 face(s) in 5 of 5 frames" in text


def test_sound_has_no_faces(talkface: Talkface, speech: Path) -> None:
    document = talkface("probe", speech, "--json").document
    assert document["kind"] == "audio"
    assert document["faces"] is None
    assert document["duration"] == pytest.approx(4.0, abs=0.01)
    assert "16000 Hz" in talkface("probe", speech).out


def test_faces_can_be_left_out(talkface: Talkface, clip: Path) -> None:
    assert talkface("probe", clip, "--no-faces", "--json").document["faces"] is None


def test_what_is_no_media(talkface: Talkface, folder: Path) -> None:
    (folder / "notes.mp4").write_text("notes")
    answer = talkface("probe", folder / "notes.mp4")
    assert answer.code == 2
    assert "notes.mp4" in answer.line
    answer = talkface("probe", folder / "lost.mp4", "--json")
    assert answer.code == 2
    assert answer.document["error"]["kind"] == "MediaError"
