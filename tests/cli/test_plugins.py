"""`talkface plugins` as a stranger's plugin goes through it, with a real worker process."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import annotated_types
import pytest
from PIL import Image, ImageStat

from command_line import Talkface
from plugin_packages import build_wheel, write_plugin
from talkface_studio.plugin_host.worker import isolation

OFFLINE = ("--offline", "--quiet")


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return build_wheel(write_plugin(tmp_path / "source"), tmp_path / "wheels", "1.0")


def test_a_wheel_is_installed_used_and_removed(
    talkface: Talkface, wheel: Path, home: Path, portrait: Path, speech: Path, folder: Path, tmp_path: Path
) -> None:
    answer = talkface("plugins", "install", wheel, *OFFLINE)
    assert answer.code == 2
    assert "Unknown publisher (it says: Jane)" in answer.err
    assert "Asks for neither the network nor any of your folders." in answer.err
    assert answer.err.splitlines()[-1].endswith("needs your consent to what is shown above; add --yes")
    inspected = talkface("plugins", "inspect", wheel, "--offline", "--json").document
    assert (inspected["trust"], inspected["needs_consent"], inspected["models"]) == ("unknown", True, ["darkener"])
    installed = talkface(
        "plugins", "install", wheel, *OFFLINE, "--yes", "--json", "--sha256", inspected["sha256"]
    ).document
    assert (installed["name"], installed["version"], installed["sha256"]) == ("darkener", "1.0", inspected["sha256"])

    rows = {row["name"]: row for row in talkface("plugins", "list", "--json").document["plugins"]}
    assert rows["atvg"]["trust"] == "bundled"
    assert (rows["darkener"]["state"], rows["darkener"]["models"]) == ("ok", ["darkener"])
    (model,) = talkface("models", "--json").document["models"]
    assert (model["name"], model["runnable"]) == ("darkener", ["compact"])
    assert model["plugin"]["isolated"]
    assert not model["plugin"]["bundled"]

    dark, plain = folder / "dark.png", Image.open(portrait)
    answer = talkface("preview", portrait, speech, "--model", "darkener", "--at", "1", "-o", dark)
    assert answer.code == 0, answer.err
    assert ImageStat.Stat(Image.open(dark)).mean[1] < ImageStat.Stat(plain).mean[1] - 1

    assert talkface("plugins", "disable", "darkener").code == 0
    newer = build_wheel(write_plugin(tmp_path / "n", version="2.0", pixels="crop.pixels"), tmp_path / "wheels", "2.0")
    assert talkface("plugins", "update", "darkener", "--from", newer, *OFFLINE).out == "darkener 2.0: changed\n"
    assert "disabled: darkener" in talkface("models", "darkener").line
    assert talkface("plugins", "enable", "darkener").out == "enabled darkener 2.0\n"
    assert talkface("models", "darkener", "--json").document["version"] == "2.0"
    assert talkface("--safe", "models", "darkener").code == 2
    assert talkface("plugins", "rollback", "darkener").out == "went back to darkener 1.0\n"
    assert talkface("plugins", "sync", *OFFLINE).out == "darkener 1.0: up to date\n"
    assert talkface("plugins", "remove", "darkener").out == "removed darkener\n"
    assert [path for path in (home / "data").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"imports": "import no_such_module"}, "no_such_module"),
        ({"pixels": "crop.pixels[:1, :1]"}, "1 x 1"),
        ({"imports": "import os", "pixels": "os._exit(3)"}, "darkener"),
    ],
)
def test_what_does_not_work_is_not_installed(
    talkface: Talkface, tmp_path: Path, home: Path, values: dict[str, str], reason: str
) -> None:
    package = write_plugin(tmp_path / "source", **values)  # type: ignore[arg-type]
    answer = talkface("plugins", "install", package, *OFFLINE, "--yes")
    assert answer.code == 2
    assert reason in answer.line
    assert answer.line.endswith("it was not installed")
    assert not (home / "data" / "plugins").exists()


def test_what_the_user_gets_wrong_is_one_line(talkface: Talkface, home: Path, tmp_path: Path) -> None:
    for arguments, reason in (
        (("install", tmp_path / "none.whl"), "no such file or folder; give a wheel"),
        (("install", "x", "--find-links", tmp_path / "none"), "no such folder of wheels"),
        (("remove", "none"), "no plugin 'none' is installed; installed: none"),
        (("update", "none"), "no plugin 'none' is installed"),
        (("update", "--from", "x"), "--from needs the name"),
        (("rollback", "none"), "no plugin 'none' is installed"),
        (("enable", "none"), "no plugin 'none' is installed"),
        (("check", "none"), "no plugin 'none' is installed; installed: atvg"),
        (("sync", tmp_path / "none"), "no such list of plugins"),
        (("sign", tmp_path, "--key", "none"), "plugin.toml: not a valid"),
    ):
        answer = talkface("plugins", *arguments)
        assert answer.code == 2, arguments
        assert reason in answer.line
    listing = home / "data" / "plugins" / "plugins.toml"
    listing.parent.mkdir(parents=True)
    listing.write_text("version = 2\n")
    assert "was written by a later studio" in talkface("plugins", "list").line
    assert listing.read_text() == "version = 2\n", "what cannot be read is left alone"
    assert os.listdir(listing.parent) == ["plugins.toml"]  # noqa: PTH208


def test_its_packages_come_before_those_of_the_studio(talkface: Talkface, tmp_path: Path, home: Path) -> None:
    """Also those that the contract itself imports, in the worker's very first moments."""
    links = tmp_path / "links"
    other = Path(shutil.copytree(Path(annotated_types.__file__).parent, tmp_path / "annotated_types"))
    with (other / "__init__.py").open("a") as file:
        file.write("VERSION = 99\n")
    build_wheel(other, links, "99.0")
    check = "import annotated_types\nassert annotated_types.VERSION == 99"
    package = write_plugin(tmp_path / "source", requirements=("annotated-types>=99",), imports=check)
    answer = talkface("plugins", "install", package, *OFFLINE, "--yes", "--find-links", links)
    assert answer.code == 0, answer.err


CONVERTER = """
import socket
from pathlib import Path

from talkface_studio.api.errors import WeightsError


def convert(checkpoints, output):
    data = checkpoints[0].read_bytes()
    if data == b"wrong":
        raise WeightsError("of another network")
    if data == b"pickle":
        output.write_bytes(b"\\x80\\x04]\\x94.")
        return
    try:
        socket.create_connection(("127.0.0.1", int(data)), timeout=1).close()
        found = b"online"
    except OSError:
        found = b"offline"
    head = b'{"__metadata__": {"was": "' + found + b'"}}'
    output.write_bytes(len(head).to_bytes(8, "little") + head)
"""
USERS_WEIGHTS = """presets = ["paper"]
[[generator.weights]]
name = "n"
preset = "paper"
path = "darkener/paper.safetensors"
bundled = false
"""


def test_a_checkpoint_is_converted_in_a_process_without_network(talkface: Talkface, tmp_path: Path, home: Path) -> None:
    package = write_plugin(
        tmp_path, more=USERS_WEIGHTS, permissions="network = true", files={"convert.py": CONVERTER.encode()}
    )
    code = (
        (package / "__init__.py")
        .read_text()
        .replace("folder=FOLDER", 'folder=FOLDER, converter="darkener.convert:convert"')
    )
    (package / "__init__.py").write_text(code)
    assert talkface("plugins", "install", package, *OFFLINE, "--yes").code == 0
    checkpoint = tmp_path / "author.pth"
    made = home / "data" / "weights" / "darkener" / "paper.safetensors"
    for content, reason in ((b"wrong", "of another network"), (b"pickle", "but a pickle")):
        checkpoint.write_bytes(content)
        answer = talkface("weights", "convert", "darkener", checkpoint)
        assert answer.code == 2
        assert reason in answer.line
        assert not made.exists()
    with socket.create_server(("127.0.0.1", 0)) as server:
        checkpoint.write_text(str(server.getsockname()[1]))
        assert talkface("weights", "convert", "darkener", checkpoint).code == 0
    assert isolation().enforced == (b"offline" in made.read_bytes())
    assert talkface("plugins", "remove", "darkener").out == f"removed darkener\nkept {made}, which you made\n"
