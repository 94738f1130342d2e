"""`talkface imagine`: portraits of whom a voice may belong to."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import click

from talkface_studio.api.errors import ExportError, WeightsError
from talkface_studio.cli.app import App, json_text, pass_app, print_json
from talkface_studio.cli.parameters import PATH, device_option, json_option, parse_pairs, quiet_option, seed_option


@click.command(epilog="Example: talkface imagine speech.wav -o faces -n 4 --seed 1")
@click.argument("speech", type=PATH)
@click.option("-o", "--output", required=True, metavar="DIR", type=PATH, help="The folder for the portraits.")
@click.option(
    "-n", "count", type=click.IntRange(1, 1000), default=4, show_default=True, metavar="N", help="How many candidates."
)
@click.option("--model", metavar="NAME", help="The model [default: the best installed one].")
@click.option("--option", "options", metavar="KEY=VALUE", multiple=True, help="An option of the model (repeatable).")
@click.option("--preset", default="compact", show_default=True, help="Size and weights of the model.")
@device_option
@seed_option
@json_option
@quiet_option
@pass_app
def imagine(
    app: App,
    /,
    speech: Path,
    *,
    output: Path,
    count: int,
    options: tuple[str, ...],
    as_json: bool,
    quiet: bool,
    **values: Any,
) -> None:
    """Imagine faces that a voice may belong to.

    SPEECH is any file with sound. DIR gets portrait_0.png, portrait_1.png and so on, and portraits.json with estimates
    of gender and age of each. To dub the one of number K:

    talkface dub voice SPEECH -o OUT.mp4 --option portrait=MODEL --option portrait_index=K --seed SEED

    An imagined face is an illustration, never evidence of what someone looks like.
    """
    from talkface_studio.cli.picture import write_picture
    from talkface_studio.cli.progress import ProgressDisplay
    from talkface_studio.dubbing.portraits import ILLUSTRATION, AttributeEstimator, PortraitRequest
    from talkface_studio.dubbing.portraits import imagine as candidates_of

    request = PortraitRequest(speech=speech, options=parse_pairs(options, "--option"), **values)
    estimator = None
    try:
        estimator = AttributeEstimator(app.folders)
    except WeightsError as error:
        click.echo(f"talkface: no estimates of gender and age: {error}", err=True)
    _make_folder(output)
    portraits: list[dict[str, Any]] = []
    with (
        ProgressDisplay(f"imagining {count} faces", quiet=quiet) as display,
        closing(candidates_of(request, app.catalog, app.folders)) as candidates,
    ):
        for index, portrait in enumerate(islice(candidates, count)):
            path = output / f"portrait_{index}.png"
            write_picture(portrait.pixels, path)
            said = estimator.estimates(portrait.pixels) if estimator else {}
            portraits.append({"file": path.name, "index": index, "attributes": {**portrait.attributes, **said}})
            display.update(index + 1, count)
    if estimator is not None:
        estimator.close()
    document = {
        "speech": str(speech),
        "model": app.catalog.choose(frozenset({"speech"}), request.model, gives="portrait").name,
        "seed": request.seed,
        "estimator": estimator.title if estimator else None,
        "portraits": portraits,
        "note": ILLUSTRATION,
    }
    try:
        (output / "portraits.json").write_text(json_text(document), encoding="utf-8")
    except OSError as error:
        raise ExportError(f"{output}: cannot be written: {error.strerror}; choose another output") from error
    if as_json:
        print_json(document)
    else:
        click.echo(_summary(output, portraits))
        click.echo(ILLUSTRATION)


def _make_folder(output: Path) -> None:
    if output.exists() and not output.is_dir():
        raise ExportError(f"{output}: is a file; give a folder for the portraits")
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{output}: cannot be created: {error.strerror}; choose another output") from error


def _summary(output: Path, portraits: list[dict[str, Any]]) -> str:
    lines = []
    for portrait in portraits:
        said = portrait["attributes"]
        words = [f"looks {'male' if said['male'] > 0.5 else 'female'}"] if "male" in said else []
        words += [f"about {said['age']:.0f}"] if "age" in said else []
        lines.append(f"{output / portrait['file']}{'  ' if words else ''}{', '.join(words)}")
    return "\n".join(lines)
