"""Plans as rows of requests; what is wrong with a row, and what with the plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from talkface_studio.api.errors import ProjectError
from talkface_studio.cli.app import App
from talkface_studio.cli.plan import Reader, pair_folders, read_plan
from talkface_studio.dubbing.request import DubRequest
from talkface_studio.project.queue.batch import Row


def requests(rows: list[Row]) -> list[DubRequest]:
    assert [row.error for row in rows] == [None] * len(rows)
    return [row.request for row in rows if row.request is not None]


def reader(folder: Path, outputs: Path | None = None, **defaults: object) -> Reader:
    return Reader(app=App(), folder=folder, outputs=outputs, defaults=defaults)


def plan(folder: Path, text: str, name: str = "plan.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8-sig")
    return path


def test_csv_and_toml_say_the_same(tmp_path: Path) -> None:
    table = plan(
        tmp_path,
        "Face;speech;--output;face_at;start;option;option.side;crf;\n".replace(";\n", "\n")
        + '"a;1.mp4";b.wav;out/c.mp4;320,180@2.5;1:02;"strength=0.5;soft=true";left;20\n\nvoice;/x/b.wav;d.mp4;;;;;\n',
    )
    toml = plan(
        tmp_path,
        """
        [defaults]
        speech = "/x/b.wav"
        [[dub]]
        face = "a;1.mp4"
        speech = "b.wav"
        output = "out/c.mp4"
        face-at = "320,180@2.5"
        start = 62
        option = {strength = 0.5, soft = true, side = "left"}
        crf = 20
        [[dub]]
        face = "voice"
        output = "d.mp4"
        """,
        "plan.toml",
    )
    rows = read_plan(table, reader(tmp_path))
    assert [row.name for row in rows] == ["line 2", "line 4"]
    first, second = requests(rows)
    assert (first, second) == tuple(requests(read_plan(toml, reader(tmp_path))))
    assert (first.face, first.speech) == (tmp_path / "a;1.mp4", tmp_path / "b.wav")
    assert (first.output, first.start, first.encoding.crf) == (tmp_path / "out/c.mp4", 62.0, 20)
    assert first.options == {"strength": "0.5", "soft": "true", "side": "left"}
    assert first.face_choice.point == (320.0, 180.0)
    assert (second.face, second.speech, second.encoding.crf) == (None, Path("/x/b.wav"), 18)


def test_a_row_goes_before_the_command_line(tmp_path: Path) -> None:
    path = plan(tmp_path, "face,speech,crf\na.mp4,b.wav,\na.jpg,c.wav,30\n")
    first, second = requests(
        read_plan(path, reader(tmp_path, tmp_path / "out", crf=25, seed=3, face_at=(1.0, 2.0, 3.0)))
    )
    assert (first.encoding.crf, first.seed, first.face_choice.time) == (25, 3, 3.0)
    assert second.encoding.crf == 30
    assert [item.output for item in (first, second)] == [tmp_path / "out/a-b.mp4", tmp_path / "out/a-c.mp4"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,b,c.mp4,99", "99 is not in the range"),
        ("a,b,,", "has no output"),
        ("a,,c.mp4,", "Missing argument 'SPEECH'"),
        ("a,b,c.mp4,1,2", "has 5 cells, but there are 4 columns"),
    ],
)
def test_a_bad_row_is_told_in_the_row(tmp_path: Path, row: str, reason: str) -> None:
    rows = read_plan(plan(tmp_path, f"face,speech,output,crf\n{row}\na,b,d.mp4,\n"), reader(tmp_path))
    assert reason in str(rows[0].error)
    assert rows[0].request is None
    assert requests(rows[1:])


def test_a_bad_table_is_told_in_its_row(tmp_path: Path) -> None:
    text = '[[dub]]\nface="a"\nspeech="b"\noutput="c.mp4"\ncodecs="h264"\n[[dub]]\nface=["a"]\n'
    rows = read_plan(plan(tmp_path, text, "plan.toml"), reader(tmp_path))
    assert "there is no option 'codecs'; there are: face, speech, model" in str(rows[0].error)
    assert "'face' needs one value" in str(rows[1].error)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("plan.csv", b"face,speach\na,b\n", "there is no option 'speach'"),
        ("plan.csv", b"face,face\na,b\n", "the column face stands twice"),
        ("plan.csv", b'face,speech\n"a,b\n', "is not CSV"),
        ("plan.csv", b"face,speech\n", "has no rows"),
        ("plan.csv", b"", "has no rows"),
        ("plan.csv", b"face\n\xff\xfe\n", "not text in UTF-8"),
        ("plan.toml", b"[[dub]\n", "is not TOML"),
        ("plan.toml", b"[[dubs]]\nface='a'\n", "a plan has a table [[dub]]"),
        ("missing.csv", None, "cannot be read (No such file"),
    ],
)
def test_what_is_no_plan(tmp_path: Path, name: str, content: bytes | None, reason: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ProjectError) as raised:
        read_plan(path, reader(tmp_path))
    assert reason in str(raised.value)
    assert str(raised.value).startswith(str(path))


def test_folders_are_paired(tmp_path: Path) -> None:
    faces, voices = tmp_path / "faces", tmp_path / "voices"
    for folder, names in (
        (faces, ["b.mp4", "a.png", "a.mp4", "c.wav", ".hidden.mp4", "notes.txt"]),
        (voices, ["2.wav", "1.mkv", "more/3.opus", "4.png"]),
    ):
        (folder / "more").mkdir(parents=True)
        for name in names:
            (folder / name).write_text("")
    out = tmp_path / "out"
    rows = pair_folders(faces, voices, "product", reader(tmp_path, out, crf=30))
    assert [item.output.name for item in requests(rows)] == [
        "a-1.mp4", "a-2.mp4", "a-3.mp4", "a-1-2.mp4", "a-2-2.mp4", "a-3-2.mp4", "b-1.mp4", "b-2.mp4", "b-3.mp4",
    ]  # fmt: skip
    assert {(item.output.parent, item.encoding.crf) for item in requests(rows)} == {(out, 30)}
    rows = pair_folders(faces, voices, "zip", reader(tmp_path, out))
    assert [(item.face, item.speech) for item in requests(rows)] == [
        (faces / "a.mp4", voices / "1.mkv"),
        (faces / "a.png", voices / "2.wav"),
        (faces / "b.mp4", voices / "more/3.opus"),
    ]
    (faces / "a.png").unlink()
    with pytest.raises(ProjectError, match="zip needs as many of both"):
        pair_folders(faces, voices, "zip", reader(tmp_path, out))
    for wrong in (tmp_path / "none", faces / "b.mp4", faces / "more"):
        with pytest.raises(ProjectError, match="is not a folder with media files"):
            pair_folders(faces, wrong, "zip", reader(tmp_path, out))
