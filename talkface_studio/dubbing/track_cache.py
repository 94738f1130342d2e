"""The tracks of clips on disk, so that a second take, or the rest of a take that was cut off, need not look for faces.

One file holds the tracks of one clip, and the crops that models got to know its faces by. It only grows, by blocks, of
which those of tracks end where tracking can go on:

    magic | length of the payload | CRC-32 of the payload | payload (an npz archive)

What does not check is cut off, with all that follows it. One process writes a file at a time; another one that dubs the
same clip meanwhile reads what there is and keeps what it adds to itself.
"""

from __future__ import annotations

import io
import math
import os
import shutil
import struct
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from filelock import BaseFileLock, FileLock, Timeout

from talkface_studio.api.values import CropLayout, FaceCrop, FaceObservation
from talkface_studio.dubbing.track_blocks import (
    pack_crops,
    pack_faces,
    pack_state,
    unpack_crops,
    unpack_faces,
    unpack_state,
)
from talkface_studio.faces.memory import Sighting, TrackerState

LARGEST_CACHE = 2 * 2**30
"""Bytes of all files together; an hour of one face takes about 180 MB."""
_HEAD = struct.Struct("<4sII")
_TRACKS, _LOOKS, _CROPS = b"TRK1", b"LOK1", b"CRP1"
_SUFFIX = ".tracks"


@dataclass(frozen=True, slots=True)
class _Block:
    magic: bytes
    offset: int
    length: int
    first: float
    last: float


class TrackCache:
    """A folder of track files, bounded in size: the ones that were not used for longest are removed."""

    def __init__(self, folder: Path, *, limit: int = LARGEST_CACHE) -> None:
        """`limit` is in bytes. The folder is made when it is first written to."""
        self._folder = folder
        self._limit = limit

    def open(self, key: str, *, end: float = math.inf) -> TrackFile:
        """The tracks of one clip; `end` is the time in seconds up to which they will be asked for."""
        self._shrink(keep=key)
        return TrackFile(self._folder / f"{key}{_SUFFIX}", end=end)

    def _shrink(self, keep: str) -> None:
        files = []
        with suppress(OSError):
            for path in self._folder.glob(f"*{_SUFFIX}"):
                with suppress(OSError):
                    status = path.stat()
                    files.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self._limit:
                return
            if path.stem != keep:
                # Another process may use it, or have removed it.
                with suppress(OSError):
                    path.unlink()
                    path.with_suffix(".lock").unlink(missing_ok=True)
                    total -= size


class TrackFile:
    """Implements `faces.memory.TrackMemory` in a file.

    A cache may fail without harm: where the disk is full or the folder cannot be written, the tracks are merely not
    kept.
    """

    def __init__(self, path: Path, *, end: float = math.inf) -> None:
        """Read what is there; see `TrackCache.open`."""
        self._path = path
        self._end = end
        self._blocks: list[_Block] = []
        self._looks: dict[float, tuple[FaceObservation, ...]] = {}
        self._crops: dict[str, _Block] = {}
        self._file: IO[bytes] | None = None
        self._lock: BaseFileLock | None = None
        self._size = 0
        self.until = -math.inf
        self.state: TrackerState | None = None
        writable = self._open()
        if self._file is not None:
            self._scan()
            if writable:
                self._file.truncate(self._size)
            else:
                self._keep_to_itself()

    def sightings(self, start: float) -> Iterator[Sighting]:
        """See `TrackMemory.sightings`."""
        for block in list(self._blocks):
            if block.last >= start:
                for sighting in unpack_faces(self._payload(block)):
                    if sighting.time >= start:
                        yield sighting

    def add(self, sightings: Sequence[Sighting], state: TrackerState | None) -> None:
        """See `TrackMemory.add`."""
        last = sightings[-1].time
        if last <= self.until:
            return
        arrays = pack_faces(sightings, steps=True)
        arrays |= {"end": np.float64(self._end)} if state is None else pack_state(state)
        block = self._append(_TRACKS, arrays, sightings[0].time, last)
        if block is not None:
            self._blocks.append(block)
            self.until, self.state = last, state

    def looked(self, time: float, look: Callable[[], tuple[FaceObservation, ...]]) -> tuple[FaceObservation, ...]:
        """The faces of a single frame, found by `look` where they are not known."""
        if time not in self._looks:
            self._looks[time] = look()
            self._append(_LOOKS, pack_faces([Sighting(time, self._looks[time], 0)], steps=False), time, time)
        return self._looks[time]

    def crops(self, key: str, layout: CropLayout, cut: Callable[[], tuple[FaceCrop, ...]]) -> tuple[FaceCrop, ...]:
        """The crops of this key, which are of this layout, made by `cut` where they are not known."""
        if key in self._crops:
            return tuple(unpack_crops(self._payload(self._crops[key]), layout))
        made = cut()
        if made:
            block = self._append(_CROPS, pack_crops(key, made), made[0].time, made[-1].time)
            if block is not None:
                self._crops[key] = block
        return made

    def close(self) -> None:
        """Close the file. Calling it twice is allowed."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Self:
        """It is a context manager that closes itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> bool:
        """Open the file for writing, or where that is not possible for reading; says which."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._path.with_suffix(".lock"))
            lock.acquire(blocking=False)
            self._lock = lock
            self._path.touch()
            self._file = self._path.open("rb+")
            os.utime(self._path, (time.time(), time.time()))
        except (Timeout, OSError):
            with suppress(OSError):
                self._file = self._path.open("rb")
            return False
        return True

    def _scan(self) -> None:
        """Find the blocks that are whole."""
        assert self._file is not None
        size = os.fstat(self._file.fileno()).st_size
        while self._size + _HEAD.size <= size:
            self._file.seek(self._size)
            magic, length, crc = _HEAD.unpack(self._file.read(_HEAD.size))
            payload = self._file.read(length) if length <= size else b""
            if magic not in {_TRACKS, _LOOKS, _CROPS} or len(payload) != length or zlib.crc32(payload) != crc:
                return
            arrays = _load(payload)
            if arrays is None or not self._take(magic, arrays, length):
                return
            self._size += _HEAD.size + length

    def _take(self, magic: bytes, arrays: dict[str, Any], length: int) -> bool:
        if magic == _LOOKS:
            self._looks |= {each.time: each.faces for each in unpack_faces(arrays)}
            return True
        times = arrays["times"]
        if magic == _CROPS:
            self._crops[str(arrays["key"])] = _Block(magic, self._size, length, float(times[0]), float(times[-1]))
            return True
        open_end = float(arrays["end"]) if "end" in arrays else None
        if open_end is not None and self._end > open_end:
            # Tracking stopped here because nobody asked for more; it goes on from the block before.
            return False
        self._blocks.append(_Block(magic, self._size, length, float(times[0]), float(times[-1])))
        self.until = float(times[-1])
        self.state = None if open_end is not None else unpack_state(arrays)
        return True

    def _keep_to_itself(self) -> None:
        """Go on in a file of its own with what another process has written so far."""
        assert self._file is not None
        with self._file as file:
            file.seek(0)
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the rest
            shutil.copyfileobj(file, self._file)

    def _payload(self, block: _Block) -> dict[str, Any]:
        assert self._file is not None
        self._file.seek(block.offset + _HEAD.size)
        arrays = _load(self._file.read(block.length))
        assert arrays is not None
        return arrays

    def _append(self, magic: bytes, arrays: dict[str, Any], first: float, last: float) -> _Block | None:
        if self._file is None:
            return None
        payload = _archive(arrays)
        try:
            self._file.seek(self._size)
            self._file.write(_HEAD.pack(magic, len(payload), zlib.crc32(payload)) + payload)
            self._file.flush()
        except OSError:
            with suppress(OSError):
                self._file.close()
            self._file = None
            self._blocks.clear()
            self._crops.clear()
            self.until, self.state = -math.inf, None
            return None
        block = _Block(magic, self._size, len(payload), first, last)
        self._size += _HEAD.size + len(payload)
        return block


def _archive(arrays: Mapping[str, Any]) -> bytes:
    """What `numpy.savez_compressed` writes, at the level that takes an eighth of the time for a sixth more bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, values in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asanyarray(values), allow_pickle=False)
    return buffer.getvalue()


def _load(payload: bytes) -> dict[str, Any] | None:
    try:
        with np.load(io.BytesIO(payload), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (ValueError, OSError, zipfile.BadZipFile, KeyError):
        return None
