"""Every bundled plugin has a plugin.toml, and that is all there is to say of it."""

from __future__ import annotations

from importlib.metadata import requires

import pytest
from packaging.requirements import Requirement

from talkface_studio.plugin_host.catalog import Catalog, load_catalog
from talkface_studio.plugin_host.discovery import bundled_manifests, find_plugins
from talkface_studio.plugin_host.manifest import PluginManifest
from talkface_studio.plugin_host.presence import BUNDLED_DISTRIBUTIONS


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(third_party=False)


def test_there_is_one_for_each_of_them() -> None:
    assert len(bundled_manifests()) == len(BUNDLED_DISTRIBUTIONS)


@pytest.mark.parametrize("manifest", bundled_manifests(), ids=lambda manifest: manifest.name)
def test_it_says_what_the_code_registers(manifest: PluginManifest, catalog: Catalog) -> None:
    registered = [card for card in catalog.cards() if catalog.origin(card.name).reference == manifest.entry]
    assert sorted(registered, key=lambda card: card.name) == sorted(manifest.generators, key=lambda card: card.name)
    for card in manifest.generators:
        for weight in card.weights:
            path = catalog.folder(card.name) / weight.path
            assert not weight.bundled or path.stat().st_size == weight.size


@pytest.mark.parametrize("manifest", bundled_manifests(), ids=lambda manifest: manifest.name)
def test_its_package_requires_the_same(manifest: PluginManifest) -> None:
    distribution = next(found.distribution for found in find_plugins() if found.reference == manifest.entry)
    required = {str(each) for text in requires(distribution) or () if not (each := Requirement(text)).marker}
    assert {str(Requirement(text)) for text in manifest.requirements} | {"talkface-studio"} == required
