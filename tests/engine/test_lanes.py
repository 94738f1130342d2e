"""The newest of a key is done, and keys take turns."""

from __future__ import annotations

from threading import Event

from talkface_studio.engine.server.lanes import Lane, Task


def _put(lane, key, number, done, dropped, *, hold=None, begun=None):
    def work():
        if begun is not None:
            begun.set()
        if hold is not None:
            hold.wait(10)
        done.append(number)

    lane.put(key, Task(number, work, lambda: dropped.append(number)))


def test_newest_wins_and_channels_take_turns():
    lane, hold, begun, finished = Lane("test"), Event(), Event(), Event()
    done, dropped = [], []
    _put(lane, "viewer", 0, done, dropped, hold=hold, begun=begun)
    assert begun.wait(10)
    for number in range(1, 6):
        _put(lane, "viewer", number, done, dropped)
    _put(lane, "strip", 6, done, dropped)
    _put(lane, "viewer", 7, done, dropped)
    _put(lane, 8, 8, done, dropped)
    _put(lane, 9, 9, done, dropped)
    assert lane.drop(8)
    assert not lane.drop(0)
    lane.put("end", Task(99, finished.set, lambda: None))
    hold.set()
    assert finished.wait(10)
    assert done == [0, 7, 6, 9]
    assert dropped == [1, 2, 3, 4, 5, 8]


def test_closing_drops_what_waits():
    lane, hold, begun = Lane("test"), Event(), Event()
    done, dropped = [], []
    _put(lane, "a", 0, done, dropped, hold=hold, begun=begun)
    assert begun.wait(10)
    _put(lane, "b", 1, done, dropped)
    lane.close()
    hold.set()
    assert dropped == [1]
