"""What a dub does for the sake of memory changes no pixel of it."""

import subprocess
import sys

import pytest

from talkface_studio.dubbing import export, pipeline
from talkface_studio.dubbing.dub import dub
from talkface_studio.dubbing.request import DubRequest
from talkface_studio.media.video import VideoReader

HEAPS = """
import ctypes, re, sys, threading
from pathlib import Path
from talkface_studio.dubbing.heap import keep_heap_small, keep_outside
small = keep_heap_small() if sys.argv[1] == "small" else None
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
kept = [keep_outside(size) for size in (3_110_400, 8_000_000)]
libc.fopen.restype = ctypes.c_void_p
def told():
    file = ctypes.c_void_p(libc.fopen(sys.argv[2].encode(), b"w"))
    libc.malloc_info(0, file)
    libc.fclose(file)
    return Path(sys.argv[2]).read_text()
def outside():
    return int(re.search('type="mmap" count="([0-9]+)"', told())[1])
before = outside()
for _ in range(5):
    libc.malloc(3_110_400)
found = outside() - before
ready = threading.Barrier(4)
def work():
    ready.wait()
    libc.malloc(1000)
    ready.wait()
threads = [threading.Thread(target=work) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(small, len(re.findall("<heap nr", told())), found, *kept)
"""


def heaps(folder, kind, **chosen):
    """Whether the heap is kept small, how many there are, of five large blocks the ones outside, and two answers."""
    command = [sys.executable, "-c", HEAPS, kind, str(folder / "heaps.xml")]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=chosen).stdout.split()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's heaps")
def test_threads_share_one_heap(tmp_path):
    assert int(heaps(tmp_path, "usual")[1]) > 1
    assert heaps(tmp_path, "small")[:2] == ["True", "1"]
    assert heaps(tmp_path, "small", MALLOC_ARENA_MAX="3")[0] == "False"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's heaps")
def test_large_pictures_lie_outside_of_it(tmp_path):
    assert heaps(tmp_path, "small")[2:] == ["5", "True", "True"]
    assert heaps(tmp_path, "usual")[3:] == ["False", "False"]


def test_large_pictures_are_dubbed_as_small_ones_are(clip, voice, toy_catalog, folders, tmp_path, monkeypatch):
    """Frames without pixels wait, two at a time, and there is one encoder."""
    monkeypatch.setattr(export, "SEGMENT_SECONDS", 0.5)
    usual = DubRequest(face=clip, speech=voice, output=tmp_path / "usual.mp4", precision="fp32")
    result = dub(usual, toy_catalog, folders)
    aside = []
    monkeypatch.setattr(pipeline, "BYTES_AHEAD", 1)
    monkeypatch.setattr(export, "_LARGE", 1)
    set_aside = pipeline.set_aside
    monkeypatch.setattr(pipeline, "set_aside", lambda frame: aside.append(frame) or set_aside(frame))
    large = DubRequest(face=clip, speech=voice, output=tmp_path / "large.mp4", precision="fp32")
    assert dub(large, toy_catalog, folders).frames == result.frames == len(aside)
    with VideoReader(usual.output) as one, VideoReader(large.output) as other:
        for expected, found in zip(one.frames(), other.frames(), strict=True):
            assert found.pts == expected.pts
            assert (found.pixels == expected.pixels).all()
