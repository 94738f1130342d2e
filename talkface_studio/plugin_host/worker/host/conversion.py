"""Converting an author's checkpoint with a plugin's own converter, which sees that file and nothing else.

The process has no network whatever the plugin was allowed otherwise, and torch reads there with weights_only alone.
"""

from __future__ import annotations

import shutil
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from talkface_studio.api.errors import PluginError, WeightsError
from talkface_studio.plugin_host.store.values import InstalledPlugin
from talkface_studio.plugin_host.worker import CONVERT_FLAG
from talkface_studio.plugin_host.worker.host.checks import refuse_pickle
from talkface_studio.plugin_host.worker.host.command import environment, launch
from talkface_studio.plugin_host.worker.host.sandbox import Reach, confined, isolation

LONGEST = 1800.0
"""Seconds."""
_NAME = "converted.safetensors"


def convert(installed: InstalledPlugin, model: str, checkpoints: Sequence[Path], output: Path) -> None:
    """Write the weights of a model; where that fails nothing is written.

    Raises:
        WeightsError: the converter refused the checkpoint or failed, or what it wrote are no safetensors.
        PluginError: its process could not be started or did not end.
    """
    words = f"plugin {installed.manifest.name} {installed.manifest.version}, model {model}"
    files = [path.resolve() for path in checkpoints]
    with TemporaryDirectory(prefix="talkface-plugin-") as name:
        temporary = Path(name)
        started, found = launch(installed), isolation()
        seen = Path("/tmp") if found.enforced else temporary  # noqa: S108 - inside, it is the process's own
        arguments = [CONVERT_FLAG, "--site", str(installed.site), installed.manifest.entry, model, str(seen / _NAME)]
        command = [*started.command, *arguments, *map(str, files)]
        if found.enforced:
            reach = Reach(started.needs | {installed.folder, *files}, frozenset())
            command = confined(command, reach, temporary, found)
        try:
            done = subprocess.run(
                command,
                env=environment(installed, seen, uuid.uuid4().hex),
                cwd=temporary,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=LONGEST,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PluginError(f"{words}: the conversion did not end: {error}") from error
        made = temporary / _NAME
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
            raise WeightsError(f"{words}: {reason}")
        refuse_pickle("converted", made)
        try:
            shutil.copyfile(made, output.with_name(f".{output.name}.part"))
            output.with_name(f".{output.name}.part").replace(output)
        except OSError as error:
            raise WeightsError(f"{output}: cannot be written: {error.strerror or error}") from error
