"""Dubs as jobs of the queue: the work of making one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from talkface_studio.dubbing.channel import Cancel
from talkface_studio.dubbing.documents import request_of
from talkface_studio.dubbing.request import Progress
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.project.queue.job import QueuedJob
from talkface_studio.project.queue.runner import JobWork


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

        catalog = load_catalog(third_party=self.third_party, folders=self.folders)

        def work(job: QueuedJob, *, progress: Callable[[Progress], None], cancel: Cancel) -> Mapping[str, Any]:
            request = request_of(job.request)
            return dub(request, catalog, self.folders, progress=progress, cancel=cancel).to_dict()

        return work
