"""The timeline: clips, voices and marks over time, painted, dragged and driven by keys."""
