"""`talkface queue`: fill, watch and run the queue that the editor shows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from talkface_studio.api.errors import ProjectError
from talkface_studio.cli.app import App, pass_app, print_json, print_table
from talkface_studio.cli.dub import (
    file_options,
    file_request,
    output_option,
    plan_option,
    request_arguments,
    request_options,
)
from talkface_studio.cli.parameters import jobs_option, json_option, quiet_option

if TYPE_CHECKING:
    from talkface_studio.project.queue.batch import Outcome
    from talkface_studio.project.queue.dubs import DubSource
    from talkface_studio.project.queue.job import QueuedJob
    from talkface_studio.project.queue.store import JobQueue

JOB_FAILED = 3
"""The exit code where a job failed."""

job_arguments = click.argument("jobs", metavar="[JOB]...", nargs=-1, type=int)


def open_queue(app: App) -> JobQueue:
    """The user's queue; jobs whose process is gone wait again.

    Raises:
        ProjectError: it cannot be used.
    """
    from talkface_studio.project.queue.leases import recover
    from talkface_studio.project.queue.store import FILE_NAME, JobQueue

    queue = JobQueue(app.folders.data / FILE_NAME)
    try:
        recover(queue)
    except BaseException:
        queue.close()
        raise
    return queue


def dub_source(app: App) -> DubSource:
    """What worker processes dub with; what is wrong with plugins is told here, once.

    Raises:
        PluginError: a plugin breaks the contract.
    """
    from talkface_studio.project.queue.dubs import DubSource

    app.catalog.cards()
    return DubSource(app.folders, third_party=app.third_party)


@click.group(epilog="Example: talkface queue add talk.mp4 speech.wav -o dubbed.mp4")
def queue() -> None:
    """Fill, watch and run the queue that the editor shows."""


@queue.command("list", epilog="Example: talkface queue list --json")
@json_option
@pass_app
def list_jobs(app: App, /, *, as_json: bool) -> None:
    """List the jobs in the order in which they run."""
    with open_queue(app) as jobs:
        _show(jobs, as_json=as_json)


@queue.command(epilog="Example: talkface queue add talk.mp4 speech.wav -o dubbed.mp4 --priority 5")
@request_arguments
@request_options
@output_option
@plan_option
@file_options
@click.option("--priority", type=int, default=0, show_default=True, help="Jobs of a higher one run first.")
@json_option
@pass_app
def add(app: App, /, *, priority: int, as_json: bool, **values: Any) -> None:
    """Put a dub at the end of the queue. It takes what `talkface dub` takes."""
    request = file_request(app, **values)
    from talkface_studio.dubbing.documents import document_of
    from talkface_studio.dubbing.inputs import check_output, inspect_inputs

    inspect_inputs(request)
    check_output(request)
    with open_queue(app) as jobs:
        job = jobs.add(document_of(request), priority=priority)
    if as_json:
        print_json(job.to_dict())
    else:
        click.echo(f"job {job.id}: {job.output}")


@queue.command(epilog="Example: talkface queue run --jobs 2")
@jobs_option
@json_option
@quiet_option
@pass_app
def run(app: App, /, *, count: int | None, as_json: bool, quiet: bool) -> int:
    """Do the jobs that wait, until none is left.

    Ctrl-C stops it; what is under way goes back to waiting. Exits with 3 when a job failed.
    """
    from talkface_studio.cli.interrupt import terminated_as_interrupt
    from talkface_studio.cli.progress import ProgressDisplay
    from talkface_studio.project.queue.workers import default_workers, run_workers

    with open_queue(app) as jobs:
        refuse_held(jobs)
        before = {job.id for job in jobs.jobs() if job.state in {"waiting", "running"}}
        with ProgressDisplay("queue", quiet=quiet) as display, terminated_as_interrupt():

            def watch() -> None:
                left = jobs.left()
                display.update(max(0, len(before) - left), max(len(before), left))

            run_workers(jobs, dub_source(app), count=count or default_workers(), watch=watch)
        ended = [job for job in jobs.jobs() if job.id in before]
        if as_json:
            print_json({"jobs": [job.to_dict() for job in ended]})
        elif ended:
            print_jobs(ended)
        else:
            click.echo("no job is waiting; add one with: talkface queue add")
    return JOB_FAILED if any(job.state == "failed" for job in ended) else 0


@queue.command(epilog="Example: talkface queue pause 3 4")
@job_arguments
@json_option
@pass_app
def pause(app: App, /, *, jobs: tuple[int, ...], as_json: bool) -> None:
    """Pause jobs, or, without a number, the whole queue.

    A running job stops and keeps what is finished.
    """
    with open_queue(app) as found:
        if jobs:
            found.pause(jobs)
        else:
            found.hold()
        _show(found, jobs, as_json=as_json)


@queue.command(epilog="Example: talkface queue resume 3 4")
@job_arguments
@json_option
@pass_app
def resume(app: App, /, *, jobs: tuple[int, ...], as_json: bool) -> None:
    """Let paused jobs wait for their turn again, or, without a number, the whole queue go on."""
    with open_queue(app) as found:
        if jobs:
            found.resume(jobs)
        else:
            found.go_on()
        _show(found, jobs, as_json=as_json)


@queue.command(epilog="Example: talkface queue cancel 3")
@click.argument("jobs", metavar="JOB...", nargs=-1, type=int, required=True)
@json_option
@pass_app
def cancel(app: App, /, *, jobs: tuple[int, ...], as_json: bool) -> None:
    """Give up jobs that have not ended."""
    with open_queue(app) as found:
        found.cancel(jobs)
        _show(found, jobs, as_json=as_json)


@queue.command(epilog="Example: talkface queue retry")
@job_arguments
@json_option
@pass_app
def retry(app: App, /, *, jobs: tuple[int, ...], as_json: bool) -> None:
    """Let jobs begin again that failed or were cancelled; without a number, all that failed."""
    with open_queue(app) as found:
        chosen = jobs or tuple(job.id for job in found.jobs() if job.state == "failed")
        found.retry(chosen)
        _show(found, chosen, as_json=as_json)


@queue.command(epilog="Example: talkface queue move 5 --before 3")
@click.argument("job", type=int)
@click.option("--before", type=int, metavar="JOB", help="The job to go before [default: to the end].")
@json_option
@pass_app
def move(app: App, /, *, job: int, before: int | None, as_json: bool) -> None:
    """Let a job run before another one, or last."""
    with open_queue(app) as found:
        found.move(job, before=before)
        _show(found, as_json=as_json)


@queue.command(epilog="Example: talkface queue clear")
@job_arguments
@click.option("--all", "everything", is_flag=True, help="Forget those that wait or are paused as well.")
@json_option
@pass_app
def clear(app: App, /, *, jobs: tuple[int, ...], everything: bool, as_json: bool) -> None:
    """Forget jobs: those named, or all that have ended. Their files stay."""
    from talkface_studio.project.queue.job import ENDED

    with open_queue(app) as found:
        states = (*ENDED, "waiting", "paused") if everything else ENDED
        count = found.clear(jobs or None, states=states)
    if as_json:
        print_json({"cleared": count})
    else:
        click.echo(f"{count} jobs forgotten")


def refuse_held(jobs: JobQueue) -> None:
    """Refuse to run a queue that was paused as a whole.

    Raises:
        ProjectError: it is.
    """
    if jobs.held():
        raise ProjectError("the queue is paused; let it go on with: talkface queue resume")


def print_jobs(jobs: Sequence[QueuedJob]) -> None:
    """The jobs as a table."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("job", "state", "attempts", "output", "why"):
        table.add_column(heading, overflow="fold")
    for job in jobs:
        share = f" {job.done / job.total:.0%}" if job.state == "running" and job.total else ""
        table.add_row(str(job.id), job.state + share, str(job.attempts), _short(job.output), remarks(job))
    print_table(table)


def remarks(ended: QueuedJob | Outcome) -> str:
    """Why a job or row failed, or what the user was told while it was done."""
    return ended.error or "; ".join((ended.result or {}).get("notices", ()))


def _short(output: str) -> str:
    path = Path(output)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else output


def _show(jobs: JobQueue, chosen: Sequence[int] = (), *, as_json: bool) -> None:
    found = [job for job in jobs.jobs() if not chosen or job.id in chosen]
    held = jobs.held()
    if as_json:
        print_json({"held": held, "revision": jobs.revision(), "jobs": [job.to_dict() for job in found]})
        return
    if held:
        click.echo("the queue is paused; let it go on with: talkface queue resume")
    if found:
        print_jobs(found)
    elif not held:
        click.echo("the queue is empty; add a job with: talkface queue add")
