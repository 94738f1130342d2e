"""What goes over the wire: only what is meant, whatever comes in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from talkface_studio.engine.protocol import messages
from talkface_studio.engine.protocol.messages import FromClient, Reply, Request
from talkface_studio.engine.protocol.questions import Document, Peaks, Preview, Probe
from talkface_studio.ipc.codec import Codec, MessageError
from talkface_studio.ipc.messages import read_hello

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
