"""What `api.recipe.Recipe.evaluate` gives, as Markdown: a table for each split, and the paper's own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

KNOWN = frozenset({"model", "splits", "paper"})


def report_markdown(result: Mapping[str, Any]) -> str:
    """The report as text that is readable as it is."""
    blocks = [f"# {result.get('model', 'model')}: measured"]
    for split, measured in result.get("splits", {}).items():
        blocks += [f"## {split}{_size(measured)}", "\n".join(_systems(measured.get("systems", {})))]
    if "paper" in result:
        paper = result["paper"]
        blocks.append("## The paper's own table (other data: not to be compared number by number)")
        rows = [[name, *map(_number, values)] for name, values in paper["rows"].items()]
        blocks.append("\n".join(_table(["", *paper["columns"]], rows)))
    rest = [f"- {key}: {value}" for key, value in result.items() if key not in KNOWN]
    if rest:
        blocks.append("\n".join(rest))
    return "\n\n".join(blocks) + "\n"


def _size(measured: Mapping[str, Any]) -> str:
    parts = [f"{measured[key]} {key}" for key in ("clips", "speakers", "frames") if key in measured]
    return f" ({', '.join(parts)})" if parts else ""


def _systems(systems: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    measures = list(dict.fromkeys(name for values in systems.values() for name in values))
    rows = [[name, *(_number(values.get(measure)) for measure in measures)] for name, values in systems.items()]
    return _table(["", *(measure.replace("_", " ") for measure in measures)], rows)


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in (heading, *rows)) for column in range(len(heading))]
    for number, row in enumerate((heading, *rows)):
        cells = [
            text.ljust(width) if not column else text.rjust(width) for column, (text, width) in _columns(row, widths)
        ]
        yield f"| {' | '.join(cells)} |"
        if number == 0:
            marks = ["-" * width if not column else "-" * (width - 1) + ":" for column, width in enumerate(widths)]
            yield f"| {' | '.join(marks)} |"


def _columns(row: Sequence[str], widths: Sequence[int]) -> Iterator[tuple[int, tuple[str, int]]]:
    return enumerate(zip(row, widths, strict=True))


def _number(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return "-"
    return f"{value:.0f}" if float(value).is_integer() and abs(value) >= 10 else f"{value:.3f}"
