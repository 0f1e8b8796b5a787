"""`?filter=<json>`: a document of conditions in a list's address."""

from typing import Any

import orjson
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.conditions import Condition, InvalidCondition, Moments, Vocabulary, parse

LONGEST = 20_000


class Conditions(serializers.CharField):
    """A document of conditions over a vocabulary; empty narrows nothing. See `core.conditions`."""

    default_error_messages = {
        "not_json": _("The filter is not valid JSON."),
        "too_long": _("The filter is too long."),
    }

    def __init__(self, vocabulary: Vocabulary, **kwargs: Any) -> None:
        self.vocabulary = vocabulary
        super().__init__(**{"required": False, "allow_blank": True, **kwargs})

    def to_internal_value(self, data: Any) -> Any:
        """A `Condition`; an empty text stays one."""
        text = super().to_internal_value(data)
        if not text:
            return text
        if len(text) > LONGEST:
            self.fail("too_long")
        try:
            document = orjson.loads(text)
        except (orjson.JSONDecodeError, RecursionError, UnicodeError):
            self.fail("not_json")
        try:
            return parse(document, self.vocabulary)
        except InvalidCondition as error:
            raise serializers.ValidationError(error.messages) from None

    def to_representation(self, value: Any) -> Any:
        """Never answered."""
        raise NotImplementedError


def holding(condition: Condition | str | None, moments: Moments) -> Q:
    """The rows for which a condition holds; all of them without one."""
    return condition.q(moments) if isinstance(condition, Condition) else Q()
