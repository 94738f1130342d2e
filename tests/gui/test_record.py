"""Recording a voice. The microphone is the one thing that is not real here."""

from __future__ import annotations

import wave
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from talkface_studio.gui.bin.microphone import RATE, Recording, level
from talkface_studio.gui.bin.record_dialog import RecordDialog

DEVICES = [
    {"name": "Speakers", "max_input_channels": 0},
    {"name": "Webcam", "max_input_channels": 1},
    {"name": "Headset", "max_input_channels": 2},
]


class Stream:
    """Where a test speaks into."""

    def __init__(self, *, samplerate: int, channels: int, dtype: str, device: str | None, callback) -> None:
        if device == "Headset":
            raise OSError("device is busy")
        self.device, self.callback, self.closed = device, callback, False

    def start(self) -> None:
        pass

    def speak(self, loudness: int, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            self.callback(np.full(RATE // 10, loudness, np.int16).tobytes(), RATE // 10, None, None)

    def abort(self, ignore_errors: bool) -> None:
        pass

    def close(self, ignore_errors: bool) -> None:
        self.closed = True


@pytest.fixture
def streams(monkeypatch):
    sounddevice = pytest.importorskip("sounddevice")
    made = []

    def make(**settings: object) -> Stream:
        made.append(Stream(**settings))
        return made[-1]

    monkeypatch.setattr(sounddevice, "_terminate", lambda: None)
    monkeypatch.setattr(sounddevice, "_initialize", lambda: None)
    monkeypatch.setattr(sounddevice, "query_devices", lambda: DEVICES)
    monkeypatch.setattr(sounddevice, "default", SimpleNamespace(device=(1, 0)))
    monkeypatch.setattr(sounddevice, "RawInputStream", make)
    return made


@pytest.fixture
def dialog(studio, streams, qtbot, tmp_path):
    from PySide6.QtWidgets import QWidget

    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    made = RecordDialog(studio, tmp_path / "media" / "voice.wav", parent)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    made.open()
    yield made
    made.close()


def test_a_voice_is_recorded_between_two_presses(dialog, streams, wait, qtbot, tmp_path) -> None:
    wait(dialog._go.isEnabled)
    assert [dialog._devices.itemText(row) for row in range(2)] == ["Webcam", "Headset"]
    streams[0].speak(20_000, 0.5)
    wait(lambda: dialog._meter._level > 0.5)
    recorded = []
    dialog.recorded.connect(recorded.append)
    qtbot.mouseClick(dialog._go, Qt.MouseButton.LeftButton)
    streams[0].speak(8000, 1.2)
    wait(lambda: dialog._time.text() == "0:01.2")
    assert not (tmp_path / "media" / "voice.wav").exists()
    qtbot.mouseClick(dialog._go, Qt.MouseButton.LeftButton)
    assert recorded == [tmp_path / "media" / "voice.wav"]
    with wave.open(str(recorded[0])) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (RATE, 1, round(1.2 * RATE))
        assert set(np.frombuffer(file.readframes(RATE), np.int16)) == {8000}
    wait(lambda: streams[0].closed)


def test_a_recording_that_is_cancelled_leaves_nothing(dialog, streams, wait, qtbot, tmp_path) -> None:
    wait(dialog._go.isEnabled)
    qtbot.mouseClick(dialog._go, Qt.MouseButton.LeftButton)
    streams[0].speak(8000, 0.5)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not list((tmp_path / "media").iterdir())


def test_a_microphone_that_cannot_be_used_says_so(dialog, streams, wait, studio) -> None:
    wait(dialog._go.isEnabled)
    dialog._devices.setCurrentIndex(1)
    dialog._devices.activated.emit(1)
    wait(lambda: not dialog._go.isEnabled())
    assert "Headset: cannot record: device is busy" in dialog._row.note.text()
    assert studio.preferences.values.microphone == "Headset"


def test_a_file_in_the_way_of_its_folder_is_an_error_of_the_disk(tmp_path) -> None:
    (tmp_path / "media").write_bytes(b"")
    with pytest.raises(OSError, match="media"):
        Recording(tmp_path / "media" / "voice.wav")


def test_levels() -> None:
    assert level(b"") == 0.0
    assert level(np.array([0, -32768, 5], np.int16).tobytes()) == 1.0
