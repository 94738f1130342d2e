"""What of a project lies on disk: the file itself, its recovery and lock, lists and caches of the user."""
