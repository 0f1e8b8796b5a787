"""Addresses with a password in them, in forms."""

from collections.abc import Iterable
from typing import Any

from django import forms

from channels_connectors.passwords import without_password


class AddressField(forms.CharField):
    """An address whose password is not shown. Sent back as it was shown, it is the one among
    `known` that it stands for: a password serves no other address than its own."""

    def __init__(self, *args: Any, known: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = [address for address in known if address]

    def prepare_value(self, value: Any) -> Any:
        """What stands in the field."""
        return without_password(value) if isinstance(value, str) else value

    def to_python(self, value: Any) -> str:
        """The whole address."""
        told: str = super().to_python(value)
        return next((address for address in self.known if without_password(address) == told), told)
