"""What engine and client say to each other, over the pipes and the shared memory of `ipc`."""

VERSION = 1
"""Raised by every change that an older peer would not understand."""
