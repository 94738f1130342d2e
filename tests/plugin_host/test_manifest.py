from __future__ import annotations

from pathlib import Path

import pytest

from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import PluginError
from talkface_studio.plugin_host.manifest import PluginManifest

PLUGIN = """
[plugin]
name = "loud-mouth"
version = "1.0"
api_version = 1
publisher = "Jane"
summary = "Loud."
licence = "MIT"
entry = "loud_mouth:Plugin"
requirements = ["numpy>=2"]
permissions = { network = true, folders = ["~/Voices"] }

[[generator]]
name = "loud"
title = "Loud"
summary = "Loud."
paper = "none"
code_licence = "MIT"
weights_licence = "none"
takes = [["speech", "photo"]]
[[generator.weights]]
name = "networks"
preset = "compact"
path = "weights/compact.safetensors"
sha256 = "HASH"
size = 12
""".replace("HASH", "0" * 64)


def manifest(tmp_path: Path, text: str) -> PluginManifest:
    path = tmp_path / "plugin.toml"
    path.write_text(text)
    return PluginManifest.load(path)


def test_reads_the_plugin_and_its_cards(tmp_path: Path) -> None:
    read = manifest(tmp_path, PLUGIN)
    assert (read.name, read.version, read.package) == ("loud-mouth", "1.0", "loud_mouth")
    assert read.permissions.network
    assert read.permissions.folders == ("~/Voices",)
    card = read.card("loud")
    assert (card.version, card.api_version) == ("1.0", 1)
    assert card == ModelCard.load(tmp_path / "plugin.toml") == ModelCard.load(tmp_path / "plugin.toml", "loud")
    with pytest.raises(PluginError, match="no model 'quiet'"):
        read.card("quiet")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('licence = "MIT"\nentry', 'colour = "red"\nentry', "colour: Extra inputs"),
        ('licence = "MIT"\nentry', "entry", "licence: Field required"),
        ("api_version = 1", "api_version = 2", "version 2 of the plugin contract, this is version 1; update talkface"),
        ('version = "1.0"', 'version = "one"', "'one' is no version"),
        ('name = "loud-mouth"', 'name = "../up"', "name: String should match"),
        ("numpy>=2", "numpy @ https://example.org/numpy.whl", "not an address"),
        ("numpy>=2", "num py", "no requirement of the form"),
        ("~/Voices", "Voices", "neither absolute nor below"),
        ("~/Voices", "~/../else", "neither absolute nor below"),
        ("loud_mouth:Plugin", "os; import", "entry: String should match"),
        ("weights/compact.safetensors", "weights/compact.pth", "is not a safetensors file"),
        ("weights/compact.safetensors", "../compact.safetensors", "leaves its folder"),
        ("size = 12\n", "", "need sha256 and size"),
        ("[[generator]]", "[more]\n[[generator]]", r"\[plugin\] and \[\[generator\]\], not more"),
        ('summary = "Loud."\nlicence', 'summary = "Loud.\\u001b[2J"\nlicence', "summary: String should match"),
        ("[plugin]", "[plug", "not a valid plugin.toml"),
    ],
)
def test_what_is_wrong_is_one_line_that_names_the_file(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in PLUGIN
    with pytest.raises(PluginError, match=reason) as caught:
        manifest(tmp_path, PLUGIN.replace(old, new, 1))
    assert str(caught.value).startswith(f"{tmp_path / 'plugin.toml'}: ")
    assert "\n" not in str(caught.value)


def test_a_plugin_without_models_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="generators: Tuple should have at least 1 item"):
        manifest(tmp_path, PLUGIN.partition("[[generator]]")[0])


def test_of_several_cards_one_is_named(tmp_path: Path) -> None:
    cards = PLUGIN.partition("[[generator]]")[2]
    path = tmp_path / "plugin.toml"
    path.write_text(PLUGIN + "[[generator]]" + cards.replace('"loud"', '"louder"'))
    assert ModelCard.load(path, "louder").name == "louder"
    with pytest.raises(PluginError, match="there are 2"):
        ModelCard.load(path)
