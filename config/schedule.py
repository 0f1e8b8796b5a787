"""What beat asks for, and how often (in seconds). Sweepers find their work by SQL."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {}
