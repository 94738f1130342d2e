"""What was once learnt of media files, so that a file that did not change is not probed again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from talkface_studio.project.document.media import Fingerprint, MediaFacts, MediaKind
from talkface_studio.project.document.plain import from_plain, to_json
from talkface_studio.project.document.value import Value
from talkface_studio.project.storage.fingerprint import fingerprint
from talkface_studio.project.storage.json_file import read_json, write_json

_VERSION = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Known(Value):
    """What is known of one file, and the state in which it was looked at."""

    kind: MediaKind
    facts: MediaFacts
    fingerprint: Fingerprint
    changed_ns: int
    """Modification time in nanoseconds."""


class MediaIndex:
    """A cache on disk, by path; a file that was moved or renamed is known by its fingerprint."""

    def __init__(self, file: Path, *, limit: int = 5000) -> None:
        """Read the index; one that is missing or damaged is empty.

        Args:
            file: where it lies, in a folder for caches.
            limit: entries to keep; those that were not asked for longest go first.
        """
        self._file = file
        self._limit = limit
        self._entries: dict[str, Known] = {}
        content = read_json(file)
        files = content.get("files")
        if content.get("version") == _VERSION and isinstance(files, dict):
            for name, plain in files.items():
                try:
                    self._entries[name] = from_plain(Known, plain)
                except ValueError:
                    continue

    def find(self, path: Path) -> Known | None:
        """What is known of a file, if it is still the file that was looked at."""
        try:
            stat = path.stat()
            known = self._entries.get(str(path))
            if known and (known.changed_ns, known.fingerprint.size) == (stat.st_mtime_ns, stat.st_size):
                self._keep(path, known)
                return known
            if not any(entry.fingerprint.size == stat.st_size for entry in self._entries.values()):
                return None
            now = fingerprint(path)
        except OSError:
            return None
        same = next((entry for entry in self._entries.values() if entry.fingerprint == now), None)
        if same is None:
            return None
        return self.learn(path, same.kind, same.facts, now)

    def learn(
        self, path: Path, kind: MediaKind, facts: MediaFacts, known_fingerprint: Fingerprint | None = None
    ) -> Known:
        """Note what a probe found.

        Raises:
            OSError: the file is gone by now.
        """
        changed = path.stat().st_mtime_ns
        known = Known(kind=kind, facts=facts, fingerprint=known_fingerprint or fingerprint(path), changed_ns=changed)
        self._keep(path, known)
        return known

    def save(self) -> None:
        """Write the index.

        Raises:
            ProjectError: it cannot be written.
        """
        files = {name: json.loads(to_json(known)) for name, known in self._entries.items()}
        write_json(self._file, {"version": _VERSION, "files": files})

    def _keep(self, path: Path, known: Known) -> None:
        self._entries.pop(str(path), None)
        self._entries[str(path)] = known
        while len(self._entries) > self._limit:
            del self._entries[next(iter(self._entries))]
