"""Processes that die at a chosen line, as if somebody had killed them there."""

import multiprocessing
import os
import signal

from django.db import connections


def die(*_, **__):
    """To stand where a process is to die."""
    os.kill(os.getpid(), signal.SIGKILL)


def is_killed(deed):
    """Whether a process that does this dies of it."""
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=deed)
    process.start()
    process.join(60)
    return process.exitcode == -signal.SIGKILL
