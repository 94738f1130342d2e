"""What goes into the application, worked out from what is installed, so that nothing is forgotten when a model is added."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import Distribution
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from talkface_studio.dubbing.assets import ASSETS
from talkface_studio.plugin_host.presence import BUNDLED_DISTRIBUTIONS

ROOT = Path(__file__).parents[2]

OWN: Mapping[str, str] = {
    "talkface-studio": "talkface_studio",
    "talkface-trainer": "talkface_trainer",
    **{name: name.replace("-", "_") for name in BUNDLED_DISTRIBUTIONS},
}
"""Our distributions, and the package of each."""

EXTRAS = {"talkface-studio": frozenset({"gui"})}

TOOLS = ("uv",)
"""Programs that the application runs: uv installs the plugins of others."""

LEFT_OUT: Mapping[str, str] = {
    "imageio-ffmpeg": "165 MB; moviepy composes pictures only, files are read and written by PyAV",
    "tensorboard": "64 MB with its server; `talkface train --tensorboard` says what is missing",
    "networkx": "19 MB; torch imports it for its compiler only",
    "hf-xet": "11 MB; encoders come from files, not from a hub",
    "typer": "the command line of a hub's client",
}
"""Requirements of our requirements that nothing in the studio runs, and why they stay out."""

NEVER = (
    "tkinter", "_tkinter", "turtle", "turtledemo", "idlelib", "lib2to3", "ensurepip", "test", "pydoc_data",
    "this", "antigravity",
)  # fmt: skip
"""Parts of Python's library that no plugin needs: they are for a terminal's user, or draw windows that are not ours."""

FOR_PLUGINS = ("numpy", "scipy", "torch", "PIL", "safetensors", "pydantic", "cv2", "av", "soundfile")
"""Packages that plugins may share: these go in whole, not only what the studio itself imports of them."""

SPEECH_MODELS = ("whisper", "wav2vec2", "auto")
"""Of the hundreds of model families in transformers, those that hear."""


@cache
def distributions() -> Mapping[str, Distribution]:
    """Everything that the application consists of, by canonical name: ours, what they need, the models of others."""
    found: dict[str, Distribution] = {}
    todo = list(OWN)
    assets = {canonicalize_name(asset.distribution) for asset in ASSETS.values()}
    todo += assets
    while todo:
        name = todo.pop()
        if name in found or name in LEFT_OUT:
            continue
        found[name] = importlib.metadata.distribution(name)
        # Of an asset's package only one file is read.
        if name not in assets:
            todo += _requirements(found[name], EXTRAS.get(name, frozenset()))
    return found


def _requirements(distribution: Distribution, extras: frozenset[str]) -> Iterator[str]:
    environment = default_environment()
    for line in distribution.requires or ():
        requirement = Requirement(line)
        contexts = [{**environment, "extra": extra} for extra in ("", *extras)]
        if requirement.marker is None or any(requirement.marker.evaluate(context) for context in contexts):
            yield canonicalize_name(requirement.name)


def excluded_modules() -> tuple[str, ...]:
    """Modules that are installed here, for development or by chance, and do not belong into the application."""
    wanted = set(distributions()) | {"setuptools"}
    owners = importlib.metadata.packages_distributions()
    excluded = {
        module
        for module, names in owners.items()
        if module.isidentifier() and not wanted & {canonicalize_name(name) for name in names}
    }
    return tuple(sorted(excluded | set(NEVER)))


def standard_library() -> tuple[str, ...]:
    """Every module of Python's own library that a plugin may import; the application cannot know which will be."""
    folder = Path(sysconfig.get_path("stdlib"))
    names = {name for name in sys.builtin_module_names if name not in NEVER}
    for path in (*folder.rglob("*.py"), *folder.glob("lib-dynload/*" + sysconfig.get_config_var("EXT_SUFFIX"))):
        parts = list(path.relative_to(folder).parts)
        if parts[0] in {"site-packages", "dist-packages", *NEVER} or any("-" in part for part in parts[:-1]):
            if parts[0] != "lib-dynload":
                continue
            parts = parts[1:]
        if {"tests", "test", "__pycache__", "idle_test"} & set(parts):
            continue
        parts[-1] = parts[-1].split(".")[0]
        if parts[-1] == "__init__":
            parts.pop()
        if parts[-1] not in {"__main__", "__phello__"} and parts[0] not in NEVER and not parts[-1].startswith("_test"):
            names.add(".".join(parts))
    return tuple(sorted(names))


def own_files() -> Iterator[tuple[Path, str]]:
    """The files of our packages that are not code, and the folder of each in the application.

    Cards, weights, manifests, presets, icons, style sheets, translations and texts: what the wheels carry.
    """
    for package in OWN.values():
        folder = package_folder(package)
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix not in {".py", ".pyc"} and "__pycache__" not in path.parts:
                yield path, str(Path(package) / path.relative_to(folder).parent)
    samples = ROOT / "resources" / "samples"
    for path in sorted(samples.iterdir()):
        yield path, "resources/samples"


def asset_files() -> Iterator[tuple[Path, str]]:
    """The models of others that the studio needs, and the folder of each in the application.

    Their packages are never imported, so that the one file of each is all that is taken.

    Raises:
        FileNotFoundError: one is not installed here.
    """
    for asset in ASSETS.values():
        path = asset.path()
        if path is None:
            raise FileNotFoundError(f"{asset.requirement} is not installed; run: make .venv/.installed")
        yield path, str(Path(asset.package, asset.relative).parent)


def package_folder(package: str) -> Path:
    """Where a package lies; it is not imported."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"package {package} is not installed; run: make .venv/.installed")
    return Path(spec.origin).parent


def metadata_files() -> Iterator[tuple[Path, str]]:
    """What `importlib.metadata` reads of each distribution: its name, version, entry points and licence.

    Not the record of where it was installed from, which names folders of the machine that built the application.
    """
    for distribution in distributions().values():
        folder = Path(str(distribution._path))  # type: ignore[attr-defined]  # noqa: SLF001 - there is no public way
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.name not in {"direct_url.json", "RECORD", "INSTALLER", "REQUESTED"}:
                yield path, str(Path(folder.name) / path.relative_to(folder).parent)


def installed_for_plugins() -> tuple[str, ...]:
    """Those of `FOR_PLUGINS` that are installed here."""
    return tuple(name for name in FOR_PLUGINS if importlib.util.find_spec(name) is not None)


def wanted_module(name: str) -> bool:
    """Whether a module of a package that goes in whole is more than its tests, tools and other model families."""
    parts = name.split(".")
    if {"tests", "test", "testing_internal", "conftest", "benchmarks"} & set(parts[1:]):
        return False
    if parts[:2] == ["transformers", "models"] and len(parts) > 2:
        return parts[2] in SPEECH_MODELS
    return not name.startswith(("transformers.cli", "transformers.commands", "torch.test"))


UNUSED_FILES = (
    "torch/include/", "torch/test/", "torch/bin/", "torch/share/", "torch/_inductor/codegen/", "imageio_ffmpeg/",
    "PySide6/Qt/qml/",
)  # fmt: skip
"""What packages carry for whoever compiles against them, or tests them."""


def wanted_file(destination: str) -> bool:
    """Whether a file that PyInstaller found belongs into the application; `destination` is its path there."""
    path = destination.replace(os.sep, "/")
    if path.startswith(UNUSED_FILES) or path.endswith((".a", ".lib", ".pyi", ".pxd", ".h", ".hpp", ".cuh")):
        return False
    if path.startswith("transformers/models/"):
        return len(path.split("/")) < 4 or path.split("/")[2] in SPEECH_MODELS
    return not ({"tests", "test"} & set(path.split("/")[:-1]))


def tool_files() -> Iterator[tuple[Path, str]]:
    """Programs that the application runs, and the folder of each in it."""
    for tool in TOOLS:
        program = Path(sysconfig.get_path("scripts"), tool + (".exe" if os.name == "nt" else ""))
        if not program.is_file():
            raise FileNotFoundError(f"{program}: {tool} is not installed; run: pip install -e '.[package]'")
        yield program, "bin"
