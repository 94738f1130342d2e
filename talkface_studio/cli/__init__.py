"""The `talkface` command: one module a command, loaded when it is used.

`main` starts it and turns errors into one line and an exit code; `commands` is the table of commands; `app` is what
the commands share. No module imports torch or any other heavy library at its top.
"""
