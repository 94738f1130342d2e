"""torch for NVIDIA GPUs, fetched when the user asks for it: the packaged application brings the one for CPUs alone.

It lies in the user's data folder, and stands before the application's own torch when one of its programs starts.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import MutableSequence
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from talkface_studio.api.errors import PluginError
from talkface_studio.launch import packaged
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.plugin_host.installing.uv import PackageSource, run_uv

SIZE = "about 3 GB"


def cuda_folder(folders: Folders) -> Path:
    """Where torch for CUDA lies, if it does."""
    return folders.data / "cuda"


def install_cuda(folders: Folders, source: PackageSource) -> Path:
    """Fetch torch of the application's version in the build for this machine's driver; returns its folder.

    Whatever was there before stays until the new one is whole.

    Raises:
        PluginError: this is not the packaged application, or it cannot be fetched or written.
    """
    if not packaged():
        raise PluginError(
            "this studio runs in a Python of yours; install torch for CUDA there: https://pytorch.org/get-started"
        )
    target = cuda_folder(folders)
    requirement = f"torch=={version('torch').partition('+')[0]}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=target.parent, prefix=".cuda.") as name:
            draft = Path(name, "cuda")
            words = ["install", "--target", str(draft), "--link-mode", "copy", *source.arguments()]
            # Where packages come from a folder alone, the build is whichever lies there.
            words += [] if source.offline else ["--torch-backend", "auto"]
            run_uv([*words, requirement])
            if target.exists():
                target.rename(Path(name, "before"))
            draft.rename(target)
    except OSError as error:
        raise PluginError(f"{target}: cannot be written: {error.strerror or error}") from error
    return target


def remove_cuda(folders: Folders) -> bool:
    """Go back to the application's own torch; whether there was another.

    Raises:
        PluginError: it cannot be removed.
    """
    target = cuda_folder(folders)
    if not target.exists():
        return False
    try:
        shutil.rmtree(target)
    except OSError as error:
        raise PluginError(f"{target}: cannot be removed: {error.strerror or error}") from error
    return True


def prefer_cuda(folders: Folders, path: MutableSequence[str] | None = None) -> None:
    """Let `import torch` find the user's, if there is one. Imports nothing itself."""
    folder = cuda_folder(folders)
    if (folder / "torch" / "__init__.py").is_file():
        (sys.path if path is None else path).insert(0, str(folder))
