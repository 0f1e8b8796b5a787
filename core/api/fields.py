"""Fields that serializers of several apps share."""

from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

DEEPEST = 20  # levels; Python's and PostgreSQL's own limits are far above


class JsonObject(serializers.DictField):
    """An object with anything inside that PostgreSQL can store as jsonb."""

    default_error_messages = {
        "null": _("Null characters are not allowed."),
        "too_deep": _("The levels are too many."),
        "too_large": _("More than {limit} bytes are not allowed."),
    }

    def __init__(self, *, largest: int = 64 * 1024, **kwargs: Any) -> None:
        self.largest = largest
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """The object itself, checked."""
        found = super().to_internal_value(data)
        self._check(found, DEEPEST)
        if len(orjson.dumps(found)) > self.largest:
            self.fail("too_large", limit=self.largest)
        return found

    def _check(self, value: Any, levels: int) -> None:
        if levels < 0:
            self.fail("too_deep")
        if isinstance(value, str) and "\0" in value:
            self.fail("null")
        if isinstance(value, dict):
            for key, item in value.items():
                self._check(key, levels)
                self._check(item, levels - 1)
        elif isinstance(value, list):
            for item in value:
                self._check(item, levels - 1)


class Words(serializers.CharField):
    """A filter of a list; empty narrows nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_blank=True, max_length=200, **kwargs)


class WholeSerializer(serializers.Serializer[Any]):
    """An object inside another that is always told whole.

    DRF lets a part leave out what it needs when the whole is changed in part.
    """

    def to_internal_value(self, data: Any) -> Any:
        """Checked by itself."""
        if self is self.root:
            return super().to_internal_value(data)
        alone = type(self)(data=data, context=self.context)
        alone.is_valid(raise_exception=True)
        return alone.validated_data
