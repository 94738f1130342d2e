"""How long and how much a plugin's process may take."""

from __future__ import annotations

from dataclasses import dataclass

GIB = 2**30


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerLimits:
    """Durations are in seconds; what the host does for the plugin meanwhile, such as encoding speech, does not count.

    Memory is what all processes of the plugin hold in RAM together, watched from outside. A limit of the address space
    would be simpler and wrong: torch and CUDA reserve tens of gigabytes that they never touch. Private memory that is
    only asked for is limited too where the system can (Linux), at `memory` and `memory_slack` together: then the plugin
    gets a MemoryError before anything is taken from others.
    """

    load: float = 120.0
    """To start the process and import the plugin."""
    start: float = 600.0
    """To start a take; some models adapt themselves to a face first."""
    frame: float = 120.0
    """To give the next face."""
    stop: float = 5.0
    """To close a take, or to end when it was told to."""
    heartbeat: float = 1.0
    """Between two questions whether the process is there."""
    patience: float = 30.0
    """Without an answer to that, after which the process counts as hung."""
    memory: int = 12 * GIB
    """Bytes."""
    memory_slack: int = 4 * GIB
    """Bytes."""
    memory_watch: float = 0.1
    """Between two looks at the memory."""
    processes: int = 64
    """Of the plugin, itself included."""
    restarts: int = 2
    """Ends in `restarts_within` seconds behind which the process is started again."""
    restarts_within: float = 60.0
