"""`talkface evaluate`: the measures of a model's paper, beside trivial baselines."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from talkface_studio.api.errors import ExportError, TrainingError, WeightsError
from talkface_studio.cli.app import App, json_text, pass_app, print_json
from talkface_studio.cli.parameters import PATH, device_option, json_option, parse_pairs

if TYPE_CHECKING:
    from talkface_studio.api.recipe import Comparison


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command line says of the comparison."""

    outside: Sequence[Path]
    beside: Sequence[str]
    rows: Path | None
    videos: Sequence[Path]
    adapt: int
    max_clips: int


@click.command(epilog="Example: talkface evaluate atvg dataset -o report --weights compact.safetensors")
@click.argument("model")
@click.argument("dataset", type=PATH)
@click.option("-o", "--output", required=True, metavar="REPORT", type=PATH, help="The report's folder.")
@click.option(
    "--weights",
    type=PATH,
    help="A file from export-weights [default: the weights of the plugin].",
)
@click.option("--preset", default="compact", show_default=True, help="The recipe's preset.")
@click.option(
    "--outside",
    multiple=True,
    type=PATH,
    help="A data set of people whom nobody trained on; all its clips are measured (repeatable).",
)
@click.option("--beside", multiple=True, metavar="MODEL", help="Another model, on the same clips (repeatable).")
@click.option(
    "--rows",
    type=PATH,
    help="A folder of further weights of the model, NAME.safetensors each, for example the rows of its paper's table.",
)
@click.option(
    "--video",
    "videos",
    multiple=True,
    type=PATH,
    help="A talking face larger than the network's crop, on which sharpness is measured (repeatable).",
)
@click.option(
    "--adapt", default=0, type=click.IntRange(min=0), metavar="STEPS", help="Measure what so many steps on a clip gain."
)
@click.option(
    "--set", "overrides", metavar="KEY=VALUE", multiple=True, help="Change a setting of the recipe (repeatable)."
)
@click.option("--max-clips", type=click.IntRange(min=1), help="At most so many clips of a split.")
@device_option
@json_option
@pass_app
def evaluate(
    app: App,
    /,
    model: str,
    dataset: Path,
    *,
    output: Path,
    weights: Path | None,
    preset: str,
    outside: tuple[Path, ...],
    beside: tuple[str, ...],
    rows: Path | None,
    videos: tuple[Path, ...],
    adapt: int,
    overrides: tuple[str, ...],
    max_clips: int | None,
    device: str,
    as_json: bool,
) -> None:
    """Measure a model on a data set, beside trivial baselines.

    The clips are the held-out ones of DATASET; the paper's own table stands beside. Not every recipe can compare its
    model with more than its baselines.

    REPORT becomes a folder with report.json, report.md and pictures.
    """
    from talkface_studio.cli.report import report_markdown
    from talkface_studio.cli.training import make_recipe

    if weights is not None and not weights.is_file():
        raise WeightsError(f"{weights}: no such weight file; make one with: talkface export-weights RUN -o FILE")
    recipe = make_recipe(app, model, preset, parse_pairs(overrides, "--set"))
    from talkface_studio.dubbing.device import choose_device
    from talkface_trainer.dataset import Dataset

    Dataset(dataset)
    if output.exists() and not output.is_dir():
        raise ExportError(f"{output}: is a file; give a folder for the report")
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{output}: cannot be created: {error.strerror}; choose another output") from error
    asked = _Asked(outside, beside, rows, videos, adapt, max_clips or 0)
    where = choose_device(device, "fp32")
    with ExitStack() as stack:
        comparison = _comparison(app, model, asked, stack)
        if comparison is None:
            result = recipe.evaluate(dataset, weights, where, output)
        else:
            result = recipe.compare(dataset, weights, where, output, comparison)
    text = report_markdown(result)
    try:
        (output / "report.json").write_text(json_text(result), encoding="utf-8")
        (output / "report.md").write_text(text, encoding="utf-8")
    except OSError as error:
        raise ExportError(f"{output}: the report cannot be written: {error.strerror}") from error
    if as_json:
        print_json(result)
    else:
        click.echo(f"{text}\n{output}")


def _comparison(app: App, model: str, asked: _Asked, stack: ExitStack) -> Comparison | None:
    """What was asked for, checked, with the other models' generators open; None if nothing was."""
    from talkface_studio.api.recipe import Comparison, Contender
    from talkface_trainer.dataset import Dataset

    for path in asked.outside:
        Dataset(path)
    others = {}
    for name in asked.beside:
        if name == model:
            raise TrainingError(f"--beside {name}: this is the model itself; name another one")
        options = app.catalog.options(name, {}, weights_folder=app.folders.weights)
        generator = app.catalog.generator(name)
        stack.callback(generator.close)
        others[name] = Contender(generator=generator, options=options)
    comparison = Comparison(
        outside={path.name: path for path in asked.outside},
        others=others,
        rows={} if asked.rows is None else _weights_in(asked.rows),
        videos=asked.videos,
        adapt=asked.adapt,
        clips=asked.max_clips,
    )
    return None if comparison == Comparison() else comparison


def _weights_in(folder: Path) -> dict[str, Path]:
    found = {path.stem: path for path in sorted(folder.glob("*.safetensors"))}
    if not found:
        raise WeightsError(f"{folder}: holds no NAME.safetensors; make them with: talkface export-weights RUN -o FILE")
    return found
