"""`talkface batch`: dub many faces and voices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from talkface_studio.api.errors import JobCancelledError, ProjectError
from talkface_studio.cli.app import App, pass_app, print_json, print_table
from talkface_studio.cli.dub import file_options, request_options
from talkface_studio.cli.interrupt import terminated_as_interrupt
from talkface_studio.cli.parameters import PATH, jobs_option, json_option, quiet_option
from talkface_studio.cli.queue import JOB_FAILED, dub_source, open_queue, refuse_held, remarks

if TYPE_CHECKING:
    from talkface_studio.cli.plan import Reader
    from talkface_studio.project.queue.batch import Batch, Outcome, Row


@click.command(epilog="Example: talkface batch --faces people --voices lines --pair product -o dubs --jobs 4")
@click.argument("plan", metavar="[PLAN]", required=False, type=PATH)
@click.option("--faces", metavar="DIR", type=PATH, help="Instead of PLAN: the folder of photos and videos.")
@click.option("--voices", metavar="DIR", type=PATH, help="The folder of speech.")
@click.option(
    "--pair",
    "pairing",
    type=click.Choice(["product", "zip"]),
    default="product",
    show_default=True,
    help="Every face with every voice, or the first with the first and so on.",
)
@click.option(
    "-o",
    "--output",
    "outputs",
    metavar="DIR",
    type=PATH,
    help="Where the dubs go [default for a plan: what its rows say, from its own folder].",
)
@click.option("--suffix", default=".mp4", show_default=True, help="How names end that the plan does not give.")
@click.option("--report", metavar="FILE", type=PATH, help="The report [default: beside PLAN, or in the output folder].")
@request_options
@file_options
@jobs_option
@click.option("--cluster", metavar="ADDRESS", help="Run on the workers of this dask scheduler (host:port).")
@json_option
@quiet_option
@pass_app
def batch(
    app: App,
    /,
    *,
    plan: Path | None,
    faces: Path | None,
    voices: Path | None,
    pairing: str,
    outputs: Path | None,
    suffix: str,
    report: Path | None,
    count: int | None,
    cluster: str | None,
    as_json: bool,
    quiet: bool,
    **values: Any,
) -> int:
    """Dub many faces and voices.

    PLAN is a CSV or TOML file with a row for each dub: face, speech, output, and any option of `talkface dub` by its
    name. The options given here hold for the rows that say nothing else. A bad row never stops the others. Running the
    same command again makes only what is missing, failed or changed. Exits with 3 when a row has no file in the end.
    """
    from talkface_studio.cli.plan import Reader, pair_folders, read_plan

    reader = Reader(
        app=app,
        folder=Path.cwd() if plan is None else plan.absolute().parent,
        outputs=None if outputs is None else outputs.absolute(),
        suffix=suffix,
        defaults=_given(values),
    )
    if plan is not None and faces is None and voices is None:
        rows, name = read_plan(plan, reader), str(plan.absolute())
        report = report or plan.with_suffix(".report.json")
    elif plan is None and faces is not None and voices is not None and outputs is not None:
        rows, name = pair_folders(faces, voices, pairing, reader), str(outputs.absolute())
        report = report or outputs / "batch.report.json"
    else:
        raise click.UsageError("give a PLAN, or --faces, --voices and -o", click.get_current_context())
    _make_folder(reader)
    return _run(app, name, rows, report, count=count, cluster=cluster, as_json=as_json, quiet=quiet)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """What stands on the command line, without defaults: a row of the plan goes before both."""
    context = click.get_current_context()
    return {
        name: value
        for name, value in values.items()
        if context.get_parameter_source(name) not in {ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP}
    }


def _make_folder(reader: Reader) -> None:
    if reader.outputs is not None:
        try:
            reader.outputs.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ProjectError(
                f"{reader.outputs}: this folder cannot be made ({error.strerror}); choose another one"
            ) from error


def _run(
    app: App,
    name: str,
    rows: Sequence[Row],
    report: Path,
    *,
    count: int | None,
    cluster: str | None,
    as_json: bool,
    quiet: bool,
) -> int:
    from talkface_studio.cli.progress import ProgressDisplay
    from talkface_studio.project.queue.batch import Batch, report_document

    if cluster is not None:
        need_distributed()
    with open_queue(app) as queue:
        refuse_held(queue)
        batch = Batch(queue, name, report)
        batch.enqueue(rows)
        try:
            with ProgressDisplay("batch", quiet=quiet) as display, terminated_as_interrupt():

                def watch() -> None:
                    display.update(len(rows) - queue.left(batch=name), len(rows))

                _do(app, batch, count=count, cluster=cluster, watch=watch)
        except KeyboardInterrupt:
            batch.write_report(outcomes := batch.outcomes())
            done = sum(outcome.state == "done" for outcome in outcomes)
            raise JobCancelledError(
                f"stopped with {done} of {len(outcomes)} rows done; the same command goes on"
            ) from None
        batch.write_report(outcomes := batch.outcomes())
    if as_json:
        print_json(report_document(name, outcomes))
    else:
        _show(outcomes, report)
    return 0 if all(outcome.state == "done" for outcome in outcomes) else JOB_FAILED


def _do(app: App, batch: Batch, *, count: int | None, cluster: str | None, watch: Callable[[], None]) -> None:
    source = dub_source(app)
    if cluster is not None:
        from talkface_studio.project.queue.cluster import run_on_cluster

        run_on_cluster(batch.queue, source, cluster, count=count, batch=batch.name, watch=watch)
        return
    from talkface_studio.project.queue.workers import default_workers, run_workers

    run_workers(batch.queue, source, count=count or default_workers(), batch=batch.name, watch=watch)


def need_distributed() -> None:
    """Check that dask.distributed is installed.

    Raises:
        ProjectError: it is not.
    """
    if find_spec("distributed") is None:
        raise ProjectError("--cluster needs dask.distributed; install it: pip install 'talkface-studio[cluster]'")


def _show(outcomes: Sequence[Outcome], report: Path) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("row", "state", "output", "why"):
        table.add_column(heading, overflow="fold")
    for outcome in outcomes:
        state = "kept" if outcome.made == "before" else outcome.state
        table.add_row(outcome.row, state, Path(outcome.output or "").name, remarks(outcome))
    print_table(table)
    done = sum(outcome.state == "done" for outcome in outcomes)
    kept = sum(outcome.made == "before" for outcome in outcomes)
    click.echo(f"{done} of {len(outcomes)} rows are done, {kept} of them before; report: {report}")
