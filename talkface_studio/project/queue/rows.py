"""Rows of the database as jobs, and the changes of state that more than one side makes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from talkface_studio.project.queue.job import QueuedJob

COLUMNS = ", ".join(QueuedJob.__slots__)
NO_OWNER = "token = NULL, owner_host = NULL, owner_pid = NULL, owner_started = NULL, lease_until = NULL, wish = NULL"


def to_job(row: sqlite3.Row) -> QueuedJob:
    """The job in a row of the table."""
    values: dict[str, Any] = {name: row[name] for name in QueuedJob.__slots__}
    values["request"] = json.loads(values["request"])
    values["result"] = None if values["result"] is None else json.loads(values["result"])
    return QueuedJob(**values)


def select(connection: sqlite3.Connection, where: str = "1", values: Iterable[Any] = ()) -> list[QueuedJob]:
    """The jobs of which a condition is true, in the order in which they run."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM jobs WHERE {where} ORDER BY priority DESC, position",  # noqa: S608 - our own words
        tuple(values),
    )
    return [to_job(row) for row in rows]


def update(connection: sqlite3.Connection, job_id: int, changes: str, **values: Any) -> None:
    """Change a job."""
    connection.execute(f"UPDATE jobs SET {changes} WHERE id = :id", {"id": job_id, **values})  # noqa: S608 - ours


def as_text(document: Mapping[str, Any]) -> str:
    """A document as it is stored."""
    return json.dumps(document, ensure_ascii=False)
