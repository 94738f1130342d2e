"""`talkface dub`: dub one clip."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from talkface_studio.cli.app import App, pass_app, print_json
from talkface_studio.cli.interrupt import terminated_as_interrupt
from talkface_studio.cli.parameters import (
    PATH,
    FaceAt,
    Seconds,
    device_option,
    json_option,
    parse_pairs,
    quiet_option,
    seed_option,
)

if TYPE_CHECKING:
    from talkface_studio.dubbing.request import DubRequest, DubResult, Progress

VOICE = "voice"
"""What stands for FACE where a model makes the face from the voice alone."""

DISPLAY = {"as_json", "quiet"}
"""The parameters of `dub` that are not about the request."""

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


def request_arguments(command: _Decorated) -> _Decorated:
    """FACE and SPEECH, for every command that takes one of each."""
    command = click.argument("speech", metavar="SPEECH", type=PATH)(command)
    return click.argument("face", metavar="FACE", type=PATH)(command)


def request_options(command: _Decorated) -> _Decorated:
    """The options that say how a face is dubbed."""
    decorators = (
        click.option("--model", metavar="NAME", help="The model [default: the best installed one for the inputs]."),
        click.option(
            "--option", "options", metavar="KEY=VALUE", multiple=True, help="An option of the model (repeatable)."
        ),
        click.option("--preset", default="compact", show_default=True, help="Size and weights of the model."),
        click.option("--face-index", type=click.IntRange(min=0), metavar="N", help="Which face, 0 being the largest."),
        click.option("--face-at", type=FaceAt(), help="The face at this pixel of the frame at T seconds."),
        click.option("--start", type=Seconds(), help="Where in the video the speech begins."),
        click.option("--end", type=Seconds(), help="Where in the video dubbing ends."),
        click.option(
            "--audio-offset",
            type=float,
            default=0.0,
            metavar="MS",
            help="Move the speech later by so many milliseconds.",
        ),
        click.option(
            "--fit",
            type=click.Choice(["cut", "loop", "bounce", "hold"]),
            default="cut",
            show_default=True,
            help="What happens when the speech is longer than the video.",
        ),
        device_option,
        click.option(
            "--precision",
            type=click.Choice(["auto", "fp32", "bf16", "fp16"]),
            default="auto",
            show_default=True,
            help="Number format of the networks.",
        ),
        seed_option,
    )
    return _decorated(command, decorators)


def file_options(command: _Decorated) -> _Decorated:
    """The options that say how the file is written."""
    decorators = (
        click.option("--codec", default="h264", show_default=True, help="Video codec."),
        click.option(
            "--crf",
            type=click.IntRange(0, 63),
            default=18,
            show_default=True,
            help="Quality; lower is better and larger.",
        ),
    )
    return _decorated(command, decorators)


output_option = click.option("-o", "--output", required=True, metavar="OUT.mp4", type=PATH, help="The video to write.")


def _decorated(command: _Decorated, decorators: Sequence[Callable[[Any], Any]]) -> _Decorated:
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


@click.command(epilog="Example: talkface dub talk.mp4 speech.wav -o dubbed.mp4 --face-at 320,180@2.5 --fit bounce")
@request_arguments
@request_options
@output_option
@file_options
@json_option
@quiet_option
@pass_app
def dub(app: App, /, *, output: Path, as_json: bool, quiet: bool, **values: Any) -> None:
    """Dub a face with a voice.

    FACE is a video, a photo, or the word "voice" for a model that needs no face. SPEECH is any audio or video file.
    """
    request = build_request(output=output, **values)
    from talkface_studio.cli.progress import ProgressDisplay
    from talkface_studio.dubbing.dub import dub as make_dub

    with ProgressDisplay(f"dubbing {output.name}", quiet=quiet) as display, terminated_as_interrupt():

        def show(progress: Progress) -> None:
            display.update(progress.done, progress.total, fps=progress.fps)

        result = make_dub(request, app.catalog, app.folders, progress=show)
    if as_json:
        print_json(result.to_dict())
    else:
        click.echo(_summary(result))


def read_values(values: Mapping[str, Any]) -> DubRequest:
    """The request that values make, by the names of the parameters of `dub`, as text or in their own types.

    Raises:
        click.UsageError: one is missing, cannot be read, or they contradict each other.
    """
    # A command remembers its help option from the first time that it is used.
    with dub.make_context("dub", [], default_map=dict(values), help_option_names=["-h", "--help"]) as context:
        given = {name: value for name, value in context.params.items() if name not in DISPLAY}
        return build_request(**given)


def build_request(
    *,
    face: Path,
    speech: Path,
    output: Path,
    options: tuple[str, ...],
    face_index: int | None,
    face_at: tuple[float, float, float] | None,
    audio_offset: float,
    **values: Any,
) -> DubRequest:
    """The request that the words on the command line make.

    Raises:
        click.UsageError: options contradict each other or cannot be read.
    """
    given = parse_pairs(options, "--option")
    if face_index is not None and face_at is not None:
        raise click.UsageError("--face-index and --face-at both choose a face; give one of them", _context())
    start, end = values["start"], values["end"]
    if any(instant is not None and instant < 0 for instant in (start, end)):
        raise click.UsageError("--start and --end cannot be negative", _context())
    if start is not None and end is not None and end <= start:
        raise click.UsageError(f"--end ({end:g} s) must be after --start ({start:g} s)", _context())
    if not -3.6e6 <= audio_offset <= 3.6e6:
        raise click.UsageError(f"--audio-offset {audio_offset:g} is more than an hour", _context())
    from talkface_studio.dubbing.request import DubRequest
    from talkface_studio.faces.choice import FaceChoice

    if face_at is not None:
        choice = FaceChoice(point=face_at[:2], time=face_at[2])
    else:
        choice = FaceChoice(index=face_index or 0)
    return DubRequest(
        face=None if str(face) == VOICE else face,
        speech=speech,
        output=output,
        options=given,
        face_choice=choice,
        audio_offset=audio_offset / 1000,
        **values,
    )


def _context() -> click.Context | None:
    return click.get_current_context(silent=True)


def _summary(result: DubResult) -> str:
    lines = [
        str(result.output),
        f"{result.frames} frames, {result.duration:.2f} s at {result.fps:.3f} frames/s",
        f"made in {result.seconds:.1f} s with {result.model} on {result.device}",
    ]
    if result.frames_without_face:
        lines.append(f"{result.frames_without_face} frames without the face were left as they are")
    return "\n".join(lines)
