"""What is not installed, each with one line that says why; nothing of it is run and nothing is left."""

from __future__ import annotations

import hashlib
import io
import pickle
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from installing import Setting
from plugin_packages import build_wheel, write_plugin
from talkface_studio.api.errors import PluginError
from talkface_studio.plugin_host import signature
from talkface_studio.plugin_host.manifest import PluginManifest
from talkface_studio.plugin_host.store.content import content_sha256
from talkface_studio.plugin_host.trust import Trust

WEIGHTS = (8).to_bytes(8, "little") + b"{}      "
WEIGHT_TABLE = f"""
[[generator.weights]]
name = "networks"
preset = "compact"
path = "weights/compact.safetensors"
sha256 = "{hashlib.sha256(WEIGHTS).hexdigest()}"
size = {len(WEIGHTS)}
"""


def refused(setting: Setting, source: Path, reason: str) -> None:
    with pytest.raises(PluginError, match=reason) as caught:
        setting.installer.install(str(source))
    assert "\n" not in str(caught.value)
    assert setting.files() == {}
    assert setting.tried == setting.asked == []


def saved_by_torch() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"weights": 1}))
    return content.getvalue()


def objects() -> bytes:
    content = io.BytesIO()
    np.save(content, np.array([{}], dtype=object), allow_pickle=True)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("weights/model.pth", b"anything"),
        ("weights/model.bin", pickle.dumps([1, 2, 3])),
        ("weights/model.bin", saved_by_torch()),
        ("weights/model.safetensors", pickle.dumps({"a": 1})),
        ("table.npy", objects()),
    ],
)
def test_pickles(setting: Setting, tmp_path: Path, name: str, content: bytes) -> None:
    package = write_plugin(tmp_path, files={name: content})
    refused(setting, package, rf"plugin darkener 1\.0: darkener/{name}: is a pickle, which runs code when read")


def test_arrays_are_no_pickles(setting: Setting, tmp_path: Path) -> None:
    content = io.BytesIO()
    np.savez(content, points=np.zeros((3, 2)))
    setting.installer.install(str(write_plugin(tmp_path, files={"points.npz": content.getvalue()})))


def test_weights_are_those_of_the_manifest(setting: Setting, tmp_path: Path) -> None:
    good = write_plugin(tmp_path / "good", more=WEIGHT_TABLE, files={"weights/compact.safetensors": WEIGHTS})
    tampered = write_plugin(tmp_path / "bad", more=WEIGHT_TABLE, files={"weights/compact.safetensors": WEIGHTS[::-1]})
    missing = write_plugin(tmp_path / "none", more=WEIGHT_TABLE)
    unhashed = write_plugin(tmp_path / "unhashed", more=WEIGHT_TABLE.replace("sha256", "source"))
    refused(setting, tampered, r"weights/compact\.safetensors is not the file whose SHA-256 its plugin\.toml names")
    refused(setting, missing, r"weights/compact\.safetensors is missing")
    refused(setting, unhashed, "need sha256 and size")
    setting.installer.install(str(good))


def changed(wheel: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> Path:
    """The wheel with other contents and its old RECORD."""
    with zipfile.ZipFile(wheel) as archive:
        contents = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, data in contents:
            if (new := change(name, data)) is not None:
                archive.writestr(*new)
    return wheel


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            lambda name, data: (name, data + b"#") if name.endswith("generator.py") else (name, data),
            "is not the one in",
        ),
        (lambda name, data: (name, data.replace(b"darkener/generator.py", b"x")), "SHA-256 is missing from"),
        (lambda name, data: None if name.endswith("RECORD") else (name, data), "its RECORD is missing"),
        (lambda name, data: (name.replace("darkener/generator", "../../generator"), data), "outside of the plugin's"),
        (lambda name, data: (name.replace("darkener/generator", "/generator"), data), "outside of the plugin's"),
    ],
)
def test_wheels_that_were_tampered_with(
    setting: Setting, tmp_path: Path, change: Callable[[str, bytes], tuple[str, bytes] | None], reason: str
) -> None:
    wheel = build_wheel(write_plugin(tmp_path / "source"), tmp_path, "1.0")
    refused(setting, changed(wheel, change), reason)


def test_other_sources(setting: Setting, tmp_path: Path) -> None:
    wheel = build_wheel(write_plugin(tmp_path / "source"), tmp_path, "1.0")
    refused(setting, wheel.rename(tmp_path / "darkener-1.0-cp27-cp27m-win32.whl"), "made for another Python or system")
    cut = tmp_path / "cut-1.0-py3-none-any.whl"
    cut.write_bytes(b"PK\x03\x04 and no more")
    refused(setting, cut, "is damaged or no zip archive")
    (tmp_path / "empty").mkdir()
    refused(setting, tmp_path / "empty", "this holds none")
    write_plugin(tmp_path / "two" / "a")
    write_plugin(tmp_path / "two" / "b")
    refused(setting, tmp_path / "two", "this holds 2 of them")
    linked = write_plugin(tmp_path / "linked")
    (linked / "secret").symlink_to("/etc/passwd")
    refused(setting, linked, "is a link")
    (tmp_path / "plugin.tar").write_bytes(b"x")
    refused(setting, tmp_path / "plugin.tar", "neither a wheel")
    refused(setting, tmp_path / "nothing.whl", "no such file or folder; give a wheel")


def test_names_that_are_taken(setting: Setting, tmp_path: Path) -> None:
    refused(setting, write_plugin(tmp_path / "a", "atvg"), "a plugin of this name comes with the studio")
    refused(setting, write_plugin(tmp_path / "b", model="sdm"), "a model sdm comes with the studio")
    refused(setting, write_plugin(tmp_path / "c", "json"), "would stand in for one of Python's")
    setting.installer.install(str(write_plugin(tmp_path / "first", "first", model="shade")))
    with pytest.raises(PluginError, match="a model shade is installed already, by plugin first"):
        setting.installer.install(str(write_plugin(tmp_path / "second", "second", model="shade")))


def test_what_the_manifest_does_not_say(setting: Setting, tmp_path: Path) -> None:
    wheel = build_wheel(write_plugin(tmp_path / "source"), tmp_path, "1.0", requires=("talkface-studio", "requests"))
    refused(setting, wheel, r"its wheel requires requests, which its plugin\.toml does not list")
    future = write_plugin(tmp_path / "future")
    manifest = (future / "plugin.toml").read_text()
    (future / "plugin.toml").write_text(manifest.replace("api_version = 1", "api_version = 9\nnew_key = 1"))
    refused(setting, future, "written for version 9 of the plugin contract, this is version 1; update talkface-studio")
    (future / "plugin.toml").write_text(manifest.replace("[plugin]", '[plugin]\nrequires_python = ">=4"'))
    refused(setting, future, "it needs Python >=4, and this studio runs on 3")
    (future / "plugin.toml").write_text(manifest)
    (future / "__init__.py").unlink()
    refused(setting, future, "is not in the package darkener")


def test_signatures_of_known_publishers(setting: Setting, tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    key_file = tmp_path / "jane.pem"
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    package = write_plugin(tmp_path / "source")
    manifest = PluginManifest.load(package / "plugin.toml")
    public = signature.sign(package, manifest, content_sha256(package.parent, [package.name]), key_file)
    installer = setting.installer
    assert installer.inspect(str(package)).trust is Trust.UNKNOWN, "nobody knows the key yet"
    installer.folders.config.mkdir(parents=True)
    publishers = installer.folders.config / "publishers.toml"
    publishers.write_text(f'"Jane" = "{public}"\n')
    wheel = build_wheel(package, tmp_path / "wheels", "1.0")
    for source in (package, wheel):
        assert installer.inspect(str(source)).trust is Trust.KNOWN
    publishers.write_text(f'"Joe" = "{public}"\n')
    assert installer.inspect(str(package)).trust is Trust.UNKNOWN, "it calls itself Jane and is not"
    (package / "generator.py").write_text("evil = True\n")
    refused(setting, package, "the signature does not fit these files")
    shutil.copyfile(tmp_path / "jane.pem", package / "plugin.sig")
    refused(setting, package, "not a valid signature")
