"""What goes over the wire: only what is meant, whatever comes in."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from talkface_studio.engine.protocol import messages
from talkface_studio.engine.protocol.lines import Outbox, read_lines
from talkface_studio.engine.protocol.messages import Codec, FromClient, MessageError, Reply, Request, read_hello
from talkface_studio.engine.protocol.questions import Document, Peaks, Preview, Probe
from talkface_studio.engine.protocol.slots import FreeSlots, PixelMemory

FROM_CLIENT = Codec(FromClient)
FROM_ENGINE = Codec(messages.FromEngine)


def test_messages_come_back_as_they_were():
    for message in (
        Request(id=7, question=Preview(dub={"face": "a", "options": {"x": 1.5, "y": None}}, time=2.0, channel="strip")),
        Request(id=2**53, question=Probe(path=Path("a b\n/ü.mp4"))),
    ):
        line = FROM_CLIENT.encode(message)
        assert line.count(b"\n") == 1
        assert FROM_CLIENT.decode(line) == message
    for message in (
        Reply(id=1, answer=Peaks(rate=50.0, duration=1.0, low=bytes(range(256)), high=b"")),
        Reply(id=1, answer=Document(content={"frames": None, "list": [1, {"a": "ü"}]})),
    ):
        assert FROM_ENGINE.decode(FROM_ENGINE.encode(message)) == message


def test_what_is_sent_is_checked_too():
    for wrong in ({"time": float("nan")}, {"time": -1.0}, {"time": "1"}, {"time": 1.0, "channel": ""}):
        with pytest.raises(ValidationError):
            Preview(dub={}, **wrong)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["type", "id", "question", "path", "time", "dub", "slot", "number", "version", "channel"])
TYPES = st.sampled_from(["request", "drop", "release", "ping", "hello", "probe", "preview", "show-source", "start-job"])
MALFORMED = st.one_of(
    st.binary(max_size=60),
    st.dictionaries(KEYS, JSON | TYPES | st.dictionaries(KEYS, JSON | TYPES), max_size=6).map(
        lambda document: json.dumps(document).encode()
    ),
)


@given(MALFORMED)
def test_malformed_lines_are_message_errors_and_nothing_else(line):
    for read in (FROM_CLIENT.decode, read_hello):
        refusal, message = None, None
        try:
            message = read(line)
        except MessageError as error:
            refusal = error
        if refusal is None:
            assert FROM_CLIENT.decode(FROM_CLIENT.encode(message)) == message
        else:
            assert len(str(refusal).splitlines()) == 1
            assert refusal.id >= 0


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


def test_pixels_go_through_memory_without_a_name():
    memory = PixelMemory.create(slots=2, slot_bytes=300)
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
