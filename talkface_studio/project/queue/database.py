"""The SQLite file under the queue: opened, migrated, and put aside when it is damaged."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from talkface_studio.api.errors import ProjectError

BUSY_TIMEOUT = 30.0
"""Seconds to wait for another process that writes."""

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE jobs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        state TEXT NOT NULL DEFAULT 'waiting',
        request TEXT NOT NULL,
        output TEXT NOT NULL,
        batch TEXT,
        fingerprint TEXT,
        priority INTEGER NOT NULL DEFAULT 0,
        position INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        not_before REAL NOT NULL DEFAULT 0,
        done INTEGER NOT NULL DEFAULT 0,
        total INTEGER NOT NULL DEFAULT 0,
        wish TEXT,
        error TEXT,
        trace TEXT,
        result TEXT,
        created REAL NOT NULL,
        started REAL,
        finished REAL,
        token TEXT,
        owner_host TEXT,
        owner_pid INTEGER,
        owner_started REAL,
        lease_until REAL
    );
    CREATE INDEX jobs_in_order ON jobs (state, priority DESC, position);
    CREATE INDEX jobs_by_output ON jobs (output);
    CREATE INDEX jobs_by_batch ON jobs (batch);
    CREATE TABLE queue (held INTEGER NOT NULL, revision INTEGER NOT NULL);
    INSERT INTO queue VALUES (0, 0);
    """,
)
"""Each step makes the next version of the schema out of the one before; a released step never changes."""

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Database:
    """One connection for all threads of a process. Every error of SQLite becomes a ProjectError of one line."""

    def __init__(self, path: Path, migrations: Sequence[str] = MIGRATIONS) -> None:
        """Open the file, or make it.

        Raises:
            ProjectError: it is damaged (and was put aside), was made by a newer version, or cannot be opened.
        """
        self.path = path
        self._lock = threading.RLock()
        with self._translated():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
        try:
            with self._translated():
                self._prepare(migrations)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One consistent look at the file."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A change that happens as a whole or not at all; nobody else writes meanwhile. It makes a new revision."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection
            connection.execute("UPDATE queue SET revision = revision + 1")

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._lock, self._translated():
            self._connection.execute(begin)
            try:
                yield self._connection
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _prepare(self, migrations: Sequence[str]) -> None:
        problem = self._connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if problem != "ok":
            self._put_aside(str(problem))
        self._use_wal()
        self._connection.execute("PRAGMA synchronous = FULL")
        self._migrate(migrations)

    def _use_wal(self) -> None:
        # SQLite does not wait for others where it changes the journal's mode, so this does.
        deadline = time.monotonic() + BUSY_TIMEOUT
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                return

    def _migrate(self, migrations: Sequence[str]) -> None:
        if self._version() > len(migrations):
            raise ProjectError(f"{self.path}: this queue was made by a newer version of TalkFace Studio; use that one")
        if self._version() == len(migrations):
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for script in migrations[self._version() :]:
                for statement in script.split(";"):
                    self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {len(migrations)}")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if _code(error) in _DAMAGED:
                self._put_aside(str(error))
            raise ProjectError(
                f"{self.path}: the queue cannot be used ({error}); check the folder and the disk"
            ) from error
        except OSError as error:
            raise ProjectError(
                f"{self.path}: the queue cannot be opened ({error.strerror}); check the folder and the disk"
            ) from error

    def _put_aside(self, problem: str) -> NoReturn:
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        kept = self.path.with_name(f"{self.path.stem}.damaged-{stamp}{self.path.suffix}")
        self._connection.close()
        for ending in ("", "-wal", "-shm"):
            # Another process may have found the damage first.
            with suppress(FileNotFoundError):
                self.path.with_name(self.path.name + ending).rename(kept.with_name(kept.name + ending))
        reason = " ".join(problem.split())
        raise ProjectError(
            f"{self.path}: the queue is damaged ({reason}); it was kept as {kept.name}, try again with a new one"
        )


def _code(error: sqlite3.Error) -> int:
    # The lowest byte is the kind of error, the others tell more.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
