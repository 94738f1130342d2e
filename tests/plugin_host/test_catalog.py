"""What a catalog answers: choices, generators, options, recipes, converters, and observers of jobs."""

from __future__ import annotations

import hashlib
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import toy_plugins
from talkface_studio.api.errors import ModelNotFoundError, OptionError, PluginError, WeightsError
from talkface_studio.plugin_host.catalog import Catalog
from talkface_studio.plugin_host.digest import generator_digest

Load = Callable[[], Catalog]

SPEECH_PHOTO = frozenset({"speech", "photo"})
SPEECH_VIDEO = frozenset({"speech", "video"})


def test_cards_come_by_priority_then_name(site: Path, load: Load) -> None:
    toy_plugins.install_model(site, "beta", priority=1)
    toy_plugins.install_model(site, "alpha", priority=1)
    toy_plugins.install_model(site, "first", priority=5)
    assert [card.name for card in load().cards()] == ["first", "alpha", "beta"]


def test_chooses_the_model_that_names_the_inputs_first(site: Path, load: Load) -> None:
    photo, video = ("speech", "photo"), ("speech", "video")
    toy_plugins.install_model(site, "animates", takes=(photo, video), priority=3)
    toy_plugins.install_model(site, "dubs", takes=(video, photo), priority=3)
    catalog = load()
    assert catalog.choose(frozenset(video)).name == "dubs"
    assert catalog.choose(frozenset(photo)).name == "animates"


def test_chooses_the_highest_priority_that_accepts(site: Path, load: Load) -> None:
    toy_plugins.install_model(site, "photos", takes=(("speech", "photo"),), priority=9)
    toy_plugins.install_model(site, "both", priority=3)
    toy_plugins.install_model(site, "low", priority=1)
    catalog = load()
    assert catalog.choose(SPEECH_PHOTO).name == "photos"
    assert catalog.choose(SPEECH_VIDEO).name == "both"
    assert catalog.choose(SPEECH_VIDEO, "low").name == "low"


def test_no_model_for_the_inputs_lists_what_is_installed(site: Path, load: Load) -> None:
    toy_plugins.install_model(site, "photos", takes=(("speech", "photo"),))
    with pytest.raises(ModelNotFoundError) as error:
        load().choose(SPEECH_VIDEO)
    assert str(error.value) == "no installed model takes speech + video; installed: photos (speech + photo)"


def test_model_that_does_not_fit_names_those_that_do(site: Path, load: Load) -> None:
    toy_plugins.install_model(site, "photos", takes=(("speech", "photo"),))
    toy_plugins.install_model(site, "both")
    with pytest.raises(ModelNotFoundError) as error:
        load().choose(SPEECH_VIDEO, "photos")
    assert str(error.value) == (
        "model photos does not take speech + video, it takes speech + photo; models that do: both"
    )


def test_empty_catalog_says_so(load: Load) -> None:
    with pytest.raises(ModelNotFoundError, match="no model named 'atvg'; installed: none"):
        load().card("atvg")


def test_code_is_imported_only_when_started(site: Path, load: Load) -> None:
    (site / "toy_networks.py").write_text("from toy_generators import Toy as Lazy\n")
    toy_plugins.install_model(site, "toy", generator="toy_networks:Lazy")
    catalog = load()
    assert catalog.card("toy").title == "Toy"
    assert "toy_networks" not in sys.modules
    generator = catalog.generator("toy")
    assert generator.card is catalog.card("toy")
    assert catalog.generator("toy") is not generator


@pytest.mark.parametrize(
    ("generator", "message"),
    [
        ("no_such_networks:Toy", "ModuleNotFoundError"),
        ("toy_generators:Missing", "AttributeError"),
        ("pathlib:Path", "is not a Generator"),
        ("toy_plugins:install", "is not a Generator"),
    ],
)
def test_generator_that_is_none(site: Path, load: Load, generator: str, message: str) -> None:
    toy_plugins.install_model(site, "toy", generator=generator)
    with pytest.raises(PluginError, match=message):
        load().generator("toy")


def test_malformed_reference_is_refused_at_once(site: Path, load: Load) -> None:
    toy_plugins.install_model(site, "toy", generator="toy_generators.Toy")
    assert "does not name code as module:attribute" in load().failures[0].reason


def test_options_are_checked_and_completed(site: Path, load: Load, tmp_path: Path) -> None:
    toy_plugins.install_model(site, "toy")
    catalog = load()
    options = catalog.options("toy", {"strength": "0.5"}, seed=7, weights_folder=tmp_path)
    assert options.values == {"strength": 0.5, "grain": 0, "soft": False, "side": "both"}
    assert (options.preset, options.seed, dict(options.weights)) == ("compact", 7, {})
    with pytest.raises(OptionError, match="no option 'colour'"):
        catalog.options("toy", {"colour": "red"}, weights_folder=tmp_path)
    with pytest.raises(OptionError, match="no preset 'huge'"):
        catalog.options("toy", {}, preset="huge", weights_folder=tmp_path)


def test_options_resolve_weights_beside_the_plugin(site: Path, load: Load, tmp_path: Path) -> None:
    (site / "toy.bin").write_bytes(b"weights!")
    digest = hashlib.sha256(b"weights!").hexdigest()
    table = f'[[weights]]\nname = "networks"\npreset = "compact"\npath = "toy.bin"\nsha256 = "{digest}"\n'
    toy_plugins.install_model(site, "toy", tables=table)
    catalog = load()
    assert catalog.options("toy", {}, weights_folder=tmp_path).weights == {"networks": site / "toy.bin"}
    assert catalog.folder("toy") == site
    (site / "toy.bin").write_bytes(b"weights?")
    with pytest.raises(WeightsError, match=digest[:12]):
        catalog.options("toy", {}, weights_folder=tmp_path)


def test_recipes(site: Path, load: Load) -> None:
    (site / "toy_recipe.py").write_text(
        "from talkface_studio.api.recipe import Recipe\n\n\nclass ToyRecipe(Recipe):\n    model = 'toy'\n"
    )
    toy_plugins.install_model(
        site,
        "toy",
        source="@hookimpl\ndef talkface_register_recipes(registrar):\n"
        "    registrar.add(model='toy', recipe='toy_recipe:ToyRecipe')\n"
        "    registrar.add(model='odd', recipe='pathlib:Path')\n",
    )
    catalog = load()
    assert catalog.recipes() == ("odd", "toy")
    assert catalog.recipe("toy").model == "toy"
    with pytest.raises(PluginError, match="is not a Recipe"):
        catalog.recipe("odd")
    with pytest.raises(ModelNotFoundError, match="no recipe trains a model named 'other'; there are: odd, toy"):
        catalog.recipe("other")


def test_converters(site: Path, load: Load) -> None:
    toy_plugins.install_model(site, "toy", converter="toy_plugins:install")
    toy_plugins.install_model(site, "plain")
    catalog = load()
    assert catalog.converter("toy") is toy_plugins.install
    with pytest.raises(PluginError, match="model plain has no converter for checkpoints; models that have one: toy"):
        catalog.converter("plain")


def test_metrics_and_commands(site: Path, load: Load) -> None:
    toy_plugins.install_model(
        site,
        "toy",
        source="import click\n\n"
        "@hookimpl\ndef talkface_register_metrics(registrar):\n    registrar.add(name='seams', metric='math:fsum')\n\n"
        "@hookimpl\ndef talkface_register_commands(registrar):\n"
        "    registrar.add('wave', lambda: click.Command('wave'))\n",
    )
    catalog = load()
    assert catalog.metric("seams")([0.5, 0.25]) == 0.75
    assert catalog.commands()["wave"]().name == "wave"
    with pytest.raises(PluginError, match="no plugin has a metric 'other'; there are: seams"):
        catalog.metric("other")


OBSERVER = """
SEEN = []


@hookimpl
def talkface_job_started(job):
    SEEN.append(("started", job["output"]))


@hookimpl
def talkface_job_finished(result, error):
    SEEN.append(("finished", result, error))
"""

CLUMSY = """
@hookimpl
def talkface_job_started(job):
    raise RuntimeError("clumsy")
"""


def test_observers_see_jobs_and_cannot_break_them(site: Path, load: Load, caplog: pytest.LogCaptureFixture) -> None:
    toy_plugins.install_model(site, "watcher", source=OBSERVER)
    toy_plugins.install_model(site, "clumsy", source=CLUMSY)
    toy_plugins.install_model(site, "zealot", source=OBSERVER)
    catalog = load()
    failure = WeightsError("damaged")
    with caplog.at_level(logging.WARNING):
        catalog.job_started({"output": "out.mp4"})
    catalog.job_finished({"output": "out.mp4"}, {"frames": 3})
    catalog.job_finished({"output": "out.mp4"}, error=failure)
    expected = [("started", "out.mp4"), ("finished", {"frames": 3}, None), ("finished", None, failure)]
    for name in ("watcher_plugin", "zealot_plugin"):
        seen = sys.modules[name].SEEN
        assert seen == expected
    assert "clumsy" in caplog.text


def test_other_code_has_another_digest(tmp_path):
    digests = []
    for number, code in enumerate(("RATE = 25\n", "RATE = 25\n", "RATE = 30\n")):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "generator.py").write_text(code)
        (folder / f"weights{number}.safetensors").write_bytes(b"weights have a digest of their own")
        digests.append(generator_digest(folder))
    assert digests[0] == digests[1] != digests[2]
