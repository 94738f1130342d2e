"""Fixtures for the tests of plugins; see `talkface_studio.api.testing`."""
