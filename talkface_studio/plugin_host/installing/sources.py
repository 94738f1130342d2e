"""What a plugin can be installed from: a wheel, a zip, a folder, or the name of a package."""

from __future__ import annotations

import re
from pathlib import Path

from packaging.utils import canonicalize_name

from talkface_studio import __version__
from talkface_studio.api.errors import PluginError
from talkface_studio.plugin_host.installing.environment import resolve
from talkface_studio.plugin_host.installing.host import host_packages
from talkface_studio.plugin_host.installing.unpack import copy_folder, unpack_wheel, unpack_zip
from talkface_studio.plugin_host.installing.uv import PackageSource, install_locked

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*(==[A-Za-z0-9.!+]+)?$")


def named(source: str) -> str:
    """The source as it is remembered: paths become absolute.

    Raises:
        PluginError: it is neither a path that exists nor the name of a package.
    """
    path = Path(source).expanduser()
    if path.exists():
        return str(path.resolve())
    if _NAME.match(source) and path.suffix.lower() not in {".whl", ".zip"}:
        return source
    raise PluginError(f"{source}: no such file or folder; give a wheel, a zip, a folder or the name of a package")


def unpack(source: str, site: Path, scratch: Path, packages: PackageSource) -> None:
    """Put the plugin's own files into the empty folder `site`.

    Args:
        source: from `named`.
        site: where to.
        scratch: an empty folder for what is needed meanwhile.
        packages: where packages are taken from.

    Raises:
        PluginError: it is damaged, is not there, or a hash is missing or wrong.
        OSError: the disk is full or read-only.
    """
    path = Path(source)
    if path.is_absolute():
        _unpack_path(path, site)
    else:
        _fetch(source, site, scratch, packages)


def _unpack_path(path: Path, site: Path) -> None:
    if not path.exists():
        raise PluginError(f"{path}: is not there any more; install the plugin from where it is now")
    if path.is_dir():
        copy_folder(path, site)
    elif path.suffix.lower() == ".whl":
        unpack_wheel(path, site)
    elif path.suffix.lower() == ".zip":
        unpack_zip(path, site)
    else:
        raise PluginError(f"{path}: is neither a wheel (.whl), a zip nor a folder")


def _fetch(name: str, site: Path, scratch: Path, packages: PackageSource) -> None:
    """From the index, by the hashes that it states for the wheel."""
    # The studio is on no index, and packages of plugins require it.
    host = {**host_packages(), "talkface-studio": __version__}
    lock = scratch / "plugin.txt"
    try:
        blocks = resolve([name], host, scratch, packages)
        lock.write_text(blocks[canonicalize_name(name.partition("==")[0])][1], encoding="utf-8")
        install_locked(lock, site, packages)
    except PluginError as error:
        where = "in the cache or the given folders" if packages.offline else "on the package index"
        raise PluginError(f"{name}: cannot be fetched: no file or folder of this name, and {where}: {error}") from error
