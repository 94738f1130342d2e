from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from project_documents import PHOTO, VIDEO, VOICE, random_edit, story
from talkface_studio.api.errors import ProjectError
from talkface_studio.project.document.check import check
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import MediaFacts, MediaProblem
from talkface_studio.project.document.settings import Consent
from talkface_studio.project.edit import items, lanes, marks, segments
from talkface_studio.project.edit.media import learn, relink_media, remove_media
from talkface_studio.project.events import Change, Changes
from talkface_studio.project.project import Project


class Replica:
    """Follows a project by its events alone, as a view does."""

    COLLECTIONS: ClassVar = {
        "media": "media",
        "clip": "clips",
        "lane": "lanes",
        "segment": "segments",
        "marker": "markers",
    }

    def __init__(self, project: Project) -> None:
        self.project = project
        self.rows = {
            kind: {row.id: row for row in getattr(project.document, name)} for kind, name in self.COLLECTIONS.items()
        }
        self.batches: list[Changes] = []
        project.changed.connect(self.follow)

    def follow(self, changes: Changes) -> None:
        self.batches.append(changes)
        for change in changes.of(*self.COLLECTIONS):
            rows = self.rows[change.kind]
            now = {row.id: row for row in getattr(self.project.document, self.COLLECTIONS[change.kind])}
            match change.action:
                case "removed":
                    del rows[change.id]
                case "added":
                    assert change.id not in rows
                    rows[change.id] = now[change.id]
                case "changed":
                    different = {name: getattr(now[change.id], name) for name in change.fields}
                    assert all(getattr(rows[change.id], name) != value for name, value in different.items())
                    rows[change.id] = replace(rows[change.id], **different)
                case "reordered":
                    self.rows[change.kind] = {name: rows[name] for name in sorted(rows, key=list(now).index)}

    def agrees(self) -> bool:
        document = self.project.document
        return all(
            self.rows[kind] == {row.id: row for row in getattr(document, name)}
            for kind, name in self.COLLECTIONS.items()
        )


def walk(project: Project, chance: random.Random, steps: int) -> int:
    """Do random edits, undos and redos; gives how many edits were possible."""
    possible = 0
    for _ in range(steps):
        before = project.document
        try:
            match chance.randint(0, 9):
                case 0:
                    project.undo()
                case 1:
                    project.redo()
                case 2:
                    project.seal()
                case _:
                    project.do(random_edit(before, chance))
                    possible += project.document is not before
        except ProjectError:
            assert project.document is before
        check(project.document)
    return possible


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_random_edits_are_undone_and_redone_exactly_and_announced_completely(seed: int) -> None:
    project = Project(story())
    replica = Replica(project)
    walk(project, random.Random(seed), 40)
    while project.redo():
        pass
    final = project.document
    assert replica.agrees()
    while project.undo():
        assert replica.agrees()
    assert project.document == story()
    assert not project.modified
    while project.redo():
        pass
    assert project.document == final
    assert replica.agrees()


def test_most_random_edits_are_possible() -> None:
    assert walk(Project(story()), random.Random(0), 400) > 100


def test_split_is_named_and_cuts_the_source_where_the_playhead_is() -> None:
    project = Project(story())
    project.do(items.split({"a2", "first"}, 7.5))
    assert project.undo_title == "Split"
    first, second = project.document.on_lane("anna")[1:3]
    assert (first.id, first.start, first.end, first.offset) == ("a2", 6.0, 7.5, 4.0)
    assert (second.start, second.end, second.offset) == (7.5, 9.0, 5.5)
    project.do(items.split({"a1"}, 2.0))
    assert project.undo_title == "Split segment"
    project.do(items.split({"still"}, 25.0))
    assert project.undo_title == "Split clip"
    assert [clip.offset for clip in project.document.clips if clip.media == "photo"] == [0.0, 0.0]
    with pytest.raises(ProjectError, match=r"nothing to split at 5.00 s"):
        project.do(items.split({"a1", "a2"}, 5.0))


def test_a_drag_is_one_step_until_it_is_let_go() -> None:
    project = Project(story())
    for end in (4.1, 4.5, 5.0):
        project.do(items.trim("a1", end=end))
    project.seal()
    project.do(items.trim("a1", end=5.5))
    assert project.undo()
    assert project.document.item("a1").end == 5.0
    assert project.undo()
    assert project.document == story()
    assert not project.undo()
    assert project.redo_title == "Trim segment"


def test_a_drag_there_and_back_is_no_step() -> None:
    project = Project(story())
    for end in (4.5, 5.0, 4.0):
        project.do(items.trim("a1", end=end))
    assert (project.undo_title, project.modified) == (None, False)


def test_edges_of_one_segment_are_dragged_in_two_steps() -> None:
    project = Project(story())
    project.do(items.trim("a2", end=8.5))
    project.do(items.trim("a2", start=6.5))
    assert project.document.item("a2").offset == 4.5
    project.undo()
    assert project.document.item("a2").end == 8.5


def test_saving_in_the_middle_of_a_drag_keeps_what_was_saved() -> None:
    project = Project(story())
    project.do(items.trim("a1", end=4.5))
    project.mark_saved()
    project.do(items.trim("a1", end=5.0))
    assert project.modified
    project.undo()
    assert not project.modified
    assert project.document.item("a1").end == 4.5
    project.undo()
    assert project.modified


def test_a_bounded_history_forgets_the_oldest_steps() -> None:
    project = Project(story(), limit=2)
    for seed in (1, 2, 3):
        project.do(segments.set_seed({"a1"}, seed))
        project.seal()
    assert [project.undo(), project.undo(), project.undo()] == [True, True, False]
    assert project.document.segment("a1").seed == 1
    assert project.modified


def test_a_transaction_is_one_step_and_one_batch() -> None:
    project = Project(story())
    replica = Replica(project)
    with project.transaction("Dub anew"):
        project.do(lanes.remove_lane("ben"))
        project.do(segments.set_muted({"a1"}, muted=True))
        with project.transaction("inner"):
            project.do(segments.set_seed({"a1"}, 7))
        assert replica.batches == []
    (batch,) = replica.batches
    assert batch.items == (
        Change("lane", "removed", "ben"),
        Change("segment", "removed", "b1"),
        Change("segment", "changed", "a1", frozenset({"muted", "seed"})),
    )
    assert project.undo_title == "Dub anew"
    project.undo()
    assert project.document == story()


def test_a_transaction_that_fails_leaves_nothing() -> None:
    project = Project(story())
    replica = Replica(project)

    def half() -> None:
        with project.transaction("Half"):
            project.do(items.delete({"a1"}))
            project.do(items.move({"a3"}, -6.0, "ben"))
            project.do(items.delete({"a1"}))

    with pytest.raises(ProjectError, match="no clip or segment 'a1'"):
        half()
    assert project.document == story()
    assert (replica.batches, project.undo_title) == ([], None)


def test_an_edit_without_effect_is_no_step() -> None:
    project = Project(story())
    project.do(segments.set_seed({"a1"}, 0))
    project.do(marks.set_range(None, None))
    assert project.undo_title is None
    assert not project.modified


def test_facts_that_arrive_late_stay_when_edits_are_undone() -> None:
    project = Project(story())
    other = project.document.media_of("other")
    project.do(items.trim("b1", end=8.0))
    project.do(relink_media("video", VIDEO.path.with_name("moved.mp4")))
    project.undo()
    facts = MediaFacts(duration=9.0, has_sound=True)
    project.amend(learn(other, facts=facts))
    project.amend(learn(VIDEO, problem=MediaProblem(status="missing", reason="gone")))
    assert project.undo_title == "Trim segment"
    project.undo()
    assert project.document.media_of("other").facts == facts
    project.redo()
    project.redo()
    # What was learnt of the old file is not said of the one that took its place.
    assert project.document.media_of("video").status == "unprobed"
    project.undo()
    assert project.document.media_of("video").problem == MediaProblem(status="missing", reason="gone")
    project.amend(learn(project.document.media_of("video"), facts=VIDEO.facts))
    assert project.document.media_of("video").status == "ready"


def test_facts_for_what_is_gone_are_dropped() -> None:
    project = Project(story())
    project.do(remove_media({"other"}))
    project.amend(learn(story().media_of("other"), facts=MediaFacts(duration=1.0)))
    assert {segment.id for segment in project.document.segments} == {"a1", "a2", "a3"}
    project.undo()
    assert project.document.media_of("other").facts == MediaFacts(duration=1.0)


def test_consent_survives_undo_and_has_to_be_saved() -> None:
    project = Project(story())
    project.do(items.delete({"a1"}))
    answer = Consent(person="Anna", answer="given", time=datetime(2026, 1, 2, tzinfo=UTC), text_version="1")
    project.record_consent(answer)
    project.undo()
    assert project.document.consents == (answer,)
    assert project.modified
    project.mark_saved()
    assert not project.modified


def test_view_and_selection_are_not_undone_and_what_is_deleted_is_not_selected() -> None:
    project = Project(story())
    heard: list[object] = []
    project.view_changed.connect(heard.append)
    project.selection_changed.connect(heard.append)
    project.look(playhead=3.0, zoom=50.0)
    project.select({"a1", "first"})
    project.do(items.delete({"a1"}))
    assert project.selection == {"first"}
    project.undo()
    assert (project.selection, project.view.playhead) == ({"first"}, 3.0)
    assert len(heard) == 3
    with pytest.raises(ProjectError, match="'nobody' is not in this project"):
        project.select({"nobody"})


def test_load_is_announced_and_begins_a_new_history() -> None:
    project = Project(story())
    replica = Replica(project)
    project.do(items.delete({"a1"}))
    project.load(Document(media=(PHOTO, VOICE)), modified=True)
    assert replica.agrees()
    assert replica.batches[-1].cause == "load"
    assert (project.undo_title, project.modified) == (None, True)
    broken = Document(segments=story().segments)
    with pytest.raises(ProjectError):
        project.load(broken)
    assert replica.agrees()
