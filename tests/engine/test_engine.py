"""A real engine with the installed models on the sample media: answers, previews, exports, and crashes in between."""

from __future__ import annotations

import os
import signal
from concurrent.futures import CancelledError
from pathlib import Path

import numpy as np
import pytest

from talkface_studio.api.errors import EngineError, ExportError, FaceNotFoundError, MediaError
from talkface_studio.dubbing.preview import preview
from talkface_studio.engine.protocol.questions import (
    CancelJob,
    Devices,
    FindFaces,
    FindSpeech,
    ListJobs,
    Models,
    PauseJob,
    Picture,
    Preview,
    Probe,
    ShowSource,
    StartJob,
    Thumbnail,
    Waveform,
)
from talkface_studio.engine.server.documents import document_of, request_of
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.probe import probe
from talkface_studio.media.video import VideoReader
from talkface_studio.plugin_host.catalog import load_catalog
from talkface_studio.plugin_host.folders import Folders

from .conftest import PATIENCE

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
VIDEO, PHOTO, SPEECH = SAMPLES / "video.mp4", SAMPLES / "portrait.jpg", SAMPLES / "speech_b.wav"


def pixels(picture: Picture):
    return np.frombuffer(picture.pixels, np.uint8).reshape(picture.frame.height, picture.frame.width, 3)


def test_files_are_described(engine):
    described = engine.answer(Probe(path=VIDEO)).content
    assert (described["kind"], described["videos"][0]["width"]) == ("video", 512)
    found = engine.answer(FindFaces(path=VIDEO, time=1.0))
    (face,) = found.faces
    assert (found.width, found.height) == (512, 512)
    assert 100 < face.box[0] < face.box[2] < 400
    again = engine.answer(FindFaces(path=VIDEO, time=6.0))
    assert [face.person for face in again.faces] == [face.person]
    regions = engine.answer(FindSpeech(path=SPEECH))
    assert 0 < sum(end - start for start, end in regions.regions) < regions.duration
    peaks = engine.answer(Waveform(path=SPEECH, rate=40.0))
    with AudioReader(SPEECH) as reader:
        samples = reader.read(0, reader.duration).samples
    assert len(peaks.low) == len(peaks.high) == int(np.ceil(peaks.duration * 40))
    assert np.frombuffer(peaks.high, np.int8).max() == round(float(samples.max()) * 127)
    assert np.frombuffer(peaks.low, np.int8).min() == round(float(samples.min()) * 127)
    with pytest.raises(MediaError, match="no such file"):
        engine.answer(Probe(path=Path("/no/such.mp4")))


def test_frames_of_the_source_are_exact(engine):
    with VideoReader(VIDEO) as reader:
        for time in (0.5, 7.9, 0.46, 3.3):
            shown = engine.answer(ShowSource(path=VIDEO, time=time))
            expected = reader.frame_at(time)
            assert shown.frame.time == expected.time
            assert np.array_equal(pixels(shown), expected.pixels)
    small = engine.answer(Thumbnail(path=PHOTO, longest=100)).frame
    assert max(small.width, small.height) == 100
    assert max(small.full_width, small.full_height) == 512


def test_models_and_devices_are_listed(engine):
    listed = {model["name"]: model for model in engine.answer(Models()).content["models"]}
    assert {"atvg", "ltfg-gan"} <= set(listed)
    assert listed["atvg"]["runnable"] == ["compact"]
    assert engine.answer(Devices()).content["cpu_threads"] >= 1


def test_previews_are_those_of_the_foreground(engine, photo_dub, tmp_path):
    dub = {**photo_dub, "face": str(VIDEO)}
    shown = {
        model: future.result(PATIENCE)
        for model, future in engine.client.compare(dub, ("atvg", "ltfg-gan"), 2.0).items()
    }
    source = engine.answer(ShowSource(path=VIDEO, time=2.0))
    for model, picture in shown.items():
        assert (picture.frame.making.model, picture.frame.making.face_found) == (model, True)
        assert picture.frame.time == source.frame.time == 2.0
        assert 0.05 < np.abs(pixels(picture).astype(int) - pixels(source)).mean() < 5
    assert shown["atvg"].pixels != shown["ltfg-gan"].pixels
    request = request_of({**dub, "model": "atvg"})
    made = preview(request, 2.0, load_catalog(third_party=False), Folders.under(tmp_path))
    # Numbers of threads differ, so sums do in their last bits.
    assert np.abs(pixels(shown["atvg"]).astype(int) - made.pixels).mean() < 0.05
    assert request_of(document_of(request)) == request


def test_of_a_burst_the_newest_is_shown(engine, photo_dub):
    engine.answer(Preview(dub=photo_dub, time=0.0, channel="warm"))
    futures = [engine.client.ask(Preview(dub=photo_dub, time=number * 0.04, longest=64)) for number in range(50)]
    assert futures[-1].result(PATIENCE).frame.time == pytest.approx(49 * 0.04)
    shown = [future for future in futures if not future.cancelled()]
    assert len(shown) <= 5
    with pytest.raises(CancelledError):
        futures[len(futures) // 2].result(0)
    # Nobody needs to look at a picture for its slot to be free again.
    for number in range(20):
        engine.answer(ShowSource(path=VIDEO, time=number * 0.1, longest=32))


def test_what_cannot_be_previewed_says_why(engine, photo_dub):
    for change, error, words in (
        ({"face_choice": {"index": 5}}, FaceNotFoundError, "there is no face 5"),
        ({"speech": "/no/such.wav"}, MediaError, "no such file"),
    ):
        with pytest.raises(error, match=words):
            engine.answer(Preview(dub={**photo_dub, **change}, time=0.5))
    with pytest.raises(MediaError, match="no frame at 500 s"):
        engine.answer(Preview(dub=photo_dub, time=500.0))


def test_jobs_are_done_in_turn_paused_and_cancelled(engine, photo_dub, tmp_path):
    for name in ("first", "second", "third"):
        engine.answer(StartJob(job=name, dub={**photo_dub, "output": str(tmp_path / f"{name}.mp4")}))
    engine.answer(CancelJob(job="third"))
    engine.job("third", "cancelled")
    engine.job("first", "running", done=1)
    with pytest.raises(ExportError, match="first is running"):
        engine.answer(StartJob(job="first", dub=photo_dub))
    engine.answer(PauseJob(job="first"))
    held = engine.job("first", "paused")
    assert engine.client.jobs["second"].state == "waiting"
    # While a job is held, the engine still answers.
    engine.answer(Preview(dub=photo_dub, time=0.4))
    assert engine.client.jobs["first"].done == held.done
    engine.answer(PauseJob(job="first", paused=False))
    done = engine.job("first", "finished")
    assert done.result["frames"] == done.done == done.total
    engine.job("second", "running", done=1)
    engine.answer(CancelJob(job="second"))
    engine.job("second", "cancelled")
    states = {job.job: job.state for job in engine.answer(ListJobs()).jobs}
    assert states == {"first": "finished", "second": "cancelled", "third": "cancelled"}
    assert [path.name for path in tmp_path.iterdir()] == ["first.mp4"]
    assert probe(tmp_path / "first.mp4").videos[0].frames == done.done


def test_a_killed_engine_loses_no_job(fresh, photo_dub, tmp_path):
    fresh.answer(StartJob(job="film", dub=photo_dub))
    fresh.job("film", "running", done=1)
    asked = fresh.client.ask(Preview(dub={**photo_dub, "model": "ltfg-gan"}, time=1.0))
    killed = fresh.client.pid
    os.kill(killed, signal.SIGKILL)
    with pytest.raises(EngineError, match="SIGKILL"):
        asked.result(PATIENCE)
    assert "can be resumed" in fresh.job("film", "interrupted").message
    assert not (tmp_path / "out.mp4").exists()
    fresh.client.resume("film").result(PATIENCE)
    done = fresh.job("film", "finished")
    assert fresh.client.pid != killed
    assert probe(tmp_path / "out.mp4").videos[0].frames == done.total
    with pytest.raises(ExportError, match="no job named other"):
        fresh.client.resume("other")
