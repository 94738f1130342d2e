"""`talkface export-weights`: a finished run to weights that the plugin loads."""

from __future__ import annotations

from pathlib import Path

import click

from talkface_studio.cli.app import App, pass_app, print_json
from talkface_studio.cli.parameters import PATH, json_option


@click.command(epilog="Example: talkface export-weights run -o compact.safetensors")
@click.argument("run", type=PATH)
@click.option("-o", "--output", required=True, metavar="FILE", type=PATH, help="The weight file to write.")
@json_option
@pass_app
def export_weights(app: App, /, run: Path, *, output: Path, as_json: bool) -> None:
    """Turn a training run into weights to dub with.

    Prints the SHA-256 of the file, which the model's card names.
    """
    from talkface_studio.cli.training import check_output_file, make_recipe, need_trainer, recorded_settings

    need_trainer()
    check_output_file(output)
    recorded = recorded_settings(run)
    recipe = make_recipe(app, recorded.model, recorded.preset, recorded.overrides)
    from talkface_studio.plugin_host.weights import file_sha256
    from talkface_trainer.run import finished_weights

    facts = recipe.export(finished_weights(run, [plan.name for plan in recipe.stages()]), output)
    digest, size = file_sha256(output), output.stat().st_size
    if as_json:
        print_json({"output": str(output), "model": recorded.model, "sha256": digest, "size": size, "facts": facts})
        return
    click.echo(f"{output}\n{size / 1e6:.2f} MB, SHA-256 {digest}")
    for key, value in facts.items():
        click.echo(f"{key}: {value}")
