"""Runs before each program of the application."""

import os

# moviepy looks for an ffmpeg program when it is imported, and fails where there is none. The studio has it compose
# pictures; files are read and written by PyAV.
os.environ.setdefault("FFMPEG_BINARY", "auto-detect")

from talkface_studio.plugin_host.folders import find_folders
from talkface_studio.plugin_host.installing.cuda import prefer_cuda

prefer_cuda(find_folders())
