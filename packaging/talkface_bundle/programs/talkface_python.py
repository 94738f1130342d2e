"""The program `talkface-python`: Python's own command line, as far as one process starts another by it.

Workers of plugins, the engine and uv's questions about the interpreter use `-c`, `-m` and scripts, after options that
begin with `-`. There is no interactive prompt and no `site` folder of the user's.
"""

import sys
from multiprocessing import freeze_support

ALONE = set("bBdEhiIOPqRsSuvx")
"""Options without a value."""
WITH_VALUE = set("WX")


def main() -> None:
    """Run what the command line asks for; an error of its own has exit code 2, as Python's has."""
    words = sys.argv[1:]
    safe_path = False
    while words and words[0].startswith("-") and words[0] != "-":
        word = words.pop(0)
        if word in {"-V", "--version"}:
            print(f"Python {sys.version.split()[0]}")  # noqa: T201
            return
        letters = word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in "cm":
                value = letters or (words.pop(0) if words else _fail(f"Argument expected for the -{letter} option"))
                _run(letter, value, words, safe_path=safe_path)
                return
            if letter in WITH_VALUE:
                _set(letter, letters or (words.pop(0) if words else ""))
                break
            if letter not in ALONE:
                _fail(f"Unknown option: -{letter}")
            safe_path = safe_path or letter in "IP"
            if letter == "B":
                sys.dont_write_bytecode = True
    if not words:
        _fail("give -c, -m or a script; there is no prompt")
    _run("script", words[0], words[1:], safe_path=safe_path)


def _set(letter: str, value: str) -> None:
    if (letter, value) == ("X", "faulthandler"):
        import faulthandler

        faulthandler.enable()


def _run(kind: str, value: str, arguments: list[str], *, safe_path: bool) -> None:
    import runpy
    from pathlib import Path

    if kind == "c":
        sys.argv = ["-c", *arguments]
        if not safe_path:
            sys.path.insert(0, "")
        namespace = {"__name__": "__main__", "__builtins__": __builtins__, "__doc__": None}
        exec(compile(value, "<string>", "exec"), namespace)  # noqa: S102 - that is what -c is
    elif kind == "m":
        sys.argv = [value, *arguments]
        if not safe_path:
            sys.path.insert(0, str(Path.cwd()))
        runpy.run_module(value, run_name="__main__", alter_sys=True)
    elif value == "-":
        sys.argv = ["-", *arguments]
        _run("c", sys.stdin.read(), arguments, safe_path=safe_path)
    else:
        sys.argv = [value, *arguments]
        if not safe_path:
            sys.path.insert(0, str(Path(value).resolve().parent))
        runpy.run_path(value, run_name="__main__")


def _fail(reason: str) -> "str":
    sys.stderr.write(f"talkface-python: {reason}\n")
    sys.exit(2)


if __name__ == "__main__":
    freeze_support()
    main()
