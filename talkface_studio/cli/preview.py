"""`talkface preview`: one frame of a dub."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from talkface_studio.cli.app import App, pass_app, print_json
from talkface_studio.cli.dub import build_request, request_arguments, request_options
from talkface_studio.cli.parameters import PATH, Seconds, json_option


@click.command(epilog="Example: talkface preview talk.mp4 speech.wav --at 12.4 -o frame.png")
@request_arguments
@request_options
@click.option("--at", required=True, type=Seconds(), help="The instant of the frame.")
@click.option("-o", "--output", required=True, metavar="FRAME.png", type=PATH, help="The picture to write.")
@json_option
@pass_app
def preview(app: App, /, *, at: float, output: Path, as_json: bool, **values: Any) -> None:
    """Make one frame of a dub, with the time it took."""
    if at < 0:
        raise click.UsageError("--at cannot be negative", click.get_current_context())
    request = build_request(output=output, **values)
    from talkface_studio.cli.picture import picture_format, write_picture
    from talkface_studio.dubbing.inputs import check_output
    from talkface_studio.dubbing.preview import preview as make_preview

    picture_format(output)
    check_output(request)
    result = make_preview(request, at, app.catalog, app.folders)
    write_picture(result.pixels, output)
    if as_json:
        print_json(
            {
                "output": str(output),
                "time": result.time,
                "model": result.model,
                "device": result.device,
                "seconds": round(result.seconds, 3),
                "model_seconds": round(result.model_seconds, 3),
                "setup_seconds": round(result.setup_seconds, 3),
                "face_found": result.face_found,
            }
        )
    else:
        made = f"made in {result.seconds:.2f} s with {result.model} on {result.device}"
        click.echo(f"{output}\nframe at {result.time:.3f} s, {made}, opened in {result.setup_seconds:.2f} s")
        if not result.face_found:
            click.echo("the face to dub is not seen there; the frame is as it was")
