"""Two hundred media files that are broken, each in a way of its own, made from the samples in resources."""

from __future__ import annotations

import os
import shutil
import socket
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
CUTS = (0.001, 0.02, 0.3, 0.7, 0.97)
FLIPS = 9
"""Files with flipped bits of each whole file."""


def make_broken_files(folder: Path) -> list[Path]:
    """Write them all into `folder`; the same ones every time."""
    whole = _whole_files(folder / "whole")
    writers = (_truncated, _flipped, _misnamed, _without_streams, _absurd_headers, _bombs, _lying_chunks, _not_files)
    broken = folder / "broken"
    broken.mkdir()
    return [path for write in writers for path in write(broken, whole)]


def _whole_files(folder: Path) -> dict[str, bytes]:
    """Small valid files of every kind, by suffix."""
    folder.mkdir()
    short = folder / "short.mp4"
    _copy_packets(SAMPLES / "video.mp4", short, seconds=1.0)
    for suffix in ("mkv", "ts", "mov"):
        _copy_packets(short, folder / f"short.{suffix}")
    for suffix, codec in (("flac", "flac"), ("mp3", "libmp3lame"), ("ogg", "libopus")):
        _encode_sound(SAMPLES / "speech_b.wav", folder / f"short.{suffix}", codec)
    pixels = np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8)
    (folder / "short.png").write_bytes(_png(60, 40, zlib.compress(b"".join(b"\0" + row.tobytes() for row in pixels))))
    (folder / "short.wav").write_bytes((SAMPLES / "speech_b.wav").read_bytes()[:40_000])
    shutil.copy(SAMPLES / "portrait.jpg", folder / "short.jpg")
    return {path.suffix[1:]: path.read_bytes() for path in sorted(folder.iterdir())}


def _copy_packets(source: Path, target: Path, seconds: float = 1e9) -> None:
    with av.open(str(source)) as given, av.open(str(target), "w") as container:
        streams = {stream.index: container.add_stream_from_template(stream, opaque=True) for stream in given.streams}
        for packet in given.demux():
            if packet.dts is not None and packet.dts * packet.time_base < seconds:
                packet.stream = streams[packet.stream.index]
                container.mux(packet)


def _encode_sound(source: Path, target: Path, codec: str) -> None:
    with av.open(str(source)) as given, av.open(str(target), "w") as container:
        stream = container.add_stream(codec, rate=48_000 if codec == "libopus" else 16_000, layout="mono")
        for frame in given.decode(audio=0):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _truncated(folder: Path, whole: dict[str, bytes]) -> Iterator[Path]:
    for suffix, data in whole.items():
        for cut in CUTS:
            yield _write(folder / f"cut_{cut}.{suffix}", data[: int(len(data) * cut)])


def _flipped(folder: Path, whole: dict[str, bytes]) -> Iterator[Path]:
    for suffix, data in whole.items():
        for number in range(FLIPS):
            generator = np.random.default_rng([number, len(data)])
            values = np.frombuffer(data, np.uint8).copy()
            # The first ones hit the header alone, the last ones all of the file, ever more of it.
            reach = min(len(values), 400) if number < 4 else len(values)
            places = generator.integers(0, reach, max(1, reach // 5000 * number + number + 1))
            values[places] ^= (1 << generator.integers(0, 8, len(places))).astype(np.uint8)
            yield _write(folder / f"flipped_{number}.{suffix}", values.tobytes())


def _misnamed(folder: Path, whole: dict[str, bytes]) -> Iterator[Path]:
    wrong = {"mp4": "png", "mkv": "wav", "wav": "mp4", "png": "mp4", "jpg": "mkv", "flac": "jpg", "mp3": "gif"}
    for suffix, other in wrong.items():
        yield _write(folder / f"was_{suffix}.{other}", whole[suffix])
    texts = {
        "txt": b"hello\n" * 99,
        "html": b"<html><video src='http://localhost/x.mp4'></html>",
        "sdp": b"v=0\nm=audio 9\n",
    }
    for name, text in texts.items():
        yield _write(folder / f"{name}.mp4", text)
    yield _write(folder / "list.m3u8", b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")
    yield _write(folder / "itself.m3u8", b"#EXTM3U\n#EXTINF:1,\nitself.m3u8\n#EXT-X-ENDLIST\n")
    yield _write(folder / "list.ffconcat", b"ffconcat version 1.0\nfile list.ffconcat\n")
    yield _write(folder / "noise.mp4", np.random.default_rng(3).bytes(50_000))
    yield _write(folder / "zeros.mkv", bytes(50_000))
    yield _write(folder / "ones.wav", b"\xff" * 50_000)


def _without_streams(folder: Path, whole: dict[str, bytes]) -> Iterator[Path]:
    header = _box(b"ftyp", b"isom\0\0\2\0isomiso2")
    yield _write(folder / "no_moov.mp4", header)
    yield _write(folder / "empty_moov.mp4", header + _box(b"moov", b""))
    yield _write(folder / "no_track.mp4", header + _box(b"moov", _box(b"mvhd", bytes(100))) + _box(b"mdat", bytes(99)))
    yield _write(folder / "empty_track.mov", header + _box(b"moov", _box(b"trak", _box(b"mdia", b""))))
    yield _write(folder / "header.mkv", whole["mkv"][:40])
    yield _write(folder / "no_data.wav", whole["wav"][:36])
    yield _write(folder / "no_samples.wav", whole["wav"][:40] + bytes(4))
    yield _write(folder / "empty.avi", b"RIFF" + struct.pack("<I", 4) + b"AVI ")
    yield _write(folder / "header.ogg", b"OggS" + bytes(24))
    yield _write(folder / "header.flac", b"fLaC" + bytes(38))
    yield _write(folder / "tag.mp3", b"ID3\4\0\0\0\0\0\0")
    yield _write(folder / "no_image.gif", b"GIF89a" + struct.pack("<HHBBB", 9, 9, 0, 0, 0) + b";")


def _absurd_headers(folder: Path, whole: dict[str, bytes]) -> Iterator[Path]:
    formats = {
        "rate_0": (1, 1, 0, 16), "rate_huge": (1, 1, 2**32 - 1, 16), "channels_0": (1, 0, 16_000, 16),
        "channels_huge": (1, 65_535, 16_000, 16), "bits_0": (1, 1, 16_000, 0), "bits_huge": (1, 1, 16_000, 65_535),
        "codec": (0xABCD, 1, 16_000, 16), "bits_3": (1, 2, 44_100, 3),
    }  # fmt: skip
    for name, (codec, channels, rate, bits) in formats.items():
        size = max(1, channels * bits // 8)
        form = struct.pack("<HHIIHH", codec, channels, rate, min(rate * size, 2**32 - 1), size % 65_536, bits)
        yield _write(folder / f"{name}.wav", _riff(form, bytes(4000)))
    sizes = ((2**31 - 1, 1), (1, 2**31 - 1), (65_535, 65_535), (0, 0), (30_000, 30_000))
    for width, height in sizes:
        yield _write(folder / f"size_{width}_{height}.png", _png(width, height, zlib.compress(bytes(1000))))
        bitmap = struct.pack("<2sIHHIIiiHHIIIIII", b"BM", 154, 0, 0, 54, 40, width, height, 1, 24, 0, 100, 0, 0, 0, 0)
        yield _write(folder / f"size_{width}_{height}.bmp", bitmap + bytes(100))
    for width, height in ((65_535, 65_535), (16_000, 16_000), (0, 0)):
        yield _write(folder / f"size_{width}_{height}.gif", _gif(width, height))
    for name, tag, offset, value in (
        ("no_clock", b"mdhd", 12, 0), ("fast_clock", b"mdhd", 12, 2**32 - 1), ("long", b"mvhd", 16, 2**32 - 1),
        ("wide", b"avc1", 28, 0xFFFFFFFF), ("tall", b"tkhd", 80, 0xFFFFFFFF), ("many", b"stsz", 8, 2**31),
        ("chunks", b"stco", 4, 2**31), ("times", b"stts", 4, 2**31), ("edits", b"elst", 4, 2**31),
    ):  # fmt: skip
        yield _write(folder / f"{name}.mp4", _patched(whole["mp4"], tag, offset, value))


def _bombs(folder: Path, whole: dict[str, bytes]) -> Iterator[Path]:
    # The larger one has but a part of its rows: it is to be refused for what it announces.
    for side, share in ((8_000, 1.0), (20_000, 0.02)):
        packer = zlib.compressobj(1)
        rows = b"".join(packer.compress(bytes((3 * side + 1) * 100)) for _ in range(round(side * share) // 100))
        yield _write(folder / f"bomb_{side}.png", _png(side, side, rows + packer.flush()))
    huge = zlib.compress(bytes(100_000_000), 1)
    pixel = zlib.compress(bytes(4))
    yield _write(folder / "bomb_text.png", _png(1, 1, pixel, _chunk(b"zTXt", b"a\0\0" + huge)))
    yield _write(folder / "bomb_profile.png", _png(1, 1, pixel, _chunk(b"iCCP", b"a\0\0" + huge)))
    yield _write(folder / "bomb_pixels.png", _png(1, 1, huge))
    yield _write(folder / "many_frames.png", _png(1, 1, pixel, _chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0))))


def _lying_chunks(folder: Path, whole: dict[str, bytes]) -> Iterator[Path]:
    nested = b""
    for _ in range(3_000):
        nested = _box(b"moov", nested)
    yield _write(folder / "deep.mp4", _box(b"ftyp", b"isom\0\0\0\0") + nested)
    for number, size in enumerate((0, 1, 7, 2**31 - 1, 2**32 - 1)):
        yield _write(folder / f"lie_{number}.mp4", _resized(whole["mp4"], b"moov", size))
        yield _write(folder / f"lie_{number}.wav", whole["wav"][:40] + struct.pack("<I", size) + whole["wav"][44:])
        yield _write(folder / f"lie_{number}.png", whole["png"][:33] + struct.pack(">I", size) + whole["png"][37:])
    lists = b"RIFF" + struct.pack("<I", 2**32 - 1) + b"AVI " + (b"LIST" + struct.pack("<I", 2**31) + b"hdrl") * 3_000
    yield _write(folder / "lists.avi", lists)
    yield _write(
        folder / "masters.mkv", whole["mkv"][:40] + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" * 3_000
    )


def _not_files(folder: Path, whole: dict[str, bytes]) -> Iterator[Path]:
    for suffix in ("mp4", "wav", "png"):
        yield _write(folder / f"nothing.{suffix}", b"")
    (folder / "folder.mp4").mkdir()
    yield folder / "folder.mp4"
    os.mkfifo(folder / "pipe.wav")
    yield folder / "pipe.wav"
    for name, target in (("loop.mp4", "loop.mp4"), ("dangling.mp4", "lost.mp4"), ("device.mp4", "/dev/zero")):
        (folder / name).symlink_to(target)
        yield folder / name
    with socket.socket(socket.AF_UNIX) as door:
        here = os.open(folder, os.O_RDONLY)
        # A socket's name has to be short.
        door.bind(f"/proc/self/fd/{here}/door.wav")
        os.close(here)
    yield folder / "door.wav"
    yield folder / "never_made.mp4"
    locked = _write(folder / "locked.wav", whole["wav"])
    locked.chmod(0)
    yield locked


def _write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def _riff(form: bytes, samples: bytes) -> bytes:
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png(width: int, height: int, rows: bytes, *chunks: bytes) -> bytes:
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"".join((b"\x89PNG\r\n\x1a\n", header, *chunks, _chunk(b"IDAT", rows), _chunk(b"IEND", b"")))


def _gif(width: int, height: int) -> bytes:
    """Two pictures of this size that hold one pixel each."""
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\2\2\x44\1\0"
    colours = b"\0\0\0\xff\xff\xff"
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + colours + picture * 2 + b";"


def _patched(data: bytes, tag: bytes, offset: int, value: int) -> bytes:
    place = data.index(tag) + 4 + offset
    return data[:place] + struct.pack(">I", value) + data[place + 4 :]


def _resized(data: bytes, tag: bytes, size: int) -> bytes:
    place = data.index(tag) - 4
    return data[:place] + struct.pack(">I", size) + data[place + 4 :]
