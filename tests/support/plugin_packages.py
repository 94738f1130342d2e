"""Writes plugins as strangers publish them: a package with its plugin.toml, and the wheel of it."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

MANIFEST = """
[plugin]
name = "{name}"
version = "{version}"
api_version = 1
publisher = "{publisher}"
summary = "Darkens the face."
licence = "MIT"
entry = "{package}"
requirements = [{requirements}]
permissions = {{ {permissions} }}

[[generator]]
name = "{model}"
title = "Darkener"
summary = "Darkens the face."
paper = "none"
code_licence = "MIT"
weights_licence = "none"
takes = [["speech", "photo"], ["speech", "video"]]
look_ahead = 0.0
{more}
[generator.crop]
size = 96
"""
CODE = """
from pathlib import Path

from talkface_studio.api.card import ModelCard
from talkface_studio.api.hookspecs import hookimpl

FOLDER = Path(__file__).parent


@hookimpl
def talkface_register_generators(registrar):
    registrar.add(ModelCard.load(FOLDER / "plugin.toml"), "{package}.generator:Darkener", folder=FOLDER)
"""
GENERATOR = """
from itertools import tee

from talkface_studio.api.generator import Generator, Take
from talkface_studio.api.values import RenderedFace
{imports}

class Darkener(Generator):
    def start(self, speech, face, options, device):
        return Darkened(face)


class Darkened(Take):
    def __init__(self, face):
        self._face = face

    def render(self, times):
        instants, asked = tee(times)
        for time, crop in zip(instants, self._face.crops(asked)):
            yield RenderedFace({pixels}, time)

    def close(self):
        pass
"""


def write_plugin(
    parent: Path,
    name: str = "darkener",
    version: str = "1.0",
    *,
    publisher: str = "Jane",
    model: str = "",
    requirements: tuple[str, ...] = (),
    permissions: str = "",
    more: str = "",
    imports: str = "",
    pixels: str = "crop.pixels // 2",
    files: Mapping[str, bytes] | None = None,
) -> Path:
    """A working plugin below `parent`; gives the folder of its package."""
    package = name.replace("-", "_")
    folder = parent / package
    folder.mkdir(parents=True, exist_ok=True)
    listed = ", ".join(f'"{text}"' for text in requirements)
    manifest = MANIFEST.format(
        name=name,
        version=version,
        publisher=publisher,
        package=package,
        requirements=listed,
        permissions=permissions,
        model=model or name,
        more=more,
    )
    (folder / "plugin.toml").write_text(manifest, encoding="utf-8")
    (folder / "__init__.py").write_text(CODE.format(package=package), encoding="utf-8")
    (folder / "generator.py").write_text(GENERATOR.format(imports=imports, pixels=pixels), encoding="utf-8")
    for path, content in (files or {}).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def build_wheel(package: Path, to: Path, version: str, *, requires: tuple[str, ...] = ()) -> Path:
    """The wheel of a package or of a single module, as a build tool makes it."""
    name = package.stem
    info = f"{name}-{version}.dist-info"
    base = package.parent
    files = [package] if package.is_file() else sorted(path for path in package.rglob("*") if path.is_file())
    contents = {path.relative_to(base).as_posix(): path.read_bytes() for path in files if path.suffix != ".pyc"}
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {text}\n" for text in requires)
    contents[f"{info}/METADATA"] = metadata.encode()
    contents[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = "".join(f"{path},sha256={_digest(data)},{len(data)}\n" for path, data in contents.items())
    contents[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    to.mkdir(parents=True, exist_ok=True)
    wheel = to / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, data in contents.items():
            archive.writestr(path, data)
    return wheel


def module_wheel(to: Path, name: str, version: str, code: str = "") -> Path:
    """The wheel of a package that plugins may require: one module that knows its version."""
    source = to / "sources" / version
    source.mkdir(parents=True, exist_ok=True)
    module = source / f"{name}.py"
    module.write_text(code or f'VERSION = "{version}"\n', encoding="utf-8")
    return build_wheel(module, to, version)


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
