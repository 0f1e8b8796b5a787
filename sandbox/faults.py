"""Troubles on demand, as far as they are alike on all platforms."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from fnmatch import fnmatch
from typing import Any, ClassVar, Generic, TypeVar

from .telegram.parameters import Parameters
from .telegram.refusals import bad_request


@dataclass
class BaseFault:
    """One trouble for the next `count` calls, or for all until cleared when `count` is None.

    `methods` are patterns with commas. Hanging lasts `seconds` and ends with a broken connection.
    """

    kind: str
    count: int | None = 1
    methods: str = "*"
    seconds: float = 90.0

    # What a fault may be, and the field that limits it to one recipient.
    kinds: ClassVar[tuple[str, ...]]
    narrowed_by: ClassVar[str]

    def hits(self, method: str, whom: str) -> bool:
        """Whether this call is in for it."""
        only = getattr(self, self.narrowed_by)
        if self.count == 0 or (only and only != whom):
            return False
        return any(fnmatch(method, pattern.strip()) for pattern in self.methods.split(","))


F = TypeVar("F", bound=BaseFault)


class BaseFaults(Generic[F]):
    """The switches of one account."""

    # What can happen to news on their way to us.
    switches: ClassVar[tuple[str, ...]] = ("deliver_twice", "shuffle")

    def __init__(self) -> None:
        self.calls: list[F] = []
        self.deliver_twice = False
        self.shuffle = False
        self.batch = False

    def take(self, method: str, whom: str) -> F | None:
        """The fault for this call, used up by one."""
        for fault in self.calls:
            if fault.hits(method, whom):
                if fault.count is not None:
                    fault.count -= 1
                    self.calls = [kept for kept in self.calls if kept.count != 0]
                return fault
        return None

    def clear(self) -> None:
        """All well again."""
        self.calls, self.deliver_twice, self.shuffle, self.batch = [], False, False, False

    def shown(self) -> dict[str, Any]:
        """For the page and the control API."""
        switches = {name: getattr(self, name) for name in self.switches}
        return {"calls": [asdict(fault) for fault in self.calls], **switches}

    def switch(self, given: Parameters, fault_class: type[F]) -> None:
        """Add a fault of calls (`kind` and the fields of the class; count null = until cleared),
        or set what happens to news on their way. Raises `Refusal` for a kind that is not known."""
        for name in self.switches:
            if name in given.values:
                setattr(self, name, given.boolean(name))
        if kind := given.text("kind"):
            if kind not in fault_class.kinds:
                raise bad_request(f"kind is one of {', '.join(fault_class.kinds)}")
            endless = given.values.get("count", 1) in (None, "", "null")
            fault = fault_class(kind, None if endless else given.integer("count", 1))
            for field in fields(fault):
                if field.name not in ("kind", "count"):
                    setattr(fault, field.name, _read(given, field.name, getattr(fault, field.name)))
            self.calls.append(fault)


def _read(given: Parameters, name: str, default: Any) -> Any:
    if isinstance(default, float):
        return float(given.text(name, str(default)))
    return given.integer(name, default) if isinstance(default, int) else given.text(name, default)
