"""`talkface doctor`: what works on this machine."""

from __future__ import annotations

from typing import Any

import click

from talkface_studio.cli.app import App, pass_app, print_json, print_table
from talkface_studio.cli.parameters import json_option


@click.command(epilog="Example: talkface doctor --json > report.json")
@json_option
@pass_app
def doctor(app: App, /, *, as_json: bool) -> None:
    """Show what works on this machine, and what to do about the rest.

    Looks at versions, devices, codecs, models, weights and folders. The exit code is 0 also where something is missing.
    """
    from talkface_studio.cli.examination import examine

    document = examine(app)
    if as_json:
        print_json(document)
    else:
        _show(document)


def _show(document: dict[str, Any]) -> None:
    from rich.table import Table

    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    processor, devices = document["processor"], document["devices"]
    table.add_row("talkface", document["talkface"])
    table.add_row("python", f"{document['python']} ({document['executable']})")
    table.add_row("platform", document["platform"])
    table.add_row(
        "processor", f"{processor['name']}, {processor['cores']} cores, {processor['memory_mb']} MB of memory"
    )
    cuda = [f"cuda:{gpu['index']} {gpu['name']}, {gpu['memory_mb']} MB" for gpu in devices["cuda"]]
    table.add_row("devices", "; ".join(["cpu", *cuda]) + ("" if cuda else " (no CUDA GPU)"))
    table.add_row(
        "packages", ", ".join(f"{name} {version or 'missing'}" for name, version in document["packages"].items())
    )
    for name, codec in document["codecs"].items():
        table.add_row(f"codec {name}", f"decoder {codec['decoder'] or 'none'}, encoder {codec['encoder'] or 'none'}")
    working = [name for name, state in document["hardware_encoders"].items() if state == "ok"]
    table.add_row("hardware encoders", ", ".join(working) or "none works here; encoding is done in software")
    for name, asset in document["assets"].items():
        table.add_row(name, f"{asset['state']} ({asset['purpose']})")
    for name, folder in document["folders"].items():
        size = f"{folder['bytes'] / 1e6:.1f} MB" if folder["exists"] else "not there yet"
        table.add_row(f"folder {name}", f"{folder['path']} ({size})")
    for plugin in document["plugins"]:
        table.add_row(f"plugin {plugin['name']}", plugin["state"])
    for name, model in document["models"].items():
        states = (f"{preset}: {'; '.join(lacking) or 'runs here'}" for preset, lacking in model["presets"].items())
        table.add_row(f"model {name}", "\n".join(states))
    print_table(table)
    click.echo("\neverything is fine" if not document["advice"] else "\nwhat to do:")
    for line in document["advice"]:
        click.echo(f"- {line}")
