"""Array parameters for `unnest`, packed as PostgreSQL's binary form in one go.

psycopg dumps lists element by element, in Python, and as text with quoting: a third of the sorter's
time. Pass these as `%s`: `connection.execute(query, (uuids(ids), texts(names)))`.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from struct import Struct
from typing import Any, ClassVar, Final
from uuid import UUID

from psycopg import adapters
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEADER: Final = Struct("!iiIii")  # dimensions, has nulls, element type, length, lower bound
_LENGTH: Final = Struct("!i").pack
_NULL: Final = _LENGTH(-1)
_ZERO: Final = datetime(2000, 1, 1, tzinfo=UTC)


class Array(bytes):
    """A packed array. The subclasses name the types of the array and of its elements."""

    array_oid: ClassVar[int]
    oid: ClassVar[int]

    @classmethod
    def pack(cls, pieces: Iterable[bytes | None], count: int) -> Any:
        """From the binary form of each element."""
        body, nulls = [], 0
        for piece in pieces:
            if piece is None:
                nulls = 1
                body.append(_NULL)
            else:
                body += (_LENGTH(len(piece)), piece)
        dimensions = (1, nulls, cls.oid, count, 1) if count else (0, 0, cls.oid, 0, 0)
        header = _HEADER.pack(*dimensions) if count else _HEADER.pack(*dimensions)[:12]
        return cls(header + b"".join(body))


class _Uuids(Array):
    array_oid, oid = 2951, 2950


class _Texts(Array):
    array_oid, oid = 1009, 25


class _Bytes(Array):
    array_oid, oid = 1001, 17


class _Moments(Array):
    array_oid, oid = 1185, 1184


class _Integers(Array):
    array_oid, oid = 1016, 20


class _Floats(Array):
    array_oid, oid = 1022, 701


class _Booleans(Array):
    array_oid, oid = 1000, 16


_LONG: Final = Struct("!q").pack
_DOUBLE: Final = Struct("!d").pack


def uuids(values: Sequence[UUID | None]) -> Array:
    """uuid[]"""
    pieces = (None if v is None else v.bytes for v in values)
    packed: Array = _Uuids.pack(pieces, len(values))
    return packed


def texts(values: Sequence[str | None]) -> Array:
    """text[]"""
    pieces = (None if v is None else v.encode() for v in values)
    packed: Array = _Texts.pack(pieces, len(values))
    return packed


def blobs(values: Sequence[bytes]) -> Array:
    """bytea[]"""
    packed: Array = _Bytes.pack(values, len(values))
    return packed


def moments(values: Sequence[datetime | None]) -> Array:
    """timestamptz[], of aware datetimes"""
    pieces = (None if v is None else _LONG(_microseconds(v)) for v in values)
    packed: Array = _Moments.pack(pieces, len(values))
    return packed


def integers(values: Sequence[int | None]) -> Array:
    """bigint[]"""
    pieces = (None if v is None else _LONG(v) for v in values)
    packed: Array = _Integers.pack(pieces, len(values))
    return packed


def floats(values: Sequence[float | None]) -> Array:
    """double precision[]"""
    pieces = (None if v is None else _DOUBLE(v) for v in values)
    packed: Array = _Floats.pack(pieces, len(values))
    return packed


def booleans(values: Sequence[bool]) -> Array:
    """boolean[]"""
    packed: Array = _Booleans.pack((b"\1" if v else b"\0" for v in values), len(values))
    return packed


def _microseconds(moment: datetime) -> int:
    since = moment - _ZERO
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


class _Dumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Array) -> Buffer | None:
        return obj


for _kind in (_Uuids, _Texts, _Bytes, _Moments, _Integers, _Floats, _Booleans):
    adapters.register_dumper(
        _kind, type(f"{_kind.__name__}Dumper", (_Dumper,), {"oid": _kind.array_oid})
    )
