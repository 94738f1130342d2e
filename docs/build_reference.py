"""Write docs/reference from the docstrings of `api` and from the help of the command line.

    make docs

The pages are committed; a test compares them with what this script would write.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from talkface_studio.cli.app import App
from talkface_studio.cli.main import talkface

ROOT = Path(__file__).parents[1]
OUTPUT = ROOT / "docs" / "reference"
API = ROOT / "talkface_studio" / "api"
MODULES = ("values", "generator", "card", "landmarks", "recipe", "errors")
WIDTH = 100
HEAD = "<!-- Written by docs/build_reference.py; run `make docs`. -->\n\n"


def main() -> None:
    """Write every page."""
    OUTPUT.mkdir(exist_ok=True)
    for name, text in pages().items():
        (OUTPUT / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """Name and text of each page."""
    return {"api.md": api_page(), "hooks.md": hooks_page(), "testing.md": testing_page(), "cli.md": cli_page()}


def api_page() -> str:
    """The contract between the studio and its plugins."""
    parts = [HEAD, "# The plugin contract: `talkface_studio.api`\n"]
    for name in MODULES:
        parts += [f"\n## `talkface_studio.api.{name}`\n", *module_lines(API / f"{name}.py")]
    return "\n".join(parts)


def hooks_page() -> str:
    """Every hook with its exact signature."""
    return "\n".join([HEAD, "# Hooks: `talkface_studio.api.hookspecs`\n", *module_lines(API / "hookspecs.py", level=2)])


def testing_page() -> str:
    """The conformance suite, rule by rule."""
    folder = API / "testing"
    parts = [HEAD, "# The conformance suite: `talkface_studio.api.testing`\n", doc(parse(folder / "__init__.py"))]
    for name in ("suite", "timing", "mouth", "release", "inputs", "portrait", "material"):
        parts += [f"\n## `{name}`\n", *module_lines(folder / f"{name}.py")]
    return "\n".join(parts)


def cli_page() -> str:
    """The help of every command."""
    parts = [HEAD, "# The command line: `talkface`\n"]
    for path, text in command_help():
        parts += [f"\n## `{' '.join(path)}`\n", "```text", text, "```"]
    return "\n".join(parts) + "\n"


def command_help() -> Iterator[tuple[tuple[str, ...], str]]:
    """Words and help text of the program, its commands and their subcommands. Plugins' commands are left out."""
    yield from _help(talkface, ("talkface",), None)


def _help(
    command: click.Command, words: tuple[str, ...], parent: click.Context | None
) -> Iterator[tuple[tuple[str, ...], str]]:
    context = command.make_context(
        words[-1], [], parent, resilient_parsing=True, terminal_width=WIDTH, max_content_width=WIDTH
    )
    if parent is None:
        context.obj = App(third_party=False)
    yield words, command.get_help(context)
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None:
                yield from _help(found, (*words, child), context)


def module_lines(path: Path, level: int = 3) -> Iterator[str]:
    """Markdown of everything public in a module."""
    tree = parse(path)
    source = path.read_text(encoding="utf-8").splitlines()
    yield doc(tree)
    for node, comment in zip(tree.body, [*tree.body[1:], None], strict=True):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from class_lines(node, source, level)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield from function_lines(node, source, "", level)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and (text := attached(comment)):
            yield f"\n**`{assigned(node)}`** {text}"


def class_lines(node: ast.ClassDef, source: list[str], level: int) -> Iterator[str]:
    """Markdown of a class: what it is, its fields, its public methods."""
    bases = f"({', '.join(ast.unparse(base) for base in node.bases)})" if node.bases else ""
    yield f"\n{'#' * level} class `{node.name}{bases}`\n\n{doc(node)}\n"
    for item, comment in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(item, (ast.AnnAssign, ast.Assign)) and not assigned(item).startswith(("_", "model_config")):
            text = attached(comment)
            yield f"- `{ast.unparse(item)}`" + (f": {text}" if text else "")
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and not item.name.startswith("_"):
            yield from function_lines(item, source, f"{node.name}.", level + 1)


def function_lines(node: ast.FunctionDef, source: list[str], owner: str, level: int) -> Iterator[str]:
    """Markdown of a function: its exact signature and what it does."""
    yield f"\n{'#' * level} `{owner}{node.name}`\n\n```python\n{signature(node, source)}\n```\n\n{doc(node)}"


def signature(node: ast.FunctionDef, source: list[str]) -> str:
    """As written, decorators included."""
    first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
    header = source[first - 1 : node.body[0].lineno - 1]
    return inspect.cleandoc("\n".join(header)).rstrip(":")


def parse(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def doc(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> str:
    """The docstring; indented blocks stay code, and the list of errors becomes a list."""
    text = inspect.cleandoc(ast.get_docstring(node) or "")
    lines = []
    section = False
    for line in text.splitlines():
        if line in {"Raises:", "Args:"}:
            section = True
            lines.append(f"{line}\n")
        elif section and line.startswith("    "):
            item = line.removeprefix("    ")
            lines.append(f"  {item.strip()}" if item.startswith(" ") else f"- {item}")
        else:
            section = False
            lines.append(line)
    return "\n".join(lines)


def assigned(node: ast.Assign | ast.AnnAssign) -> str:
    """The name on the left."""
    return ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)


def attached(node: ast.stmt | None) -> str:
    """The string that documents the assignment before it."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return " ".join(node.value.value.split())
    return ""


if __name__ == "__main__":
    main()
