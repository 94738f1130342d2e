"""The finished segments of an export under way, beside its output, so that whatever happens only the last one is lost.

`OUT.mp4.talkface/` holds

    manifest.json     what is exported, and everything that its pixels depend on
    segments.jsonl    a line for each finished segment, in order; a torn last line does not count
    000012-<hash>.seg the segments
    lock              held while a process works on the export

and is removed when the output is in place. Anything else in it is left over from a process that was killed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from talkface_studio.api.errors import ExportError
from talkface_studio.dubbing.request import ResumeMode
from talkface_studio.media.destination import write_error
from talkface_studio.media.segments import SegmentSpan

FORMAT = 2
"""Version of the folder's layout; folders of another one are started over."""

_MANIFEST, _JOURNAL, _LOCK = "manifest.json", "segments.jsonl", "lock"


@dataclass(frozen=True, slots=True)
class Segment:
    """A finished segment. Times are in seconds; ticks are those of the output's clock."""

    number: int
    file: str
    sha256: str
    frames: int
    first: int
    last: int
    shift: int | None
    last_time: float
    interval: float
    """Between its last frame and the one before."""
    without_face: int
    codec: str
    """What encoded it; an encoder in hardware may have been replaced by one in software."""

    @property
    def span(self) -> SegmentSpan:
        """Where it lies."""
        return SegmentSpan(self.frames, self.first, self.last)


class ExportFolder:
    """One export under way. A context manager: at the end it lets go of the lock, and stays on disk if that pays."""

    def __init__(
        self,
        output: Path,
        manifest: Mapping[str, Any],
        *,
        mode: ResumeMode = "auto",
        notice: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Take up what is finished of this export, or begin it.

        `manifest` says in plain values what the pixels depend on, in sections; `notice` is told where something
        finished is thrown away.

        Raises:
            ExportError: another process works on it, the folder cannot be written, or with mode "insist" there is
                nothing that fits.
        """
        self.output = output
        self.path = _folder_of(output)
        self.segments: list[Segment] = []
        self.complete = False
        """Whether all frames are there."""
        self._manifest = {"format": FORMAT, **json.loads(json.dumps(manifest, default=str))}
        found = self.path.exists()
        if mode == "insist" and not found:
            raise ExportError(f"{output}: there is nothing to resume; leave out --resume to begin")
        with self._guard():
            self._own(found)
            self._lock = FileLock(self.path / _LOCK)
            self._take_lock()
        try:
            with self._guard():
                self._begin(mode, notice)
        except BaseException:
            # What is there of another request is not this one's to remove.
            self._lock.release()
            raise

    @property
    def frames(self) -> int:
        """How many frames are finished."""
        return sum(segment.frames for segment in self.segments)

    @property
    def codec(self) -> str | None:
        """What encoded all that is finished; None where nothing is."""
        return self.segments[-1].codec if self.segments else None

    @property
    def until(self) -> float:
        """Time of the last finished frame; minus infinity where there is none."""
        return self.segments[-1].last_time if self.segments else float("-inf")

    def unfinished_path(self, number: int) -> Path:
        """Where a segment is written until it is committed."""
        return self.path / f"{number:06d}.part"

    def segment_path(self, segment: Segment) -> Path:
        """Where a finished segment is."""
        return self.path / segment.file

    def commit(self, segment: Segment) -> Segment:
        """Count a segment, whose file is closed and on the disk, as finished; gives it with its name and hash.

        Raises:
            ExportError: the disk is full, or is gone.
        """
        with self._guard():
            unfinished = self.unfinished_path(segment.number)
            digest = _sha256(unfinished)
            named = {**asdict(segment), "file": f"{segment.number:06d}-{digest[:16]}.seg", "sha256": digest}
            done = Segment(**named)
            unfinished.replace(self.segment_path(done))
            self._note(named)
        self.segments.append(done)
        return done

    def finish(self) -> None:
        """Note that no more segments will come."""
        if not self.complete:
            with self._guard():
                self._note({"complete": True})
            self.complete = True

    def publish(self, assembled: Path) -> None:
        """Move the assembled file into place, and remove the folder.

        Raises:
            ExportError: it cannot be moved there.
        """
        with self._guard():
            assembled.replace(self.output)
            _sync_folder(self.output.parent)
        self.discard()

    def discard(self) -> None:
        """Remove the folder with all that is in it."""
        self._lock.release()
        # What cannot be removed, as on a drive that is gone, does no harm.
        shutil.rmtree(self.path, ignore_errors=True)

    def close(self) -> None:
        """Let go of the export; its folder stays if something in it is finished."""
        with suppress(OSError):
            self._remove_leftovers()
        if not self.segments:
            self.discard()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _own(self, found: bool) -> None:
        """Make the folder, or make sure that it is one of ours."""
        if found and not (self.path / _MANIFEST).exists():
            strange = [path.name for path in self.path.iterdir() if path.name != _LOCK] if self.path.is_dir() else ["."]
            if strange:
                raise ExportError(f"{self.path}: is in the way, and not from an export; move it or rename the output")
        self.path.mkdir(exist_ok=True)

    def _take_lock(self) -> None:
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            raise ExportError(
                f"{self.output}: is being written by another process; wait for it, or choose another output"
            ) from None

    def _begin(self, mode: ResumeMode, notice: Callable[[str], None]) -> None:
        before = _read_json(self.path / _MANIFEST)
        changed = None if before is None else _difference(before, self._manifest)
        if before is not None and changed is None and mode != "restart":
            self._read_journal()
        elif before is not None and mode == "insist":
            raise ExportError(f"{self.output}: cannot be resumed: {changed} changed; use --restart to begin anew")
        elif before is not None and changed is not None and mode == "auto" and (self.path / _JOURNAL).exists():
            notice(f"{self.output}: {changed} changed since this export was interrupted; it begins anew")
        if mode == "insist" and not self.segments:
            raise ExportError(f"{self.output}: there is nothing to resume; leave out --resume to begin")
        if not self.segments:
            self.complete = False
            (self.path / _JOURNAL).unlink(missing_ok=True)
            _write_whole(self.path / _MANIFEST, json.dumps(self._manifest, indent=1))
        self._remove_leftovers()
        _sync_folder(self.path)

    def _read_journal(self) -> None:
        """Take up the segments that are whole, up to the first one that is not."""
        journal = self.path / _JOURNAL
        lines = journal.read_bytes().splitlines(keepends=True) if journal.exists() else []
        kept = 0
        for line in lines:
            entry = _entry(line)
            if entry is None:
                break
            if entry.get("complete"):
                self.complete = True
            else:
                segment = _segment(entry)
                if segment is None or not self._is_whole(segment):
                    break
                self.segments.append(segment)
            kept += len(line)
        if lines and kept < sum(map(len, lines)):
            self.complete = False
            os.truncate(journal, kept)

    def _is_whole(self, segment: Segment) -> bool:
        path = self.path / segment.file
        follows = segment.number == len(self.segments)
        return follows and path.is_file() and _sha256(path) == segment.sha256

    def _note(self, entry: Mapping[str, Any]) -> None:
        with (self.path / _JOURNAL).open("ab") as file:
            file.write(json.dumps(entry).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _remove_leftovers(self) -> None:
        known = {_MANIFEST, _JOURNAL, _LOCK, *(segment.file for segment in self.segments)}
        for path in self.path.iterdir():
            if path.name not in known:
                path.unlink(missing_ok=True)

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise write_error(self.output, error) from error


def _folder_of(output: Path) -> Path:
    # A file name may have 255 bytes.
    name = output.name
    if len(name.encode()) > 240:
        name = name.encode()[:200].decode(errors="ignore") + hashlib.sha256(name.encode()).hexdigest()[:16]
    return output.with_name(f"{name}.talkface")


def _difference(before: Mapping[str, Any], now: Mapping[str, Any]) -> str | None:
    """The first thing in which two manifests differ, in words."""
    for section in (*now, *before):
        first, second = before.get(section), now.get(section)
        if first == second:
            continue
        if isinstance(first, dict) and isinstance(second, dict):
            names = [name for name in (*second, *first) if first.get(name) != second.get(name)]
            return f"{section} {names[0]}"
        return section
    return None


def _entry(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _segment(entry: Mapping[str, Any]) -> Segment | None:
    try:
        return Segment(**entry)
    except TypeError:
        return None


def _read_json(path: Path) -> dict[str, Any] | None:
    return _entry(path.read_bytes() + b"\n") if path.exists() else None


def _write_whole(path: Path, text: str) -> None:
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    """Bring names of files to the disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    number = os.open(folder, os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
