"""From other threads to the window's."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject

from talkface_studio.api.errors import MediaError, TalkFaceError
from talkface_studio.engine.protocol.questions import Probe, ShowSource

from .conftest import SAMPLES


def test_answers_come_in_the_thread_of_the_window(studio, wait) -> None:
    got = []
    studio.bridge.ask(
        Probe(path=SAMPLES / "video.mp4"),
        lambda answer: got.append((answer.content["duration"], threading.current_thread())),
    )
    assert not got
    wait(lambda: got)
    assert got == [(8.0, threading.main_thread())]


def test_errors_are_those_of_the_engine(studio, wait, tmp_path) -> None:
    got = []
    studio.bridge.ask(Probe(path=tmp_path / "none.mp4"), got.append, got.append)
    wait(lambda: got)
    assert type(got[0]) is MediaError
    assert "none.mp4" in str(got[0])


def test_nobody_is_called_for_an_owner_that_is_gone(studio, wait) -> None:
    owner, for_owner, for_all = QObject(), [], []
    gate = threading.Event()
    studio.bridge.run(gate.wait, for_owner.append, owner=owner)
    owner.deleteLater()
    del owner
    studio.bridge.run(lambda: 1, for_all.append)
    wait(lambda: for_all)
    gate.set()
    studio.bridge.run(lambda: 2, for_all.append)
    wait(lambda: len(for_all) == 2)
    assert not for_owner


def test_a_disk_error_in_the_background_is_a_line_for_the_user(studio, wait, tmp_path) -> None:
    got = []
    studio.bridge.run((tmp_path / "none").read_bytes, got.append, got.append)
    wait(lambda: got)
    assert isinstance(got[0], TalkFaceError)
    assert str(got[0]) == f"{tmp_path / 'none'}: No such file or directory"


def test_the_engine_s_state_is_heard(own_studio, wait) -> None:
    studio, states = own_studio, []
    studio.bridge.engine_changed.connect(lambda state: states.append(state.state))
    studio.engine.start()
    wait(lambda: "running" in states)
    assert states == ["starting", "running"]


def test_whoever_is_pushed_aside_on_a_channel_is_told(studio, wait) -> None:
    path, told = SAMPLES / "video.mp4", []
    for number in range(3):
        studio.bridge.ask(
            ShowSource(path=path, time=float(number), longest=32, channel="shared"),
            lambda picture: told.append(("shown", picture.frame.time)),
            dropped=lambda number=number: told.append(("dropped", float(number))),
        )
    wait(lambda: len(told) == 3)
    # Which of the first two gives way depends on whether the engine has begun with the first one.
    assert "dropped" in {what for what, number in told if number < 2}
    assert sorted(number for _, number in told) == [0, 1, 2]
    assert told[-1] == ("shown", 2.0)
