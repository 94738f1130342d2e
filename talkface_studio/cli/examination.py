"""What `talkface doctor` looks at: versions, devices, codecs, assets, folders, plugins, models and weights."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.cli.app import App
from talkface_studio.dubbing.assets import ASSETS, asset_state
from talkface_studio.stamp import version_line

PACKAGES = (
    "av", "click", "mediapipe", "moviepy", "numpy", "onnxruntime", "opencv-contrib-python", "opencv-python", "pillow",
    "pluggy", "psutil", "pydantic", "rich", "safetensors", "scikit-image", "scipy", "talkface-atvg", "talkface-trainer",
    "torch", "transformers",
)  # fmt: skip
OPTIONAL_PACKAGES = ("PySide6-Essentials",)
CODECS = ("h264", "hevc", "vp9", "av1", "prores")
AUDIO_CODECS = ("aac", "libopus", "flac")


def examine(app: App) -> dict[str, Any]:
    """Everything that doctor looks at, as plain data; `advice` says what to do."""
    advice: list[str] = []
    return {
        "talkface": version_line(),
        "python": platform.python_version(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "processor": _processor(),
        "packages": _packages(advice),
        "devices": _devices(advice),
        "codecs": _codecs(advice),
        "hardware_encoders": _hardware_encoders(),
        "assets": _assets(advice),
        "folders": _folders(app, advice),
        **_models(app, advice),
        "advice": advice,
    }


def _processor() -> dict[str, Any]:
    import psutil

    return {
        "name": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory_mb": psutil.virtual_memory().total >> 20,
        "free_memory_mb": psutil.virtual_memory().available >> 20,
    }


def _packages(advice: list[str]) -> dict[str, str | None]:
    versions = {name: _version(name) for name in (*PACKAGES, *OPTIONAL_PACKAGES)}
    missing = [name for name in PACKAGES if versions[name] is None]
    if "talkface-trainer" in missing:
        missing.remove("talkface-trainer")
        advice.append("training is not installed; to train: pip install 'talkface-studio[train]'")
    if missing:
        advice.append(f"packages are missing; run: pip install {' '.join(missing)}")
    contrib, plain = versions["opencv-contrib-python"], versions["opencv-python"]
    if contrib and plain and contrib != plain:
        advice.append(
            f"opencv-python {plain} and opencv-contrib-python {contrib} overwrite each other; make them one version"
        )
    return versions


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _devices(advice: list[str]) -> dict[str, Any]:
    if find_spec("torch") is None:
        return {"cuda": [], "cpu_threads": None}
    from talkface_studio.dubbing.device import list_devices

    try:
        return list_devices()
    except (ImportError, OSError) as error:  # a build for other hardware or with a missing library
        advice.append(f"torch cannot be loaded ({' '.join(str(error).split())}); install it again")
        return {"cuda": [], "cpu_threads": None}


def _codecs(advice: list[str]) -> dict[str, Any]:
    try:
        from av.codec import Codec
        from av.error import FFmpegError
    except ImportError as error:
        advice.append(f"PyAV cannot be loaded ({error}); install it again: pip install --force-reinstall av")
        return {}
    found: dict[str, Any] = {}
    for name in (*CODECS, *AUDIO_CODECS):
        modes: dict[str, str | None] = {}
        for mode in ("r", "w"):
            try:
                modes[mode] = Codec(name.removeprefix("lib") if mode == "r" else name, mode).name
            except (FFmpegError, ValueError):
                modes[mode] = None
        found[name] = {"decoder": modes["r"], "encoder": modes["w"]}
    if not found["h264"]["encoder"] or not found["aac"]["encoder"]:
        advice.append(
            "this build of PyAV cannot write H.264 with AAC; install the wheel: pip install --force-reinstall av"
        )
    return found


def _hardware_encoders() -> dict[str, str]:
    """What keeps each encoder in hardware from working here; "ok" where it works."""
    try:
        from talkface_studio.media.encoding import Encoding
        from talkface_studio.media.hardware import hardware_codecs, trial
    except ImportError:
        return {}
    return {name: trial(Encoding(codec=name)) or "ok" for name in hardware_codecs()}


def _assets(advice: list[str]) -> dict[str, Any]:
    found = {}
    for asset in ASSETS.values():
        state = asset_state(asset)
        found[asset.name] = {"purpose": asset.purpose, "state": state, "path": str(asset.path() or "")}
        if state != "ok":
            advice.append(f"{asset.name} ({asset.purpose}): {state}; run: talkface weights fetch {asset.name}")
    return found


def _folders(app: App, advice: list[str]) -> dict[str, Any]:
    folders = app.folders
    named: Mapping[str, Path] = {
        "data": folders.data, "weights": folders.weights, "cache": folders.cache, "config": folders.config
    }  # fmt: skip
    found = {}
    for name, path in named.items():
        found[name] = {"path": str(path), "exists": path.is_dir(), "bytes": _size(path)}
        nearest = next(parent for parent in (path, *path.parents) if parent.exists())
        if not (nearest.is_dir() and os.access(nearest, os.W_OK)):
            advice.append(f"{path}: cannot be written to; choose another place with --home or TALKFACE_HOME")
    return found


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size if path.is_file() else 0
        except OSError:
            continue  # it went away while we looked
    return total


def _models(app: App, advice: list[str]) -> dict[str, Any]:
    from talkface_studio.cli.weights import weight_rows
    from talkface_studio.dubbing.readiness import problems

    try:
        catalog = app.catalog
    except TalkFaceError as error:
        advice.append(str(error))
        return {"models": {}, "weights": [], "plugins": []}
    plugins = [
        {
            "name": plugin.found.name,
            "package": plugin.found.distribution,
            "version": plugin.found.version,
            "state": "ok",
        }
        for plugin in catalog.plugins
    ]
    for failure in catalog.failures:
        plugins.append({"name": failure.found.name, "package": failure.found.distribution, "state": failure.reason})
        advice.append(f"{failure.reason}; repair or uninstall {failure.found.distribution}")
    plugins += [
        {"name": found.name, "package": found.distribution, "state": "left out by safe mode"}
        for found in catalog.blocked
    ]
    plugins += [{"name": found.name, "package": found.distribution, "state": "disabled"} for found in catalog.disabled]
    plugins += [
        {"name": each.manifest.name, "package": each.manifest.package, "version": each.manifest.version, "state": "ok"}
        for each in catalog.installed
    ]
    models = {}
    for card in catalog.cards():
        presets = {}
        for preset in card.presets:
            lacking = problems(card, preset, plugin_folder=catalog.folder(card.name), folders=app.folders)
            presets[preset] = list(lacking)
        models[card.name] = {"version": card.version, "presets": presets}
        if all(presets.values()):
            advice += [f"model {card.name}: {line}" for line in next(iter(presets.values()))]
    if not models:
        advice.append("no models are installed; run: pip install talkface-atvg")
    return {"plugins": plugins, "models": models, "weights": list(weight_rows(app, None, verify=True))}
