"""The packaged application is complete: what is needed goes in, the rest stays out, and terms are named."""

from __future__ import annotations

import configparser
import importlib.metadata
import json
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from talkface_bundle import contents, icons, notices, stamp
from talkface_studio.dubbing.assets import ASSETS
from talkface_studio.plugin_host.presence import GROUP
from talkface_studio.project.storage.project_file import SUFFIX

PACKAGING = Path(__file__).parents[2] / "packaging"


@pytest.fixture(scope="module")
def placed() -> dict[str, Path]:
    return {f"{folder}/{source.name}".removeprefix("./"): source for source, folder in contents.files()}


def test_bundled_plugins_go_in_with_entry_points_manifests_and_weights(placed: dict[str, Path]) -> None:
    for name in set(contents.OWN) - {"talkface-studio", "talkface-trainer"}:
        distribution = importlib.metadata.distribution(name)
        (point,) = distribution.entry_points.select(group=GROUP)
        assert f"{point.value}/__init__.py" in placed
        assert f"{point.value}/plugin.toml" in placed
        assert any(path.startswith(f"{point.value}/weights/") for path in placed)
        assert any(path.endswith(".dist-info/entry_points.txt") and name.replace("-", "_") in path for path in placed)


def test_files_of_the_studio_and_models_of_others_go_in(placed: dict[str, Path]) -> None:
    for path in (
        "talkface_studio/gui/theme/style_sheet.qss", "talkface_studio/gui/theme/icons/logo.svg",
        "talkface_studio/gui/pages/guide.md", "talkface_studio/media/presets/web-av1.toml",
        "talkface_studio/gui/translations/studio_en.ts", "talkface_studio/pytest_data/portrait.png",
        "talkface_studio/plugin_host/template/files/package/plugin.toml.template", "resources/samples/video.mp4",
    ):  # fmt: skip
        assert path in placed, path
    for asset in ASSETS.values():
        name = f"{asset.package}/{asset.relative}"
        assert asset.whisper is not None if name not in placed else placed[name].stat().st_size == asset.size
    assert not [path for path in placed if "whisper_base" in path and not path.split("/")[0].endswith(".dist-info")]
    assert "bin/uv" in placed
    assert {"asyncio/__init__.py", "email/mime/text.py", "unittest/mock.py", "sqlite3/dbapi2.py"} <= placed.keys()
    assert {"_ssl", "_sqlite3", "_ctypes", "_lzma"} <= set(contents.python_extensions())


def test_everything_required_is_in_and_nothing_of_development(placed: dict[str, Path]) -> None:
    names = contents.distributions().keys()
    assert {"torch", "numpy", "av", "mediapipe", "pyside6-essentials", "uv", "pluggy", "pytest"} <= names
    assert not names & {"pytest-qt", "mypy", "ruff", "pyinstaller", "imageio-ffmpeg", "tensorboard"}
    assert not [
        path
        for path in placed
        if re.search(r"(^|/)(tkinter|idlelib|site-packages)/|\.pyc$|torch/include/|direct_url\.json", path)
    ]
    assert not [path for path in placed if path.startswith("transformers/models/bert/")]
    assert "transformers/models/whisper/modeling_whisper.py" in placed
    # Imported where nobody would think so: by torch for checkpointing, by matplotlib at all times.
    assert {"torch/testing/_internal/logging_tensor.py", "fontTools/agl.py"} <= placed.keys()
    assert sum(source.stat().st_size for source in placed.values()) < 1500e6


def test_no_module_that_goes_in_as_a_file_is_looked_for_by_pyinstaller() -> None:
    assert {"torch", "numpy", "talkface_studio", "talkface_sdm", "cv2"} <= set(contents.copied_modules())
    assert not set(contents.copied_modules()) & {"PySide6", "shiboken6", "os"}


def test_notices_name_the_licence_of_everything() -> None:
    text = notices.notices()
    for name, distribution in contents.distributions().items():
        assert f"{name} {distribution.version}\n" in text
        assert notices.licence_of(distribution)
    assert "x264, GPL-2.0-or-later" in text
    assert notices.wheel_libraries()


def test_stamp_is_that_of_the_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert stamp.make_stamp(tmp_path)["date"] == "2023-11-14T22:13:20+00:00"
    assert stamp.make_stamp(tmp_path)["revision"] == ""
    file = tmp_path / "build.json"
    file.write_text(json.dumps({"version": "1.2.3", "revision": "v1.2.3-4-gabc", "date": "2023-11-14T22:13:20+00:00"}))
    from talkface_studio import stamp as shown

    assert "build" not in shown.version_line()
    monkeypatch.setattr(shown, "FILE", file)
    assert shown.version_line() == "1.2.3 (build v1.2.3-4-gabc of 2023-11-14)"


def test_desktop_entry_says_what_the_mime_type_says() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment, method-assign]
    entry.read(PACKAGING / "linux" / "org.talkface.Studio.desktop", encoding="utf-8")
    main = entry["Desktop Entry"]
    assert main["Type"] == "Application"
    assert main["Exec"] == "talkface-studio %F"
    assert all(main[key].endswith(";") for key in ("Categories", "MimeType", "Keywords", "Actions"))
    tree = ET.parse(PACKAGING / "linux" / "talkface-studio.xml").getroot()
    space = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}
    kind, glob = tree.find("m:mime-type", space), tree.find("m:mime-type/m:glob", space)
    assert kind is not None
    assert glob is not None
    assert kind.get("type") in main["MimeType"].split(";")
    assert glob.get("pattern") == f"*{SUFFIX}"
    assert SUFFIX in (PACKAGING / "windows" / "talkface-studio.nsi").read_text()
    assert f"<string>{SUFFIX[1:]}</string>" in (PACKAGING / "macos" / "Info.plist").read_text()
    assert contents.mac_properties()["CFBundleExecutable"] == main["Icon"]


def test_icon_is_drawn_for_every_system(tmp_path: Path) -> None:
    from PIL import Image

    assert icons.write_icons(tmp_path).is_file()
    for name, size in (("256.png", 256), ("talkface-studio.ico", 256), ("talkface-studio.icns", 1024)):
        with Image.open(tmp_path / name) as picture:
            assert max(picture.size) == size
            assert picture.convert("RGBA").getpixel((picture.width // 2, picture.height // 5))[3] == 255


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    import sys

    program = PACKAGING / "talkface_bundle" / "programs" / "talkface_python.py"
    return subprocess.run([sys.executable, program, *arguments], capture_output=True, text=True, check=False)


def test_the_application_s_interpreter_understands_what_processes_are_started_with(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("import sys; print(__name__, sys.argv[1:])")
    assert python("-I", "-B", "-X", "faulthandler", str(script), "-c", "a").stdout == "__main__ ['-c', 'a']\n"
    assert python("-P", "-c", "import sys; print(sys.argv, '' in sys.path)", "b").stdout == "['-c', 'b'] False\n"
    assert python("-Im", "timeit", "-n", "1", "pass").stdout.startswith("1 loop")
    assert python("--version").stdout.startswith("Python 3.")
    wrong = python("-y")
    assert (wrong.returncode, wrong.stderr) == (2, "talkface-python: Unknown option: -y\n")
    assert python("-c", "raise SystemExit(5)").returncode == 5
