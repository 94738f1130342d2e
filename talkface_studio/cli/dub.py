"""`talkface dub`: dub one clip."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
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
    from talkface_studio.dubbing.request import DubRequest, DubResult, Progress, ResumeMode

VOICE = "voice"
"""What stands for FACE where a model makes the face from the voice alone."""

DISPLAY = {"as_json", "quiet", "resume", "restart"}
"""The parameters of `dub` that are not about what is made."""

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


def request_arguments(command: _Decorated) -> _Decorated:
    """FACE and SPEECH, for every command that takes one of each."""
    # Not required, because a plan stands for it; `build_request` says what is missing.
    command = click.argument("speech", metavar="SPEECH", type=PATH, required=False)(command)
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
        click.option(
            "--canvas",
            type=click.Choice(["photo", "head"]),
            default="photo",
            show_default=True,
            help="What a photo's video shows: all of the photo, or head and shoulders.",
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
    """The options that say what of the video is written, and how."""
    decorators = (
        click.option("--trim-start", type=Seconds(), help="Begin the output with what the video shows then."),
        click.option("--trim-end", type=Seconds(), help="End the output there."),
        click.option("--label", is_flag=True, help="Say in a corner that the picture was generated."),
        click.option(
            "--export", metavar="NAME", help="An export preset, or a TOML file of one; see: talkface presets."
        ),
        click.option("--codec", metavar="NAME", help="Video codec [default: that of the preset, or h264]."),
        click.option("--crf", type=click.IntRange(0, 63), help="Quality; lower is better and larger [default: 18]."),
    )
    return _decorated(command, decorators)


output_option = click.option("-o", "--output", required=True, metavar="OUT.mp4", type=PATH, help="The video to write.")
plan_option = click.option(
    "--plan",
    metavar="PLAN.toml",
    type=PATH,
    help="Several faces with voices of their own, instead of SPEECH (see below).",
)


def _decorated(command: _Decorated, decorators: Sequence[Callable[[Any], Any]]) -> _Decorated:
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


@click.command(epilog="Example: talkface dub talk.mp4 speech.wav -o dubbed.mp4 --face-at 320,180@2.5 --fit bounce")
@request_arguments
@request_options
@output_option
@plan_option
@file_options
@click.option("--resume", is_flag=True, help="Go on with an interrupted export, or fail where there is none.")
@click.option("--restart", is_flag=True, help="Throw away what is finished of an interrupted export.")
@json_option
@quiet_option
@pass_app
def dub(app: App, /, *, resume: bool, restart: bool, as_json: bool, quiet: bool, **values: Any) -> None:
    """Dub a face with a voice.

    FACE is a video, a photo, or the word "voice" for a model that needs no face. SPEECH is any audio or video file.
    The suffix of OUT chooses the container: .mp4, .mov, .mkv, .webm; .gif and .webp for short clips; NAME/%06d.png for
    pictures; .wav, .flac, .m4a and .opus for the sound alone.

    What is finished lies in OUT.mp4.talkface until the video is complete; the same command goes on from there after
    an interruption of any kind.
    """
    request = replace(file_request(app, **values), resume=_resume_mode(resume=resume, restart=restart))
    from talkface_studio.cli.progress import ProgressDisplay
    from talkface_studio.dubbing.dub import dub as make_dub

    with ProgressDisplay(f"dubbing {request.output.name}", quiet=quiet) as display, terminated_as_interrupt():

        def show(progress: Progress) -> None:
            display.update(progress.done, progress.total, fps=progress.fps)

        result = make_dub(request, app.catalog, app.folders, progress=show, notice=_notice)
    if as_json:
        print_json(result.to_dict())
    else:
        click.echo(_summary(result))


def _resume_mode(*, resume: bool, restart: bool) -> ResumeMode:
    if resume and restart:
        raise click.UsageError("--resume and --restart contradict each other; give one of them", _context())
    return "insist" if resume else "restart" if restart else "auto"


def _notice(line: str) -> None:
    click.echo(f"talkface: {line}", err=True)


def read_values(app: App, values: Mapping[str, Any]) -> DubRequest:
    """The request that values make, by the names of the parameters of `dub`, as text or in their own types.

    Raises:
        click.UsageError: one is missing, cannot be read, or they contradict each other.
    """
    # A command remembers its help option from the first time that it is used.
    with dub.make_context("dub", [], default_map=dict(values), help_option_names=["-h", "--help"]) as context:
        given = {name: value for name, value in context.params.items() if name not in DISPLAY}
        return file_request(app, **given)


def file_request(
    app: App, *, output: Path, export: str | None, codec: str | None, crf: int | None, **values: Any
) -> DubRequest:
    """The request that the words on the command line make, with how its file is encoded.

    Raises:
        click.UsageError: options contradict each other or cannot be read.
        ExportError: there is no such preset, or the output's suffix is not the preset's.
    """
    from talkface_studio.cli.presets import chosen_encoding

    encoding = chosen_encoding(app, output, export, codec=codec, crf=crf)
    return replace(build_request(output=output, **values), encoding=encoding)


def build_request(
    *,
    face: Path,
    speech: Path | None,
    output: Path,
    options: tuple[str, ...],
    face_index: int | None,
    face_at: tuple[float, float, float] | None,
    audio_offset: float,
    plan: Path | None = None,
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
    if plan is not None and (speech, face_index, face_at, start, end, audio_offset) != (None,) * 5 + (0.0,):
        raise click.UsageError("a plan says who speaks when; leave out SPEECH and options of one part", _context())
    if plan is None and speech is None:
        raise click.UsageError("Missing argument 'SPEECH'", _context())
    from talkface_studio.dubbing.request import DubRequest, Part
    from talkface_studio.faces.choice import FaceChoice

    if face_at is not None:
        choice = FaceChoice(point=face_at[:2], time=face_at[2])
    else:
        choice = FaceChoice(index=face_index or 0)
    parts: tuple[Part, ...] = ()
    if plan is not None:
        from talkface_studio.dubbing.plan import read_plan

        common = {key: values[key] for key in ("model", "preset", "seed")}
        parts = read_plan(plan, Part(speech=plan, options=given, **common))
    return DubRequest(
        face=None if str(face) == VOICE else face,
        speech=speech or parts[0].speech,
        output=output,
        options=given,
        face_choice=choice,
        audio_offset=audio_offset / 1000,
        parts=parts,
        **values,
    )


def _context() -> click.Context | None:
    return click.get_current_context(silent=True)


def _summary(result: DubResult) -> str:
    lines = [
        str(result.output),
        f"{result.frames} frames, {result.duration:.2f} s at {result.fps:.3f} frames/s",
        f"made in {result.seconds:.1f} s with {result.model} on {result.device}, encoded as {result.codec}",
    ]
    if result.resumed_segments:
        lines.append(f"{result.resumed_segments} segments were finished before")
    if result.frames_without_face:
        lines.append(f"{result.frames_without_face} frames without the face were left as they are")
    return "\n".join(lines)
