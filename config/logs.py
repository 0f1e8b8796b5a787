"""Readable log lines that carry no secrets."""

import logging
import re

# Platform tokens in addresses, bearer headers, and `secret=value` pairs.
SECRETS = re.compile(
    r"(?P<bot>\bbot\d{5,}):[\w-]{20,}"
    r"|(?P<bearer>\b[Bb]earer\s+)[\w.~+/=-]{8,}"
    r"|(?P<pair>\b(?:access_token|token|secret|password|api_key|authorization|confirmation_code)"
    r"[\"']?\s*[=:]\s*[\"']?)(?![Bb]earer\b)[^\s\"'&,;}]{4,}"
    r"|(?P<url>\b[a-z][a-z0-9+.-]*://[^\s:/@]*):[^\s@/]+(?=@)",
    re.IGNORECASE,
)


def mask(text: str) -> str:
    """The text with everything that looks like a secret replaced by `***`."""

    def hide(match: re.Match[str]) -> str:
        kept = next(group for group in match.groups() if group is not None)
        separator = ":" if match.lastgroup in {"bot", "url"} else ""
        return f"{kept}{separator}***"

    return SECRETS.sub(hide, text)


class MaskSecrets(logging.Filter):
    """Masks the message of a record; the trace is masked by `Plain`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: the record is only rewritten."""
        record.msg, record.args = mask(record.getMessage()), None
        return True


class Plain(logging.Formatter):
    """`12:30:01 WARNING name: message`; information carries no level word."""

    def __init__(self) -> None:
        super().__init__(datefmt="%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """One line without the trace."""
        level = "" if record.levelno == logging.INFO else f"{record.levelname} "
        return f"{self.formatTime(record, self.datefmt)} {level}{record.name}: {record.message}"

    def usesTime(self) -> bool:  # noqa: N802
        """The time is always shown."""
        return True

    def formatException(self, ei: object) -> str:  # noqa: N802
        """A trace can quote addresses with tokens."""
        return mask(super().formatException(ei))
