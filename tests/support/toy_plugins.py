"""Writes installed distributions that are plugins: a module and its metadata, in a folder to put on the path."""

from __future__ import annotations

from pathlib import Path

CARD_TOML = """
name = "{name}"
title = "Toy"
version = "1.0"
summary = "Darkens the mouth with the loudness of the speech."
paper = "none"
code_licence = "Apache-2.0"
weights_licence = "none"
priority = {priority}
takes = [{takes}]
presets = ["compact", "paper"]
{more}

[[options]]
name = "strength"
kind = "number"
default = 1.0
minimum = 0.0
maximum = 2.0
help = "How dark."

[[options]]
name = "grain"
kind = "integer"
default = 0
help = "Noise, in levels."

[[options]]
name = "soft"
kind = "boolean"
default = false
help = "Half as dark."

[[options]]
name = "side"
kind = "choice"
default = "both"
choices = ["left", "right", "both"]
help = "Which half."
{tables}
"""

REGISTERS = """
from pathlib import Path

from talkface_studio.api.card import ModelCard
from talkface_studio.api.hookspecs import hookimpl

FOLDER = Path(__file__).parent


@hookimpl
def talkface_register_generators(registrar):
    registrar.add(
        ModelCard.load(FOLDER / "{name}.toml"), "{generator}", folder=FOLDER, converter={converter!r}
    )

"""


def install(folder: Path, module: str, source: str, *, distribution: str | None = None, version: str = "1.0") -> None:
    """Put a plugin module and the metadata of its distribution into `folder`."""
    distribution = distribution or module.replace("_", "-")
    (folder / f"{module}.py").write_text(source, encoding="utf-8")
    info = folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n", encoding="utf-8"
    )
    entry_points = f"[talkface_studio.plugins]\n{module} = {module}\n"
    (info / "entry_points.txt").write_text(entry_points, encoding="utf-8")


def install_model(
    folder: Path,
    name: str,
    *,
    takes: tuple[tuple[str, ...], ...] = (("speech", "photo"), ("speech", "video")),
    priority: int = 0,
    more: str = "",
    tables: str = "",
    generator: str = "toy_generators:Toy",
    converter: str | None = None,
    source: str = "",
    distribution: str | None = None,
) -> None:
    """Put a plugin with one model, by default a working one, into `folder`; `source` is added to its module."""
    combinations = ", ".join("[" + ", ".join(f'"{item}"' for item in combination) + "]" for combination in takes)
    card = CARD_TOML.format(name=name, priority=priority, takes=combinations, more=more, tables=tables)
    (folder / f"{name}.toml").write_text(card, encoding="utf-8")
    registers = REGISTERS.format(name=name, generator=generator, converter=converter)
    install(folder, f"{name}_plugin", registers + source, distribution=distribution)
