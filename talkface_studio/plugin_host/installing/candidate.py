"""A plugin that was unpacked and checked, and not yet run: what the user is asked about before it is installed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from talkface_studio.api.errors import PluginError
from talkface_studio.api.plugin_file import FILE_NAME as MANIFEST
from talkface_studio.plugin_host.installing.pickles import refuse_pickles
from talkface_studio.plugin_host.manifest import PluginManifest
from talkface_studio.plugin_host.signature import check_signature
from talkface_studio.plugin_host.store.content import content_sha256, package_files
from talkface_studio.plugin_host.store.values import InstalledPlugin
from talkface_studio.plugin_host.trust import Trust, exceeds
from talkface_studio.plugin_host.weights import check_weight


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plugin in a staging folder, whose files and hashes were checked."""

    manifest: PluginManifest
    source: str
    sha256: str
    trust: Trust
    own: tuple[str, ...]
    """What of the site folder is its own."""
    former: InstalledPlugin | None = None
    """What is installed under its name now."""

    @property
    def needs_consent(self) -> bool:
        """Whether it is new, asks for more than the version before, or comes from somebody less known."""
        former = self.former
        return (
            former is None
            or exceeds(self.manifest.permissions, former.manifest.permissions)
            or (former.trust is Trust.KNOWN and self.trust is not Trust.KNOWN)
        )


def examine(
    site: Path, source: str, publishers: Mapping[str, str], former: Iterable[InstalledPlugin], bundled: set[str]
) -> Candidate:
    """Check what was unpacked into `site`; runs nothing of it.

    Args:
        site: the folder with its package and nothing else.
        source: where it came from.
        publishers: see `signature.known_publishers`.
        former: the installed plugins.
        bundled: names of bundled plugins and models, which are taken.

    Raises:
        PluginError: it is not a valid plugin, holds a pickle, a hash or a signature is missing or wrong, or one of its
            names is taken.
        OSError: a file cannot be read.
    """
    own = tuple(sorted(path.name for path in site.iterdir()))
    package = _package(site, source)
    manifest = PluginManifest.load(package / MANIFEST)
    try:
        _check_code(site, own, package, manifest)
        refuse_pickles((file for top in own for file in package_files(site / top)), site)
        _check_weights(package, manifest)
        others = tuple(former)
        _check_names(manifest, others, bundled)
    except PluginError as error:
        raise PluginError(f"plugin {manifest.name} {manifest.version}: {error}") from error
    sha256 = content_sha256(site, own)
    trust = check_signature(package, manifest, sha256, publishers)
    mine = next((each for each in others if each.manifest.name == manifest.name), None)
    return Candidate(manifest, source, sha256, trust, own, mine)


def _package(site: Path, source: str) -> Path:
    found = [path.parent for path in site.glob(f"*/{MANIFEST}")]
    if len(found) != 1:
        raise PluginError(f"{source}: is no plugin of this studio: it holds {len(found)} packages with a {MANIFEST}")
    return found[0]


def _check_code(site: Path, own: tuple[str, ...], package: Path, manifest: PluginManifest) -> None:
    if manifest.package != package.name or not (package / "__init__.py").is_file():
        raise PluginError(
            f"its entry {manifest.entry} is not in the package {package.name}, which holds its {MANIFEST}"
        )
    for top in own:
        module = top.partition(".")[0]
        if module in sys.stdlib_module_names or module == "talkface_studio":
            raise PluginError(f"its package {module} would stand in for one of Python's or the studio's; refused")
    here = f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    if not SpecifierSet(manifest.requires_python).contains(here):
        raise PluginError(f"it needs Python {manifest.requires_python}, and this studio runs on {here}")
    listed = {canonicalize_name(Requirement(text).name) for text in manifest.requirements} | {"talkface-studio"}
    unlisted = sorted(set(_wheel_requirements(site)) - listed)
    if unlisted:
        raise PluginError(f"its wheel requires {', '.join(unlisted)}, which its {MANIFEST} does not list; refused")


def _wheel_requirements(site: Path) -> Iterable[str]:
    """What the metadata of a wheel asks for, extras aside; a zip and a folder have none."""
    for path in site.glob("*.dist-info/METADATA"):
        for text in (
            HeaderParser().parsestr(path.read_text(encoding="utf-8", errors="replace")).get_all("Requires-Dist", [])
        ):
            try:
                requirement = Requirement(text)
            except InvalidRequirement as error:
                raise PluginError(f"its wheel has an invalid requirement: {text!r}") from error
            if "extra" not in str(requirement.marker or ""):
                yield canonicalize_name(requirement.name)


def _check_weights(package: Path, manifest: PluginManifest) -> None:
    for card in manifest.generators:
        for weight in card.weights:
            if not weight.bundled:
                continue
            path = package / weight.path
            state = check_weight(weight, path)
            if state != "ok" or path.stat().st_size != weight.size:
                what = "is missing" if state == "missing" else f"is not the file whose SHA-256 its {MANIFEST} names"
                raise PluginError(f"{weight.path} {what}: refused; fetch the plugin again from its publisher")


def _check_names(manifest: PluginManifest, others: Iterable[InstalledPlugin], bundled: set[str]) -> None:
    if manifest.name in bundled:
        raise PluginError("a plugin of this name comes with the studio; its publisher has to choose another name")
    taken = {card.name: other.manifest.name for other in others for card in other.manifest.generators}
    for card in manifest.generators:
        if card.name in bundled:
            raise PluginError(f"a model {card.name} comes with the studio; its publisher has to choose another name")
        if taken.get(card.name, manifest.name) != manifest.name:
            raise PluginError(
                f"a model {card.name} is installed already, by plugin {taken[card.name]}; remove that first"
            )
