"""`talkface prepare`: clips to a data set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from talkface_studio.cli.app import App, pass_app, print_json
from talkface_studio.cli.parameters import PATH, json_option, quiet_option

if TYPE_CHECKING:
    from talkface_trainer.prepare import PrepareSummary

SHOWN_REASONS = 5


@click.command(epilog="Example: talkface prepare clips -o dataset --features whisper-base --workers 2")
@click.argument("clips", type=PATH)
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="DATASET",
    type=PATH,
    help="The folder of the data set; one that is there is completed.",
)
@click.option(
    "--table",
    type=PATH,
    help="A TSV file that lists the clips [default: CLIPS/clips.tsv, if any].",
)
@click.option(
    "--framing",
    type=click.Choice(["face", "portrait"]),
    default="face",
    show_default=True,
    help="What a crop shows: the face, for models that dub, or the whole head, for models that imagine one.",
)
@click.option("--features", metavar="KIND", multiple=True, help="Speech features to compute (repeatable).")
@click.option(
    "--group", "groups", metavar="NAME", multiple=True, help="Only clips of this group of the table (repeatable)."
)
@click.option(
    "--split", "splits", metavar="NAME", multiple=True, help="Only clips of this split of the table (repeatable)."
)
@click.option(
    "--exclude",
    metavar="SPEAKER",
    multiple=True,
    help="No clips of this speaker, for example one who is also held out under another name (repeatable).",
)
@click.option("--max-per-speaker", type=click.IntRange(min=1), help="At most so many clips of one speaker.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many clips.")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Clips prepared at a time.")
@json_option
@quiet_option
@pass_app
def prepare(
    app: App,
    /,
    clips: Path,
    *,
    output: Path,
    table: Path | None,
    framing: str,
    features: tuple[str, ...],
    groups: tuple[str, ...],
    splits: tuple[str, ...],
    exclude: tuple[str, ...],
    max_per_speaker: int | None,
    limit: int | None,
    workers: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Turn talking-face clips into a data set.

    It holds aligned crops, landmarks and speech features, split by speaker.

    Clips that cannot be used are left out and the reason is kept. Running the command again does only what is missing.
    """
    from talkface_studio.cli.training import need_trainer

    need_trainer()
    from talkface_trainer.prepare import FEATURES, LAYOUTS
    from talkface_trainer.prepare import prepare as prepare_clips

    summary = prepare_clips(
        clips,
        output,
        layout=LAYOUTS[framing],
        features=features or FEATURES,
        workers=workers,
        table=table,
        groups=groups or None,
        splits=splits or None,
        exclude=exclude,
        max_per_speaker=max_per_speaker,
        limit=limit,
        encoder_folder=app.folders.encoders,
        progress=not quiet,
    )
    if as_json:
        print_json(summary.document())
    else:
        click.echo(_text(summary))


def _text(summary: PrepareSummary) -> str:
    splits = ", ".join(f"{split} {count}" for split, count in sorted(summary.splits.items()))
    lines = [
        str(summary.folder),
        f"{summary.clips} clips ({splits}), {summary.frames} frames, {summary.speakers} speakers",
        f"{summary.new} looked at in {summary.seconds:.1f} s, {len(summary.rejected)} left out",
    ]
    rejected = list(summary.rejected.items())
    lines += [f"  {path}: {reason}" for path, reason in rejected[:SHOWN_REASONS]]
    if len(rejected) > SHOWN_REASONS:
        lines.append(f"  and {len(rejected) - SHOWN_REASONS} more, in clips.jsonl")
    return "\n".join(lines)
