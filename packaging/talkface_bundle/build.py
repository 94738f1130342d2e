"""Builds the application: `python -m talkface_bundle.build OUT` leaves OUT/talkface-studio, ready to run or pack."""

from __future__ import annotations

import argparse
import compileall
import json
import os
import py_compile
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from talkface_bundle import contents
from talkface_bundle.icons import write_icons
from talkface_bundle.notices import notices
from talkface_bundle.stamp import EPOCH_VARIABLE, make_stamp, source_date

BUDGET = 1850
"""Megabytes that the unpacked application may take; packaging/README.md says what they are spent on."""
NAME = "talkface-studio"


def build(out: Path) -> Path:
    """Make the application in `out`; returns its folder.

    Raises:
        FileNotFoundError: something that goes in is not installed here.
        subprocess.CalledProcessError: PyInstaller failed; its own words are above.
        ValueError: a licence is not known, or the application is larger than its budget.
    """
    out.mkdir(parents=True, exist_ok=True)
    date = source_date(contents.ROOT)
    stamp = out / "build.json"
    stamp.write_text(json.dumps(make_stamp(contents.ROOT), indent=2) + "\n", encoding="utf-8")
    icon = write_icons(out / "icons")
    environment = {
        **os.environ,
        EPOCH_VARIABLE: str(date),
        "PYTHONHASHSEED": "0",
        "TALKFACE_STAMP": str(stamp),
        "TALKFACE_ENCODERS": str(contents.write_encoders(out / "encoders")),
        "TALKFACE_ICON": str(icon),
        "TALKFACE_VERSION": make_stamp(contents.ROOT)["version"],
    }
    spec = Path(__file__).with_name("talkface.spec")
    words = ["--noconfirm", "--log-level", "WARN", "--workpath", str(out / "work"), "--distpath", str(out), str(spec)]
    subprocess.run([sys.executable, "-m", "PyInstaller", *words], env=environment, check=True)
    folder = out / NAME
    compile_modules(folder / "_internal")
    (folder / "NOTICES.txt").write_text(notices(system_libraries(out / "work")), encoding="utf-8")
    (folder / "LICENSE.txt").write_text((contents.ROOT / "LICENSE").read_text(encoding="utf-8"), encoding="utf-8")
    for path in folder.rglob("*"):
        os.utime(path, (date, date), follow_symlinks=False)
    check_size(folder)
    return folder


def compile_modules(folder: Path) -> None:
    """Compile every module in its place, without its path on this machine and without the time of the file.

    The application may lie where its user cannot write, so that nothing would be kept of what is compiled there.
    """
    for compiled in folder.rglob("*.pyc"):
        if compiled.parent.name != "__pycache__" and compiled.with_suffix(".py").is_file():
            compiled.unlink()
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(folder, maxlevels=40, quiet=2, stripdir=str(folder), invalidation_mode=mode, workers=0)


def system_libraries(work: Path) -> list[Path]:
    """The files that PyInstaller took from the system that builds, as it recorded them."""
    table = next(work.rglob("COLLECT-00.toc"))
    found: set[Path] = set()
    for line in table.read_text(encoding="utf-8").splitlines():
        for word in line.split("'"):
            if word.startswith(("/lib/", "/usr/lib/")) and ".so" in word:
                found.add(Path(word))
    return sorted(found)


def size_of(folder: Path) -> Counter[str]:
    """Bytes by the first folder below `_internal`."""
    sizes: Counter[str] = Counter()
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            parts = path.relative_to(folder).parts
            sizes[parts[1] if parts[0] == "_internal" and len(parts) > 2 else "."] += path.stat().st_size
    return sizes


def check_size(folder: Path) -> None:
    """Say what the application is made of.

    Raises:
        ValueError: it is larger than its budget.
    """
    sizes = size_of(folder)
    total = sum(sizes.values()) / 1e6
    largest = ", ".join(f"{name} {size / 1e6:.0f}" for name, size in sizes.most_common(12))
    sys.stderr.write(f"{folder}: {total:.0f} MB of {BUDGET}: {largest}\n")
    if total > BUDGET:
        raise ValueError(f"{folder}: {total:.0f} MB, more than the {BUDGET} of its budget")


def main(arguments: Sequence[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser("talkface_bundle.build", description=__doc__)
    parser.add_argument("out", type=Path)
    started = time.monotonic()
    folder = build(parser.parse_args(arguments).out.resolve())
    sys.stderr.write(f"built in {time.monotonic() - started:.0f} s\n")
    print(folder)  # noqa: T201


if __name__ == "__main__":
    main()
