"""The values of a project: frozen, plain, and complete; times are seconds as float64 on the timeline's axis."""
