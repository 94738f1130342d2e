"""What a plugin that a user installed registers and the studio leaves alone there.

It runs in a process of its own that is asked for faces and for converted weights, so its models and their converters
are all that it can offer. The source of its entry module tells the rest; nothing of it is run.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Iterator, Mapping

from talkface_studio.plugin_host.store.values import InstalledPlugin

_RUN_IT_INSIDE = "install its project beside the studio with pip, which runs it inside the studio"
UNUSED: Mapping[str, str] = types.MappingProxyType({
    "talkface_register_recipes": f"to train its models, {_RUN_IT_INSIDE}",
    "talkface_register_metrics": f"to use its measures, {_RUN_IT_INSIDE}",
    "talkface_register_commands": f"to use its commands, {_RUN_IT_INSIDE}",
    "talkface_job_started": f"to let it observe jobs, {_RUN_IT_INSIDE}",
    "talkface_job_finished": f"to let it observe jobs, {_RUN_IT_INSIDE}",
})  # fmt: skip
"""Hooks, and what who wants them does."""


def unused_hooks(plugin: InstalledPlugin) -> tuple[str, ...]:
    """A line for each hook that the plugin implements and the studio does not call where a user installed it."""
    found = set(_names(plugin)) & UNUSED.keys()
    return tuple(
        f"{name} is not used: an installed plugin offers models and their converters; {advice}"
        for name, advice in UNUSED.items()
        if name in found
    )


def _names(plugin: InstalledPlugin) -> Iterator[str]:
    """The functions that the entry module defines or imports."""
    place = plugin.site.joinpath(*plugin.manifest.entry.partition(":")[0].split("."))
    for path in (place / "__init__.py", place.with_name(f"{place.name}.py")):
        if not path.is_file():
            continue
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.FunctionDef):
                yield node.name
            elif isinstance(node, ast.ImportFrom):
                yield from (name.asname or name.name for name in node.names)
