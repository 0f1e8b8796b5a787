"""bin/manage: a management command against the running instance's servers.

Without a running instance the servers are started for the command alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from config import translations
from config.launch import state
from config.launch.lock import InstanceLock, InstanceRuns
from config.launch.postgres import ServerError
from config.launch.servers import Servers

ARGUMENTS = [sys.executable, "manage.py"]


def main(arguments: list[str]) -> int:
    """Run the command; returns its exit code."""
    translations.compile_all()
    if os.environ.get("DATABASE_URL"):
        os.execv(sys.executable, [*ARGUMENTS, *arguments])
    folder = state.data_folder()
    lock = InstanceLock(folder)
    deadline = time.monotonic() + 60
    while True:
        try:
            lock.take("bin/manage")
        except InstanceRuns:
            if "Tandem" in lock.holder() and state.read_json(state.running_file(folder)):
                os.execv(sys.executable, [*ARGUMENTS, *arguments])
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)  # it is starting, or another command is about to end
        else:
            return with_own_servers(lock, arguments)


def with_own_servers(lock: InstanceLock, arguments: list[str]) -> int:
    """Start the servers of the state folder, run the command, stop them."""
    folder = state.data_folder()
    state.running_file(folder).unlink(missing_ok=True)  # left behind by a kill -9
    servers = Servers(folder, os.environ)
    try:
        addresses = servers.start()
        environment = {"TANDEM_DEVELOPMENT": "1", **state.keys(folder), **os.environ, **addresses}
        return subprocess.run([*ARGUMENTS, *arguments], env=environment, check=False).returncode
    finally:
        servers.stop()
        lock.release()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (InstanceRuns, ServerError) as error:
        sys.exit(f"tandem: {error}")
