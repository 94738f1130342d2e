"""What the written pages say is there is there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from talkface_studio.cli.main import talkface

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("resources/**/*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def code_lines(page: Path) -> Iterator[str]:
    """Lines of the page's code blocks, continued lines joined."""
    fenced = False
    pending = ""
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            pending += line.strip().removeprefix("$ ")
            if pending.endswith("\\"):
                pending = pending[:-1] + " "
                continue
            yield pending
            pending = ""


def command_lines(page: Path) -> list[str]:
    return [line for line in code_lines(page) if line.startswith("talkface ")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist_with_their_options(page: Path) -> None:
    for line in command_lines(page):
        words = shlex.split(line, comments=True)[1:]
        command: click.Command = talkface
        context = click.Context(talkface, info_name="talkface")
        while isinstance(command, click.Group):
            found = command.get_command(context, words[0]) if words and not words[0].startswith("-") else None
            if found is None:
                break
            command, words = found, words[1:]
        options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
        for word in words:
            if word.startswith("-") and not re.match(r"-\d", word):
                assert word.partition("=")[0] in options | {"--help", "-h"}, f"{line}: {word}"


def test_documents_use_real_commands() -> None:
    """The check above has something to look at."""
    assert sum(len(command_lines(page)) for page in PAGES) >= 10


def test_make_targets_that_pages_name_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        for target in re.findall(r"`make ([a-z-]+)`", page.read_text(encoding="utf-8")):
            assert target in targets, f"{page.name}: make {target}"


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "docs" / "architecture.md"], ids=lambda page: page.name)
def test_annotated_trees_are_true(page: Path) -> None:
    """Each line of an annotated tree names a path that exists; indentation is nesting."""
    text = page.read_text(encoding="utf-8")
    tree = re.search(r"```tree\n(.*?)```", text, re.DOTALL)
    assert tree is not None
    stack: list[tuple[int, Path]] = []
    rows = [line for line in tree.group(1).splitlines() if line.strip()]
    assert len(rows) > 10
    for line in rows:
        depth = len(line) - len(line.lstrip())
        if depth > 30:
            continue  # the explanation goes on
        while stack and stack[-1][0] >= depth:
            stack.pop()
        path = (stack[-1][1] if stack else ROOT) / line.split()[0]
        assert path.exists(), line
        if path.is_dir():
            stack.append((depth, path))


def test_every_room_is_in_the_architecture_page() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [path.parent.name for path in (ROOT / "talkface_studio").glob("*/__init__.py")]
    assert [room for room in rooms if f"{room}/" not in page] == []
