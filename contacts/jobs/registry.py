"""Who does which kind of job."""

from collections.abc import Callable
from typing import TypeVar

from contacts.models import Job


class Refused(Exception):
    """The job cannot be done, now or later; the words say why to whoever started it."""


class Runner:
    """Does one job, chunk by chunk, in one process.

    It lives for as long as this process holds the job, so a reader of a file may stay open in it;
    a new one starts from `job.cursor`. `job` is a fresh, locked row in each call.
    """

    job: Job

    def chunk(self) -> bool:
        """Do some of the work in the transaction that is open; True while more is left.

        Raises `Refused` for what cannot be done; anything else is tried again later.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Let go of what is held outside of the database."""


Kind = TypeVar("Kind", bound=type[Runner])
_runners: dict[str, type[Runner]] = {}


def runner(kind: str) -> Callable[[Kind], Kind]:
    """Register a class for a kind of job."""

    def decorate(made: Kind) -> Kind:
        _runners[kind] = made
        return made

    return decorate


def runner_of(kind: str) -> type[Runner]:
    """Raises `Refused` for a kind that nobody does."""
    if kind not in _runners:
        raise Refused(f"Nobody does jobs of the kind {kind}.")
    return _runners[kind]
