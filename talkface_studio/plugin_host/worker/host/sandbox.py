"""Keeping a plugin's process from the network and from other people's folders: bubblewrap, where the system lets it.

The process sees the system's libraries, its interpreter, the contract, its own packages and weight files, all of them
read-only; a temporary folder and the folders that the user allowed, to write; and nothing else. It has no network
unless that was allowed, and sees no process but its own.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/sys/devices/system")
_SETTINGS = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime")
_NETWORK = ("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/ssl", "/etc/ca-certificates", "/etc/pki")
_APART = (
    "--unshare-user-try",
    "--unshare-ipc",
    "--unshare-pid",
    "--unshare-uts",
    "--unshare-cgroup-try",
    "--die-with-parent",
    "--new-session",
    "--cap-drop",
    "ALL",
)
_PROCESSES = (("--proc", "/proc"), ("--ro-bind", "/proc", "/proc"))
"""Containers often forbid a /proc of its own; then that of the container is shown, read-only."""
_TRY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Isolation:
    """Whether plugins are kept from the network and from folders that they did not ask for.

    `reason` is for the user: how it is done, or why it is not.
    """

    enforced: bool
    reason: str
    program: str = ""
    proc: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{'enforced' if self.enforced else 'not enforced'}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Reach:
    """What a process may see: `read` and `write` files and folders, the network, the GPU."""

    read: frozenset[Path]
    write: frozenset[Path]
    network: bool = False
    gpu: bool = False

    def covers(self, other: Reach) -> bool:
        """Whether a process of this reach can do the work of one of the other."""
        return (
            all(_within(path, self.read | self.write) for path in other.read)
            and all(_within(path, self.write) for path in other.write)
            and (self.network, self.gpu) >= (other.network, other.gpu)
        )


@lru_cache(maxsize=1)
def isolation() -> Isolation:
    """What this machine can do; found out by trying, because containers and distributions forbid it in many ways."""
    if sys.platform != "linux":
        return Isolation(False, "plugins are kept from network and folders on Linux only")
    program = shutil.which("bwrap")
    if program is None:
        return Isolation(False, "bubblewrap is not installed (Debian and Ubuntu: sudo apt install bubblewrap)")
    refusal = ""
    for proc in _PROCESSES:
        command = [
            program,
            *_APART,
            "--unshare-net",
            *_binds(_SYSTEM),
            *proc,
            "--dev",
            "/dev",
            shutil.which("true") or "true",
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_TRY_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return Isolation(False, f"bubblewrap does not work here: {error}")
        if done.returncode == 0:
            return Isolation(True, "bubblewrap keeps plugins from network and folders", program, proc)
        refusal = " ".join(done.stderr.split()) or f"it ended with code {done.returncode}"
    return Isolation(False, f"this system does not allow bubblewrap: {refusal}")


def confined(command: Iterable[str], reach: Reach, temporary: Path, found: Isolation) -> list[str]:
    """The command that runs `command` within its reach; `temporary` is its /tmp.

    Folders to write must exist.
    """
    words = [found.program, *_APART, *_binds(_SYSTEM), *_binds(_SETTINGS), *found.proc, "--dev", "/dev"]
    words += ["--bind", str(temporary), "/tmp"]  # noqa: S108 - inside, it is the process's own
    words += _binds(_NETWORK) if reach.network else ["--unshare-net"]
    if reach.gpu:
        words += _binds(["/sys"])
        for device in sorted([*Path("/dev").glob("nvidia*"), Path("/dev/dri"), Path("/dev/kfd")]):
            words += ["--dev-bind-try", str(device), str(device)]
    # In order of length, so that no folder hides one inside it.
    for path in sorted(reach.read | reach.write, key=lambda path: len(path.parts)):
        words += ["--bind" if path in reach.write else "--ro-bind", str(path), str(path)]
    return [*words, "--chdir", "/tmp", "--", *command]  # noqa: S108


def _binds(paths: Iterable[str]) -> list[str]:
    return [word for path in paths for word in ("--ro-bind-try", path, path)]


def _within(path: Path, folders: Iterable[Path]) -> bool:
    return any(path == folder or folder in path.parents for folder in folders)
