"""Dubs as jobs of the queue: a request as JSON, and the work of making it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from talkface_studio.api.errors import ProjectError
from talkface_studio.dubbing.channel import Cancel
from talkface_studio.dubbing.request import DubRequest, Progress
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.project.queue.job import QueuedJob
from talkface_studio.project.queue.runner import JobWork

_REQUEST = TypeAdapter(DubRequest)
_Value = TypeVar("_Value")


def map_paths(value: _Value, change: Callable[[Path], Path]) -> _Value:
    """A request, or a part of one, with every path in it changed."""
    found: Any = value
    if isinstance(value, Path):
        found = change(value)
    elif isinstance(value, tuple):
        found = tuple(map_paths(item, change) for item in value)
    elif is_dataclass(value) and not isinstance(value, type):
        found = replace(value, **{item.name: map_paths(getattr(value, item.name), change) for item in fields(value)})
    return cast("_Value", found)


def request_document(request: DubRequest) -> dict[str, Any]:
    """A request as JSON, with absolute paths: whoever runs it may stand in another folder."""
    document: dict[str, Any] = _REQUEST.dump_python(map_paths(request, Path.absolute), mode="json")
    return document


def read_request(document: Mapping[str, Any]) -> DubRequest:
    """The request of a document.

    Raises:
        ProjectError: it is none, or one of another version of the studio.
    """
    try:
        return _REQUEST.validate_python(dict(document))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ProjectError(f"the job's request cannot be read ({place}: {first['msg']}); add it again") from error


@dataclass(frozen=True, slots=True)
class DubSource:
    """Makes the work of dubbing: the installed plugins and the user's folders."""

    folders: Folders
    third_party: bool = True

    def open(self) -> JobWork:
        """Load the plugins and the dubbing pipeline.

        Raises:
            PluginError: a plugin breaks the contract.
        """
        from talkface_studio.dubbing.dub import dub
        from talkface_studio.plugin_host.catalog import load_catalog

        catalog = load_catalog(third_party=self.third_party)

        def work(job: QueuedJob, *, progress: Callable[[Progress], None], cancel: Cancel) -> Mapping[str, Any]:
            request = read_request(job.request)
            return dub(request, catalog, self.folders, progress=progress, cancel=cancel).to_dict()

        return work
