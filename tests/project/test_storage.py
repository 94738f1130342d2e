from __future__ import annotations

import json
import os
import random
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from project_documents import FOLDER, PRINT, random_edit, story
from talkface_studio.api.errors import ProjectError
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import Fingerprint, Media, MediaFacts, guess_kind
from talkface_studio.project.document.settings import Consent, ExportSettings
from talkface_studio.project.document.view import View
from talkface_studio.project.edit import segments
from talkface_studio.project.project import Project
from talkface_studio.project.storage.fingerprint import PART, fingerprint
from talkface_studio.project.storage.media_index import MediaIndex
from talkface_studio.project.storage.migrations import VERSION, migrate
from talkface_studio.project.storage.paths import absolute_path, portable_text
from talkface_studio.project.storage.project_file import Saved, read_project, write_project
from talkface_studio.project.storage.recent import RecentProject, RecentProjects
from talkface_studio.project.storage.relink import Match, find_media, missing_problem
from talkface_studio.project.storage.scan import media_files

ANSWER = Consent(
    id="answer", person="Anna Müller", answer="given", time=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), text_version="1"
)
FIRST_VERSION = Path(__file__).parent / "data" / "version_1.talkface"


def full_story(folder: Path) -> Document:
    document = story()
    return replace(
        document,
        media=tuple(replace(media, path=folder / media.path.relative_to(FOLDER)) for media in document.media),
        export=ExportSettings(preset="youtube", folder=folder / "out", label=True),
        consents=(ANSWER,),
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_what_is_saved_is_what_is_read(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    file = tmp_path_factory.mktemp("project") / "a.talkface"
    chance = random.Random(seed)
    project = Project(full_story(file.parent))
    for _ in range(30):
        try:
            project.do(random_edit(project.document, chance))
        except ProjectError:
            continue
    saved = Saved(document=project.document, view=View(playhead=chance.random(), zoom=7.5))
    write_project(file, saved)
    assert read_project(file) == saved
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_the_first_version_of_the_format_is_still_read() -> None:
    saved = read_project(FIRST_VERSION)
    here = FIRST_VERSION.parent
    assert saved.document == full_story(here / "media")
    assert saved.view == View(playhead=2.5, zoom=80.0, scroll=1.0)


def test_migrations_are_chained() -> None:
    steps = {1: lambda plain: {**plain, "b": plain["a"]}, 2: lambda plain: {"c": plain["a"] + plain["b"]}}
    assert migrate({"a": 1}, 1, to=3, migrations=steps) == {"c": 2}
    assert migrate({"a": 1, "b": 2}, 2, to=3, migrations=steps) == {"c": 3}


def test_a_project_that_moves_with_its_media_finds_them(tmp_path: Path) -> None:
    home, away = tmp_path / "home", tmp_path / "elsewhere" / "away"
    (home / "media").mkdir(parents=True)
    write_project(home / "a.talkface", Saved(document=full_story(home / "media")))
    away.parent.mkdir()
    shutil.move(home, away)
    assert read_project(away / "a.talkface").document == full_story(away / "media")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/films/film/talk.mp4", "talk.mp4"),
        ("/films/film/clips/a/talk.mp4", "clips/a/talk.mp4"),
        ("/films/sound/talk.wav", "../sound/talk.wav"),
        ("/media/disk/talk.mp4", "/media/disk/talk.mp4"),
    ],
)
def test_paths_below_and_near_are_relative(path: str, text: str) -> None:
    folder = Path("/films/film")
    assert portable_text(Path(path), folder) == text
    assert absolute_path(Path(text), folder) == Path(path)


def test_paths_far_away_are_absolute() -> None:
    assert portable_text(Path("/a/b/talk.mp4"), Path("/a/c/d/e")) == "/a/b/talk.mp4"


@pytest.mark.skipif(os.name != "posix", reason="file names are bytes on POSIX only")
def test_a_file_name_that_is_no_text_is_kept(tmp_path: Path) -> None:
    odd = Media(id="odd", path=tmp_path / os.fsdecode(b"\xff\xe9.mp4"), kind="video")
    write_project(tmp_path / "a.talkface", Saved(document=Document(media=(odd,))))
    assert read_project(tmp_path / "a.talkface").document.media == (odd,)


def valid() -> dict[str, object]:
    content: dict[str, object] = json.loads(FIRST_VERSION.read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"is damaged \(line 1\)"),
        (b"\xff\x00", r"is damaged \(not text\)"),
        (b"[" * 100_000, "is damaged"),
        (b"[1]", "is no TalkFace project"),
        (b'{"version": 1}', "is no TalkFace project"),
        (json.dumps(valid())[:-100].encode(), "is damaged"),
        (json.dumps({**valid(), "version": 99}).encode(), r"newer TalkFace Studio \(format 99; this one reads up to"),
        (json.dumps({**valid(), "version": "x"}).encode(), "is no TalkFace project"),
        (json.dumps({**valid(), "view": {"zoom": "near"}}).encode(), r"is damaged \(view.zoom: "),
        (json.dumps({**valid(), "document": None}).encode(), r"is damaged \(document: "),
        (json.dumps({**valid(), "sound": 1}).encode(), r"is damaged \(sound: "),
        (json.dumps({**valid(), "document": {"segments": [{}]}}).encode(), r"is damaged \(document.segments.0.lane"),
        (json.dumps({**valid(), "view": {"zoom": float("nan")}}).encode(), r"is damaged \(view.zoom: "),
        (
            json.dumps({**valid(), "document": {"clips": [{"media": "x", "start": 0, "end": 1}]}}).encode(),
            "its media 'x' is not in the project",
        ),
    ],
)
def test_a_bad_file_is_named_in_one_line_and_left_alone(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "bad.talkface"
    file.write_bytes(content)
    with pytest.raises(ProjectError, match=message) as raised:
        read_project(file)
    assert str(raised.value).startswith(f"{file}: ")
    assert "\n" not in str(raised.value)
    assert file.read_bytes() == content


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="there is no such project"):
        read_project(tmp_path / "none.talkface")
    with pytest.raises(ProjectError, match="cannot be read"):
        read_project(tmp_path)


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.talkface"
    write_project(file, Saved(document=full_story(tmp_path)))
    before = file.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ProjectError, match=r"a.talkface: cannot be written \(No space left on device\)"):
        write_project(file, Saved(document=Document()))
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]
    with pytest.raises(ProjectError, match="cannot be written"):
        write_project(tmp_path / "nowhere" / "a.talkface", Saved(document=Document()))


@pytest.mark.skipif(os.name != "posix", reason="links and modes as on POSIX")
def test_a_link_stays_a_link_and_permissions_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.talkface", tmp_path / "link.talkface"
    write_project(real, Saved(document=Document()))
    real.chmod(0o640)
    link.symlink_to(real)
    write_project(link, Saved(document=full_story(tmp_path)))
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert read_project(real).document.consents == (ANSWER,)


def test_a_project_can_be_saved_while_another_thread_could_edit(tmp_path: Path) -> None:
    project = Project(full_story(tmp_path))
    held = project.document
    project.do(segments.assign_face({"a1"}, FaceChoice(3)))
    write_project(tmp_path / "a.talkface", Saved(document=held))
    assert read_project(tmp_path / "a.talkface").document == full_story(tmp_path)


def test_fingerprints_see_changes_in_all_three_parts(tmp_path: Path) -> None:
    file = tmp_path / "a.bin"
    content = bytearray(random.Random(0).randbytes(5 * PART))
    seen = set()
    for position in (None, 0, len(content) // 2, len(content) - 1):
        if position is not None:
            content[position] ^= 1
        file.write_bytes(content)
        seen.add(fingerprint(file))
    assert len(seen) == 4
    file.write_bytes(b"")
    assert fingerprint(file).size == 0


def test_missing_media_are_found_by_content_then_by_name(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    (new / "deep").mkdir(parents=True)
    (new / "deep" / "renamed.wav").write_bytes(b"the voice")
    (new / "voice.wav").write_bytes(b"some other voice")
    (new / "Talk.MP4").write_bytes(b"a film")
    voice = fingerprint(new / "deep" / "renamed.wav")
    wanted = [
        Media(id="voice", path=old / "voice.wav", kind="audio", fingerprint=voice),
        Media(id="talk", path=old / "talk.mp4", kind="video"),
        Media(id="lost", path=old / "lost.wav", kind="audio", fingerprint=PRINT),
    ]
    found = find_media(wanted, [tmp_path / "none", new])
    assert found == {
        "voice": Match(new / "deep" / "renamed.wav", voice, certain=True),
        "talk": Match(new / "Talk.MP4", fingerprint(new / "Talk.MP4"), certain=False),
    }


def test_what_is_missing_says_where_it_was(tmp_path: Path) -> None:
    here = Media(path=tmp_path / "a.wav", kind="audio")
    problem = missing_problem(here)
    assert problem is not None
    assert problem.reason == f"a.wav is no longer in {tmp_path}; find it to go on"
    gone = missing_problem(replace(here, path=tmp_path / "drive" / "a.wav"))
    assert gone is not None
    assert "connect its drive" in gone.reason
    here.path.touch()
    assert missing_problem(here) is None


def test_the_index_knows_a_file_until_it_changes_and_after_it_moved(tmp_path: Path) -> None:
    file, media = tmp_path / "cache" / "media.json", tmp_path / "a.wav"
    media.write_bytes(b"sound")
    facts = MediaFacts(duration=2.0, has_sound=True)
    index = MediaIndex(file)
    assert index.find(media) is None
    index.learn(media, "audio", facts)
    index.save()
    again = MediaIndex(file)
    known = again.find(media)
    assert known is not None
    assert (known.kind, known.facts) == ("audio", facts)
    moved = media.rename(tmp_path / "b.wav")
    assert again.find(media) is None
    found = again.find(moved)
    assert found is not None
    assert found.facts == facts
    moved.write_bytes(b"noise")
    assert again.find(moved) is None


def test_the_index_forgets_what_was_not_asked_for_longest(tmp_path: Path) -> None:
    index = MediaIndex(tmp_path / "media.json", limit=2)
    files = [tmp_path / name for name in "abc"]
    for number, path in enumerate(files):
        path.write_bytes(bytes(number + 1))
        index.learn(path, "audio", MediaFacts(duration=1.0))
        index.find(files[0])
    assert [index.find(path) is not None for path in files] == [True, False, True]


@pytest.mark.parametrize("content", ["", "[]", '{"version": 1, "files": {"/a": {"kind": "film"}}}', '{"version": 9}'])
def test_a_damaged_index_is_empty(tmp_path: Path, content: str) -> None:
    file = tmp_path / "media.json"
    file.write_text(content)
    assert MediaIndex(file).find(file) is None


def test_recent_projects_are_the_latest_first_and_bounded(tmp_path: Path) -> None:
    recent = RecentProjects(tmp_path / "config" / "recent.json", limit=2)
    time = datetime(2026, 1, 2, tzinfo=UTC)
    for name in "abab":
        recent.add(tmp_path / name, time)
    recent.add(tmp_path / "c", time)
    assert recent.entries() == (RecentProject(tmp_path / "c", time), RecentProject(tmp_path / "b", time))
    assert not recent.entries()[0].exists
    recent.remove(tmp_path / "c")
    assert [entry.path.name for entry in recent.entries()] == ["b"]
    (tmp_path / "config" / "recent.json").write_text('{"projects": [{"path": 3}, {"path": "x", "time": "now"}, 5]}')
    assert recent.entries() == ()


def test_the_version_that_is_written_has_a_sample() -> None:
    assert (FIRST_VERSION.parent / f"version_{VERSION}.talkface").exists()
    assert isinstance(PRINT, Fingerprint)


def test_folders_are_searched_for_media(tmp_path: Path) -> None:
    for name in ("b/talk.MKV", "b/notes.txt", "a.wav", ".hidden/x.mp4", "b/.y.mp4", "c/face.webp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [path.relative_to(tmp_path).as_posix() for path in media_files([tmp_path, tmp_path / "a.wav"])]
    assert found == ["a.wav", "b/talk.MKV", "c/face.webp"]
    assert list(media_files([tmp_path / "b" / "notes.txt"])) == [tmp_path / "b" / "notes.txt"]
    assert [guess_kind(Path(name)) for name in ("A.MP4", "a.m4a", "a.HEIC", "a.jpeg", "a", "a.txt")] == [
        *("video", "audio", "photo", "photo"),
        None,
        None,
    ]
