"""What is common to calling advertising systems."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from asgiref.sync import async_to_sync

from core.safe_http import Answer, Refused, Unreachable, fetch

SECONDS: Final = 30.0
LARGEST: Final = 50 * 1024 * 1024


class Trouble(Exception):
    """The system refused, or nobody answered; `is_final` when trying again will not help."""

    def __init__(self, words: str, *, is_final: bool = False) -> None:
        super().__init__(words)
        self.is_final = is_final


class NotReady(Exception):
    """Asked too early: come back in so many seconds with the same question."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds} s")
        self.seconds = seconds


def call(
    url: str, *, method: str = "GET", headers: Mapping[str, str], content: bytes | None = None
) -> Answer:
    """The answer, whatever its status. Raises `Trouble` when there is none."""
    try:
        return async_to_sync(fetch)(
            url,
            method=method,
            headers=headers,
            content=content,
            seconds=SECONDS,
            most_bytes=LARGEST,
        )
    except (Refused, Unreachable) as error:
        raise Trouble(str(error)) from error


def seconds_of(answer: Answer, name: str, otherwise: float) -> float:
    """The seconds that a header names."""
    text = answer.headers.get(name.lower(), "")
    return float(text) if text.replace(".", "", 1).isdigit() else otherwise


def document_of(answer: Answer) -> Any:
    """The JSON of an answer. Raises `Trouble` when it is none."""
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        raise Trouble(f"HTTP {answer.status}") from error
