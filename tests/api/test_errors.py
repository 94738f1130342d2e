from __future__ import annotations

import inspect
import re

from talkface_studio.api import errors


def drawn() -> dict[str, str]:
    """Name of each error in the tree at the top of the module, with the name of its parent."""
    parents: dict[str, str] = {}
    levels: dict[int, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"    ([ │├└─]*)(\w+Error)\b", line)
        if found is None:
            continue
        depth = len(found.group(1)) // 4
        levels[depth] = found.group(2)
        parents[found.group(2)] = levels[depth - 1] if depth else "Exception"
    return parents


def test_the_tree_is_drawn_as_it_is() -> None:
    actual = {
        name: kind.__bases__[0].__name__
        for name, kind in vars(errors).items()
        if inspect.isclass(kind) and issubclass(kind, Exception)
    }
    assert drawn() == actual


def test_wrong_input_exits_with_2_and_what_was_stopped_with_3() -> None:
    codes = {
        kind.__name__: kind.exit_code
        for kind in vars(errors).values()
        if inspect.isclass(kind) and issubclass(kind, errors.TalkFaceError)
    }
    stopped = ("ExportInterruptedError", "JobCancelledError", "EngineError")
    assert [codes.pop(name) for name in stopped] == [3, 3, 3]
    assert set(codes.values()) == {2}
