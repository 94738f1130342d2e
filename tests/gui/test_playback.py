"""Time: the sound's clock, stepping, playing to the end."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest
from PySide6.QtCore import QObject

from talkface_studio.gui.viewer.clock import RATE, SoundBuffer
from talkface_studio.gui.viewer.player import Player
from talkface_studio.gui.viewer.timecode import timecode
from talkface_studio.project.document.timeline import TimeRange


@pytest.fixture
def player(studio, film):
    studio.project.load(film)
    made = Player(studio, studio)
    yield made
    made.stop()


def samples(count: int, value: int = 1000) -> bytes:
    return np.full((count, 2), value, np.int16).tobytes()


def test_the_position_is_that_of_what_is_heard() -> None:
    buffer = SoundBuffer(start=10.0)
    buffer.put(samples(RATE))
    assert buffer.position(99.0) == 10.0
    buffer.take(4800, heard_at=100.0)
    # The first block is heard from 100 s of the device's time on, a tenth of a second long.
    assert buffer.position(100.0) == 10.0
    assert buffer.position(100.04) == pytest.approx(10.04)
    buffer.take(4800, heard_at=100.1)
    assert buffer.position(100.05) == pytest.approx(10.05)
    assert buffer.position(100.19) == pytest.approx(10.19)
    assert buffer.seconds_held == pytest.approx(0.8)


def test_where_sound_is_late_there_is_silence_and_time_waits() -> None:
    buffer = SoundBuffer(start=0.0)
    buffer.put(samples(100))
    block = np.frombuffer(buffer.take(300, heard_at=1.0), np.int16).reshape(-1, 2)
    assert block.shape == (300, 2)
    assert (block[:100] == 1000).all()
    assert not block[100:].any()
    assert buffer.position(9.0) == pytest.approx(100 / RATE)
    buffer.take(300, heard_at=10.0)
    assert buffer.position(11.0) == pytest.approx(100 / RATE)
    buffer.put(samples(300))
    buffer.take(300, heard_at=20.0)
    assert buffer.position(99.0) == pytest.approx(400 / RATE)


def test_pieces_are_played_in_order_and_as_loud_as_wanted() -> None:
    buffer = SoundBuffer(start=0.0, volume=0.5)
    buffer.put(samples(3, 1000))
    buffer.put(samples(3, 2000))
    block = np.frombuffer(buffer.take(5, heard_at=1.0), np.int16).reshape(-1, 2)
    assert block[:, 0].tolist() == [250, 250, 250, 500, 500]


def test_steps_land_on_each_frame_once(player, studio) -> None:
    numbers = []
    for _ in range(60):
        player.step(1)
        numbers.append(int(player.position * 25))
    assert numbers == list(range(1, 61))
    for _ in range(10):
        player.step(-1)
    assert int(player.position * 25) == 50
    player.go(0.0)
    player.step(-1)
    assert player.position == 0.0


def test_steps_count_the_frames_of_the_clip_s_own_file(player, studio, film) -> None:
    """A clip that begins between two frames of its file."""
    studio.project.load(replace(film, clips=(replace(film.clips[0], start=0.31, end=5.0, offset=1.013),)))
    player.go(1.0)
    player.step(1)
    in_file = player.position - 0.31 + 1.013
    assert in_file * 25 % 1 == pytest.approx(0.5)


def test_playing_goes_on_at_the_speed_of_time_and_ends_at_the_end(player, studio, wait) -> None:
    player.go(7.6)
    speeds = []
    player.speed_changed.connect(speeds.append)
    studio.run("playback.toggle")
    wait(lambda: player.speed == 0)
    assert player.position == 8.0
    assert speeds == [1.0, 0.0]
    studio.run("playback.toggle")
    assert player.position == 0.0


def test_faster_each_time_and_backwards(player, studio, wait) -> None:
    for _ in range(3):
        studio.run("playback.forward")
    assert player.speed == 4.0
    player.go(4.0)
    studio.run("playback.backward")
    assert player.speed == -1.0
    wait(lambda: player.position < 3.9)
    studio.run("playback.stop")
    assert player.speed == 0.0


def test_whoever_moves_the_playhead_makes_playback_go_on_there(player, studio, wait) -> None:
    player.play(2.0)
    wait(lambda: player.position > 0)
    studio.project.look(playhead=5.0)
    wait(lambda: player.position > 5.0)
    assert player.position < 7.9


def test_a_loop_stays_between_the_points(player, studio, film, wait) -> None:
    studio.project.load(replace(film, range=TimeRange(start=2.0, end=2.2)))
    studio.preferences.set(looping=True)
    seen = []
    studio.project.view_changed.connect(lambda view: seen.append(view.playhead))
    player.play(4.0)
    wait(lambda: sum(later < before for before, later in pairwise(seen)) >= 2)
    assert all(2.0 <= position <= 2.2 for position in seen)


def test_without_a_sound_device_it_plays_silently_and_says_so_once(player, studio, monkeypatch, wait) -> None:
    sounddevice = pytest.importorskip("sounddevice")
    monkeypatch.setattr(sounddevice, "RawOutputStream", _no_device)
    said = []
    studio.noticed.connect(said.append)
    for _ in range(2):
        player.go(7.7)
        player.play()
        wait(lambda: player.speed == 0)
        assert player.position == 8.0
    assert [(notice.rank, notice.text) for notice in said] == [("warning", "no sound: no such device")]


def _no_device(**_settings: object) -> None:
    raise OSError("no such device")


class _Device(QObject):
    """A sound device as sounddevice shows one, whose time the test turns."""

    made: ClassVar[list[_Device]] = []

    def __init__(self, *, samplerate: int, channels: int, dtype: str, device: str | None, callback) -> None:
        super().__init__()
        assert (samplerate, channels, dtype) == (RATE, 2, "int16")
        self.time, self.latency, self._callback = 50.0, 0.02, callback
        self.heard = b""
        self.made.append(self)

    def start(self) -> None:
        pass

    def turn(self, frames: int) -> None:
        out = bytearray(frames * 4)
        self._callback(out, frames, SimpleNamespace(outputBufferDacTime=self.time + self.latency), None)
        self.heard += bytes(out)
        self.time += frames / RATE

    def abort(self, ignore_errors: bool) -> None:
        self.aborted = True

    def close(self, ignore_errors: bool) -> None:
        pass


def test_the_device_s_clock_moves_the_playhead(player, studio, monkeypatch, wait, qtbot) -> None:
    """The playhead stands while the device does not take sound, however much time passes elsewhere."""
    sounddevice = pytest.importorskip("sounddevice")
    monkeypatch.setattr(sounddevice, "RawOutputStream", _Device)
    _Device.made.clear()
    player.go(1.0)
    player.play()
    wait(lambda: _Device.made)
    device = _Device.made[0]
    qtbot.wait(100)
    assert player.position == 1.0
    for _ in range(10):
        device.turn(2400)
    device.time += device.latency
    wait(lambda: player.position > 1.4)
    assert player.position == pytest.approx(1.5, abs=0.03)
    heard = np.frombuffer(device.heard, np.int16)
    assert np.abs(heard).max() > 500, "the voice is heard"
    player.stop()
    wait(lambda: getattr(device, "aborted", False))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "00:00:00:00"), (61.48, "00:01:01:12"), (3600.0, "01:00:00:00"), (1.9999999, "00:00:02:00")],
)
def test_timecodes(seconds: float, text: str) -> None:
    assert timecode(seconds, 25.0) == text
