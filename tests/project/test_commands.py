from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from project_documents import story
from talkface_studio.api.errors import ProjectError
from talkface_studio.project.commands.catalogue import COMMANDS
from talkface_studio.project.commands.command import Command
from talkface_studio.project.commands.context import Context
from talkface_studio.project.commands.registry import CommandRegistry, Menu
from talkface_studio.project.commands.search import Found, SearchEntry, search
from talkface_studio.project.commands.shortcuts import Keymap, load_keymap, normalized, save_keymap
from talkface_studio.project.edit import items
from talkface_studio.project.project import Project
from talkface_studio.project.texts import source_texts

ENTRIES = [SearchEntry(command.id, command.title) for command in COMMANDS]


def flat(menus: tuple[Menu, ...]) -> Iterator[Command]:
    for menu in menus:
        for group in menu.groups:
            for entry in group:
                yield from flat((entry,)) if isinstance(entry, Menu) else (entry,)


def test_every_command_is_in_the_menus_once() -> None:
    menus = CommandRegistry(COMMANDS).menus()
    assert [menu.title for menu in menus] == ["File", "Edit", "Timeline", "Playback", "View", "Queue", "Help"]
    assert sorted(command.id for command in flat(menus)) == sorted(command.id for command in COMMANDS)
    assert [menu.title for menu in menus[4].groups[2]] == ["Compare"]  # type: ignore[union-attr]


def test_titles_and_ids_are_well_formed() -> None:
    for command in COMMANDS:
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", command.id)
        assert command.title == command.title.strip()
        assert not command.title.endswith("."), "an ellipsis is one character"
    titles = [(command.menu, command.title) for command in COMMANDS]
    assert len(set(titles)) == len(titles)


def test_no_two_commands_have_the_same_keys() -> None:
    keymap = Keymap(COMMANDS)
    assert {
        (c.id, key): keymap.conflicts(c.id, key) for c in COMMANDS for key in c.keys if keymap.conflicts(c.id, key)
    } == {}
    assert all(normalized(key) == key for command in COMMANDS for key in command.keys)


@pytest.mark.parametrize(
    ("key", "command_id"),
    [
        ("Space", "playback.toggle"), ("J", "playback.backward"), ("K", "playback.stop"), ("L", "playback.forward"),
        ("Left", "playback.previous_frame"), ("Right", "playback.next_frame"), ("I", "marks.set_in"),
        ("O", "marks.set_out"), ("Ctrl+Z", "edit.undo"), ("Ctrl+S", "project.save"), ("Ctrl+E", "export.start"),
        ("Delete", "edit.delete"), ("+", "timeline.zoom_in"), ("-", "timeline.zoom_out"),
        ("Ctrl+Shift+P", "palette.open"),
    ],
)  # fmt: skip
def test_standard_keys_mean_what_they_always_mean(key: str, command_id: str) -> None:
    keymap = Keymap(COMMANDS)
    assert [command.id for command in COMMANDS if key in keymap.keys(command.id)] == [command_id]


def test_commands_follow_the_state_of_the_project() -> None:
    registry = CommandRegistry(COMMANDS)
    project = Project(story())
    done: list[str] = []
    for name in ("edit.undo", "edit.delete", "timeline.split", "edit.paste"):
        registry.bind(name, lambda name=name: done.append(name))
    assert not registry.run("edit.undo", Context.of(project))
    project.select({"a1"})
    project.look(playhead=2.0)
    assert registry.run("edit.delete", Context.of(project))
    assert registry.run("timeline.split", Context.of(project))
    project.do(items.delete({"a1"}))
    assert registry.run("edit.undo", Context.of(project))
    assert not registry.run("edit.delete", Context.of(project))
    assert not registry.run("edit.paste", Context.of(project))
    assert registry.run("edit.paste", Context.of(project, can_paste=True))
    assert done == ["edit.delete", "timeline.split", "edit.undo", "edit.paste"]
    assert not registry.can_run("project.save", Context()), "nothing does it yet"
    assert "project.save" in registry.unbound()
    assert "edit.undo" not in registry.unbound()
    with pytest.raises(KeyError):
        registry.bind("edit.nothing", lambda: None)
    with pytest.raises(ValueError, match="already"):
        registry.add(COMMANDS[0])


def test_keys_are_taken_only_on_purpose(tmp_path: Path) -> None:
    keymap = Keymap(COMMANDS)
    heard: list[str] = []
    keymap.changed.connect(heard.append)
    with pytest.raises(ProjectError, match="Ctrl\\+S means 'Save' already; choose another shortcut"):
        keymap.assign("edit.cut", ["F5", "ctrl+s"])
    assert heard == []
    keymap.assign("edit.cut", ["F5", "ctrl+s"], take=True)
    assert (keymap.keys("edit.cut"), keymap.keys("project.save")) == (("F5", "Ctrl+S"), ())
    assert heard == ["project.save", "edit.cut"]
    save_keymap(keymap, tmp_path / "config" / "keys.json")
    again = load_keymap(COMMANDS, tmp_path / "config" / "keys.json")
    assert again.keys("project.save") == ()
    again.reset("project.save")
    assert again.keys("project.save") == (), "its key has another meaning now"
    again.reset("edit.cut")
    again.reset("project.save")
    assert again.keys("project.save") == ("Ctrl+S",)
    assert again.chosen == {}
    keymap.reset_all()
    assert keymap.keys("edit.cut") == ("Ctrl+X",)


def test_scopes_that_never_meet_may_share_a_key() -> None:
    commands = [
        Command(id="a.one", title="One", keys=("X",), scope="bin"),
        Command(id="a.two", title="Two", keys=("X",), scope="queue"),
        Command(id="a.three", title="Three"),
    ]
    keymap = Keymap(commands)
    assert keymap.conflicts("a.one", "x") == ()
    assert keymap.conflicts("a.three", "x") == ("a.one", "a.two")


def test_a_keymap_file_with_nonsense_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text('{"edit.cut": ["F5"], "edit.copy": ["Hyper+X"], "edit.undo": 3, "plugin.own": ["F6"], "x.y": [1]}')
    keymap = load_keymap(COMMANDS, file)
    assert keymap.chosen == {"edit.cut": ("F5",), "plugin.own": ("F6",)}
    assert keymap.keys("edit.copy") == ("Ctrl+C",)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("shift+ctrl+p", "Ctrl+Shift+P"), ("Ctrl++", "Ctrl++"), ("+", "+"), ("ctrl + alt + left", "Ctrl+Alt+Left"),
        ("pgup", "Pgup"), ("PgUp", "PgUp"), ("Meta+F11", "Meta+F11"), ("-", "-"),
    ],
)  # fmt: skip
def test_keys_have_one_notation(written: str, meant: str) -> None:
    assert normalized(written) == meant
    assert normalized(meant) == meant


@pytest.mark.parametrize("text", ["", "Ctrl", "Ctrl+", "Hyper+X", "shift+alt", " "])
def test_what_is_no_shortcut_is_refused(text: str) -> None:
    with pytest.raises(ProjectError, match="is no shortcut"):
        normalized(text)


@pytest.mark.parametrize(
    ("query", "command_id"),
    [
        ("undo", "edit.undo"), ("split", "timeline.split"), ("SPL ALL", "timeline.split_all"),
        ("sbs", "viewer.side_by_side"), ("playhead split", "timeline.split"), ("exp", "export.start"),
        ("qe", "export.queue_all"), ("save", "project.save"), ("in point", "marks.set_in"),
        ("zoom fit", "timeline.zoom_fit"), ("rip", "edit.ripple_delete"),
    ],
)  # fmt: skip
def test_a_few_letters_find_a_command(query: str, command_id: str) -> None:
    assert search(query, ENTRIES)[0].id == command_id


def test_search_shows_what_matched_and_forgives_accents() -> None:
    entries = [
        SearchEntry("split", "Chia đoạn", also=("Split segment",)),
        SearchEntry("mute", "静音片段", also=("Mute segment",)),
        SearchEntry("other", "Đi tới cuối"),
    ]
    assert search("doan", entries) == (Found("split", pytest.approx(26.5), (5, 6, 7, 8)),)
    assert [hit.id for hit in search("split", entries)] == ["split"]
    assert search("片段", entries)[0].positions == (2, 3)
    assert [hit.id for hit in search("segment", entries)] == ["mute", "split"]
    assert search("xyz", entries) == ()
    assert [hit.id for hit in search(" ", entries, recent=["other", "mute"])] == ["other", "mute", "split"]


def test_all_that_is_shown_can_be_translated() -> None:
    texts = source_texts()
    assert {command.title for command in COMMANDS} == set(texts["command"])
    assert {"File", "Compare", "Go to"} <= set(texts["menu"])
    project = Project(story())
    project.do(items.trim("a1", end=3.0))
    assert project.undo_title in texts["edit"]
    assert all(len(set(group)) == len(group) for group in texts.values())
