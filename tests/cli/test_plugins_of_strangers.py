"""The examples and the template as a stranger installs them: from a wheel or a folder, each in its own worker."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageChops
from wav2lip_plugin.network import Wav2Lip

from command_line import Talkface
from plugin_packages import module_wheel, write_plugin

EXAMPLES = Path(__file__).parents[2] / "examples"
OFFLINE = ("--offline", "--quiet", "--yes")


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """The smallest example as a build tool packs it."""
    source = shutil.copytree(EXAMPLES / "smallest_plugin", tmp_path / "source")
    words = ["pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path / "wheels")]
    subprocess.run([sys.executable, "-m", *words, str(source)], check=True, capture_output=True)
    (built,) = (tmp_path / "wheels").iterdir()
    return built


def changed_part(one: Path, other: Path) -> tuple[int, int, int, int] | None:
    """The box in which two pictures differ by more than a compression would make them."""
    with Image.open(one) as first, Image.open(other) as second:
        difference = ImageChops.difference(first.convert("L"), second.convert("L").resize(first.size))
    return difference.point(lambda value: 255 if value > 12 else 0).getbbox()


def test_the_smallest_from_a_wheel_and_from_its_folder(
    talkface: Talkface, wheel: Path, home: Path, portrait: Path, speech: Path, folder: Path
) -> None:
    for source in (wheel, EXAMPLES / "smallest_plugin"):
        before = sorted(path.relative_to(source) for path in source.rglob("*"))
        answer = talkface("plugins", "install", source, *OFFLINE)
        assert answer.code == 0, answer.err
        assert sorted(path.relative_to(source) for path in source.rglob("*")) == before
        (model,) = talkface("models", "--json").document["models"]
        assert (model["name"], model["plugin"]["isolated"]) == ("loud_mouth", True)
        shown = folder / f"{source.suffix}shown.png"
        answer = talkface("preview", portrait, speech, "--model", "loud_mouth", "--at", "1.2", "-o", shown)
        assert answer.code == 0, answer.err
        assert changed_part(portrait, shown)
        assert talkface("plugins", "remove", "loud-mouth").code == 0
        assert not [path for path in (home / "data").rglob("*") if path.is_file()]


def test_wav2lip_with_a_checkpoint_as_its_authors_publish_one(
    talkface: Talkface, home: Path, portrait: Path, speech: Path, folder: Path
) -> None:
    answer = talkface("plugins", "install", EXAMPLES / "wav2lip", *OFFLINE)
    assert answer.code == 0, answer.err
    preview = ("preview", portrait, speech, "--model", "wav2lip", "--preset", "paper", "--at", "1")
    assert "talkface weights convert wav2lip" in talkface(*preview, "-o", folder / "none.png").line
    torch.manual_seed(1)
    checkpoint = folder / "wav2lip_gan.pth"
    torch.save({"state_dict": {f"module.{name}": value for name, value in Wav2Lip().state_dict().items()}}, checkpoint)
    answer = talkface("weights", "convert", "wav2lip", checkpoint)
    assert answer.code == 0, answer.err
    shown = folder / "shown.png"
    answer = talkface(*preview, "-o", shown)
    assert answer.code == 0, answer.err
    assert changed_part(portrait, shown)
    made = home / "data" / "weights" / "wav2lip" / "paper.safetensors"
    assert talkface("plugins", "remove", "wav2lip").out == f"removed wav2lip\nkept {made}, which you made\n"


@pytest.mark.timeout(900)
def test_the_template_is_installed_checked_and_used(
    talkface: Talkface, portrait: Path, speech: Path, folder: Path, tmp_path: Path
) -> None:
    written = talkface("plugins", "new", "my-model", "--into", tmp_path, "--json").document["folder"]
    assert talkface("plugins", "install", written, *OFFLINE).code == 0
    # All rules take minutes, with a process for each.
    answer = talkface("plugins", "check", "my-model", "--quiet", "--json", "--rule", "same seed")
    assert answer.code == 0, answer.out
    (rule,) = answer.document["models"]["my-model"]
    assert (rule["rule"], rule["passed"]) == ("same seed gives same frames", True)
    (unused,) = answer.document["unused"]
    assert unused.startswith("talkface_register_recipes is not used: an installed plugin offers models")
    shown = folder / "shown.png"
    answer = talkface("preview", portrait, speech, "--model", "my-model", "--at", "1.2", "-o", shown)
    assert answer.code == 0, answer.err
    assert changed_part(portrait, shown)


def test_two_whose_requirements_contradict_are_used_in_turns(
    talkface: Talkface, portrait: Path, speech: Path, folder: Path, tmp_path: Path
) -> None:
    shown = []
    for name, version in (("old", "1.0"), ("new", "2.0")):
        module_wheel(tmp_path / "links", "tinydep", version)
        package = write_plugin(
            tmp_path / name,
            name,
            requirements=(f"tinydep=={version}",),
            imports=f"import tinydep\n\nassert tinydep.VERSION == {version!r}\n",
            pixels="crop.pixels // int(tinydep.VERSION[0])",
        )
        answer = talkface("plugins", "install", package, *OFFLINE, "--find-links", tmp_path / "links")
        assert answer.code == 0, answer.err
    for name in ("old", "new"):
        shown.append(folder / f"{name}.png")
        answer = talkface("preview", portrait, speech, "--model", name, "--at", "1", "-o", shown[-1])
        assert answer.code == 0, answer.err
    assert changed_part(portrait, shown[0]) is None
    assert changed_part(portrait, shown[1])
