"""The inspector: what is selected, and all that can be said of it."""
