"""Processes of ours that begin as copies of the supervisor, which has read the code by then.

Reading it takes each of them over a second and 80 MB; a copy takes milliseconds and shares the
memory. Linux only: elsewhere system libraries do not outlive a fork.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Mapping
from typing import IO

import setproctitle

from config.launch import children

AVAILABLE = sys.platform == "linux"

# The place of the command line is found at the first call, while the environment beside it is
# whole; that stays readable in /proc.
os.environ.update(SPT_NOENV="1")
setproctitle.getproctitle()


class Forked:
    """`python <arguments>` without a new interpreter; it shows itself as `subprocess.Popen` does.

    What it prints goes to the file descriptor `output` and its errors to ours, or both to the pipe
    `stdout` when no descriptor is given.
    """

    def __init__(
        self,
        name: str,
        arguments: list[str],
        environment: Mapping[str, str],
        output: int | None = None,
    ) -> None:
        self.stdout: IO[bytes] | None = None
        ends = os.pipe() if output is None else ()
        outputs = (ends[1], ends[1]) if ends else (output, 2)
        self._process = multiprocessing.get_context("fork").Process(
            target=_live,
            args=(name, arguments, dict(environment), outputs, os.getpid()),
            daemon=True,
        )
        self._process.start()
        if ends:
            os.close(ends[1])
            self.stdout = os.fdopen(ends[0], "rb", buffering=0)
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; the negative signal number when a signal ended it."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The same, asked anew."""
        return self._process.exitcode

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def wait(self) -> int | None:
        """Wait for its end."""
        self._process.join()
        return self._process.exitcode


def _live(
    name: str,
    arguments: list[str],
    environment: dict[str, str],
    outputs: tuple[int, int],
    parent: int,
) -> None:
    os.setsid()
    children.die_with_parent()
    if os.getppid() != parent:
        os._exit(1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    for place, output in enumerate(outputs, start=1):
        os.dup2(output, place)
    # The supervisor's pipes and its lock on the folder are not for us to hold.
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    sys.stdout = open(1, "w", buffering=1, closefd=False)  # noqa: SIM115 - for as long as we live
    sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
    os.environ.update(environment)
    setproctitle.setproctitle(f"tandem {name}")
    _, *sys.argv = arguments
    if sys.argv[0] == "-m":
        del sys.argv[0]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(sys.argv[0], run_name="__main__")
