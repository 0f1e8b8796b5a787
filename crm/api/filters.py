"""Filters of the lists of sales. An unknown value is a 400, never an empty surprise."""

from typing import Any, Final

from django.db.models import Q, QuerySet
from rest_framework import serializers

from core.api.conditions import Conditions, holding
from core.api.fields import Words
from crm.models import Deal
from crm.models.stage import Group
from crm.vocabulary import DEALS
from inbox.api.filters import NONE, UUIDOrNone
from workspaces.zones import moments

OF_COLUMNS: Final = ("pipeline", "stage", "contact", "company", "conversation", "channel")
LARGEST_NUMBER: Final = 2**63 - 1


class DealQuery(serializers.Serializer[Any]):
    """Filters of the list of deals; together they narrow it."""

    pipeline = serializers.UUIDField(required=False)
    stage = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(choices=Deal.Status.values, required=False)
    group = serializers.ChoiceField(
        choices=Group.values, required=False, help_text="Of the deal's stage."
    )
    owner = UUIDOrNone(required=False, help_text="A member's id, or `none`.")
    team = UUIDOrNone(required=False, help_text="A team's id, or `none`.")
    contact = serializers.UUIDField(required=False)
    company = serializers.UUIDField(required=False)
    conversation = serializers.UUIDField(required=False)
    channel = serializers.UUIDField(required=False)
    source = Words()  # type: ignore[assignment]
    medium = Words()
    campaign = Words()
    loss_reason = serializers.UUIDField(
        required=False, help_text="A reason, or a group of reasons."
    )
    number = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_NUMBER)
    created_from = serializers.DateTimeField(required=False)
    created_to = serializers.DateTimeField(required=False, help_text="Not included.")
    closed_from = serializers.DateTimeField(required=False)
    closed_to = serializers.DateTimeField(required=False, help_text="Not included.")
    q = Words(help_text="Part of the title, the number, or part of the customer's name or phone.")
    filter = Conditions(DEALS, help_text="A JSON document of conditions: see the page on the API.")

    def narrow(self, found: QuerySet[Deal]) -> QuerySet[Deal]:
        """The deals that pass; call after `is_valid`."""
        asked = {name: value for name, value in self.validated_data.items() if value is not None}
        columns = {f"{name}_id": asked[name] for name in OF_COLUMNS if name in asked}
        for name in ("owner", "team"):
            if name in asked:
                columns[f"{name}_id"] = None if asked[name] == NONE else asked[name]
        for name in ("status", "number", "source", "medium", "campaign"):
            if asked.get(name):
                columns[name] = asked[name]
        if "group" in asked:
            columns["stage__group"] = asked["group"]
        for name in ("created", "closed"):
            if f"{name}_from" in asked:
                columns[f"{name}_at__gte"] = asked[f"{name}_from"]
            if f"{name}_to" in asked:
                columns[f"{name}_at__lt"] = asked[f"{name}_to"]
        found = found.filter(**columns)
        if reason := asked.get("loss_reason"):
            found = found.filter(Q(loss_reason_id=reason) | Q(loss_reason__parent_id=reason))
        if words := asked.get("q"):
            found = found.filter(matching(words))
        return found.filter(holding(asked.get("filter"), moments()))


def matching(words: str) -> Q:
    """Deals in whose title, or in whose customer's name, phone or e-mail, the words are; or whose
    number they are."""
    found = Q(title__icontains=words)
    for column in ("name", "phone", "email"):
        found |= Q(**{f"contact__{column}__icontains": words})
    digits = words.removeprefix("#")
    if digits.isascii() and digits.isdigit() and len(digits) < 19:
        found |= Q(number=int(digits))
    return found
