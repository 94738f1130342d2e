"""`talkface models`: the installed models and their cards."""

from __future__ import annotations

from typing import Any

import click

from talkface_studio.api.card import ModelCard, OptionSpec
from talkface_studio.cli.app import App, pass_app, print_json, print_table
from talkface_studio.cli.parameters import json_option
from talkface_studio.dubbing.readiness import describe_model, describe_models


@click.command(epilog="Example: talkface models atvg")
@click.argument("name", required=False)
@json_option
@pass_app
def models(app: App, /, name: str | None, *, as_json: bool) -> None:
    """List the installed models, or show one in full.

    Both tell which presets this machine can run; with NAME, also what is missing for the others.
    """
    if name is not None:
        card = app.catalog.card(name)
        document = describe_model(card, plugin_folder=app.catalog.folder(name), folders=app.folders)
        if as_json:
            print_json(document)
        else:
            _show_card(card, document)
        return
    listing = describe_models(app.catalog, app.folders)
    if as_json:
        print_json(listing)
    else:
        _show_list(listing["models"])


def takes(card_takes: Any) -> str:
    """The combinations of inputs in words: "speech + photo, speech + video"."""
    return ", ".join(" + ".join(combination) for combination in card_takes)


def _show_list(documents: list[dict[str, Any]]) -> None:
    from rich.table import Table

    if not documents:
        click.echo("no models are installed; install a plugin, for example: pip install talkface-atvg")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("model", "version", "takes", "gives", "runs here", "summary"):
        table.add_column(heading, overflow="fold")
    for document in documents:
        runnable = ", ".join(document["runnable"]) or "no: see talkface models " + document["name"]
        table.add_row(
            document["name"],
            document["version"],
            takes(document["takes"]),
            document["gives"],
            runnable,
            document["summary"],
        )
    print_table(table)


def _show_card(card: ModelCard, document: dict[str, Any]) -> None:
    click.echo(f"{card.title} ({card.name} {card.version})\n{card.summary}\n")
    facts = {
        "paper": card.paper,
        "takes": takes(card.takes),
        "gives": card.gives,
        "crop": f"{card.crop.size} x {card.crop.size} pixels"
        + (f", up to {card.crop.largest}" if card.crop.largest else ""),
        "speech features": ", ".join(card.speech_features),
        "look-ahead": f"{card.look_ahead:g} s",
        "memory": f"about {card.memory_mb} MB" if card.memory_mb else "",
        "code licence": card.code_licence,
        "weights licence": card.weights_licence,
        "trained on": card.training_data,
        "limits": card.limits,
        "measured": ", ".join(f"{name} {value:g}" for name, value in card.metrics.items()),
    }
    for key, value in facts.items():
        if value:
            click.echo(f"{key + ':':<17}{' '.join(value.split())}")
    for preset in card.presets:
        found = document["problems"].get(preset, ())
        click.echo(f"preset {preset}: {'does not run here' if found else 'runs here'}")
        for problem in found:
            click.echo(f"  {problem}")
    click.echo("options:" if card.options else "options:         none")
    for spec in card.options:
        click.echo(f"  --option {spec.name}={_default(spec)}  {_allowed(spec)}\n      {spec.help}")


def _default(spec: OptionSpec) -> str:
    return str(spec.default).lower() if spec.kind == "boolean" else str(spec.default)


def _allowed(spec: OptionSpec) -> str:
    if spec.kind == "choice":
        return " | ".join(spec.choices)
    if spec.kind == "boolean":
        return "true | false"
    low = "" if spec.minimum is None else f"{spec.minimum:g}"
    high = "" if spec.maximum is None else f"{spec.maximum:g}"
    bounds = f" {low}..{high}" if low or high else ""
    return f"{spec.kind}{bounds}{f' {spec.unit}' if spec.unit else ''}"
