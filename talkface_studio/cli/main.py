"""The entry point of `talkface`: global options, and the one place where errors become a line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.cli.app import App, print_json
from talkface_studio.cli.commands import LazyGroup
from talkface_studio.runtime import set_up
from talkface_studio.stamp import version_line

USER_ERROR, INTERRUPTED, BUG = 2, 3, 1


# Eager, because which commands there are, for the help too, depends on them.
def _set_home(ctx: click.Context, _parameter: click.Parameter, home: Path | None) -> None:
    ctx.ensure_object(App).home = home


def _set_safe_mode(ctx: click.Context, _parameter: click.Parameter, safe: bool) -> None:
    ctx.ensure_object(App).third_party = not safe


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Example: talkface dub portrait.jpg speech.wav -o talking.mp4",
)
@click.version_option(version_line(), prog_name="talkface")
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    callback=_set_home,
    is_eager=True,
    expose_value=False,
    help="Keep weights, caches and settings in this folder (default: TALKFACE_HOME, or the system's usual places).",
)
@click.option(
    "--safe",
    is_flag=True,
    callback=_set_safe_mode,
    is_eager=True,
    expose_value=False,
    help="Start with the bundled models only (also: TALKFACE_SAFE=1).",
)
def talkface() -> None:
    """Dub a face with a voice: a video or a photo, and any speech, become a talking video."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns its exit code.

    What the user got wrong is one line on standard error (with `--json` also a document on standard output). Anything
    else is a bug and is not caught here.
    """
    as_json = "--json" in arguments
    try:
        result = talkface.main(list(arguments), prog_name="talkface", standalone_mode=False)
    except TalkFaceError as error:
        return _fail(type(error).__name__, str(error), error.exit_code, as_json)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USER_ERROR
    except click.ClickException as error:
        return _fail("UsageError", _usage_message(error), USER_ERROR, as_json)
    except (click.Abort, KeyboardInterrupt):
        return _fail("Interrupted", "interrupted", INTERRUPTED, as_json)
    return result if isinstance(result, int) else 0


def main() -> None:
    """Entry point of the command `talkface`."""
    set_up()
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader went away, as in `talkface models | head`; what is left in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = BUG
    except Exception:  # noqa: BLE001 - a bug of ours: show it whole
        import traceback

        traceback.print_exc()
        click.echo(
            "talkface: this is a bug; please report it with the lines above and `talkface doctor --json`", err=True
        )
        code = BUG
    sys.exit(code)


def main_of_window() -> None:
    """Entry point of the command `talkface-studio`: `talkface studio`, for those who start it from a desktop."""
    sys.argv[1:1] = ["studio"]
    main()


def _fail(kind: str, message: str, code: int, as_json: bool) -> int:
    line = " ".join(message.split())
    click.echo(f"talkface: {line}", err=True)
    if as_json:
        print_json({"error": {"kind": kind, "message": line, "exit_code": code}})
    return code


def _usage_message(error: click.ClickException) -> str:
    message = error.format_message().strip().rstrip(".")
    ctx = getattr(error, "ctx", None)
    return f"{message}; see: {ctx.command_path} --help" if ctx is not None else message
