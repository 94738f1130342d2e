"""TalkFace Studio: dub a face with a voice, through models that are plugins."""

__version__ = "0.1.0"
