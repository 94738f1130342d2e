"""Progress: a bar on a terminal, rare lines elsewhere, nothing when quiet."""

import io

from talkface_studio.cli.progress import LINE_EVERY, ProgressDisplay


class Clock:
    """Time that moves when it is told to."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_are_rare() -> None:
    stream, clock = io.StringIO(), Clock()
    with ProgressDisplay("dubbing out.mp4", stream=stream, clock=clock) as display:
        for frame in range(1000):
            clock.now += LINE_EVERY / 100
            display.update(frame, 1000, fps=25.0)
    lines = stream.getvalue().splitlines()
    assert 9 <= len(lines) <= 11
    assert lines[0].startswith("dubbing out.mp4: ")
    assert lines[0].endswith("of 1000 (10%), 25.0 frames/s")


def test_short_jobs_say_nothing() -> None:
    stream = io.StringIO()
    with ProgressDisplay("dubbing", stream=stream, clock=Clock()) as display:
        display.update(10, 10)
    assert stream.getvalue() == ""


def test_unknown_total() -> None:
    stream, clock = io.StringIO(), Clock()
    with ProgressDisplay("dubbing", stream=stream, clock=clock) as display:
        clock.now += LINE_EVERY
        display.update(12, 0)
    assert stream.getvalue() == "dubbing: 12\n"


def test_quiet_says_nothing_even_on_a_terminal() -> None:
    for stream in (io.StringIO(), Terminal()):
        clock = Clock()
        with ProgressDisplay("dubbing", quiet=True, stream=stream, clock=clock) as display:
            clock.now += 10 * LINE_EVERY
            display.update(1, 2)
        assert stream.getvalue() == ""


def test_terminal_gets_a_bar() -> None:
    stream = Terminal()
    with ProgressDisplay("dubbing", stream=stream) as display:
        display.update(40, 100, fps=12.5)
    text = stream.getvalue()
    assert "dubbing" in text
    assert "40/100" in text
    assert "12.5 frames/s" in text
