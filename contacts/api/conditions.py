"""`?filter=` of lists: a document of conditions as JSON."""

from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

LONGEST = 20_000


class ConditionsField(serializers.CharField):
    """A document of conditions, as text of JSON. What it says is checked where it is used (422)."""

    default_error_messages = {"not_json": _("This is no JSON.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text", '`{"all": [{"field": "labels", "op": "has", "value": "VIP"}]}`'
        )
        super().__init__(required=False, allow_blank=True, max_length=LONGEST, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        if not text.strip():
            return {}
        try:
            return orjson.loads(text)
        except (orjson.JSONDecodeError, UnicodeEncodeError):
            self.fail("not_json")
