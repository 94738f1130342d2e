"""The engine's process: reads questions, works in threads, writes answers."""
