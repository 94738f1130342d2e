"""`talkface train`: train a model's recipe on a data set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from talkface_studio.api.errors import JobCancelledError, TrainingError
from talkface_studio.cli.app import App, pass_app, print_json
from talkface_studio.cli.parameters import PATH, device_option, json_option, parse_pairs, quiet_option, seed_option


@click.command(epilog="Example: talkface train atvg dataset -o run --preset compact --set at.steps=2000")
@click.argument("model")
@click.argument("dataset", type=PATH)
@click.option("-o", "--output", "run", required=True, metavar="RUN", type=PATH, help="The run's folder.")
@click.option(
    "--preset", metavar="NAME", help="paper, compact or debug [default: compact; with --resume, the run's own]."
)
@click.option(
    "--set", "overrides", metavar="KEY=VALUE", multiple=True, help="Change a setting of the recipe (repeatable)."
)
@click.option("--resume", is_flag=True, help="Continue the run from its latest checkpoint.")
@click.option("--steps", type=click.IntRange(min=1), help="Shorten every stage to at most so many steps.")
@device_option
@click.option(
    "--precision",
    type=click.Choice(["auto", "fp32", "bf16", "fp16"]),
    default="fp32",
    show_default=True,
    help="Number format of the networks.",
)
@seed_option
@click.option("--threads", type=click.IntRange(min=1), help="Threads of the networks on a CPU.")
@click.option("--tensorboard", is_flag=True, help="Write curves for TensorBoard as well.")
@json_option
@quiet_option
@pass_app
def train(
    app: App,
    /,
    model: str,
    dataset: Path,
    *,
    run: Path,
    preset: str | None,
    overrides: tuple[str, ...],
    resume: bool,
    steps: int | None,
    device: str,
    precision: str,
    seed: int,
    threads: int | None,
    tensorboard: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Train a model on a data set.

    DATASET is a folder made by `talkface prepare`. Progress, checkpoints, sample pictures and the whole
    configuration are kept in RUN.
    """
    from talkface_studio.cli.training import make_recipe, need_trainer, recorded_settings

    need_trainer()
    changed = parse_pairs(overrides, "--set")
    if resume and (run / "run.json").is_file():
        recorded = recorded_settings(run)
        if recorded.model != model:
            raise TrainingError(f"{run}: is a run of model {recorded.model}, not {model}; choose another folder")
        preset = preset or recorded.preset
        changed = changed or dict(recorded.overrides)
    preset = preset or "compact"
    recipe = make_recipe(app, model, preset, changed)
    from talkface_studio.dubbing.device import choose_device
    from talkface_trainer.loop import train as run_training

    try:
        run_training(
            recipe,
            dataset,
            run,
            device=choose_device(device, precision),
            seed=seed,
            resume=resume,
            steps=steps,
            threads=threads,
            tensorboard=tensorboard,
            progress=not quiet,
            made_with={"preset": preset, "overrides": changed},
        )
    except KeyboardInterrupt:
        raise JobCancelledError(f"{run}: stopped; continue with the same command and --resume") from None
    _report(run, as_json=as_json)


def _report(run: Path, *, as_json: bool) -> None:
    import json

    stages: dict[str, Any] = {
        path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(run.glob("*/done.json"))
    }
    if as_json:
        print_json({"run": str(run), "stages": stages})
        return
    click.echo(str(run))
    for name, facts in stages.items():
        click.echo(f"stage {name}: " + ", ".join(f"{key} {value}" for key, value in facts.items()))
    click.echo(f"next: talkface export-weights {run} -o weights.safetensors")
