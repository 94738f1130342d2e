"""Building the packaged application: one folder with the studio, its models and a Python of its own.

`contents` says what goes in, `stamp` which version it is, `notices` under which licences, `build` makes it, `check`
uses it as a stranger would. `talkface.spec` is what PyInstaller reads, `programs` are what it starts.
"""
