"""The desktop editor. Shows what `project` holds and what the engine makes; decodes and computes nothing itself."""
