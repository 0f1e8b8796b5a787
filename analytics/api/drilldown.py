"""The query and the shape of what stands behind a cell."""

from typing import Any

import orjson
from django.utils.translation import gettext as _
from rest_framework import serializers

from analytics.metrics import metrics_of
from core.api.pagination import Pages


class FactPages(Pages):
    def __init__(self, order: tuple[str, str] = ("-at", "-id")) -> None:
        super().__init__()
        self.order = order

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """With the number of all that was counted."""
        document = super().get_paginated_response_schema(schema)
        document["properties"]["count"] = {"type": "integer"}
        return document


class CellQuery(serializers.Serializer[Any]):
    """Which cell."""

    metric = serializers.CharField(max_length=40, help_text="The key of a metric of the report.")
    cell = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=4000,
        help_text='The keys of its row as JSON: `{"source": "yandex"}`; null is "unknown". '
        "Without it, the total.",
    )

    def validate_metric(self, key: str) -> Any:
        report = self.context["report"]
        for one in metrics_of(report.name):
            if one.key == key and (one.opens or key in report.opens):
                return one
        raise serializers.ValidationError(_("There is nothing behind this metric to show."))

    def validate_cell(self, text: str) -> dict[str, Any]:
        try:
            cell = orjson.loads(text or "{}")
        except orjson.JSONDecodeError:
            cell = None
        if not isinstance(cell, dict):
            raise serializers.ValidationError(_("The keys of a row are needed, as JSON."))
        return cell


class FactSerializer(serializers.Serializer[Any]):
    """One thing that was counted. What the token may not see has no id."""

    type = serializers.ChoiceField(choices=["deal", "conversation", "recipient", "spend"])
    id = serializers.UUIDField(allow_null=True)
    title = serializers.CharField()
    kind = serializers.CharField()
    at = serializers.DateTimeField()
    contact = serializers.UUIDField(allow_null=True)
    owner = serializers.UUIDField(allow_null=True)
    amount = serializers.DictField(allow_null=True)
    seconds = serializers.FloatField(allow_null=True)
    score = serializers.IntegerField(allow_null=True, help_text="Of a rating: from 1 to 5.")
    comment = serializers.CharField(help_text="What the customer wrote to a rating.")

    def get_fields(self) -> dict[str, Any]:
        # `source` is taken by the class itself.
        more = {name: serializers.CharField() for name in ("source", "campaign")}
        return {**super().get_fields(), **more}
