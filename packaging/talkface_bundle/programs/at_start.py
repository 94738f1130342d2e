"""Runs before each program of the application."""

import os

# moviepy looks for an ffmpeg program when it is imported, and takes an error for an answer only here. The studio has it compose
# pictures; files are read and written by PyAV.
os.environ.setdefault("FFMPEG_BINARY", "auto-detect")
