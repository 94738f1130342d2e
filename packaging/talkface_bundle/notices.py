"""The notices file: who made what the application bundles, and under which licence."""

from __future__ import annotations

import subprocess
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution
from pathlib import Path

from talkface_bundle import contents
from talkface_studio.dubbing.assets import ASSETS

LICENCE_NAMES = ("licen", "copying", "notice", "authors", "copyright")
"""How files with terms begin, in small letters."""

INSIDE_WHEELS: Mapping[str, str] = {
    "libavcodec": "FFmpeg, GPL-2.0-or-later as built with x264 and x265",
    "libx264": "x264, GPL-2.0-or-later",
    "libx265": "x265, GPL-2.0-or-later",
    "libSvtAv1Enc": "SVT-AV1, BSD-3-Clause-Clear",
    "libdav1d": "dav1d, BSD-2-Clause",
    "libvpx": "libvpx, BSD-3-Clause",
    "libopus": "Opus, BSD-3-Clause",
    "libmp3lame": "LAME, LGPL-2.0-or-later",
    "libgnutls": "GnuTLS, LGPL-2.1-or-later",
    "libwebp": "libwebp, BSD-3-Clause",
    "libasound": "alsa-lib, LGPL-2.1-or-later",
    "libopencore": "opencore-amr, Apache-2.0",
    "libgmp": "GMP, LGPL-3.0-or-later or GPL-2.0-or-later",
    "libnettle": "Nettle, LGPL-3.0-or-later or GPL-2.0-or-later",
    "libhogweed": "Nettle, LGPL-3.0-or-later or GPL-2.0-or-later",
    "libunistring": "libunistring, LGPL-3.0-or-later or GPL-2.0-or-later",
    "libvpl": "Intel VPL, MIT",
    "libdrm": "libdrm, MIT",
    "libXau": "libXau, MIT",
    "libxcb": "libxcb, MIT",
    "libsharpyuv": "libwebp, BSD-3-Clause",
    "libav": "FFmpeg, GPL-2.0-or-later as built with x264 and x265",
    "libsw": "FFmpeg, GPL-2.0-or-later as built with x264 and x265",
}
"""Libraries in the wheel of PyAV, by the beginning of their file's name, whose licences its metadata does not name."""

_HEAD = """NOTICES

TalkFace Studio is licensed under the Apache License 2.0. It is passed on together with the works below, each under its
own licence. FFmpeg as bundled contains x264 and x265, so that this application as a whole may be passed on under the
terms of the GNU General Public License, version 3; its own source alone stays under the Apache License 2.0.
"""
_RULE = "\n" + "=" * 100 + "\n"


def notices(system_libraries: Iterable[Path] = ()) -> str:
    """The whole text. `system_libraries` are files that were taken from the system that built the application."""
    parts = [_HEAD, _python()]
    parts += [_of(name, distribution) for name, distribution in sorted(contents.distributions().items())]
    parts.append(_models())
    parts += _of_the_system(system_libraries)
    return _RULE.join(parts) + "\n"


def licence_of(distribution: Distribution) -> str:
    """What a package says of its licence in a line.

    Raises:
        ValueError: it says nothing, and has no file of terms either.
    """
    metadata = distribution.metadata
    classifiers = [line for line in metadata.get_all("Classifier") or () if line.startswith("License ::")]
    named = [_field(distribution, "License-Expression"), *(line.rsplit(" :: ", 1)[1] for line in classifiers)]
    first_line = _field(distribution, "License").strip().splitlines()
    found = next((text for text in (*named, *first_line[:1]) if text), "")
    if not found and not list(licence_files(distribution)):
        raise ValueError(f"package {distribution.name} {distribution.version} names no licence")
    return found or "see below"


def licence_files(distribution: Distribution) -> Iterator[Path]:
    """The files of terms in a package's metadata."""
    for file in distribution.files or ():
        path = Path(str(file.locate()))
        if ".dist-info" in str(file) and path.name.lower().startswith(LICENCE_NAMES) and path.is_file():
            yield path


def wheel_libraries() -> Mapping[str, str]:
    """Each library in PyAV's wheel, and its licence.

    Raises:
        ValueError: one is not known here; add it.
    """
    found = {}
    for file in contents.distributions()["av"].files or ():
        if file.parts[0] == "av.libs":
            known = (text for start, text in INSIDE_WHEELS.items() if file.name.startswith(start))
            text = next(known, None)
            if text is None:
                raise ValueError(f"{file.name} of PyAV's wheel has no line in {__name__}.INSIDE_WHEELS; add one")
            found[file.name] = text
    return found


def _field(distribution: Distribution, name: str) -> str:
    """The first line of that name in a package's metadata, empty where there is none."""
    return next(iter(distribution.metadata.get_all(name) or ()), "")


def _of(name: str, distribution: Distribution) -> str:
    home = _field(distribution, "Home-page")
    links = distribution.metadata.get_all("Project-URL") or ()
    home = home or next((link.split(",", 1)[1].strip() for link in links), "")
    lines = [f"{name} {distribution.version}", licence_of(distribution), home]
    if name == "av":
        lines += [f"    {file}: {text}" for file, text in sorted(wheel_libraries().items())]
    texts = [path.read_text(encoding="utf-8", errors="replace").strip() for path in licence_files(distribution)]
    if name in contents.OWN:
        texts = []  # the licence of the whole, beside this file
    return "\n\n".join(["\n".join(filter(None, lines)), *dict.fromkeys(texts)])


def _python() -> str:
    path = Path(sysconfig.get_path("stdlib"), "LICENSE.txt")
    text = (
        path.read_text(encoding="utf-8", errors="replace")
        if path.is_file()
        else "PSF-2.0, https://docs.python.org/3/license.html"
    )
    bootloader = (
        "PyInstaller's bootloader: GPL-2.0-or-later with an exception that allows any program to be bundled with it"
    )
    return f"Python\n\n{text.strip()}\n\n{bootloader}"


def _models() -> str:
    lines = [f"{asset.name}: {asset.licence}, from the package {asset.requirement}" for asset in ASSETS.values()]
    return "Models of others\n\n" + "\n".join(lines)


def _of_the_system(libraries: Iterable[Path]) -> Iterator[str]:
    """The terms of Debian packages whose libraries are bundled."""
    packages: dict[str, list[str]] = {}
    for library in libraries:
        done = subprocess.run(["dpkg", "-S", library], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            packages.setdefault(done.stdout.split(":")[0], []).append(library.name)
    for package, names in sorted(packages.items()):
        terms = Path("/usr/share/doc", package, "copyright")
        text = terms.read_text(encoding="utf-8", errors="replace").strip() if terms.is_file() else "see its package"
        yield f"{package}: {', '.join(sorted(names))}\n\n{text}"
