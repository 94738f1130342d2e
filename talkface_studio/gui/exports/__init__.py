"""The export queue: its panel, the dialogs that fill it, and the work itself, which the engine does."""
