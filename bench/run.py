"""Run every benchmark and write docs/benchmarks.md.

make bench
"""

from __future__ import annotations

import dubs
import idle
import preview
import speed
import stages
import start_up
import timeline
import voices
import worker
from report import ROOT, machine


def main() -> None:
    here = machine()
    modules = (start_up, idle, stages, worker, speed, dubs, voices, timeline)
    tables = [*(module.measure() for module in modules), *preview.measure()]
    text = f"# Benchmarks\n\nWritten by `make bench` on: {here}.\n\n" + "\n".join(table.markdown() for table in tables)
    (ROOT / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
