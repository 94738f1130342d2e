"""The packages that a plugin requires: shared with the studio where its versions do, beside the plugin where not.

What differs from the studio's goes into the plugin's site folder, which comes first on its worker's path: with other
requirements a plugin has its own torch, and the studio never sees it. Each package there is locked by its SHA-256.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from talkface_studio.api.errors import PluginError
from talkface_studio.plugin_host.installing.host import host_packages, meets, write_stand_ins
from talkface_studio.plugin_host.installing.uv import PackageSource, ResolutionError, install_locked, run_uv
from talkface_studio.plugin_host.manifest import PluginManifest
from talkface_studio.plugin_host.worker import CONTRACT_REQUIREMENTS

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)")


def add_requirements(manifest: PluginManifest, site: Path, lock: Path, source: PackageSource) -> Mapping[str, str]:
    """Put into `site` what the studio does not have in a version that fits, and write the lock.

    Returns:
        The packages of the studio that the plugin uses, with their versions.

    Raises:
        PluginError: a package cannot be found or fetched, its hash is not the locked one, or no set of packages fits.
        OSError: the disk is full or read-only.
    """
    host = host_packages()
    wanted = [requirement for text in manifest.requirements if not _is_ours(requirement := Requirement(text))]
    if all(meets(requirement, host) for requirement in wanted):
        lock.write_text("", encoding="utf-8")
        names = [canonicalize_name(requirement.name) for requirement in wanted]
        return {name: host[name] for name in names if name in host}
    try:
        return _resolve_and_fetch([str(requirement) for requirement in wanted], host, site, lock, source)
    except PluginError as error:
        where = " (--offline: neither the cache nor the given folders)" if source.offline else ""
        raise PluginError(f"plugin {manifest.name}: its requirements cannot be met{where}: {error}") from error


def _resolve_and_fetch(
    wanted: Sequence[str], host: Mapping[str, str], site: Path, lock: Path, source: PackageSource
) -> Mapping[str, str]:
    with TemporaryDirectory(prefix="talkface-") as name:
        folder = Path(name)
        blocks = resolve(wanted, host, folder, source)
        shared = {package: version for package, (version, _) in blocks.items() if host.get(package) == version}
        fetched = [block for package, (_, block) in blocks.items() if package not in shared]
        lock.write_text("".join(fetched), encoding="utf-8")
        if fetched:
            install_locked(lock, site, source)
    return shared


def resolve(
    wanted: Sequence[str], host: Mapping[str, str], folder: Path, source: PackageSource
) -> Mapping[str, tuple[str, str]]:
    """Version and lock lines of every package, by name: those of the studio where that is possible at all.

    Args:
        wanted: PEP 508 requirements.
        host: the packages of the studio.
        folder: an empty folder for what is needed meanwhile.
        source: where packages are taken from.

    Raises:
        PluginError: a package cannot be found, or no set of packages fits.
        OSError: the folder cannot be written.
    """
    write_stand_ins(folder / "host", host)
    requirements, pins, lock = (folder / name for name in ("requirements.in", "host.txt", "lock.txt"))
    requirements.write_text("\n".join(wanted), encoding="utf-8")
    pins.write_text("".join(f"{name}=={version}\n" for name, version in host.items()), encoding="utf-8")
    words = ["compile", str(requirements), "-o", str(lock), "--generate-hashes", "--no-header", "--no-annotate"]
    words += [*source.arguments(), "--find-links", str(folder / "host")]
    try:
        run_uv([*words, "-c", str(pins)])
    except ResolutionError:
        # uv prefers the versions of a lock that exists, so only what contradicts the studio's becomes another one.
        lock.write_text(pins.read_text(encoding="utf-8"), encoding="utf-8")
        requirements.write_text("\n".join([*wanted, *CONTRACT_REQUIREMENTS]), encoding="utf-8")
        run_uv(words)
    return _blocks(lock.read_text(encoding="utf-8"))


def _blocks(lock: str) -> Mapping[str, tuple[str, str]]:
    """A lock by its packages: name to version and to its lines, hashes included."""
    blocks: dict[str, tuple[str, str]] = {}
    name = ""
    for line in lock.splitlines(keepends=True):
        pin = _PIN.match(line)
        if pin:
            name = canonicalize_name(pin[1])
            blocks[name] = (pin[2], line)
        elif name:
            blocks[name] = (blocks[name][0], blocks[name][1] + line)
    return blocks


def _is_ours(requirement: Requirement) -> bool:
    """The studio is there anyway, and which version of it fits is what api_version says."""
    return canonicalize_name(requirement.name) == "talkface-studio"
