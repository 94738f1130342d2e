"""How engines are started and watched, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from talkface_studio.launch import interpreter


@dataclass(frozen=True, slots=True)
class EngineState:
    """Whether there is an engine. "lost": it ended by itself and is started again; "failed": that was given up."""

    state: Literal["starting", "running", "lost", "failed", "stopped"]
    message: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineSettings:
    """How engines are started and watched. Durations are in seconds."""

    home: Path | None = None
    safe_mode: bool = False
    parallel_exports: int = 1
    load_ahead: bool = True
    """Load torch and others as soon as the engine runs, not when they are first needed."""
    heartbeat: float = 1.0
    """Between two questions whether the engine is there."""
    patience: float = 30.0
    """Without an answer to that, after which the engine counts as hung, and is killed."""
    restarts: int = 3
    """Engines in `restarts_within` seconds that may end by themselves before that is given up."""
    restarts_within: float = 60.0
    command: tuple[str, ...] = ()
    """What starts an engine; by default `launch.interpreter`."""

    def command_line(self) -> list[str]:
        """The command and its arguments."""
        # -P keeps a file of the user's folder from standing in for a module.
        words = list(self.command) or [interpreter(), "-P", "-m", "talkface_studio.engine"]
        words += ["--exports", str(self.parallel_exports)]
        words += ["--home", str(self.home)] if self.home else []
        words += ["--safe-mode"] if self.safe_mode else []
        return words if self.load_ahead else [*words, "--idle"]
