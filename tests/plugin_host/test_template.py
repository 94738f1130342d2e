"""`talkface plugins new` writes a plugin that is whole: it loads, dubs, trains, and its own tests say so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from plugin_folders import run_beside, write_metadata
from talkface_studio.api.errors import PluginError
from talkface_studio.cli.plugins import plugins
from talkface_studio.plugin_host.manifest import PluginManifest
from talkface_studio.plugin_host.template import write_template
from talkface_studio.plugin_host.weights import check_weight

SOME_RULES = "mouth_rests or wrong_weights or same_seed or card or steps or preset or nothing"
"""The whole suite takes a minute; these are those that the template's own code decides."""


def test_its_own_tests_pass(tmp_path: Path) -> None:
    answer = CliRunner().invoke(plugins, ["new", "my-model", "--into", str(tmp_path), "--json"])
    folder = Path(json.loads(answer.output)["folder"])
    write_metadata(folder)
    result = run_beside(
        folder, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "tests", "-k", SOME_RULES
    )
    assert result.returncode == 0, result.stdout[-3000:]
    assert "7 passed" in result.stdout


def test_manifest_is_valid_and_names_the_weights_that_are_there(tmp_path: Path) -> None:
    folder = write_template("new-mouth", tmp_path)
    manifest = PluginManifest.load(folder / "new_mouth" / "plugin.toml")
    (card,) = manifest.generators
    assert (manifest.name, card.name, card.title) == ("new-mouth", "new-mouth", "New mouth")
    assert [check_weight(weight, folder / "new_mouth" / weight.path) for weight in card.weights] == ["ok"]
    texts = [path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.suffix in {".py", ".toml", ".md"}]
    assert len(texts) == 9
    assert not any("$" in text for text in texts)


@pytest.mark.parametrize("name", ["", "Loud", "1st", "a--b", "a-", "a_b", "../a", "class", "a" * 41])
def test_what_cannot_be_a_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PluginError, match="cannot be the name") as caught:
        write_template(name, tmp_path)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_over_and_nothing_is_left_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(PluginError, match="exists already"):
        write_template("mine", tmp_path)

    def full(self: Path, *arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(PluginError, match="No space left"):
        write_template("other", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
