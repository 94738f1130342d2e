"""Frames to tracked, aligned faces (detect, track, bridge gaps, smooth, crop), and rendered faces back into frames.

MediaPipe gives the landmarks, OpenCV moves the pixels. Values come from and go to the other rooms through `api`.
"""
