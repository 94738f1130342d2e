"""The media bin."""
