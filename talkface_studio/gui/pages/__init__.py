"""Pages that take the place of the editor in the window, and the command palette."""
