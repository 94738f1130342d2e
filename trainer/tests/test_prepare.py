"""Preparation of real media: a portrait that is panned and zoomed, with a real voice."""

import json
import signal
import subprocess
import sys
import wave
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from skimage import data

from talkface_studio.api.errors import SpeechError, TrainingError
from talkface_studio.api.landmarks import EYE_OUTER
from talkface_studio.api.values import CropLayout
from talkface_trainer import prepare as prepare_module
from talkface_trainer.dataset import Dataset
from talkface_trainer.prepare import prepare

SPEECH = Path(__file__).parents[2] / "resources" / "samples" / "speech_b.wav"
SIDE = 256


def voice(seconds):
    with wave.open(str(SPEECH)) as file:
        rate = file.getframerate()
        samples = np.frombuffer(file.readframes(int(seconds * rate)), np.int16).reshape(1, -1)
    return samples, rate


def portrait(count, size=1.0):
    """Frames in which the face drifts and grows."""
    picture = data.astronaut()
    for i in range(count):
        scale = size * (1 + 0.004 * i)
        matrix = np.array([[scale, 0, 128 - scale * (225 - 0.5 * i)], [0, scale, 110 - scale * 120]])
        yield cv2.warpAffine(picture, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)


def twins(count):
    for frame in portrait(count, 0.75):
        half = frame[:, 64:192]
        yield np.concatenate([half, half], axis=1)


def textures(count):
    yield from np.repeat(cv2.resize(data.coffee(), (SIDE, SIDE))[None], count, axis=0)


def write_video(path, frames, rate=25, sound=True):
    path.parent.mkdir(parents=True, exist_ok=True)
    frames = list(frames)
    with av.open(str(path), "w") as file:
        video = file.add_stream("libx264", rate=rate, options={"crf": "20", "preset": "ultrafast"})
        video.width = video.height = SIDE
        video.pix_fmt = "yuv420p"
        if sound is not False:
            samples, speech_rate = voice(len(frames) / rate)
            audio = file.add_stream("aac", rate=speech_rate, layout="mono")
            frame = av.AudioFrame.from_ndarray(samples * bool(sound), format="s16", layout="mono")
            frame.rate, frame.pts, frame.time_base = speech_rate, 0, Fraction(1, speech_rate)
            file.mux([*audio.encode(frame), *audio.encode(None)])
        for picture in frames:
            file.mux(video.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")))
        file.mux(video.encode(None))
    return path


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    write_video(folder / "ann" / "good.mp4", portrait(30))
    write_video(folder / "ann" / "thirty fps.mp4", portrait(36), rate=30)
    write_video(folder / "bob" / "silent picture.mp4", portrait(27), sound=False)
    write_video(folder / "bob" / "silence.mp4", portrait(27), sound=0)
    write_video(folder / "bob" / "short.mp4", portrait(10))
    write_video(folder / "bob" / "twins.mp4", twins(27))
    write_video(folder / "bob" / "coffee.mp4", textures(27))
    write_video(folder / "bob" / "far away.mp4", portrait(27, 0.5))
    (folder / "bob" / "text.mp4").write_text("not a video")
    return folder


@pytest.fixture(scope="module")
def prepared(clips, tmp_path_factory):
    output = tmp_path_factory.mktemp("prepared") / "set"
    return prepare(clips, output, features=("mfcc",), progress=False)


def test_good_clips_are_prepared_and_bad_ones_rejected_with_the_reason(prepared):
    reasons = {Path(path).stem: reason.split(":")[0] for path, reason in prepared.rejected.items()}
    assert reasons == {
        "silent picture": "no sound",
        "silence": "silent speech",
        "short": "too short",
        "twins": "several faces",
        "coffee": "no face",
        "far away": "small face",
        "text": "unreadable",
    }
    assert prepared.clips == 2
    assert all("\n" not in reason for reason in prepared.rejected.values())
    assert Dataset(prepared.folder).summary()["rejected"]["too short"] == 1


def test_a_prepared_clip_holds_what_the_format_says(prepared):
    dataset = Dataset(prepared.folder)
    clip = next(clip for clip in dataset.clips() if "good" in clip.id)
    assert dataset.layout == CropLayout().padded(8)
    assert clip.crops.shape == (30, 144, 144, 3)
    assert clip.landmarks.shape == (30, 478, 3)
    assert clip.matrices.shape == (30, 2, 3)
    assert np.allclose(clip.times, np.arange(30) / 25)
    assert clip.observed.all()
    assert len(clip.speech) == pytest.approx(30 / 25 * 16000, abs=400)
    # The layout: outer eye corners 0.4 * 128 pixels apart, a third of 128 plus the margin from the top.
    eyes = clip.landmarks[:, EYE_OUTER, :2]
    assert np.allclose(np.linalg.norm(eyes[:, 0] - eyes[:, 1], axis=1), 51.2, rtol=0.06)
    assert np.allclose(eyes.mean(axis=1), (71.5, 128 / 3 + 7.5), atol=2.5)
    # The crop shows the same face in every frame, though it drifts and grows in the source.
    assert np.abs(clip.crops[0].astype(int) - clip.crops[-1])[30:130, 30:114].mean() < 12
    features = clip.features("mfcc")
    assert features.values.shape[1] == 13
    assert features.start <= -0.5
    assert features.start + len(features.values) / features.rate >= 1.2 + 0.5


def test_speech_is_in_time_with_the_source(prepared):
    clip = next(clip for clip in Dataset(prepared.folder).clips() if "good" in clip.id)
    samples, rate = voice(1.2)
    heard = np.interp(np.arange(len(clip.speech)) / 16000, np.arange(samples.shape[1]) / rate, samples[0] / 32768)
    lags = range(-400, 401, 8)
    match = [np.dot(np.roll(heard, lag)[1000:-1000], clip.speech[1000:-1000]) for lag in lags]
    assert abs(list(lags)[int(np.argmax(match))]) <= 16


def test_other_frame_rates_are_put_on_the_grid(prepared):
    clip = next(clip for clip in Dataset(prepared.folder).clips() if "thirty" in clip.id)
    assert clip.frames == 30
    assert np.allclose(clip.times, np.arange(30) / 25)


def test_a_second_run_does_nothing_and_another_encoder_is_added(prepared, clips):
    before = (prepared.folder / "clips.jsonl").read_text()
    assert prepare(clips, prepared.folder, features=("mfcc",), progress=False).new == 0
    again = prepare(clips, prepared.folder, features=("log_mel",), progress=False)
    assert (again.new, again.clips) == (2, 2)
    dataset = Dataset(prepared.folder)
    assert dataset.settings["features"] == ["mfcc", "log_mel"]
    assert all(clip.has_features("log_mel") and clip.has_features("mfcc") for clip in dataset.clips())
    assert (prepared.folder / "clips.jsonl").read_text() == before


def test_another_layout_needs_another_folder(prepared, clips):
    with pytest.raises(TrainingError, match="prepared with another layout"):
        prepare(clips, prepared.folder, layout=CropLayout(), features=(), progress=False)
    with pytest.raises(TrainingError, match="not a prepared data set"):
        prepare(clips, clips, features=(), progress=False)


def test_an_unknown_encoder_is_refused_before_any_work(clips, tmp_path):
    with pytest.raises(SpeechError, match="unknown speech encoder 'hearing'"):
        prepare(clips, tmp_path / "set", features=("hearing",), progress=False)
    assert not (tmp_path / "set").exists()


def test_a_killed_preparation_is_completed(prepared, clips, tmp_path):
    """Killed while the second clip is written: the first one stays, nothing half-written is taken for a clip."""
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from talkface_trainer import prepare as module\n"
        "written = []\n"
        "def mortal(path, text):\n"
        "    if path.name == 'clip.json':\n"
        "        written.append(path)\n"
        "        if len(written) == 2: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    real(path, text)\n"
        "real, module.write_text = module.write_text, mortal\n"
        "module.prepare(Path(sys.argv[1]), Path(sys.argv[2]), features=('mfcc',), progress=False)\n"
    )
    output = tmp_path / "set"
    killed = subprocess.run([sys.executable, "-c", program, str(clips), str(output)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(Dataset(output).clips()) == 1
    summary = prepare(clips, output, features=("mfcc",), progress=False)
    assert summary.clips == 2
    assert summary.new < 9
    assert not list((output / "clips").glob(".*"))
    assert json.loads((output / "dataset.json").read_text())["features"] == ["mfcc"]
    one, other = Dataset(output), Dataset(prepared.folder)
    assert one.records == other.records
    assert np.array_equal(one.clips()[0].crops, other.clips()[0].crops)


def test_a_strange_failure_costs_one_clip_only(clips, tmp_path, monkeypatch):
    extract = prepare_module.extract_clip

    def failing(source, *arguments, **settings):
        if "good" in source.name:
            raise ZeroDivisionError("first line\nsecond line")
        return extract(source, *arguments, **settings)

    monkeypatch.setattr(prepare_module, "extract_clip", failing)
    summary = prepare(clips, tmp_path / "set", features=(), splits=("train", "val_unseen"), limit=4, progress=False)
    broken = {Path(path).stem: reason for path, reason in summary.rejected.items()}
    assert broken.get("good") == "failed: ZeroDivisionError: first line second line"
    assert summary.new == 4


CRASHING = """
import os, signal, sys
from pathlib import Path
from talkface_trainer import prepare as module

work = module._work

def crash(task, settings):
    if "good" in task.name:
        os.kill(os.getpid(), signal.SIGKILL)
    return work(task, settings)

if __name__ == "__main__":
    module._work = crash
    module.prepare(Path(sys.argv[1]), Path(sys.argv[2]), features=(), workers=2, progress=False)
"""


def test_a_worker_that_crashes_costs_one_clip_only(clips, tmp_path):
    few = tmp_path / "clips" / "ann"
    few.mkdir(parents=True)
    for source in (clips / "ann" / "good.mp4", clips / "bob" / "text.mp4"):
        (few / source.name).symlink_to(source)
    (tmp_path / "crashing.py").write_text(CRASHING)
    output = tmp_path / "set"
    command = [sys.executable, str(tmp_path / "crashing.py"), str(tmp_path / "clips"), str(output)]
    subprocess.run(command, check=True)
    reasons = {Path(record.path).stem: record.rejected for record in Dataset(output).records}
    assert reasons["good"] == "failed: the process that read it crashed"
    assert reasons["text"].startswith("unreadable")
