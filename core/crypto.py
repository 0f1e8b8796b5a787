"""Encryption of what the database must not know: platform tokens and passwords."""

from functools import cache
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


@cache
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("FIELD_KEYS is empty: credentials can't be stored unencrypted.")
    return MultiFernet([Fernet(key) for key in keys])


def _current_fernet() -> MultiFernet:
    return _fernet(tuple(settings.FIELD_KEYS))


def encrypt(value: Any) -> bytes:
    """JSON-serialise and encrypt with the first of FIELD_KEYS."""
    return _current_fernet().encrypt(orjson.dumps(value))


def decrypt(token: bytes) -> Any:
    """The value inside; raises `ValueError` when no key of FIELD_KEYS opens it."""
    try:
        return orjson.loads(_current_fernet().decrypt(token))
    except InvalidToken as error:
        raise ValueError("None of FIELD_KEYS opens this value.") from error


def rotate(token: bytes) -> bytes:
    """Re-encrypt with the first of FIELD_KEYS."""
    return _current_fernet().rotate(token)


class EncryptedJSONField(models.BinaryField):  # type: ignore[type-arg]
    """A JSON value, encrypted at rest. Its content can be neither filtered nor shown in a form."""

    def get_prep_value(self, value: Any) -> bytes | None:
        return None if value is None else encrypt(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else decrypt(bytes(value))

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError("Encrypted values are never serialised.")
