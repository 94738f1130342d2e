"""The pipeline: decode, track, render, compose and encode, as threads over bounded channels, in one direction."""
