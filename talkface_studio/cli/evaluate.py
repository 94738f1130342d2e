"""`talkface evaluate`: the measures of a model's paper, beside trivial baselines."""

from __future__ import annotations

from pathlib import Path

import click

from talkface_studio.api.errors import ExportError, WeightsError
from talkface_studio.cli.app import App, json_text, pass_app, print_json
from talkface_studio.cli.parameters import PATH, device_option, json_option


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
    device: str,
    as_json: bool,
) -> None:
    """Measure a model on a data set, beside trivial baselines.

    The clips are the held-out ones of DATASET; the paper's own table stands beside.

    REPORT becomes a folder with report.json, report.md and pictures.
    """
    from talkface_studio.cli.report import report_markdown
    from talkface_studio.cli.training import make_recipe

    if weights is not None and not weights.is_file():
        raise WeightsError(f"{weights}: no such weight file; make one with: talkface export-weights RUN -o FILE")
    recipe = make_recipe(app, model, preset, {})
    from talkface_studio.dubbing.device import choose_device
    from talkface_trainer.dataset import Dataset

    Dataset(dataset)
    if output.exists() and not output.is_dir():
        raise ExportError(f"{output}: is a file; give a folder for the report")
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{output}: cannot be created: {error.strerror}; choose another output") from error
    result = recipe.evaluate(dataset, weights, choose_device(device, "fp32"), output)
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
