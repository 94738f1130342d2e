"""Seeds and learning rates as functions of the step, so that a resumed run continues exactly."""

from __future__ import annotations

import hashlib
import math

from talkface_studio.api.recipe import StagePlan


def derive_seed(*parts: int | str) -> int:
    """A seed in 0..2**63-1 that differs wherever a part differs, the same on every machine."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def rate_factor(plan: StagePlan, step: int) -> float:
    """What the learning rates of `plan` are multiplied by at this step (from 0): warm-up, then the schedule."""
    if step < plan.warmup:
        return (step + 1) / plan.warmup
    progress = (step - plan.warmup) / max(plan.steps - plan.warmup, 1)
    if plan.schedule == "cosine":
        return 0.5 * (1 + math.cos(math.pi * progress))
    return 1 - progress if plan.schedule == "linear" else 1.0
