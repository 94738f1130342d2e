"""What the benchmarks share: tables, timing, and the machine they ran on."""

from __future__ import annotations

import os
import platform
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "resources" / "samples"


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    note: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        lines = [f"## {self.title}", "", self.note, "", f"| {' | '.join(self.head)} |"]
        lines.append("|" + " --- |" * len(self.head))
        lines += [f"| {' | '.join(row)} |" for row in self.rows]
        return "\n".join(lines) + "\n"

    def put_into(self, page: Path) -> None:
        """In place of the section of this title, or behind the last one."""
        text = page.read_text(encoding="utf-8")
        old = re.search(rf"## {self.title}\n.*?(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
        text = text.replace(old.group(), self.markdown() + "\n") if old else text.rstrip() + "\n\n" + self.markdown()
        page.write_text(text.rstrip() + "\n", encoding="utf-8")


def best(action: Callable[[], object], repeats: int = 5) -> float:
    """Seconds of the fastest of several runs: what the work takes where nothing else disturbs it."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return min(times)


def drain(items: Iterable[object]) -> int:
    return sum(1 for _ in items)


def machine() -> str:
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    load = f", load average {os.getloadavg()[0]:.1f} when it started" if hasattr(os, "getloadavg") else ""
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}{load}"
