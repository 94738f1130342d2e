"""What both protocols stand on: lines, an outbox, and shared memory."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from talkface_studio.ipc.lines import Outbox, read_lines
from talkface_studio.ipc.slots import FreeSlots, SlotMemory


def test_lines_are_read_on_behind_one_that_is_too_long():
    stream = io.BytesIO(b"first\n" + b"x" * 100 + b"\nsecond\n" + b"0123456789\n" + b"cut of")
    assert list(read_lines(stream, 10)) == [b"first\n", None, b"second\n", None]


def test_an_outbox_keeps_order_and_outlives_its_reader():
    class Broken(io.BytesIO):
        def flush(self):
            raise BrokenPipeError

    class Kept(io.BytesIO):
        def close(self):
            self.content = self.getvalue()

    stream, broken = Kept(), Broken()
    for each in (stream, broken):
        outbox = Outbox(each, "test")
        for number in range(100):
            outbox.send(b"%d\n" % number)
        outbox.close(5)
    assert stream.content.split() == [b"%d" % number for number in range(100)]
    assert broken.closed


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are written by a thread there")
def test_an_outbox_waits_for_a_slow_reader_and_its_sender_does_not():
    source, target = os.pipe()
    lines = [b"%06d %s\n" % (number, b"x" * (10 * number)) for number in range(400)]
    outbox = Outbox(os.fdopen(target, "wb"), "test")
    for line in lines:
        outbox.send(line)
    # More than a pipe holds was sent, and nothing was read yet.
    assert sum(map(len, lines)) > 10 * 65_536
    with os.fdopen(source, "rb") as reader:
        assert [reader.readline() for _ in lines] == lines
        outbox.close(5)
        assert reader.read() == b""


def test_data_go_through_memory_without_a_name():
    memory = SlotMemory.create(slots=2, slot_bytes=300)
    try:
        memory.write(1, bytes(range(200)))
        assert memory.read(1, 200) == bytes(range(200))
        assert memory.read(0, 300) == bytes(300)
        for slot, size in ((2, 1), (-1, 1), (0, 301)):
            with pytest.raises(ValueError, match="no slot"):
                memory.read(slot, size)
        if Path("/dev/shm").is_dir():
            assert not list(Path("/dev/shm").glob("*talkface*"))
    finally:
        memory.close()


def test_slots_are_bounded_and_given_back_once():
    free = FreeSlots(2)
    taken = {free.take(1), free.take(1)}
    assert taken == {0, 1}
    assert free.take(0.01) is None
    for slot in (1, 1, 7, -1):
        free.give_back(slot)
    assert free.take(1) == 1
    assert free.take(0.01) is None
