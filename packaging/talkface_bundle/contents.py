"""What goes into the application, worked out from what is installed: nothing is forgotten when a model is added.

Packages go in whole, as pip installed them, and not only what an analysis of imports finds of them: plugins of others
share them, and networks import by name. What nobody needs of them is left out by the rules below.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from importlib.metadata import Distribution
from pathlib import Path, PurePosixPath

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from talkface_studio.dubbing.assets import ASSETS
from talkface_studio.plugin_host.presence import BUNDLED_DISTRIBUTIONS
from talkface_studio.speech.whisper import write_encoder
from talkface_studio.speech.whisper_models import ALONE_FOLDER, WHISPERS

ROOT = Path(__file__).parents[2]

OWN: Mapping[str, str] = {
    "talkface-studio": "talkface_studio",
    "talkface-trainer": "talkface_trainer",
    **{name: name.replace("-", "_") for name in BUNDLED_DISTRIBUTIONS},
}
"""Our distributions, and the package of each."""

EXTRAS: Mapping[str, frozenset[str]] = {"talkface-studio": frozenset({"gui"})}

ANALYSED = frozenset({"PySide6", "shiboken6"})
"""Packages of which PyInstaller takes what is imported: Qt is large, and no plugin may use it."""
QT = ("PySide6.QtCore", "PySide6.QtGui", "PySide6.QtWidgets", "PySide6.QtSvg")
"""What the editor imports of it."""

LEFT_OUT: Mapping[str, str] = {
    "imageio-ffmpeg": "165 MB; moviepy composes pictures only, files are read and written by PyAV",
    "tensorboard": "64 MB with its server; `talkface train --tensorboard` says what is missing",
    "networkx": "19 MB; torch imports it for its compiler only",
    "hf-xet": "11 MB; encoders come from files, not from a hub",
    "typer": "the command line of a hub's client",
    "tzdata": "the system's own is used",
}
"""Requirements of our requirements that nothing in the studio runs, and why they stay out."""

SPEECH_MODELS = frozenset({"whisper", "wav2vec2", "auto"})
"""Of the hundreds of model families in transformers, those that hear."""

UNUSED_FOLDERS = (
    "torch/include/", "torch/test/", "torch/share/", "torch/_export/db/",
    "scipy/optimize/tests/",
    "matplotlib/mpl-data/sample_data/", "skimage/data/", "mediapipe/modules/", "transformers/cli/",
    "numpy/_core/include/", "moviepy/audio/tools/", "huggingface_hub/cli/",
)  # fmt: skip
"""What packages carry for whoever compiles against them, or learns from them."""
TESTS = frozenset({"tests", "test", "testing_data", "benchmarks", "_test_utils"})
NEEDED_PROGRAMS = frozenset({"torch/bin/torch_shm_manager"})
"""Of the programs that packages bring, what they look for when they are imported."""
UNUSED_SUFFIXES = (".a", ".lib", ".pyi", ".pxd", ".pyx", ".h", ".hpp", ".cuh", ".cpp", ".pyc", ".cmake", ".pth")

NO_PART_OF_PYTHON = frozenset({
    "site-packages", "dist-packages", "tkinter", "turtledemo", "turtle.py", "idlelib", "lib2to3", "ensurepip", "test",
    "pydoc_data", "this.py", "antigravity.py", "__pycache__",
})  # fmt: skip
"""Parts of Python's library that no plugin needs: they teach, or open windows that are not ours."""

_INSTALLATION = frozenset({"direct_url.json", "RECORD", "INSTALLER", "REQUESTED"})
"""Metadata of where and how a package was installed here."""

Placed = tuple[Path, str]
"""A file, and its folder in the application."""


@cache
def distributions() -> Mapping[str, Distribution]:
    """Everything that the application consists of, by canonical name: ours, what they need, the models of others."""
    found: dict[str, Distribution] = {}
    assets = _asset_distributions()
    todo = [*OWN, *assets]
    while todo:
        name = todo.pop()
        if name in found or name in LEFT_OUT:
            continue
        found[name] = importlib.metadata.distribution(name)
        # Of an asset's package only one file is read.
        if name not in assets:
            todo += _requirements(found[name], EXTRAS.get(name, frozenset()))
    return found


def _asset_distributions() -> frozenset[str]:
    return frozenset(canonicalize_name(asset.distribution) for asset in ASSETS.values())


def _requirements(distribution: Distribution, extras: frozenset[str]) -> Iterator[str]:
    environment: dict[str, str | AbstractSet[str]] = {name: str(value) for name, value in default_environment().items()}
    for line in distribution.requires or ():
        requirement = Requirement(line)
        contexts: list[dict[str, str | AbstractSet[str]]] = [{**environment, "extra": extra} for extra in ("", *extras)]
        if requirement.marker is None or any(requirement.marker.evaluate(context) for context in contexts):
            yield canonicalize_name(requirement.name)


def files() -> Iterator[Placed]:
    """Every file of the application that is neither found by PyInstaller nor written by the build."""
    yield from own_files()
    yield from asset_files()
    yield from metadata_files()
    yield from tool_files()
    yield from python_files()
    skipped = {*OWN, *_asset_distributions()}
    for name, distribution in distributions().items():
        if name not in skipped:
            yield from package_files(distribution)


def own_files() -> Iterator[Placed]:
    """Our packages, with manifests, weights, presets, icons, style sheets, translations and texts; the samples."""
    for package in OWN.values():
        folder = package_folder(package)
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                yield path, str(PurePosixPath(package, path.relative_to(folder).parent.as_posix()))
    for path in sorted((ROOT / "resources" / "samples").iterdir()):
        yield path, "resources/samples"


def asset_files() -> Iterator[Placed]:
    """The models of others that the studio needs. Their packages are never imported: one file of each is all there is.

    Of those that the studio needs a piece of, the build writes that.

    Raises:
        FileNotFoundError: one is not installed here.
    """
    for asset in ASSETS.values():
        path = asset.path()
        if path is None:
            raise FileNotFoundError(f"{asset.requirement} is not installed here; run: make demo")
        if asset.whisper is None:
            yield path, str(PurePosixPath(asset.package, asset.relative).parent)


def built_encoders(folder: Path) -> Iterator[Placed]:
    """Speech encoders without the decoders that they were published with; `write_encoders` wrote them."""
    for model in WHISPERS.values():
        yield folder / model.alone.name, str(PurePosixPath("talkface_studio", "speech", ALONE_FOLDER))


def write_encoders(folder: Path) -> Path:
    """Write what `built_encoders` gives.

    Raises:
        TalkFaceError: the packages with the models are not installed here, or hold others.
    """
    folder.mkdir(exist_ok=True)
    for model in WHISPERS.values():
        write_encoder(model, folder / model.alone.name)
    return folder


def metadata_files() -> Iterator[Placed]:
    """What `importlib.metadata` reads of each distribution: its name, version, entry points and licence.

    Not the record of where it was installed from, which names folders of the machine that built the application.
    """
    for distribution in distributions().values():
        folder = Path(str(distribution._path))  # type: ignore[attr-defined]
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".pyc" and path.name not in _INSTALLATION:
                yield path, str(PurePosixPath(folder.name, path.relative_to(folder).parent.as_posix()))


def tool_files() -> Iterator[Placed]:
    """uv, which installs the plugins of others.

    Raises:
        FileNotFoundError: it is not installed here.
    """
    from uv import find_uv_bin

    yield Path(find_uv_bin()), "bin"


def python_files() -> Iterator[Placed]:
    """Python's own library, whole: the application cannot know what a plugin will import of it."""
    folder = Path(sysconfig.get_path("stdlib"))
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).parts
        if (
            parts[0] not in NO_PART_OF_PYTHON
            and not (TESTS | NO_PART_OF_PYTHON) & set(parts[1:-1])
            and "config-" not in parts[0]
        ):
            yield path, str(PurePosixPath(*parts[:-1]))


def python_extensions() -> tuple[str, ...]:
    """The compiled modules of Python's own library, by name; PyInstaller collects the system libraries they need."""
    folder = Path(sysconfig.get_path("stdlib"), "lib-dynload")
    names = {path.name.split(".")[0] for path in folder.glob("*") if path.suffix in {".so", ".pyd"}}
    return tuple(sorted(name for name in names if name != "_tkinter" and not name.startswith(("_test", "_xx", "xx"))))


def package_files(distribution: Distribution) -> Iterator[Placed]:
    """What of a package goes in, as its record lists it."""
    unused_copies = _unused_copies()
    for file in distribution.files or ():
        path = PurePosixPath(file.as_posix())
        if ".." in path.parts or not wanted(str(path)) or path.parts[0] in unused_copies:
            continue
        yield Path(str(file.locate())), str(path.parent)


def wanted(path: str) -> bool:
    """Whether a file of a package, by its path beside the others, has a use in the application."""
    parts = PurePosixPath(path).parts
    if path.startswith("torch/bin/"):
        return path in NEEDED_PROGRAMS
    if path.startswith(UNUSED_FOLDERS) or path.endswith(UNUSED_SUFFIXES) or TESTS & set(parts[1:-1]):
        return False
    if parts[0] in ANALYSED or parts[0].endswith((".dist-info", ".pth")):
        return False
    if parts[:2] == ("transformers", "models") and len(parts) > 3:
        return parts[2] in SPEECH_MODELS
    return True


@cache
def _unused_copies() -> frozenset[str]:
    """Libraries that two builds of OpenCV each bring; both write the package cv2, which loads those of one."""
    folders = {"opencv_python.libs", "opencv_contrib_python.libs"}
    module = next(package_folder("cv2").glob("cv2*.so"), None)
    loaded = module.read_bytes() if module else b""
    used = {folder for folder in folders if b"/" + folder.encode() in loaded}
    return frozenset(folders - used) if used else frozenset()


def copied_modules() -> tuple[str, ...]:
    """The top-level modules that go in as files, which PyInstaller shall therefore not look into."""
    tops = {placed.split("/")[0] for distribution in distributions().values() for placed in _tops(distribution)}
    return tuple(sorted((tops | set(OWN.values()) | {"pkg_resources"}) - ANALYSED))


def _tops(distribution: Distribution) -> Iterator[str]:
    for file in distribution.files or ():
        top = file.parts[0]
        if len(file.parts) > 1 and top.isidentifier():
            yield top
        elif top.endswith(".py"):
            yield top.removesuffix(".py")


def package_folder(package: str) -> Path:
    """Where a package lies; it is not imported.

    Raises:
        FileNotFoundError: it is not installed here.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"package {package} is not installed here; run: make demo")
    return Path(spec.origin).parent


def system_libraries() -> list[tuple[str, str]]:
    """Libraries that packages load by name from the system; here, not on the user's machine, they are sure to be."""
    import ctypes.util

    from PyInstaller.depend.utils import _resolveCtypesImports

    if sys.platform != "linux":
        return []  # there, the package sounddevice brings its own
    name = ctypes.util.find_library("portaudio")
    if name is None:
        raise FileNotFoundError("libportaudio is not installed here; run: packaging/linux/system-libraries.sh")
    return [(path, ".") for _, path, _ in _resolveCtypesImports([name])]


def mac_properties() -> Mapping[str, object]:
    """What Info.plist says besides names and versions."""
    import plistlib

    properties: Mapping[str, object] = plistlib.loads((ROOT / "packaging" / "macos" / "Info.plist").read_bytes())
    return properties
