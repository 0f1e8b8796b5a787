"""Starting processes that never outlive the one that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

# Loaded now: the hook runs after the change of user and may be unable to import anything.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


def die_with_parent(number: int = signal.SIGKILL) -> None:
    """Let the kernel signal this process when its parent dies, however it dies (Linux only)."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)


def hook(number: int = signal.SIGKILL) -> Callable[[], None]:
    """A `preexec_fn`: an own session, so that a terminal's Ctrl-C reaches only the supervisor."""
    parent = os.getpid()

    def prepare() -> None:
        os.setsid()
        die_with_parent(number)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def end_group(pid: int, number: int = signal.SIGKILL) -> None:
    """Signal everything in the process group that a child led; silent when nothing is left."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return
