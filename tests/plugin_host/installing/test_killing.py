"""SIGKILL at every kind of moment of an update: the version before works, and the next change leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from installing import Setting
from plugin_packages import build_wheel, write_plugin

PROGRAM = """
import os, signal, sys
from pathlib import Path

from talkface_studio.plugin_host.folders import Folders
from talkface_studio.plugin_host.installing.installer import Installer
from talkface_studio.plugin_host.installing.uv import PackageSource

home, cache, source = map(Path, sys.argv[1:])
CHANGES = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree", "shutil.copyfile"}


def installing(deadly):
    count = 0

    def watch(event, arguments):
        nonlocal count
        if event in CHANGES and any(str(home) in str(argument) for argument in arguments):
            count += 1
            if count == deadly:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    Installer(
        folders=Folders.under(home), packages=PackageSource(cache=cache, offline=True), report=lambda words: None,
        trial=lambda plugin: None, agree=lambda candidate: True,
    ).install(str(source))


for line in sys.stdin:
    child = os.fork()
    if not child:
        installing(int(line))
        os._exit(0)
    print(os.waitpid(child, 0)[1], flush=True)
"""


def test_killed_at_any_moment(setting: Setting, tmp_path: Path) -> None:
    old = build_wheel(write_plugin(tmp_path / "old"), tmp_path, "1.0")
    new = build_wheel(write_plugin(tmp_path / "new", version="2.0", pixels="crop.pixels // 3"), tmp_path, "2.0")
    installer = setting.installer
    first = installer.install(str(old))
    before = setting.files()
    home = installer.folders.data.parent
    arguments = [sys.executable, "-c", PROGRAM, str(home), str(tmp_path / "uv"), str(new)]
    killed = 0
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        # Every one of the first moments, then every third: unpacking a file is like unpacking the next.
        moment = 0
        while True:
            moment += 1 if moment < 12 else 3
            process.stdin.write(f"{moment}\n")
            process.stdin.flush()
            status = int(process.stdout.readline())
            entry = installer.store.entry("darkener")
            if entry.version == "2.0":
                break
            killed += os.WIFSIGNALED(status)
            assert os.WIFSIGNALED(status), "it ended by itself and installed nothing"
            now = setting.files()
            assert {name: now.get(name) for name in before} == before
            plugin = installer.store.installed(entry)
            assert plugin.manifest.version == "1.0"
            with installer.store.changing():
                pass
            assert setting.files() == before
        process.stdin.close()
    assert killed > 20
    # Either it lived, or it was killed when the switch had happened: then the new one is whole.
    with installer.store.changing():
        pass
    assert installer.store.installed(entry).manifest.version == "2.0"
    assert entry.previous == first.current
    assert {path.name for path in (setting.root / "darkener").iterdir()} == {entry.current, entry.previous}
    assert {path.name for path in setting.root.iterdir()} == {"darkener", "plugins.toml"}
