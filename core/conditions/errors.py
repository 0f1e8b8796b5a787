"""What is wrong with a document of conditions."""

from __future__ import annotations

from django.core.exceptions import ValidationError


class InvalidCondition(ValidationError):
    """A condition cannot be read; `path` tells which, as in `all[1].not.value`."""

    def __init__(self, words: str, path: str = "") -> None:
        super().__init__(f"{path}: {words}" if path else words, code="invalid_condition")
        self.path = path
